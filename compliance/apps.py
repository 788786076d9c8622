from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self):
        from compliance import event_words, navigation, receivers, webhooks  # noqa: F401 registers the receivers
        from inspections import wording

        wording.add_sentences(event_words.SENTENCES)
        navigation.add_entries()
        webhooks.publish_kinds()

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self):
        from compliance import event_words, gate_events, navigation, receivers, webhooks  # noqa: F401 registers
        from inspections import demo, wording

        wording.add_sentences(event_words.SENTENCES)
        wording.add_sentences(gate_events.SENTENCES)
        navigation.add_entries()
        demo.chapters.append("compliance.demo.tell")
        webhooks.publish_kinds()

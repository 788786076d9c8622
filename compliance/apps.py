from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self):
        from compliance import navigation, receivers  # noqa: F401 registers the receivers

        navigation.add_entries()

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "inspections"

    def ready(self):
        from inspections import navigation, receivers, receivers_drift  # noqa: F401 registers the receivers
        from inspections.services import switching  # noqa: F401 registers what signs a re-qualification

        navigation.add_entries()

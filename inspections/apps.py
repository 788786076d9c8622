from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "inspections"

    def ready(self):
        from activity.features import load_features
        from inspections import navigation
        from inspections.inspection.services import abandonment  # noqa: F401 registers what signs that a sample was invalid
        from inspections.switching import services  # noqa: F401 registers what signs a re-qualification

        load_features(self.name, "files", "receivers", "story", "tasks")
        navigation.add_entries()

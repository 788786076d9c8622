from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"

    def ready(self):
        from activity.features import load_features
        from compliance import navigation
        from inspections import demo

        load_features(self.name, "receivers", "story", "tasks")
        navigation.add_entries()
        demo.chapters.append("compliance.demo.papers.tell")

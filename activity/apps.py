from django.apps import AppConfig
from django.urls import register_converter


class ActivityConfig(AppConfig):
    name = "activity"

    def ready(self):
        from activity import webhooks  # noqa: F401 listens to what is recorded
        from activity.converters import TextConverter

        register_converter(TextConverter, "text")

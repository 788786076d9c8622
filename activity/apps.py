from django import forms
from django.apps import AppConfig
from django.urls import register_converter


class ActivityConfig(AppConfig):
    name = "activity"

    def ready(self):
        from activity import receivers, tracing, webhooks  # noqa: F401 listen to what is done and recorded
        from activity.converters import HiddenConverter, TextConverter
        from activity.texts import require_text

        register_converter(TextConverter, "text")
        register_converter(HiddenConverter, "hidden")
        # Of every text that any form takes.
        forms.CharField.default_validators = [*forms.CharField.default_validators, require_text]

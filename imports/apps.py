from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self):
        from accounts import navigation
        from imports import story  # noqa: F401 registers its sentences

        navigation.add(
            navigation.Entry(_("Imports"), "import-list", "import", 70, permission="imports.import_data"),
        )

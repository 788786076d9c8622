from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self):
        from accounts import navigation

        navigation.add(
            navigation.Entry(_("Imports"), "import-list", "import", 70, permission="imports.import_data"),
        )

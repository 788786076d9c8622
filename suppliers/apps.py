from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuppliersConfig(AppConfig):
    name = "suppliers"

    def ready(self):
        from accounts import navigation
        from suppliers import story  # noqa: F401 registers its sentences

        navigation.add(
            navigation.Entry(_("Products"), "product-list", "product", order=50),
            navigation.Entry(_("Suppliers"), "supplier-list", "supplier", order=60, permission="suppliers.see_all"),
        )

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts import navigation, receivers, story  # noqa: F401 listens, and registers its sentences
        from accounts.roles import write_roles

        post_migrate.connect(write_roles)
        # Here, since the app that has them is below the one that has the menu.
        navigation.add(
            navigation.Entry(_("Webhooks"), "webhook-list", "device", 95, permission="activity.manage_webhooks")
        )
        navigation.add(
            navigation.Entry(_("How it runs"), "operations", "settings", 96, permission="activity.see_operations")
        )

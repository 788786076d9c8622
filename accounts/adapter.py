from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many wrong passwords for this account. Wait five minutes, or ask for a new password by e-mail."
        )
    }

    def is_open_for_signup(self, request):
        """Accounts are made by an administrator."""
        return False

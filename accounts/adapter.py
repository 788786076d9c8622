from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.email_verification import verify_email
from django.conf import settings
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.signature import require_signature
from activity.errors import InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many wrong passwords for this account. Wait five minutes, or ask for a new password by e-mail."
        )
    }

    def is_open_for_signup(self, request):
        """Accounts are made by an administrator."""
        return False

    def reauthenticate(self, user: User, password: str) -> bool:
        """Counted together with signatures: what is locked by wrong passwords there is locked here."""
        try:
            require_signature(actor=user, password=password)
        except InvalidInput as refusal:
            if refusal.errors[0].code == "too_many_attempts":
                raise self.validation_error("too_many_login_attempts") from None
            return False
        return True

    def confirm_email(self, request, email_address) -> bool:
        with one_transaction():
            confirmed = verify_email(request, email_address)
            if confirmed:
                person = email_address.user
                record_event("user.email_confirmed", person.stream, at=now(), actor=person, email=email_address.email)
        return confirmed

    # Links lead to SITE_URL, whatever host the request names.

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", quote(key))

    def get_email_confirmation_url(self, request, emailconfirmation) -> str:
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_account_already_exists_mail(self, email: str) -> None:
        links = {"signup_url": "account_signup", "password_reset_url": "account_reset_password"}
        context = {name: settings.SITE_URL + reverse(view) for name, view in links.items()}
        self.send_mail("account/email/account_already_exists", email, context)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, {"user": user} | (context or {}), email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = {"name": "Holdfast", "domain": settings.SITE_URL}
        super().send_mail(template_prefix, email, context | {"current_site": site})

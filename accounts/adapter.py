import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.email_verification import verify_email
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.client import client_address
from accounts.models import User
from accounts.signature import require_signature
from activity.errors import InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction

FAMILIAR_FOR = 90 * 24 * 3600


def _account_of(credentials: Mapping[str, Any]) -> str:
    """One name for an account, whichever of its names is typed, and one for each name that is nobody's."""
    name = credentials.get("email") or credentials.get("username") or ""
    people = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name) | Q(emailaddress__email__iexact=name))
    pk = people.order_by("pk").values_list("pk", flat=True).first()
    return str(pk) if pk else f"nobody {name.casefold()}"


def _familiar(account: str, address: str) -> str:
    return f"signed-in:{hashlib.sha256(f'{account} {address}'.encode()).hexdigest()}"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many wrong passwords for this account. Wait five minutes, or ask for a new password by e-mail."
        ),
        "too_many_from_address": _(
            "Too many wrong passwords from your network address. Wait a minute, then try again."
        ),
        "too_many_anywhere": _(
            "Too many wrong passwords for this account, from several places. Wait an hour, sign in from a place where you "
            "have signed in before, or ask for a new password by e-mail."
        ),
    }

    def get_client_ip(self, request) -> str:
        return client_address(request)

    def pre_authenticate(self, request, **credentials: Any) -> None:
        """Wrong passwords are counted per address, and per account and address: nobody locks out somebody elsewhere.

        Over all addresses an account has a higher limit, from which those are free where it has signed in before.
        """
        account, address = _account_of(credentials), ratelimit.get_ip(request)
        limits = [
            ("login_failed", "", "too_many_from_address"),
            ("login_failed_here", f"{account} {address}", "too_many_login_attempts"),
        ]
        if not cache.get(_familiar(account, address)):
            limits.append(("login_failed_anywhere", account, "too_many_anywhere"))
        self._login_failed_rl_usage = ratelimit.RateLimitUsage(usage=[])
        for action, key, refusal in limits:
            usage = ratelimit.consume(request, app="allauth.account", action=action, key=key)
            if usage is None:
                raise self.validation_error(refusal)
            self._login_failed_rl_usage.usage += usage.usage

    def authenticate(self, request, **credentials: Any) -> User | None:
        user = super().authenticate(request, **credentials)
        if user:
            cache.set(_familiar(str(user.pk), ratelimit.get_ip(request)), True, FAMILIAR_FOR)
        return user

    def _delete_login_attempts_cached_email(self, request, **credentials: Any) -> None:
        """Who has set a new password by mail need not wait."""
        account = _account_of(credentials)
        for action, key in (
            ("login_failed_here", f"{account} {ratelimit.get_ip(request)}"),
            ("login_failed_anywhere", account),
        ):
            ratelimit.clear(request, app="allauth.account", action=action, key=key)

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

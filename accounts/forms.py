from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import set_password
from accounts.zones import zones


class AddEmailForm(allauth_forms.AddEmailForm):
    """An address belongs to one account. Who is signed in is told so; the pages before that tell nobody."""

    def clean_email(self) -> str:
        email = super().clean_email()
        if any(user != self.user for user in filter_users_by_email(email)):
            raise get_adapter().validation_error("email_taken")
        return email


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """Old passwords are counted together with those of signatures."""

    ends_tokens = forms.BooleanField(
        label=_("Withdraw my API tokens as well"),
        initial=True,
        required=False,
        help_text=_(
            "Other devices are signed out in any case. Programs that use a token then need a new one, and so does a calendar "
            "that reads its address."
        ),
    )

    def clean_oldpassword(self) -> str:
        if not get_adapter().reauthenticate(self.user, self.cleaned_data["oldpassword"]):
            raise get_adapter().validation_error("enter_current_password")
        return self.cleaned_data["oldpassword"]

    def save(self) -> None:
        _store(self.user, self.cleaned_data, is_reset=False, ends_tokens=self.cleaned_data["ends_tokens"])


class SetPasswordForm(allauth_forms.SetPasswordForm):
    def save(self) -> None:
        _store(self.user, self.cleaned_data, is_reset=False, ends_tokens=True)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """A link goes to the address that counts, or to another that was confirmed: never to one that was only added."""

    def clean_email(self) -> str:
        email = str(super().clean_email()).lower()
        confirmed = set(EmailAddress.objects.filter(email=email, verified=True).values_list("user_id", flat=True))
        self.users: list[User] = [user for user in self.users if user.email.lower() == email or user.pk in confirmed]
        return email


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """Who has forgotten the password, or lost it to somebody, withdraws all that it had opened."""

    def save(self) -> None:
        _store(self.user, self.cleaned_data, is_reset=True, ends_tokens=True)


def _store(user: User, said: dict, *, is_reset: bool, ends_tokens: bool) -> None:
    """`ended_tokens` is for the mail that tells of it."""
    user.ended_tokens = set_password(  # type: ignore[attr-defined] # see above
        user=user, password=said["password1"], is_reset=is_reset, ends_tokens=ends_tokens, at=now()
    )
    user.refresh_from_db(fields=["password"])  # with which this session goes on


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("That of the program that will use it, such as warehouse.")
    )


def zone_choices() -> list[tuple[str, str]]:
    return [("", _("that of the server: %(zone)s") % {"zone": settings.TIME_ZONE}), *((zone, zone) for zone in zones())]


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Where your days and weeks begin, such as those of returns."),
        choices=zone_choices,
        required=False,
    )

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from django import forms
from django.utils.translation import gettext_lazy as _


class AddEmailForm(allauth_forms.AddEmailForm):
    """An address belongs to one account. Who is signed in is told so; the pages before that tell nobody."""

    def clean_email(self) -> str:
        email = super().clean_email()
        if any(user != self.user for user in filter_users_by_email(email)):
            raise get_adapter().validation_error("email_taken")
        return email


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("That of the program that will use it, such as warehouse.")
    )

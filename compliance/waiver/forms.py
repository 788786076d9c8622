from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activity.forms import OnceForm
from compliance.checklist.forms import day


class Signed(OnceForm):
    password = forms.CharField(
        label=_("Your password, as signature"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class WaiverForm(Signed):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    limit = forms.CharField(
        label=_("Limit"), max_length=500, help_text=_("What it is limited to: a quantity, an order, a channel.")
    )
    expires_on = day(_("Last day that it covers"))
    field_order = ["key", "reason", "limit", "expires_on", "password"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].required = True


class EndForm(OnceForm):
    reason = forms.CharField(label=_("Why it ends"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

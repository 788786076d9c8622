from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activity.forms import OnceForm
from compliance.checklist.forms import day
from compliance.waiver.services import LONGEST_DAYS


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

    def __init__(self, *args: Any, last_day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["expires_on"]
        field.required = True
        field.help_text = _(
            "At most %(count)s days: until %(day)s. Who needs longer asks anew, with both signatures."
        ) % {
            "count": LONGEST_DAYS,
            "day": last_day.isoformat(),
        }
        field.widget.attrs["max"] = last_day.isoformat()


class EndForm(OnceForm):
    reason = forms.CharField(label=_("Why it ends"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

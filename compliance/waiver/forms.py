from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.signature import SignatureField
from activity.forms import DayField, OnceForm
from compliance.waiver.services import LONGEST_DAYS


class Signed(OnceForm):
    password = SignatureField()


class WaiverForm(Signed):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    limit = forms.CharField(
        label=_("Limit"), max_length=500, help_text=_("What it is limited to: a quantity, an order, a channel.")
    )
    expires_on = DayField(label=_("Last day that it covers"), required=False)
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

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.signature import SignatureField
from activity.forms import OnceForm
from inspections.models import DriftEnding


class DriftEndForm(OnceForm):
    """How a drift ended, signed."""

    ending = forms.ChoiceField(label=_("How it ended"), choices=DriftEnding.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Reason"),
        help_text=_("What you saw or were shown. It stays on the record for good."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    password = SignatureField()


class BaselineForm(OnceForm):
    """Which batches are the normal. Their numbers are checked by the service."""

    first = forms.CharField(
        label=_("From batch"), max_length=60, widget=forms.TextInput(attrs={"list": "ladder-batches"})
    )
    last = forms.CharField(
        label=_("To batch"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "ladder-batches"}),
        help_text=_("Leave it empty for the first 25 batches from there on."),
    )
    note = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

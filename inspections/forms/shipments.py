from django import forms
from django.utils.translation import gettext_lazy as _

from activity.forms import OnceForm
from inspections.forms.batches import whole_number
from inspections.models import ReversalKind


class BatchPicker(forms.Form):
    """Which batch is at the dock."""

    batch = forms.CharField(
        label=_("Batch number"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "batches", "autocomplete": "off", "autofocus": True}),
    )


class ShipForm(OnceForm):
    quantity = whole_number(label=_("Units to ship"))
    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("Order, waybill or container, so that the units can be found again."),
        max_length=120,
        required=False,
    )


class TakeBackForm(OnceForm):
    kind = forms.ChoiceField(
        label=_("What happened?"), choices=ReversalKind.choices, widget=forms.RadioSelect, initial=ReversalKind.NOT_LEFT
    )
    quantity = whole_number(label=_("Units to take back"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stays on the record for good, beside the shipment."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

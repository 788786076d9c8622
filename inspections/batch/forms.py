"""Forms that register batches, ship from them, take shipments back, and settle what is set aside."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.signature import SignatureField
from activity.filters import RecordFilters, SearchedFilters
from activity.forms import DayField, OnceForm, field_of
from activity.numbers import whole_number
from inspections.models import AsideStepKind, Batch, BatchState, ReversalKind
from suppliers.forms import PickedProductForm


class BatchPicker(forms.Form):
    """Which batch is at the dock."""

    batch = forms.CharField(
        label=gettext_lazy("Batch number"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "batches", "autocomplete": "off", "autofocus": True}),
    )


class ShipForm(OnceForm):
    quantity = whole_number(label=gettext_lazy("Units to ship"))
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        help_text=gettext_lazy("Order, waybill or container, so that the units can be found again."),
        max_length=120,
        required=False,
    )


class TakeBackForm(OnceForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What happened?"),
        choices=ReversalKind.choices,
        widget=forms.RadioSelect,
        initial=ReversalKind.NOT_LEFT,
    )
    quantity = whole_number(label=gettext_lazy("Units to take back"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays on the record for good, beside the shipment."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AsideForm(OnceForm):
    """What was done with units set aside. Of its kinds only those that the user may take are offered."""

    kind = forms.ChoiceField(label=gettext_lazy("What was done?"), widget=forms.RadioSelect)
    quantity = whole_number(label=gettext_lazy("Units"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("What was done, by whom and how it was checked; it is kept for good."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    password = SignatureField(
        required=False,
        help_text=gettext_lazy("For rework and release alone: what was found nonconforming may ship then."),
    )

    def __init__(self, *args: Any, kinds: Sequence[AsideStepKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "kind", forms.ChoiceField).choices = [
            (kind.value, format_lazy("{label}: {explanation}", label=kind.label, explanation=kind.facts.explanation))
            for kind in kinds
        ]
        if len(kinds) == 1:
            self.initial["kind"] = kinds[0].value
        if not any(kind.facts.is_signed for kind in kinds):
            del self.fields["password"]

    @property
    def is_signed(self) -> bool:
        return AsideStepKind(self.cleaned_data["kind"]).facts.is_signed


class BatchForm(PickedProductForm):
    """A batch to register."""

    number = forms.CharField(label=gettext_lazy("Batch number"), max_length=60)
    quantity = whole_number(label=gettext_lazy("Units"))
    po_number = forms.CharField(label=gettext_lazy("Purchase order"), max_length=60, required=False)
    cartons = whole_number(label=gettext_lazy("Cartons"), required=False)
    produced_on = DayField(
        label=gettext_lazy("Production date"),
        required=False,
    )
    field_order = ("number", "product")


class BatchFilters(SearchedFilters, RecordFilters):
    dated = "created_at"
    searched = (
        "number", "po_number", "product__sku", "product__name", "product__name_zh", "supplier__code", "supplier__name",
        "supplier__name_zh",
    )  # fmt: skip
    product = django_filters.CharFilter("product__sku")
    supplier = django_filters.CharFilter("supplier__code")
    state = django_filters.ChoiceFilter(choices=BatchState.choices)
    set_aside = django_filters.ChoiceFilter(
        choices=[("true", gettext_lazy("with units set aside")), ("false", gettext_lazy("with no units set aside"))],
        method="with_units_set_aside",
    )

    def with_units_set_aside(self, batches: QuerySet[Batch], name: str, wanted: str) -> QuerySet[Batch]:
        return batches.filter(set_aside__gt=0) if wanted == "true" else batches.filter(set_aside=0)

    @property
    def in_any_state(self) -> QuerySet[Batch]:
        """What is asked for beside the state: the chips of the page count it by state."""
        return BatchFilters(self.data | {"state": ""}, self.queryset, request=self.request).qs

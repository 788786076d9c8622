from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import uuid4

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activity.filters import ListFilters
from activity.forms import DayField, field_of
from activity.lists import OFFERED
from inspections.models import (
    Batch,
    Characteristic,
    CodeKind,
    ComplaintPoint,
    FoundBy,
    MarketReturn,
    ReturnKind,
    ReturnReason,
)
from inspections.models.market_return import MarketReturnQuerySet
from inspections.pilot.forms.runs import PointsField, complaint_choices
from inspections.returns.page import DIMENSIONS, NONE, week_of, with_value
from inspections.returns.services.returns import ReturnInput
from suppliers.models import Market, Product


class Switch(forms.NullBooleanSelect):
    """Yes or no as an API says it, and as a page does that has switched something on."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return True if data.get(name) == "on" else super().value_from_datadict(data, files, name)


class ReturnFilters(ListFilters):
    """`-` stands for those that have none, such as no carrier."""

    page_names = {"date_after": "since", "date_before": "until", "batch_found_by": "found_by"}
    records = {"product": "product__sku", "supplier": "product__supplier__code", "batch": "batch__number"}
    date_after = django_filters.DateFilter("happened_on", "gte")
    date_before = django_filters.DateFilter("happened_on", "lte")
    kind = django_filters.ChoiceFilter(choices=ReturnKind.choices)
    batch_found_by = django_filters.ChoiceFilter("found_by", choices=FoundBy.choices)
    characteristic = django_filters.CharFilter(method="caught_by", label="That should have caught it")
    inspection = django_filters.UUIDFilter("inspection__uid")
    escaped = django_filters.BooleanFilter(
        method="that_escaped", label="Got past the inspection of its batch", widget=Switch
    )
    reason = django_filters.ChoiceFilter(method="with_value", choices=[*ReturnReason.choices, (NONE, "–")])
    complaint = django_filters.CharFilter(method="with_value")
    supplier = django_filters.CharFilter(method="with_value")
    product = django_filters.CharFilter(method="with_value")
    carton = django_filters.CharFilter(method="with_value")
    carrier = django_filters.CharFilter(method="with_value")
    batch = django_filters.CharFilter(method="with_value")

    doubtful = django_filters.BooleanFilter(
        method="in_doubt", label="More than was shipped, or before it left", widget=Switch
    )
    withdrawn = django_filters.BooleanFilter(
        method="with_value", label="Withdrawn ones, which else are left out", widget=Switch
    )

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        return (
            found.exclude(withdrawn_at=None)
            if self.form.cleaned_data.get("withdrawn")
            else found.filter(withdrawn_at=None)
        )

    def in_doubt(self, returns: MarketReturnQuerySet, name: str, wanted: bool) -> QuerySet[MarketReturn]:
        return returns.doubtful() if wanted else returns.exclude(pk__in=returns.doubtful().values("pk"))

    def with_value(self, returns: MarketReturnQuerySet, name: str, value: str) -> MarketReturnQuerySet:
        if name == "withdrawn":
            return returns
        return with_value(returns, name, value)

    def caught_by(self, returns: MarketReturnQuerySet, name: str, code: str) -> QuerySet[MarketReturn]:
        return returns.caught_by(code)

    def that_escaped(self, returns: MarketReturnQuerySet, name: str, wanted: bool) -> QuerySet[MarketReturn]:
        escaped = returns.escaped()
        return escaped if wanted else returns.exclude(pk__in=escaped.values("pk"))


class WeekForm(forms.Form):
    """Which week (any day of it), counted by what, of whom."""

    day = forms.DateField(required=False)
    by = forms.ChoiceField(required=False, choices=[(name, name) for name in DIMENSIONS])
    supplier = forms.CharField(required=False, max_length=40)
    product = forms.CharField(required=False, max_length=60)

    def chosen(self, today: date) -> tuple[date, str, dict[str, str]]:
        """(Monday, dimension, what it is narrowed by); the week of today and complaint points unless told."""
        self.is_valid()
        narrowed = {name: self.cleaned_data.get(name, "") for name in ("supplier", "product")}
        return week_of(self.cleaned_data.get("day") or today), self.cleaned_data.get("by") or "complaint", narrowed


class ReturnFacts(forms.Form):
    """What can be said of one unit that came back, or that somebody complained about."""

    batch = forms.CharField(
        label=gettext_lazy("Batch number"),
        help_text=gettext_lazy("Left out, it is looked for by what stands on the unit and by the days."),
        max_length=60,
        required=False,
    )
    order_reference = forms.CharField(label=gettext_lazy("Order"), max_length=80, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("What happened?"),
        choices=ReturnKind,
        widget=forms.RadioSelect,
        initial=ReturnKind.RETURNED,
    )
    happened_on = DayField(label=gettext_lazy("On which day?"), required=False)
    reason = forms.ChoiceField(
        label=gettext_lazy("Why was it returned?"), choices=[("", "–"), *ReturnReason.choices], required=False
    )
    complaints = PointsField(label=gettext_lazy("What was complained about?"), required=False)
    market = forms.ChoiceField(label=gettext_lazy("Market"), required=False)
    lot_code = forms.CharField(label=gettext_lazy("Lot code on the unit"), max_length=60, required=False)
    carton = forms.CharField(label=gettext_lazy("Carton"), max_length=60, required=False)
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=60, required=False)
    shipped_on = DayField(label=gettext_lazy("Shipped on"), required=False)
    delivered_on = DayField(label=gettext_lazy("Delivered on"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Suppliers do not see it."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, kept: Collection[str] = (), **kwargs: Any) -> None:
        """`kept` are points that may be closed for others."""
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].required = True
        self.fields["reason"].required = self.data.get("kind") != ReturnKind.COMPLAINED
        field_of(self, "complaints", forms.MultipleChoiceField).choices = complaint_choices(kept)
        markets = sorted((market.code, market.local_name) for market in Market.objects.all())
        field_of(self, "market", forms.ChoiceField).choices = [("", "–"), *markets]


class ReturnForm(ReturnFacts):
    """One return told by hand.

    The key that the page carries is its reference at the source, so that a button pressed twice has one effect (R7).
    """

    SOURCE = "by-hand"

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    product = forms.CharField(
        label=gettext_lazy("Product (SKU)"),
        help_text=gettext_lazy("May be left out where the batch is known."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batches, self.products = Batch.objects.visible_to(user), Product.objects.visible_to(user)

    @property
    def offered(self) -> QuerySet[Product]:
        """The products that came last, for the list beside the field."""
        return self.products.order_by("-id")[:OFFERED]

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        number, sku = data.get("batch", ""), data.get("product", "")
        if number and not sku:
            batch = self.batches.filter(number=number).select_related("product").first()
            if batch is None:
                self.add_error("batch", _("There is no batch %(number)s.") % {"number": number})
            else:
                data["product"] = batch.product.sku
        elif not sku:
            self.add_error("product", _("Say which product it is, or which batch it came from."))
        return data

    @property
    def sent(self) -> ReturnInput:
        facts = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return ReturnInput(reference=self.cleaned_data["key"].hex, **facts)


class CorrectForm(ReturnFacts):
    """What was recorded, to be corrected; `revision` is the one that the page showed."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it withdrawn?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class NameBatchForm(forms.Form):
    batch = forms.CharField(label=gettext_lazy("Batch number"), max_length=60)


class BatchCodesForm(forms.Form):
    """What stands on the units or the cartons of a batch."""

    batch = forms.CharField(label=gettext_lazy("Batch number"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("What it stands on"), choices=CodeKind)
    codes = forms.CharField(
        label=gettext_lazy("Codes"),
        help_text=gettext_lazy("One per line"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_codes(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["codes"].splitlines() if line.strip()]


class CatchesForm(forms.Form):
    """For each complaint point of a product the characteristic that should catch it. Field names are the points' codes."""

    def __init__(
        self,
        *args: Any,
        points: list[ComplaintPoint],
        characteristics: list[Characteristic],
        catches: dict,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("none of them")), *((c.code, f"{c.local_name} ({c.code})") for c in characteristics)]
        for point in points:
            self.fields[point.code] = forms.ChoiceField(
                label=point.local_name, choices=choices, required=False, initial=catches.get(point.code, "")
            )


class DismissForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

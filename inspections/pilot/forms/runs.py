import re
from collections.abc import Collection, Sequence
from typing import Any

import django_filters
from django import forms
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.signature import SignatureField
from activity.errors import InvalidInput, RuleBroken
from activity.filters import RecordFilters, SearchedFilters
from activity.forms import DayField, OnceForm, field_of
from activity.languages import Text, pick
from activity.numbers import whole_number
from inspections.models import (
    Characteristic,
    ComplaintPoint,
    DamagePlace,
    PilotOutcome,
    PilotRuleKind,
    PilotStatus,
    PilotVerdict,
    PilotWordKind,
    ReturnReason,
)
from inspections.pilot.services.outcomes import OutcomeInput
from inspections.rules.notation import read_column, split_column
from inspections.rules.pilots import LARGEST
from suppliers.models import Market


def days(label: Text) -> forms.IntegerField:
    return whole_number(label=label, required=False, min_value=0)


class PilotFilters(SearchedFilters, RecordFilters):
    dated = "planned_at"
    page_names = {"state": "status"}
    searched = (
        "product__sku", "product__name", "product__name_zh", "product__supplier__name", "product__supplier__name_zh",
    )  # fmt: skip
    product = django_filters.CharFilter("product__sku")
    supplier = django_filters.CharFilter("product__supplier__code")
    state = django_filters.ChoiceFilter("status", choices=PilotStatus.choices)
    verdict = django_filters.ChoiceFilter(
        label=gettext_lazy("Verdict"), choices=PilotVerdict.choices, empty_label=gettext_lazy("Any verdict")
    )


class PlanForm(OnceForm):
    units = whole_number(label=gettext_lazy("Units"), help_text=gettext_lazy("20 to 200, really sold and sent."))
    rule = forms.ChoiceField(
        label=gettext_lazy("When is it decided?"),
        choices=PilotRuleKind,
        initial=PilotRuleKind.CURTAILED,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why so many?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    orders = forms.CharField(
        label=gettext_lazy("Orders"),
        help_text=gettext_lazy("One per line, in the order of the units. An import finds the units by them."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    start = forms.BooleanField(label=gettext_lazy("The units go out now"), required=False)

    @property
    def order_list(self) -> list[str]:
        return self.cleaned_data["orders"].splitlines()


def read_units(text: str) -> list[int]:
    """ "3, 7, 12-20" as numbers, in order, each once. Raises ValidationError naming what is no number."""
    numbers: dict[int, None] = {}
    for part in re.split(r"[\s,;，、；]+", text.strip()):
        match = re.fullmatch(r"(\d{1,4})(?:[-–~](\d{1,4}))?", part)
        if match is None:
            raise forms.ValidationError(_("“%(part)s” is no unit. Write 3, 7, 12-20.") % {"part": part}, "invalid")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first >= LARGEST:
            raise forms.ValidationError(_("“%(part)s” is no range of units.") % {"part": part}, "invalid")
        numbers |= dict.fromkeys(range(first, last + 1))
    return list(numbers)


class PointsField(forms.MultipleChoiceField):
    """Points of the taxonomy under their groups, in the reader's language."""

    widget = forms.CheckboxSelectMultiple


def complaint_choices(kept: Collection[str] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
    """Group by group, as choices of a field, without those that are closed unless they are `kept`. One statement."""
    points = list(ComplaintPoint.objects.all())
    name = {point.pk: pick(en=point.name, zh=point.name_zh) for point in points}
    groups: dict[int, list[tuple[str, str]]] = {}
    for point in points:
        if point.parent_id and (not point.is_closed or point.code in kept):
            groups.setdefault(point.parent_id, []).append((point.code, name[point.pk]))
    return [(name[group], choices) for group, choices in groups.items()]


class OutcomeForm(OnceForm):
    """What became of one unit, or of several in the same way."""

    units = forms.CharField(
        label=gettext_lazy("Which units"),
        help_text=gettext_lazy("Their numbers: 3, 7, 12-20"),
        max_length=400,
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=PilotOutcome, widget=forms.RadioSelect)
    damage = forms.ChoiceField(
        label=gettext_lazy("Where is it damaged?"), choices=[("", "–"), *DamagePlace.choices], required=False
    )
    return_reason = forms.ChoiceField(
        label=gettext_lazy("Why was it returned?"), choices=[("", "–"), *ReturnReason.choices], required=False
    )
    returned_on = DayField(label=gettext_lazy("Returned on"), required=False)
    complaints = PointsField(label=gettext_lazy("What was complained about?"), required=False)
    handling_days = days(gettext_lazy("Days of handling"))
    transit_days = days(gettext_lazy("Days of transit"))
    delivered_on = DayField(label=gettext_lazy("Delivered on"), required=False)
    market = forms.ModelChoiceField(
        Market.objects.order_by("code"),
        label=gettext_lazy("Sold in"),
        help_text=gettext_lazy(
            "It says for how long a unit can come back; without it the longest of the markets counts."
        ),
        required=False,
        to_field_name="code",
        empty_label="–",
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    correct = forms.BooleanField(label=gettext_lazy("Their outcome stands already: this corrects it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "complaints", forms.MultipleChoiceField).choices = complaint_choices()

    def clean_units(self) -> list[int]:
        return read_units(self.cleaned_data["units"])

    @property
    def outcomes(self) -> list[OutcomeInput]:
        data = self.cleaned_data
        names = ("outcome", "damage", "return_reason", "returned_on", "complaints", "handling_days", "transit_days",
                 "delivered_on", "note")  # fmt: skip
        facts = {name: data[name] for name in names} | {"market": data["market"].code if data["market"] else ""}
        return [OutcomeInput(unit, **facts) for unit in data["units"]]

    def show_refusal(self, refusal: RuleBroken) -> None:
        """Errors name rows of the same facts: each is said once, beside its field."""
        if not isinstance(refusal, InvalidInput):
            self.add_error(None, str(refusal.detail))
            return
        said = set()
        for error in refusal.errors:
            name = {"unit": "units"}.get(error.field.rsplit(".", 1)[-1], error.field.rsplit(".", 1)[-1])
            if (name, str(error.detail)) not in said:
                said.add((name, str(error.detail)))
                self.add_error(name if name in self.fields else None, str(error.detail))


class MeasureForm(OnceForm):
    """Readings of one characteristic, pasted as a column."""

    characteristic = forms.ChoiceField(label=gettext_lazy("Characteristic"))
    readings = forms.CharField(
        label=gettext_lazy("Readings"),
        help_text=gettext_lazy("Of units 1, 2, ..: one per line, or a column from a spreadsheet."),
        widget=forms.Textarea(attrs={"rows": 8, "inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, characteristics: list[Characteristic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = {c.code: c.unit for c in characteristics}
        field_of(self, "characteristic", forms.ChoiceField).choices = [
            (c.code, f"{c.local_name} ({c.unit})" if c.unit else c.local_name) for c in characteristics
        ]

    @property
    def values(self) -> Sequence[object]:
        unit = self._units.get(self.cleaned_data["characteristic"], "")
        return read_column(
            split_column(self.cleaned_data["readings"]), unit=unit, usual=get_format("DECIMAL_SEPARATOR")
        )

    def show_refusal(self, refusal: RuleBroken) -> None:
        if not isinstance(refusal, InvalidInput):
            super().show_refusal(refusal)
            return
        for error in refusal.errors:
            name = error.field.split(".")[0]
            self.add_error(name if name in self.fields else None, str(error.detail))


class StopForm(OnceForm):
    reason = forms.CharField(
        label=pgettext_lazy("pilot run", "Why is it stopped?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CarryOverForm(OnceForm):
    """What is signed where a run counts for a newer golden sample."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    password = SignatureField()


class FailureForm(CarryOverForm):
    """What is signed of a run that failed."""

    kind = forms.ChoiceField(label=gettext_lazy("What is signed"), choices=PilotWordKind, widget=forms.RadioSelect)


def percent_field(label: Text) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=6,
        decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class LimitsForm(OnceForm):
    """Rates in percent."""

    damage = percent_field(gettext_lazy("Damage, at most (%)"))
    complaint = percent_field(gettext_lazy("Complaints, at most (%)"))
    return_rate = percent_field(gettext_lazy("Returns, at most (%)"))
    source = forms.CharField(label=gettext_lazy("Where they come from"), max_length=200, required=False)

    @property
    def limits(self) -> dict:
        return {name: self.cleaned_data[name] / 100 for name in ("damage", "complaint", "return_rate")}

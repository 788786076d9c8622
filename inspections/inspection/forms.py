"""Forms that start, find and fill in inspections."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.errors import InvalidInput
from activity.filters import SearchedFilters
from activity.forms import OnceForm, field_of
from inspections.inspection.page.typing_errors import HoldingReading
from inspections.inspection.services.results import ResultInput
from inspections.models import CartonRule, Characteristic, InspectionStatus, Verdict
from inspections.models.filters import OfBatchFilters
from inspections.rules.notation import read_column, split_column


class StartForm(forms.Form):
    """How the units of the next round come; what makes no sense the service refuses. That nobody knows is an answer too."""

    cartons = forms.IntegerField(
        required=False, error_messages={"invalid": gettext_lazy("Give the number of cartons as a whole number.")}
    )
    carton_rule = forms.CharField(required=False, empty_value=CartonRule.SQUARE_ROOT)
    unknown = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("cartons") is None and not cleaned["unknown"]:
            self.add_error("cartons", _("Count the cartons, or say that their number is not known."))
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """What `plan_inspection` takes."""
        data = self.cleaned_data
        return {"cartons": None if data["unknown"] else data["cartons"], "carton_rule": data["carton_rule"]}


class TypingErrorForm(OnceForm):
    """Which reading was a wrong key, and what was read."""

    reading = forms.ChoiceField(label=gettext_lazy("The reading that was typed"), widget=forms.RadioSelect)
    read = forms.CharField(
        label=gettext_lazy("What was read"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=gettext_lazy("How it happened"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, readings: Sequence[HoldingReading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                each.value,
                _("%(name)s, unit %(unit)s: %(reading)s")
                % {"name": each.characteristic.local_name, "unit": each.unit, "reading": each.words},
            )
            for each in readings
        ]
        field_of(self, "reading", forms.ChoiceField).choices = choices
        if len(choices) == 1:
            self.initial["reading"] = choices[0][0]

    @property
    def named(self) -> dict[str, Any]:
        """What `name_typing_error` takes."""
        unit, _colon, code = self.cleaned_data["reading"].partition(":")
        sent = {name: self.cleaned_data[name] for name in ("read", "note")}
        return sent | {"characteristic": code, "unit": int(unit)}


class TypingErrorRefusalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is no typing error"), widget=forms.Textarea(attrs={"rows": 2}), max_length=10_000
    )


class InspectionFilters(SearchedFilters, OfBatchFilters):
    dated = "planned_at"
    page_names = {"state": "status"}
    searched = (
        "batch__number", "batch__po_number", "batch__product__sku", "batch__product__name", "batch__product__name_zh",
    )  # fmt: skip
    state = django_filters.ChoiceFilter("status", choices=InspectionStatus.choices)
    verdict = django_filters.ChoiceFilter(choices=Verdict.choices)


def whole_number(field: str, text: str) -> int | None:
    """A whole number, full-width digits included; None for nothing. Raises InvalidInput."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise InvalidInput.one(field, "invalid", _("“%(value)s” is not a whole number.") % {"value": text[:40]})
    return int(text)


def result_input(characteristic: Characteristic, posted: QueryDict) -> ResultInput:
    """What was typed for one characteristic.

    Fields: `reading` once per unit in order, or `column` pasted; of an attribute check `unit` for each nonconforming
    unit, `answer` "good" (all conform) or "bad", `others` where the units not named were looked at and conform,
    `nonconformities`; `revision` last seen. Raises InvalidInput for answers that contradict each other.
    """
    revision = whole_number("revision", posted.get("revision", ""))
    if characteristic.is_measured:
        texts = split_column(posted.get("column", "")) or posted.getlist("reading")
        readings = read_column(texts, unit=characteristic.unit, usual=get_format("DECIMAL_SEPARATOR"))
        return ResultInput(characteristic.code, readings=readings, revision=revision)
    units = [whole_number("unit", unit) for unit in posted.getlist("unit")]
    answer, others = posted.get("answer", ""), posted.get("others") == "1"
    if answer == "good" and units:
        raise InvalidInput.one(
            "answer",
            "contradiction",
            _("You said that all units conform, and marked units that do not. Choose one of the two."),
        )
    if answer != "good" and not units:
        raise InvalidInput.one("answer", "required", _("Say that all units conform, or mark the ones that do not."))
    return ResultInput(
        characteristic.code,
        nonconforming_units=units,
        nonconformities=whole_number("nonconformities", posted.get("nonconformities", "")) if units else None,
        is_complete=answer == "good" or others,
        revision=revision,
    )


def seen_before_handing_in(posted: QueryDict) -> dict[str, Any]:
    """The revisions that the page showed, `closes.CODE` each, and how many `findings`. Raises InvalidInput.

    Nothing where a form without them was sent.
    """
    names = [name for name in posted if name.startswith("closes.")]
    closes = {name.removeprefix("closes."): whole_number(name, posted.get(name, "")) or 0 for name in names}
    findings = whole_number("findings", posted.get("findings", ""))
    return {"closes": closes or None, "findings": findings}

"""Forms that start, find and fill in inspections."""

import unicodedata
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from activity.errors import InvalidInput
from activity.filters import SearchedFilters
from inspections.inspection.services.results import ResultInput
from inspections.models import CartonRule, Characteristic, InspectionStatus, Verdict
from inspections.models.filters import OfBatchFilters
from inspections.rules.notation import read_column, split_column


class StartForm(forms.Form):
    """How the units of the next round come, where whoever starts it says so; what makes no sense the service refuses."""

    cartons = forms.IntegerField(required=False)
    carton_rule = forms.CharField(required=False, empty_value=CartonRule.SQUARE_ROOT)


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

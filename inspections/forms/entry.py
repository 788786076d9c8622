"""From the fields of the entry page to a result. Used where the page works without scripts."""

import unicodedata

from django.http import QueryDict
from django.utils.translation import gettext as _

from activity.errors import InvalidInput
from inspections.models import Characteristic
from inspections.readings import split_column
from inspections.services.results import ResultInput


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
        readings = split_column(posted.get("column", "")) or posted.getlist("reading")
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

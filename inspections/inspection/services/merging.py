"""One check that two people record at once: each unit is merged by itself, and only one that both changed is asked.

What a unit was `before` travels with what it became, so that nothing has to be looked up: where the stored value is still that, or what it became,
the change stands; where it is a third one, two people differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.errors import FieldError, InvalidInput, RuleBroken
from inspections.inspection.services.results import ResultInput, UnitChange
from inspections.models import Characteristic, Result
from inspections.rules.readings import ReadingError, parse_reading
from inspections.specification.words import READING_WORDS


class ResultChanged(RuleBroken):
    code = "result_changed"
    detail = gettext_lazy("Someone else changed this check in the meantime. Load it again before you overwrite it.")


@dataclass(frozen=True, slots=True)
class Difference:
    """A unit on which the sender (`mine`) and what is stored (`theirs`) differ: readings as text, None for none; or flags."""

    unit: int
    mine: Any
    theirs: Any


class UnitsDiffer(ResultChanged):
    """Both changed the same units, and differently; the answer names these alone, with the revision that they were compared with."""

    def __init__(self, differences: Sequence[Difference], revision: int):
        text = ngettext(
            "Someone else recorded unit %(units)s differently. Choose which is right; all else is merged.",
            "Someone else recorded units %(units)s differently. Choose which are right; all else is merged.",
            len(differences),
        )
        units = [{"unit": each.unit, "mine": each.mine, "theirs": each.theirs} for each in differences]
        named = ", ".join(str(each.unit) for each in differences)
        super().__init__(text % {"units": named}, units=units, revision=revision)


@dataclass(frozen=True, slots=True)
class Merge:
    """What units make of the stored result: `whole` with what nobody disputes, `claimed` with all that the sender says."""

    whole: ResultInput
    claimed: ResultInput
    differences: list[Difference]


def merge(sent: ResultInput, stored: Result | None, characteristic: Characteristic, n: int, *, field: str) -> Merge:
    """Merge the `units` of `sent` into the stored result.

    A sender whose `revision` is the stored one has seen what it changes, so that nothing differs. Raises ResultChanged where
    units without numbers are stored that the sender has not seen, InvalidInput.
    """
    changes = sent.units or ()
    _require_units(changes, n, f"{field}.units")
    sent = replace(sent, units=None)
    has_seen = sent.revision == (stored.revision if stored else 0)
    if characteristic.is_measured:
        merged = _merge_readings(changes, sent, stored, n, has_seen, field)
    else:
        if not all(isinstance(change.value, bool) for change in changes):
            detail = _("%(code)s is not measured: say of each unit whether it is nonconforming.") % {
                "code": characteristic.code
            }
            raise InvalidInput.one(f"{field}.units", "not_a_flag", detail)
        merged = _merge_marks(changes, sent, stored, has_seen)
    return merged


def _require_units(changes: Sequence[UnitChange], n: int, field: str) -> None:
    units = [change.unit for change in changes]
    for unit in units:
        if not 1 <= unit <= n:
            detail = _("There is no unit %(value)s: the sample has units 1 to %(n)s.") % {"value": unit, "n": n}
            raise InvalidInput.one(field, "unknown_unit", detail)
    if len(set(units)) != len(units):
        raise InvalidInput.one(field, "duplicate", _("A unit is named twice."))


def _merge_readings(
    changes: Sequence[UnitChange], sent: ResultInput, stored: Result | None, n: int, has_seen: bool, field: str
) -> Merge:
    there = list((stored and stored.readings) or [])
    whole = there + [None] * (n - len(there))
    claimed = list(whole)
    differences = []
    errors: list[FieldError] = []
    for change in changes:
        try:
            mine, before = _reading(change.value), _reading(change.before)
        except ReadingError as error:
            detail = READING_WORDS[error.code] % {"unit": change.unit, "value": error.value}
            errors.append(FieldError(f"{field}.readings.{change.unit}", error.code, detail))
            continue
        theirs = whole[change.unit - 1]
        claimed[change.unit - 1] = mine
        if has_seen or theirs in (mine, before):
            whole[change.unit - 1] = mine
        else:
            differences.append(Difference(change.unit, _text(mine), _text(theirs)))
    if errors:
        raise InvalidInput(errors)
    sent = replace(sent, revision=None)
    return Merge(replace(sent, readings=whole), replace(sent, readings=claimed), differences)


def _reading(value: object) -> Any:
    return None if value is None or value == "" else parse_reading(value)


def _text(reading: Any) -> str | None:
    return None if reading is None else str(reading)


def _merge_marks(changes: Sequence[UnitChange], sent: ResultInput, stored: Result | None, has_seen: bool) -> Merge:
    """Who says that all others conform is asked about those that it has not seen marked."""
    if stored and stored.nonconforming and stored.nonconforming_units is None and not has_seen:
        raise ResultChanged
    there = set((stored and stored.nonconforming_units) or ())
    whole, claimed, differences = set(there), set(there), []
    for change in changes:
        mine, theirs = bool(change.value), change.unit in there
        _mark(claimed, change.unit, mine)
        if has_seen or theirs in (mine, bool(change.before)):
            _mark(whole, change.unit, mine)
        else:
            differences.append(Difference(change.unit, mine, theirs))
    if sent.is_complete and sent.nonconforming_units is not None:
        unseen = there - set(sent.nonconforming_units) - {change.unit for change in changes}
        claimed -= unseen
        if has_seen:
            whole -= unseen
        else:
            differences += [Difference(unit, False, True) for unit in unseen]
    was_complete = bool(stored and stored.is_complete)
    is_complete = was_complete if sent.is_complete is None or differences else sent.is_complete
    several = _several(sent, stored, claimed, has_seen)

    def of(units: set[int]) -> ResultInput:
        count = len(units) + several if units else None
        return replace(
            sent, nonconforming_units=sorted(units), nonconformities=count, is_complete=is_complete, revision=None
        )

    return Merge(of(whole), of(claimed), sorted(differences, key=lambda each: each.unit))


def _mark(units: set[int], unit: int, is_bad: bool) -> None:
    if is_bad:
        units.add(unit)
    else:
        units.discard(unit)


def _several(sent: ResultInput, stored: Result | None, claimed: set[int], has_seen: bool) -> int:
    """Nonconformities beyond one a unit: as the sender says, and never fewer than somebody else counted meanwhile."""
    counted = stored.nonconformities - stored.nonconforming if stored else 0
    if sent.nonconformities is None:
        return counted
    shown = claimed if sent.nonconforming_units is None else sent.nonconforming_units
    said = max(0, sent.nonconformities - len(shown))
    return said if has_seen else max(counted, said)


def overwritten(stored: Result | None, now: Result) -> dict[str, Any]:
    """Number of each unit whose stored value another takes the place of -> what it was; no event before tells these (R6)."""
    if stored is None:
        return {}
    if stored.readings is not None:
        after = list(now.readings or [])
        return {
            str(unit): str(was)
            for unit, was in enumerate(stored.readings, start=1)
            if was is not None and (unit > len(after) or after[unit - 1] != was)
        }
    gone = set(stored.nonconforming_units or ()) - set(now.nonconforming_units or ())
    return {str(unit): True for unit in sorted(gone)}

"""From what was sent to what is stored, and to what it means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from activity.errors import FieldError, InvalidInput
from inspections.finding.reads import counted_in, facts_of_units
from inspections.models import Characteristic, Inspection, NonconformityClass, Result
from inspections.rules.readings import parse_readings, summary
from inspections.rules.verdicts import Finding, Tallies, VariablesTally, tally, tally_variables, units_found
from inspections.specification.words import READING_WORDS


@dataclass(frozen=True, slots=True)
class UnitChange:
    """What the sender changed on one unit: its reading, or whether it is nonconforming, and what that was `before`."""

    unit: int
    value: object
    before: object = None


@dataclass(frozen=True, slots=True)
class ResultInput:
    """What was sent for one characteristic: readings, or unit numbers, or (where those are unknown) a count.

    `is_complete` False is for an attribute check still under way: the units not named were not looked at yet.
    `revision` is the one that the sender saw last, None where it does not matter. With `units` only these were changed,
    and all else stays as it is stored (`merged` in merging.py): then `nonconforming_units` are all that the sender shows as
    such, and `is_complete` None is as it is stored.
    """

    characteristic: str
    readings: Sequence[object] | None = None
    nonconforming_units: Sequence[object] | None = None
    nonconforming: int | None = None
    nonconformities: int | None = None
    is_complete: bool | None = True
    recorded_at: datetime | None = None
    revision: int | None = None
    units: Sequence[UnitChange] | None = None


def build_result(
    characteristic: Characteristic,
    n: int,
    sent: ResultInput,
    *,
    field: str,
    actor: User,
    at: datetime,
    is_estimated: bool = False,
) -> Result:
    """An unsaved Result on a sample of n units, counted against the frozen limits. Raises InvalidInput naming each wrong value
    below `field`; where a variables plan estimates from the readings, one that is only below or above a number is wrong too.
    """
    given = [name for name in ("readings", "nonconforming_units", "nonconforming") if getattr(sent, name) is not None]
    if characteristic.is_measured and given != ["readings"]:
        raise InvalidInput.one(
            f"{field}.readings",
            "required",
            _("%(code)s is measured: send its readings.") % {"code": characteristic.code},
        )
    if not characteristic.is_measured and given not in (["nonconforming_units"], ["nonconforming"]):
        raise InvalidInput.one(
            f"{field}.nonconforming_units",
            "required",
            _("%(code)s is not measured: send the numbers of the nonconforming units, or their count.")
            % {"code": characteristic.code},
        )
    result = Result(
        characteristic=characteristic,
        recorded_at=sent.recorded_at or at,
        received_at=at,
        recorded_by=actor,
    )
    if characteristic.is_measured:
        _measure(result, characteristic, n, sent.readings or (), field, is_estimated)
    elif sent.nonconforming_units is not None:
        result.nonconforming_units = _unit_numbers(sent.nonconforming_units, n, f"{field}.nonconforming_units")
        result.nonconforming = len(result.nonconforming_units)
        result.is_complete = bool(sent.is_complete)
    else:
        result.nonconforming = _whole(sent.nonconforming, n, f"{field}.nonconforming")
        result.is_complete = bool(sent.is_complete)
    result.nonconformities = result.nonconforming
    if sent.nonconformities is not None and not characteristic.is_measured:
        result.nonconformities = _whole(sent.nonconformities, 10**6, f"{field}.nonconformities")
        if result.nonconformities < result.nonconforming:
            raise InvalidInput.one(
                f"{field}.nonconformities",
                "too_few",
                _("Each nonconforming unit has at least one nonconformity: %(n)s or more.")
                % {"n": result.nonconforming},
            )
        if result.nonconformities and not result.nonconforming:
            raise InvalidInput.one(
                f"{field}.nonconforming_units", "required", _("Say which units have the nonconformities.")
            )
    return result


def _measure(
    result: Result, characteristic: Characteristic, n: int, values: Sequence[object], field: str, is_estimated: bool
) -> None:
    if len(values) > n:
        raise InvalidInput.one(
            f"{field}.readings",
            "too_many",
            _("%(code)s: %(sent)s readings were sent, the plan takes %(n)s units.")
            % {"code": characteristic.code, "sent": len(values), "n": n},
        )
    readings, wrong = parse_readings(
        values, lower=characteristic.lower, upper=characteristic.upper, takes_beyond=not is_estimated
    )
    if wrong:
        raise InvalidInput(
            [
                FieldError(
                    f"{field}.readings.{unit}",
                    error.code,
                    READING_WORDS[error.code] % {"unit": unit, "value": error.value},
                )
                for unit, error in wrong
            ]
        )
    bad = [
        unit
        for unit, reading in enumerate(readings, start=1)
        if reading is not None and not characteristic.conforms(reading)
    ]
    result.readings, result.nonconforming_units, result.nonconforming = readings, bad, len(bad)
    result.is_complete = len(readings) == n and None not in readings
    for name, value in summary(readings).items():
        setattr(result, name, value)


def _whole(value: object, most: int, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise InvalidInput.one(field, "out_of_range", _("Give a whole number from 0 to %(most)s.") % {"most": most})
    return value


def _unit_numbers(values: Sequence[object], n: int, field: str) -> list[int]:
    units = set()
    for value in values:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= n:
            raise InvalidInput.one(
                field,
                "unknown_unit",
                _("There is no unit %(value)s: the sample has units 1 to %(n)s.") % {"value": str(value)[:20], "n": n},
            )
        units.add(value)
    if len(units) != len(values):
        raise InvalidInput.one(field, "duplicate", _("A unit is named twice."))
    return sorted(units)


def finding_of(result: Result | None, characteristic: Characteristic, n: int, judged_by: str = "") -> Finding:
    """What a result, or its absence, says about the units of the sample. `judged_by`: see `Inspection.judged_by`."""
    all_units = frozenset(range(1, n + 1))
    name = characteristic.nonconformity_class
    if result is None:
        return Finding(name, frozenset(), 0, 0, all_units, judged_by)
    bad = None if result.nonconforming_units is None else frozenset(result.nonconforming_units)
    if result.is_complete:
        unread: frozenset[int] = frozenset()
    elif result.readings is None:
        unread = all_units - (bad or frozenset())
    else:
        unread = all_units - {unit for unit, reading in enumerate(result.readings, 1) if reading is not None}
    return Finding(name, bad, result.nonconforming, result.nonconformities, unread, judged_by)


def findings(
    inspection: Inspection, results: Mapping[int, Result], characteristics: Sequence[Characteristic]
) -> list[Finding]:
    """One per characteristic, those with a plan of their own included; `results` by characteristic id."""
    sizes = inspection.sample_sizes(characteristics)
    return [finding_of(results.get(c.pk), c, sizes[c.code], inspection.judged_by(c)) for c in characteristics]


def variables_tallies(
    inspection: Inspection, results: Mapping[int, Result], characteristics: Sequence[Characteristic]
) -> dict[str, VariablesTally]:
    """Characteristic code -> where it stands against its variables plan."""
    plans = inspection.by_variables
    return {
        c.code: tally_variables(
            plans[c.code],
            _floats(results.get(c.pk)),
            lower=None if c.lower is None else float(c.lower),
            upper=None if c.upper is None else float(c.upper),
            is_critical=c.nonconformity_class == NonconformityClass.CRITICAL,
        )
        for c in characteristics
        if c.code in plans
    }


def _floats(result: Result | None) -> list[float | None]:
    readings = (result and result.readings) or []
    return [None if reading is None else float(reading) for reading in readings]


def current_tallies(
    inspection: Inspection, results: Mapping[int, Result], characteristics: Sequence[Characteristic]
) -> Tallies:
    """Where each class and each characteristic with a plan of its own stands now."""
    counted = tally(
        inspection.plans,
        [*findings(inspection, results, characteristics), *counted_in(inspection)],
        own=inspection.own,
        at_least={name: max(counts, default=0) for name, counts in inspection.stage_counts.items()},
        own_at_least={code: max(counts, default=0) for code, counts in inspection.own_stage_counts.items()},
    )
    return replace(counted, variables=variables_tallies(inspection, results, characteristics))


def nonconforming_units_of(inspection: Inspection, results: Iterable[Result]) -> int:
    """Units of the sample that are nonconforming on any check or by a finding, those beyond a limit that is judged by
    variables included."""
    bad = [result for result in results if result.nonconforming]
    told = counted_in(inspection)
    return units_found(
        [
            *(result.nonconforming_units for result in bad if result.nonconforming_units is not None),
            *(each.bad for each in told if each.bad is not None),
        ],
        [
            *(result.nonconforming for result in bad if result.nonconforming_units is None),
            *(each.nonconforming for each in told if each.bad is None),
        ],
        inspection.sample_size,
    )


def describe_critical(result: Result, characteristic: Characteristic, inspection: Inspection) -> dict:
    """The first nonconforming unit of a critical characteristic, as the hold's finding."""
    units = result.nonconforming_units
    facts = facts_of_units(
        characteristic,
        units=units,
        nonconforming=result.nonconforming,
        readings=[result.readings[unit - 1] for unit in units] if units and result.readings else None,
    )
    return {"inspection": str(inspection.uid), "round": inspection.round} | facts

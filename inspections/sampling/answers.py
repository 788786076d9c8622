"""The sampling calls of the API: a question as it came in, query text or JSON, to an answer ready for JSON.

Every function raises SamplingError with the field that was asked wrongly.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil, isfinite
from typing import Any
from unicodedata import normalize

from .computed import chance_of_at_most
from .decisions import check_fits_lot
from .errors import SamplingError, SamplingErrors
from .plans import NONCONFORMITIES, UNITS, Plan, find_plan
from .schemes import ComputedRule
from .switching import Event, Lot, State, Step, apply_event, start, step

MOST_LOTS = 10_000
MOST_POINTS = 1_000
LARGEST_LOT = 1_000_000_000
LARGEST_SAMPLE = 1_000_000
LARGEST_ACCEPTANCE = 20_000
MOST_ALLOWED_AT_LQ = 1_000
MOST_ALLOWED_IN_CARTONS = 100
MOST_TAKEN_FROM_CARTONS = 10_000
_PLAN_FIELDS = ("level", "aql", "severity", "kind", "standard", "counts")


def plan_answer(question: Mapping) -> dict:
    """`lot_size`, `aql`, and optionally `level`, `severity`, `kind`, `standard`, `counts`: the plan.

    Raises SamplingErrors where more than one field is wrong. `stages` is there whenever a double or multiple plan was asked
    for, also where the table sends to a single one.
    """
    _refuse_all_wrong(question)
    plan = _plan(question)
    answer = {"code_letter": None, "effective_letter": None} | plan.as_dict()
    if question.get("kind", "single") != "single":
        answer["stages"] = [stage.as_dict() for stage in plan.all_stages]
    return answer


def oc_answer(question: Mapping, qualities: Sequence[object] = ()) -> dict:
    """`n`, `ac`, and optionally `lot_size` and `counts`: the operating characteristic at `qualities` or all along.

    With `opened` cartons each point says as well how likely lots pass that are not mixed: `pa_whole_cartons` where the
    nonconforming units fill whole ones of so many `cartons`, `pa_alike` where units of one carton have this `correlation`.
    """
    from .curves import single_curve  # late: takes a second to load, and only this needs it

    read = _all_read(
        n=lambda: _whole(question, "n", lowest=1, highest=LARGEST_SAMPLE),
        ac=lambda: _whole(question, "ac", lowest=0, highest=LARGEST_ACCEPTANCE),
        lot_size=lambda: _optional(question, "lot_size"),
        counts=lambda: _counted(question),
        cartons=lambda: _optional(question, "cartons"),
        opened=lambda: _optional(question, "opened"),
        correlation=lambda: (
            _number(question, "correlation", lowest=0, highest=1) if _given(question, "correlation") else None
        ),
    )
    n, ac, lot_size, counts = (read[name] for name in ("n", "ac", "lot_size", "counts"))
    if ac > n and counts == UNITS:
        raise SamplingError("acceptance_above_sample", field="ac", value=ac, n=n)
    curve = single_curve(n, ac, lot_size=lot_size, counts=counts)
    if len(qualities) > MOST_POINTS:
        raise SamplingError("list", field="p", highest=MOST_POINTS)
    highest = 1000 if counts == NONCONFORMITIES else 1
    asked = [_number({"p": p}, "p", lowest=0, highest=highest) for p in qualities]
    in_cartons = _in_cartons(**read)
    aoql, worst = curve.aoql()
    return {
        "points": [
            {"p": p, "pa": pa} | ({} if lot_size is None else {"ati": float(curve.ati(p))}) | in_cartons(p)
            for p, pa in curve.points(asked or None)
        ],
        "p95": curve.quality_at(0.95),
        "p50": curve.quality_at(0.50),
        "p10": curve.quality_at(0.10),
        "aoql": aoql,
        "aoql_at": worst,
    }


def _in_cartons(
    *,
    n: int,
    ac: int,
    lot_size: int | None,
    counts: str,
    cartons: int | None,
    opened: int | None,
    correlation: float | None,
) -> Callable[[float], dict]:
    """How likely lots of a quality pass that are not mixed: nothing where no carton is spoken of."""
    if cartons is None and opened is None and correlation is None:
        return lambda p: {}
    if opened is None:
        raise SamplingError("required", field="opened")
    if cartons is None and correlation is None:
        raise SamplingError("required", field="correlation")
    if cartons is not None and lot_size is not None and cartons > lot_size:
        raise SamplingError("cartons", field="cartons", value=lot_size, cartons=cartons)
    if cartons is not None and opened > cartons:
        raise SamplingError("number", field="opened", value=opened, lowest=1, highest=cartons)
    if counts != UNITS:
        raise SamplingError("cartons_count_units", field="counts")
    for name, value, highest in (("n", n, MOST_TAKEN_FROM_CARTONS), ("ac", ac, MOST_ALLOWED_IN_CARTONS)):
        if value > highest:
            raise SamplingError("number", field=name, value=value, lowest=0, highest=highest)
    from .cartons import pa_of_alike_units, pa_of_whole_cartons  # late: takes a second to load, and only this needs it

    plan = Plan(n, ac, ac + 1, False, None, None, "normal", "single", None, None, counts)
    looked_into = min(opened, n)

    def at(p: float) -> dict:
        found = {}
        if cartons is not None:
            found["pa_whole_cartons"] = pa_of_whole_cartons(plan, p, cartons=cartons, opened=looked_into)
        if correlation is not None:
            found["pa_alike"] = pa_of_alike_units(plan, p, opened=looked_into, correlation=correlation)
        return found

    return at


def limiting_quality_answer(question: Mapping) -> dict:
    """`lot_size`, `lq` in percent, and optionally `ac` and `consumer_risk`: the plan of an isolated lot, and what it is worth.

    `risk` is the chance, exactly hypergeometric, that it accepts a lot at the limiting quality; `p95` the quality that it
    accepts 95 % of the time. Raises SamplingErrors where more than one field is wrong.
    """
    read = _all_read(
        lot_size=lambda: _whole(question, "lot_size", lowest=1, highest=LARGEST_LOT, code="lot_size"),
        lq=lambda: _percentage(question, "lq", highest=100),
        ac=lambda: _whole(question, "ac", lowest=0, highest=MOST_ALLOWED_AT_LQ) if _given(question, "ac") else 0,
        consumer_risk=lambda: (
            _percentage(question, "consumer_risk", highest=1) if _given(question, "consumer_risk") else Fraction(1, 10)
        ),
    )
    lot_size, limit = read["lot_size"], read["lq"]
    plan = ComputedRule("lq", UNITS, read["ac"], limit, read["consumer_risk"]).plan(lot_size, "normal")
    bad = max(1, ceil(lot_size * limit / 100))
    from .curves import curve_of  # late: takes a second to load, and only this needs it

    return {
        **{name: value for name, value in plan.as_dict().items() if name not in ("severity", "counts")},
        "nonconforming_at_lq": bad,
        "risk": chance_of_at_most(plan.acceptance, lot_size, bad, plan.sample_size),
        "p95": curve_of(plan, lot_size=lot_size).quality_at(0.95),
    }


def switching_answer(question: Mapping) -> dict:
    """What the rules would have done with `lots`, from `severity` on, all under one plan definition.

    `severity_next` stays tightened where `discontinued` is true: that is how inspection resumes. A lot that comes
    before it resumed is not inspected: its plan is null and it is not accepted.
    """
    lots = question.get("lots")
    if not isinstance(lots, list) or len(lots) > MOST_LOTS:
        raise SamplingError("list", field="lots", highest=MOST_LOTS)
    state = start(question.get("severity") or "normal")
    definition = {name: question[name] for name in _PLAN_FIELDS if name in question and name != "severity"}
    _refuse_all_wrong({**definition, "lot_size": 2})  # what is wrong with the definition is not the fault of a lot
    _plan({**definition, "lot_size": 2})
    rows = []
    for number, entry in enumerate(lots, start=1):
        if not isinstance(entry, Mapping):
            raise SamplingError("required", field=f"lots.{number}.lot_size")
        try:
            if "event" in entry:
                state = apply_event(state, Event(entry["event"], str(number)))
                continue
            done = _play(state, entry, definition, str(number))
        except SamplingError as error:
            params = {name: value for name, value in error.params.items() if name != "field"}
            raise SamplingError(error.code, field=f"lots.{number}.{error.field}", **params) from None
        state = done[0].after
        rows.append(_row(*done))
    return {"lots": rows}


def interval_answer(question: Mapping) -> dict:
    """`nonconforming`, `n`, and optionally `confidence`: bounds of the true proportion."""
    from .intervals import clopper_pearson, upper_bound, wilson  # late: takes a second to load, and only this needs it

    read = _all_read(
        n=lambda: _whole(question, "n", lowest=1, highest=LARGEST_LOT),
        nonconforming=lambda: _whole(question, "nonconforming", lowest=0, highest=LARGEST_LOT),
        confidence=lambda: (
            _number(question, "confidence", lowest=0, highest=1, code="between")
            if _given(question, "confidence")
            else 0.95
        ),
    )
    n, nonconforming, confidence = (read[name] for name in ("n", "nonconforming", "confidence"))
    return {
        "clopper_pearson": list(clopper_pearson(nonconforming, n, confidence)),
        "wilson": list(wilson(nonconforming, n, confidence)),
        "upper": upper_bound(nonconforming, n, confidence),
    }


def all_wrong(question: Mapping) -> list[SamplingError]:
    """What is wrong with each field of a question for a plan, whatever the others say."""
    return [error for name in (*_PLAN_FIELDS, "lot_size") if (error := _wrong(question, name))]


def _refuse_all_wrong(question: Mapping) -> None:
    if len(errors := all_wrong(question)) > 1:
        raise SamplingErrors(errors)


def _all_read(**reads: Callable[[], Any]) -> dict[str, Any]:
    """What each reads by its name. Raises SamplingErrors naming all fields that are wrong, SamplingError for one."""
    read, errors = {}, []
    for name, take in reads.items():
        try:
            read[name] = take()
        except SamplingError as error:
            errors.append(error)
    if len(errors) > 1:
        raise SamplingErrors(errors)
    if errors:
        raise errors[0]
    return read


def _percentage(question: Mapping, name: str, *, highest: int) -> Fraction:
    """An exact number above 0, from JSON or text."""
    if not _given(question, name):
        raise SamplingError("required", field=name)
    value = question[name]
    text = normalize("NFKC", str(value)).strip()
    try:  # written out: the fraction of 1e-99999999 would fill the memory
        number = Fraction(text) if len(text) <= 40 and "e" not in text.lower() else Fraction(0)
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    if isinstance(value, bool) or not 0 < number <= highest:
        raise SamplingError("above", field=name, value=value, lowest=0, highest=highest)
    return number


def _wrong(question: Mapping, name: str) -> SamplingError | None:
    """What is wrong with one field whatever the others say."""
    if not _given(question, name) and name not in ("aql", "lot_size"):
        return None
    alone = {"lot_size": 1000, "aql": "2.5", name: question.get(name)}
    try:
        _plan(alone)
    except SamplingError as error:
        return error if error.field == name else None
    return None


def _optional(question: Mapping, name: str) -> int | None:
    return _whole(question, name, lowest=1, highest=LARGEST_LOT) if _given(question, name) else None


def _counted(question: Mapping) -> str:
    counts = question.get("counts") or UNITS
    if counts not in (UNITS, NONCONFORMITIES):
        raise SamplingError("counts", field="counts", value=counts)
    return str(counts)


def _plan(question: Mapping) -> Plan:
    if not _given(question, "aql"):
        raise SamplingError("required", field="aql")
    lot_size = _whole(question, "lot_size", lowest=1, highest=LARGEST_LOT, code="lot_size")
    return find_plan(lot_size=lot_size, **{name: question[name] for name in _PLAN_FIELDS if _given(question, name)})


def _play(state: State, entry: Mapping, definition: Mapping, reference: str) -> tuple[Step, Plan]:
    plan = _plan({**definition, "lot_size": entry.get("lot_size"), "severity": state.severity})
    counts = () if state.discontinued else _counts(plan, entry)
    lot = Lot(
        plans={"lot": plan},
        nonconforming={"lot": counts},
        reference=reference,
        resubmitted=_flag(entry, "resubmitted", default=False),
        critical=_flag(entry, "critical", default=False),
        production_steady=_flag(entry, "production_steady", default=True),
        reduced_approved=_flag(entry, "reduced_approved", default=True),
    )
    done = step(state, lot)
    check_fits_lot(plan, counts, int(entry["lot_size"]))
    return done, plan


def _row(done: Step, plan: Plan) -> dict:
    inspected = done.accepted is not None
    return {
        "severity": done.before.severity,
        "sample_size": plan.sample_size if inspected else None,
        "acceptance": plan.acceptance if inspected else None,
        "rejection": plan.rejection if inspected else None,
        "accepted": bool(done.accepted),
        "score": done.score,
        "severity_next": done.after.severity,
        "discontinued": done.after.discontinued,
        "reason": done.after.reason.as_dict(),
    }


def _counts(plan: Plan, entry: Mapping) -> tuple[int, ...]:
    """The counts after each stage, from as little as decides the lot."""
    if _given(entry, "stage_nonconforming"):
        counts = entry["stage_nonconforming"]
        if not isinstance(counts, list):
            raise SamplingError("list", field="stage_nonconforming", highest=len(plan.all_stages))
        return tuple(counts)
    found = _whole(entry, "nonconforming", lowest=0, highest=LARGEST_LOT)
    if not plan.stages:
        return (found,)
    if _given(entry, "first_sample_nonconforming") and plan.kind == "double":
        return (_whole(entry, "first_sample_nonconforming", lowest=0, highest=LARGEST_LOT), found)
    for number, stage in enumerate(plan.stages, start=1):
        if found >= stage.rejection:
            break
        if stage.acceptance is not None and found <= stage.acceptance:
            return (found,) * number
    if found >= plan.rejection:
        return (found,)
    raise SamplingError("stages_needed", field="first_sample_nonconforming", value=found)


def _given(question: Mapping, name: str) -> bool:
    return question.get(name) not in (None, "")


def _whole(question: Mapping, name: str, *, lowest: int, highest: int, code: str = "whole_number") -> int:
    """A whole number from JSON or from text, in full-width digits too."""
    value = question.get(name)
    if not _given(question, name):
        raise SamplingError("required", field=name)
    text = normalize("NFKC", value).strip() if isinstance(value, str) else value
    number = int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 16 else text
    if type(number) is not int or number < lowest:
        raise SamplingError(code, field=name, value=value, lowest=lowest)
    if number > highest:
        raise SamplingError("number", field=name, value=value, lowest=lowest, highest=highest)
    return number


def _number(question: Mapping, name: str, *, lowest: float, highest: float, code: str = "number") -> float:
    value = question[name]
    try:
        number = float(normalize("NFKC", value) if isinstance(value, str) else value)
    except (TypeError, ValueError):
        number = float("nan")
    if isinstance(value, bool) or not isfinite(number) or not lowest <= number <= highest:
        raise SamplingError(code, field=name, value=value, lowest=lowest, highest=highest)
    return number


def _flag(entry: Mapping, name: str, *, default: bool) -> bool:
    value = entry.get(name, default)
    if not isinstance(value, bool):
        raise SamplingError("boolean", field=name, value=value)
    return value

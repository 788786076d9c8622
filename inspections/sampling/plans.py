"""Sampling plans: how many units to take, and how many bad ones a batch may show."""

from dataclasses import dataclass, replace
from functools import cache

from . import standard as tables
from .errors import SamplingError

UNITS = "units"
NONCONFORMITIES = "nonconformities"


@dataclass(frozen=True, slots=True)
class Stage:
    """One sample of a plan: after `sample_size` units in all, accept at up to `acceptance`, reject from `rejection`.

    Sample size and counts are cumulative. `acceptance` is None where no acceptance is possible yet.
    """

    sample_size: int
    acceptance: int | None
    rejection: int

    def as_dict(self) -> dict:
        return {"sample_size": self.sample_size, "acceptance": self.acceptance, "rejection": self.rejection}


@dataclass(frozen=True, slots=True)
class Plan:
    """One sampling plan for one batch and one class.

    `sample_size`, `acceptance` and `rejection` are those of the last stage; `stages` is empty for a plan in one stage.
    `kind` is the plan in force: where a table has no double plan it sends the reader to the single one. In the reduced
    plans of Z1.4 the rejection number leaves a gap above the acceptance number; a count in the gap accepts the batch
    and ends reduced inspection. `inspect_all`: the first sample already is the whole lot.
    """

    sample_size: int
    acceptance: int
    rejection: int
    inspect_all: bool
    code_letter: str | None
    effective_letter: str | None
    severity: str
    kind: str
    standard: str | None
    aql: str | None
    counts: str
    stages: tuple[Stage, ...] = ()

    @property
    def all_stages(self) -> tuple[Stage, ...]:
        """The stages, a plan in one stage included."""
        return self.stages or (Stage(self.sample_size, self.acceptance, self.rejection),)

    def as_dict(self) -> dict:
        """The plan as JSON, to be frozen on an inspection; what it has not is left out."""
        plan = {
            name: value for name in self.__slots__ if name != "stages" and (value := getattr(self, name)) is not None
        }
        if self.stages:
            plan["stages"] = [stage.as_dict() for stage in self.stages]
        return plan

    @classmethod
    def from_dict(cls, plan: dict) -> "Plan":
        absent = dict.fromkeys(("code_letter", "effective_letter", "standard", "aql"))
        return cls(**{**absent, **plan, "stages": tuple(Stage(**stage) for stage in plan.get("stages", ()))})


def find_plan(
    *,
    lot_size: int,
    level: str = "II",
    aql: str | float,
    severity: str = "normal",
    kind: str = "single",
    standard: str | None = None,
    counts: str | None = None,
) -> Plan:
    """The plan of ISO 2859-1:1999 (clause 10, tables 1 and 2) or ANSI/ASQ Z1.4 for one lot.

    A double or multiple plan of ISO 2859-1 is answered where its table sends to the single one.
    `standard` left open is ISO 2859-1 for single plans and Z1.4 for double and multiple ones, the only form in which
    those are kept. `counts` left open is nonconforming units up to an AQL of 10 and nonconformities above it, where
    percent nonconforming has no meaning. A lot of 1 has no code letter and is inspected whole; where the plan's sample
    reaches the lot size the lot is inspected whole, with Ac and Re as printed. Raises SamplingError.
    """
    if type(lot_size) is not int or lot_size < 1:
        raise SamplingError("lot_size", field="lot_size", value=lot_size)
    if level not in tables.LEVELS:
        raise SamplingError("level", field="level", value=level, choices=", ".join(tables.LEVELS))
    if kind not in tables.KINDS:
        raise SamplingError("kind", field="kind", value=kind, choices=", ".join(tables.KINDS))
    if standard is None:
        standard = tables.ISO if kind == "single" else tables.Z14
    if standard not in tables.STANDARDS:
        raise SamplingError("standard", field="standard", value=standard, choices=", ".join(tables.STANDARDS))
    check_severity(severity)
    aql = tables.normalise_aql(aql)
    if counts is None:
        counts = NONCONFORMITIES if float(aql) > 10 else UNITS
    check_counts(counts, aql)
    if lot_size == 1:
        return Plan(1, 0, 1, True, None, None, severity, "single", standard, aql, counts)
    letter = tables.code_letter(lot_size, level)
    if standard == tables.ISO and kind != "single" and tables.prints_single_plan(severity, letter, aql):
        kind = "single"
    plan = _tabled_plan(standard, kind, severity, letter, aql, counts)
    return plan if plan.sample_size < lot_size else within_lot(plan, lot_size)


def within_lot(plan: Plan, lot_size: int) -> Plan:
    """The plan with no sample larger than the lot.

    The stage that reaches the lot is the last: it inspects what is left and decides by the plan's final numbers.
    """
    if plan.sample_size < lot_size:
        return plan
    stages = tuple(stage for stage in plan.stages if stage.sample_size < lot_size)
    if stages:
        stages += (Stage(lot_size, plan.acceptance, plan.rejection),)
    return replace(plan, sample_size=lot_size, inspect_all=not stages, stages=stages)


def at_least_as_strict(candidate: Plan, previous: Plan, *, lot_size: int | None = None) -> Plan:
    """The plan of a re-inspection: the candidate if it is nowhere more lenient than the plan before, else that plan.

    No batch that the previous plan would have rejected is accepted by the result when the previous sample is part of
    the new one. A candidate that inspects the whole lot has the largest sample there is. `lot_size` is the number of
    units that are now there, which may be less than before: no sample exceeds it.
    """
    plan = candidate if _nowhere_more_lenient(candidate, previous) else previous
    if lot_size is None:
        return plan
    return replace(plan, sample_size=lot_size) if plan.inspect_all else within_lot(plan, lot_size)


def _nowhere_more_lenient(candidate: Plan, previous: Plan) -> bool:
    if previous.inspect_all and not candidate.inspect_all:
        return False
    if candidate.stages and len(candidate.stages) == len(previous.stages):
        return all(
            new.sample_size >= old.sample_size
            and (-1 if new.acceptance is None else new.acceptance) <= (-1 if old.acceptance is None else old.acceptance)
            and new.rejection <= old.rejection
            for new, old in zip(candidate.stages, previous.stages, strict=True)
        )
    return (
        not candidate.stages
        and (candidate.inspect_all or candidate.sample_size >= previous.sample_size)
        and candidate.acceptance <= previous.acceptance
        and all(candidate.acceptance < stage.rejection for stage in previous.all_stages)
        and (bool(previous.stages) or candidate.rejection <= previous.rejection)
    )


def check_severity(severity: str) -> None:
    """Raise SamplingError unless batches can be planned under this severity."""
    if severity == "discontinued":
        raise SamplingError("discontinued", field="severity", value=severity)
    if severity not in tables.SEVERITIES:
        raise SamplingError("severity", field="severity", value=severity, choices=", ".join(tables.SEVERITIES))


def check_counts(counts: str, aql: str) -> None:
    """Raise SamplingError unless this AQL can be counted so: above 10 it counts nonconformities per 100 units."""
    if counts not in (UNITS, NONCONFORMITIES):
        raise SamplingError("counts", field="counts", value=counts)
    if counts == UNITS and float(aql) > 10:
        raise SamplingError("aql_needs_nonconformities", field="aql", value=aql)


@cache
def _tabled_plan(standard: str, kind: str, severity: str, letter: str, aql: str, counts: str) -> Plan:
    """The plan of one cell for a lot that is larger than its sample."""
    cell = tables.master_table(standard, kind, severity)[letter, aql]
    sample_size, acceptance, rejection = cell.stages[-1]
    return Plan(
        sample_size=sample_size,
        acceptance=rejection - 1 if acceptance is None else acceptance,
        rejection=rejection,
        inspect_all=False,
        code_letter=letter,
        effective_letter=cell.effective_letter,
        severity=severity,
        kind=cell.kind,
        standard=standard,
        aql=aql,
        counts=counts,
        stages=tuple(Stage(*stage) for stage in cell.stages) if len(cell.stages) > 1 else (),
    )

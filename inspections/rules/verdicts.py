"""From what was found to accepted or rejected. Pure.

ISO 2859-1 clause 11: a lot is accepted when, in every class, the count in the sample is below the rejection number. What
is counted is nonconforming units, or, for an AQL above 10, which is in nonconformities per 100 units, each nonconformity. A
nonconforming unit counts once, in the most serious class of its nonconformities (clause 3.1: a unit of class B has none of class
A); a nonconformity counts in its own class, whatever else the unit has. A check with a plan of its own is judged by that plan
and counts in no class, but says as well how serious its units are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, isfinite

from inspections.sampling import Plan
from inspections.sampling.plans import NONCONFORMITIES
from inspections.sampling.schemes import CLASSES
from inspections.sampling.variables import (
    FEWEST_TO_ESTIMATE,
    VariablesPlan,
    VariablesVerdict,
    estimate,
    one_step_tighter,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one characteristic.

    `bad` are the numbers of the nonconforming units, None where only their count `nonconforming` is known.
    `unread` are the units not looked at yet; empty when the check is complete. `judged_by` is the code of the characteristic
    where a plan of its own judges it, empty where it counts in its class.
    """

    nonconformity_class: str
    bad: frozenset[int] | None
    nonconforming: int
    nonconformities: int
    unread: frozenset[int] = frozenset()
    judged_by: str = ""


@dataclass(frozen=True, slots=True)
class ClassTally:
    """The count of one class, or of a check with a plan of its own, against the plan at the present stage.

    `settled` is the outcome once it can no longer change: accepted, rejected or, of a double or multiple plan,
    next_sample; else None. It is rejected too where every way out of it rejects a more serious class. `higher` are the units
    that are nonconforming in the class and count in a more serious one; `shown` is the count with them.
    """

    plan: Plan
    nonconforming: int
    nonconformities: int
    settled: str | None
    higher: frozenset[int] = frozenset()
    shown: int = 0

    @property
    def counted(self) -> int:
        return self.nonconformities if self.plan.counts == NONCONFORMITIES else self.nonconforming

    @property
    def rejects(self) -> bool:
        """Whether what is known by now rejects; a unit that turns out to be of a more serious class may still change that."""
        return self.counted >= self.plan.rejection

    def as_dict(self) -> dict:
        facts = {"nonconforming": self.nonconforming, "nonconformities": self.nonconformities, "settled": self.settled}
        return facts | ({"higher": sorted(self.higher)} if self.higher else {})


@dataclass(frozen=True, slots=True)
class VariablesTally:
    """One characteristic against its variables plan. `verdict` are the estimates from what was read, None before that.

    `settled` is accepted or rejected once all is read, else None; a critical characteristic is rejected by its first
    reading beyond a limit. `is_convincing`: it would also be accepted one AQL step tighter.
    """

    plan: VariablesPlan
    is_critical: bool
    read: int
    nonconforming: int
    verdict: VariablesVerdict | None
    settled: str | None
    is_convincing: bool

    def as_dict(self) -> dict:
        """As JSON, which knows no infinite distances: of readings without any spread they are None."""
        v = self.verdict
        facts = {
            "settled": self.settled,
            "critical": self.is_critical,
            "read": self.read,
            "nonconforming": self.nonconforming,
            "convincing": self.is_convincing,
        }
        if v is None:
            return facts
        distances = {name: getattr(v, name) for name in ("q_lower", "q_upper")}
        return facts | {
            "mean": v.mean,
            "sd": v.sd,
            **{name: q if q is not None and isfinite(q) else None for name, q in distances.items()},
            "percent_below": v.percent_below,
            "percent_above": v.percent_above,
            "percent_outside": v.percent_outside,
            "accepts": v.accepted,
            "normality_p": v.normality_p,
            "warnings": list(v.warnings),
        }


@dataclass(frozen=True, slots=True)
class Tallies:
    """Where an inspection stands: classes by their name, `own` and variables plans by the code of their characteristic."""

    classes: dict[str, ClassTally]
    variables: dict[str, VariablesTally] = field(default_factory=dict)
    own: dict[str, ClassTally] = field(default_factory=dict)

    @property
    def counts(self) -> list[ClassTally]:
        """What is counted, by whatever."""
        return [*self.classes.values(), *self.own.values()]

    @property
    def outcome(self) -> str | None:
        return outcome([*self.counts, *self.variables.values()])

    @property
    def rejects(self) -> bool:
        """Whether what is known by now rejects."""
        measured = any(tally.settled == "rejected" for tally in self.variables.values())
        return measured or any(tally.rejects for tally in self.counts)


def plan_at(plan: Plan, earlier: Sequence[int]) -> Plan:
    """The plan of the stage that follows the completed ones, as a plan in one stage.

    `earlier` are the counts at the end of the completed stages. An acceptance number of -1: this stage cannot accept.
    """
    if not plan.stages:
        return plan
    stage = plan.stages[min(len(earlier), len(plan.stages) - 1)]
    acceptance = -1 if stage.acceptance is None else stage.acceptance
    is_last = stage == plan.stages[-1]
    return replace(
        plan,
        sample_size=stage.sample_size,
        acceptance=acceptance,
        rejection=stage.rejection,
        stages=() if is_last else plan.stages,
    )


def tally_class(
    plan: Plan, findings: Iterable[Finding], *, graver: Iterable[Finding] = (), room: float = 0, at_least: int = 0
) -> ClassTally:
    """Count one class against `plan`, which is that of the present stage (see `plan_at`).

    A unit found bad on several characteristics counts once, and not at all where one of `graver`, the findings of more
    serious classes, names it. Where unit numbers are unknown, different characteristics are taken to have found different
    units, which errs towards rejection. `room` is how many more units the more serious classes can take without being
    rejected: so many may still leave this one. `at_least` is the count that a finished sample showed, which stays.
    """
    findings, graver = list(findings), list(graver)
    bad = frozenset().union(*(finding.bad or () for finding in findings))
    unread = frozenset().union(*(finding.unread for finding in findings))
    unnamed = sum(finding.nonconforming for finding in findings if finding.bad is None)
    nonconformities = sum(finding.nonconformities for finding in findings)
    if plan.counts == NONCONFORMITIES:
        higher, may_leave, shown = frozenset[int](), 0, nonconformities
        nonconforming = min(len(bad) + unnamed, plan.sample_size)
        counted = nonconformities = max(nonconformities, at_least)
        at_most = plan.rejection if unread else counted
    else:
        known = frozenset().union(*(finding.bad or () for finding in graver))
        higher, shown = bad & known, len(bad) + unnamed
        may_leave = len((bad - known) & frozenset().union(*(finding.unread for finding in graver)))
        nonconforming = counted = max(min(len(bad - known) + unnamed, plan.sample_size), at_least)
        at_most = counted + len(unread - bad - known)
    leave = min(room, may_leave)
    if max(counted - leave, at_least) >= plan.rejection:
        settled = "rejected"
    elif at_most <= (plan.acceptance if plan.stages else plan.rejection - 1):
        settled = "accepted"
    elif not unread and not leave:
        settled = "next_sample"
    else:
        settled = None
    return ClassTally(plan, nonconforming, nonconformities, settled, higher, shown)


def units_found(named: Iterable[Iterable[int]], counts: Iterable[int], sample_size: int) -> int:
    """How many units of a sample are nonconforming on any check: the most that can be.

    `named` are unit numbers, check by check: a unit that several of them name counts once. `counts` are those of checks whose
    unit numbers are unknown; as in `tally_class`, they are taken to have found different units.
    """
    return min(len(set().union(*named)) + sum(counts), sample_size)


def tally(
    plans: Mapping[str, Plan],
    findings: Iterable[Finding],
    *,
    own: Mapping[str, Plan] | None = None,
    at_least: Mapping[str, int] | None = None,
    own_at_least: Mapping[str, int] | None = None,
) -> Tallies:
    """Count every class that has a plan, the most serious first, and every check with a plan of its `own` by its code.

    What was found in a class without a plan counts in none and takes no unit from another. `at_least` and
    `own_at_least` are the counts that finished samples showed, by class and by code. Variables plans are left to `tally_variables`.
    """
    findings, own, shown, shown_own = list(findings), own or {}, at_least or {}, own_at_least or {}
    by_itself = {
        code: tally_class(plan, [each for each in findings if each.judged_by == code], at_least=shown_own.get(code, 0))
        for code, plan in own.items()
    }
    classes: dict[str, ClassTally] = {}
    graver: list[Finding] = []
    room: float = 0
    for name in CLASSES:
        of_class = [each for each in findings if each.nonconformity_class == name]
        apart = [each for each in of_class if each.judged_by]
        counted = [each for each in of_class if not each.judged_by and name in plans]
        if name in plans:
            classes[name] = tally_class(plans[name], counted, graver=graver, room=room, at_least=shown.get(name, 0))
            room += _room_of(classes[name])
        for code in {each.judged_by for each in apart}:
            room += _room_of(by_itself[code]) if code in own else inf
        graver += counted + apart
    return Tallies(classes, own=by_itself)


def _room_of(tally: ClassTally) -> int:
    return max(tally.plan.rejection - 1 - tally.counted, 0)


def tally_variables(
    plan: VariablesPlan,
    readings: Sequence[float | None],
    *,
    lower: float | None,
    upper: float | None,
    is_critical: bool,
) -> VariablesTally:
    """What the readings of one characteristic, None where a unit is not read yet, say against its variables plan."""
    read = [reading for reading in readings if reading is not None]
    bad = sum((lower is not None and each < lower) or (upper is not None and each > upper) for each in read)
    verdict, settled, is_convincing = None, None, False
    if len(read) >= FEWEST_TO_ESTIMATE:
        verdict = estimate(plan, read, lower=lower, upper=upper)
    if is_critical and bad:
        settled = "rejected"
    elif verdict and len(read) == plan.sample_size:
        settled = "accepted" if verdict.accepted else "rejected"
        is_convincing = estimate(one_step_tighter(plan), read, lower=lower, upper=upper).accepted
    return VariablesTally(plan, is_critical, len(read), bad, verdict, settled, is_convincing)


def outcome(tallies: Iterable[ClassTally | VariablesTally]) -> str | None:
    """Rejected as soon as one is, accepted when all are, None while it can still go either way.

    next_sample: all are settled for this stage, and at least one class takes another sample.
    """
    settled = {tally.settled for tally in tallies}
    for one_is_enough in ("rejected", None, "next_sample"):
        if one_is_enough in settled:
            return one_is_enough
    return "accepted"

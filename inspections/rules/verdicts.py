"""From what was found to accepted or rejected. Pure.

ISO 2859-1 clause 11: a lot is accepted when, in every class, the count in the sample is below the rejection number. What
is counted is nonconforming units (a unit with two major nonconformities counts once), or, for an AQL above 10, which is
in nonconformities per 100 units, each nonconformity.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite

from inspections.sampling import Plan
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
    `unread` are the units not looked at yet; empty when the check is complete.
    """

    nonconformity_class: str
    bad: frozenset[int] | None
    nonconforming: int
    nonconformities: int
    unread: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ClassTally:
    """The count of one class against its plan at the present stage.

    `settled` is the outcome once it can no longer change: accepted, rejected or, of a double or multiple plan,
    next_sample; else None.
    """

    plan: Plan
    nonconforming: int
    nonconformities: int
    settled: str | None

    @property
    def counted(self) -> int:
        return self.nonconformities if self.plan.counts == "nonconformities" else self.nonconforming


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
    """Where an inspection stands: classes by their name, variables plans by the code of their characteristic."""

    classes: dict[str, ClassTally]
    variables: dict[str, VariablesTally] = field(default_factory=dict)

    @property
    def outcome(self) -> str | None:
        return outcome([*self.classes.values(), *self.variables.values()])


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


def tally_class(plan: Plan, findings: Iterable[Finding]) -> ClassTally:
    """Count one class against `plan`, which is that of the present stage (see `plan_at`).

    A unit found bad on several characteristics counts once. Where unit numbers are unknown, different characteristics
    are taken to have found different units, which errs towards rejection.
    """
    findings = list(findings)
    bad: set[int] = set()
    unread: set[int] = set()
    unnamed = 0
    for finding in findings:
        unread |= finding.unread
        if finding.bad is None:
            unnamed += finding.nonconforming
        else:
            bad |= finding.bad
    nonconforming = min(len(bad) + unnamed, plan.sample_size)
    nonconformities = sum(finding.nonconformities for finding in findings)
    counted, at_most = nonconforming, nonconforming + len(unread - bad)
    if plan.counts == "nonconformities":
        counted, at_most = nonconformities, plan.rejection if unread else nonconformities
    accepts_up_to = plan.acceptance if plan.stages else plan.rejection - 1
    if counted >= plan.rejection:
        settled = "rejected"
    elif at_most <= accepts_up_to:
        settled = "accepted"
    elif not unread:
        settled = "next_sample"
    else:
        settled = None
    return ClassTally(plan, nonconforming, nonconformities, settled)


def units_found(named: Iterable[Iterable[int]], counts: Iterable[int], sample_size: int) -> int:
    """How many units of a sample are nonconforming on any check: the most that can be.

    `named` are unit numbers, check by check: a unit that several of them name counts once. `counts` are those of checks whose
    unit numbers are unknown; as in `tally_class`, they are taken to have found different units.
    """
    return min(len(set().union(*named)) + sum(counts), sample_size)


def tally(plans: Mapping[str, Plan], findings: Iterable[Finding]) -> dict[str, ClassTally]:
    """Count every class that has a plan; what was found in another counts in none."""
    by_class: dict[str, list[Finding]] = {name: [] for name in plans}
    for finding in findings:
        by_class.get(finding.nonconformity_class, []).append(finding)
    return {name: tally_class(plan, by_class[name]) for name, plan in plans.items()}


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

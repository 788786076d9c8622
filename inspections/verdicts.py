"""From what was found to accepted or rejected. Pure.

ISO 2859-1 clause 11: a lot is accepted when, in every class, the count in the sample is below the rejection number. What
is counted is nonconforming units (a unit with two major nonconformities counts once), or, for an AQL above 10, which is
in nonconformities per 100 units, each nonconformity.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inspections.sampling import Plan


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
    """The count of one class against its plan. `settled` is the outcome once it can no longer change, else None."""

    plan: Plan
    nonconforming: int
    nonconformities: int
    settled: str | None

    @property
    def counted(self) -> int:
        return self.nonconformities if self.plan.counts == "nonconformities" else self.nonconforming


def tally_class(plan: Plan, findings: Iterable[Finding]) -> ClassTally:
    """Count one class.

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
    if counted >= plan.rejection:
        settled = "rejected"
    elif at_most < plan.rejection:
        settled = "accepted"
    else:
        settled = None
    return ClassTally(plan, nonconforming, nonconformities, settled)


def tally(plans: Mapping[str, Plan], findings: Iterable[Finding]) -> dict[str, ClassTally]:
    """Count every class that has a plan."""
    by_class: dict[str, list[Finding]] = {name: [] for name in plans}
    for finding in findings:
        by_class[finding.nonconformity_class].append(finding)
    return {name: tally_class(plan, by_class[name]) for name, plan in plans.items()}


def outcome(tallies: Mapping[str, ClassTally]) -> str | None:
    """Rejected as soon as one class is, accepted when all are, None while it can still go either way."""
    settled = {tally.settled for tally in tallies.values()}
    if "rejected" in settled:
        return "rejected"
    return "accepted" if settled == {"accepted"} else None

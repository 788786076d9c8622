"""What a re-inspection asks again, whatever the specification says by now (R13).

A characteristic that an earlier round of the batch, or a finding at whatever time, found nonconforming is asked once more as it
was found: in those words, in that class, by those limits, judged in that way. What was found on nothing that is listed is asked as a
check of its own. Where the active version still checks the same, it may add to it: of class and limits the stricter counts. It is
frozen on the inspection as `Inspection.carried`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from activity.errors import RuleBroken
from inspections.models import (
    Batch,
    Characteristic,
    Finding,
    Inspection,
    NonconformityClass,
    Result,
    Specification,
    Verdict,
)
from inspections.rules.loosening import means_another
from inspections.sampling import Scheme
from inspections.sampling.own import OwnRule
from inspections.sampling.schemes import VariablesRule
from inspections.specification.services.characteristics import compared_facts_of

SEVERITY_OF = {name: place for place, name in enumerate(NonconformityClass.values)}


class LimitsExcludeEachOther(RuleBroken):
    code = "limits_exclude_each_other"

    def __init__(self, code: str):
        text = _(
            "%(code)s was found nonconforming in this batch, and no unit can be within the limits that it was found with "
            "and those of the active specification. Somebody who decides holds has to decide on the batch."
        )
        super().__init__(text % {"code": code})


@dataclass(frozen=True, slots=True)
class Asked:
    """A characteristic as one round, or a finding, asked it, by a version; `round` is None where it was found outside of the
    rounds, `rule` of its variables plan and `sampling` of its own None where it was counted in its class."""

    row: Characteristic
    version: Specification
    round: int | None
    lower: Decimal | None
    upper: Decimal | None
    rule: dict[str, Any] | None
    sampling: dict[str, Any] | None

    @classmethod
    def by(cls, inspection: Inspection, row: Characteristic) -> "Asked":
        """As an inspection asked it, which may itself have carried it along."""
        carried = inspection.carried.get(row.code)
        if carried is None:
            return cls.of(row, inspection.specification, inspection.round)
        lower, upper = (None if carried[name] is None else Decimal(carried[name]) for name in ("lower", "upper"))
        return cls(
            row, inspection.specification, carried["round"], lower, upper, carried["variables"], carried["sampling"]
        )

    @classmethod
    def of(cls, row: Characteristic, version: Specification, number: int | None = None) -> "Asked":
        rule = row.variables_rule(version.sampling_scheme)
        return cls(row, version, number, row.lower, row.upper, rule.as_dict() if rule else None, row.sampling)

    @classmethod
    def for_finding(cls, finding: Finding, in_force: Specification) -> "Asked":
        """As what was found is asked again: by a check of its own, where it has one."""
        inspection, row = finding.inspection, finding.asked_as or finding.characteristic
        if row is None:
            raise AssertionError("the database keeps that a finding is asked as something")
        if inspection is None:
            return cls.of(row, row.specification or in_force)
        return cls.of(row, inspection.specification, inspection.round) if finding.asked_as else cls.by(inspection, row)

    @property
    def way(self) -> tuple[bool, str]:
        """What makes the limits of two versions comparable."""
        return self.row.is_measured, self.row.unit

    @property
    def place(self) -> int:
        """0 for the most serious class."""
        return SEVERITY_OF[self.row.nonconformity_class]


def ask_what_failed(batch: Batch, present: Sequence[Characteristic]) -> list[Characteristic]:
    """`present`, those of the active version, with what earlier rounds found nonconforming as it has to be asked.

    What is carried along has it as `carried`, in the form of `Inspection.carried`, and the version that planned it as
    `found_by`. One query, two where there are findings. Raises LimitsExcludeEachOther.
    """
    by_code = {c.code: c for c in present}
    in_force = version_of(present)
    carried = []
    for code, found in _found_nonconforming(batch, in_force).items():
        now = by_code.get(code)
        if merged := _merged(found, Asked.of(now, in_force) if now else None):
            merged.specification = in_force  # in memory: what it is planned by
            setattr(merged, "last_step", getattr(present[0], "last_step", None))  # noqa: B010
            carried.append(merged)
    replaced = {c.code for c in carried}
    return sorted([*(c for c in present if c.code not in replaced), *carried], key=lambda c: (c.position, c.code))


def version_of(characteristics: Sequence[Characteristic]) -> Specification:
    """The active version that they were read with."""
    version = characteristics[0].specification
    if version is None:
        raise AssertionError("what is asked is read with the version that is planned by")
    return version


def _found_nonconforming(batch: Batch, in_force: Specification) -> dict[str, list[Asked]]:
    """Code -> how it was asked where it was found nonconforming, the latest last, findings beside the results included."""
    told = [*_by_results(batch), *_by_findings(batch, in_force)]
    found = defaultdict(list)
    for _at, asked in sorted(told, key=lambda each: each[0]):
        found[asked.row.code].append(asked)
    return found


def _by_results(batch: Batch) -> Iterator[tuple[datetime, Asked]]:
    """By rounds, abandoned ones included. A check whose variables plan was rejected failed, even where no reading was beyond
    a limit."""
    results = (
        Result.objects.filter(inspection__batch=batch.pk, inspection__is_invalid=False)
        .filter(Q(nonconforming__gt=0) | Q(inspection__verdict=Verdict.REJECTED) & ~Q(inspection__variables_plans={}))
        .select_related("characteristic", "inspection__specification")
        .defer("readings")
        .order_by("inspection_id", "characteristic__position")
    )
    for result in results:
        told = result.inspection.variables_tally.get(result.characteristic.code, {})
        if result.nonconforming or told.get("settled") == Verdict.REJECTED:
            yield result.inspection.planned_at, Asked.by(result.inspection, result.characteristic)


def _by_findings(batch: Batch, in_force: Specification) -> Iterator[tuple[datetime, Asked]]:
    """By findings, but for those that counted in an inspection whose sample was invalid."""
    if not batch.finding_count:
        return
    findings = batch.findings.exclude(late=False, inspection__is_invalid=True).select_related(
        "asked_as", "characteristic__specification", "inspection__specification"
    )
    for finding in findings.order_by("id"):
        yield finding.received_at, Asked.for_finding(finding, in_force)


def _merged(found: Sequence[Asked], now: Asked | None) -> Characteristic | None:
    """The characteristic as it has to be asked, carrying why; None where the active version asks as much.

    Its row is one of the most serious class, the active version's where that is one. A check that looks at something else by
    now, or in another way or unit, under the same code answers nothing of what was found.
    """
    latest, is_added = found[-1], now is None
    alike = [each for each in found if each.way == latest.way]
    gravest = min(reversed(alike), key=lambda each: each.place)
    if now and (now.way != latest.way or means_another(compared_facts_of(gravest.row), compared_facts_of(now.row))):
        now = None
    every = [*alike, *([now] if now else [])]
    lower = max((each.lower for each in every if each.lower is not None), default=None)
    upper = min((each.upper for each in every if each.upper is not None), default=None)
    if lower is not None and upper is not None and lower > upper:
        raise LimitsExcludeEachOther(latest.row.code)
    most_serious = min(each.place for each in every)
    base = next(each for each in reversed(every) if each.place == most_serious)
    rule = now.rule if now and now.rule and latest.rule else latest.rule
    if rule and lower is not None and upper is not None:
        # The first form of the variables plan is for one limit, and no plan estimates without a tolerance.
        rule = None if lower == upper else rule | {"form": 2}
    sampling = _sampling(latest, now)
    if rule and sampling:
        rule = None
    if now and base is now and (lower, upper, rule, sampling) == (now.lower, now.upper, now.rule, now.sampling):
        return None
    asked = copy(base.row)
    asked._state = copy(base.row._state)
    asked._state.fields_cache = {}
    carried = {
        "characteristic": asked.pk,
        "lower": None if lower is None else str(lower),
        "upper": None if upper is None else str(upper),
        "variables": rule,
        "sampling": sampling,
        "round": found[0].round,
        "added": is_added,
    }
    asked.ask_as(carried)
    setattr(asked, "carried", carried)  # noqa: B010 kept until the inspection is planned
    setattr(asked, "found_by", latest.version)  # noqa: B010
    return asked


def _sampling(latest: Asked, now: Asked | None) -> dict[str, Any] | None:
    """That which it failed by. Of two that are both of its own, or both of the class, the active version's, which the plan
    before keeps from being weaker (`at_least_as_strict`); a number of units of its own stays at the larger one."""
    if now is None or (now.sampling is None) != (latest.sampling is None):
        return latest.sampling
    if now.sampling and latest.sampling and {"n"} == set(now.sampling) == set(latest.sampling):
        return {"n": max(now.sampling["n"], latest.sampling["n"])}
    return now.sampling


def carried_of(characteristics: Sequence[Characteristic]) -> dict[str, dict[str, Any]]:
    """What `Inspection.carried` is for these."""
    return {c.code: getattr(c, "carried") for c in characteristics if hasattr(c, "carried")}  # noqa: B009


def own_rule_of(characteristic: Characteristic) -> OwnRule | None:
    """How a plan of its own is found: as it failed, or as its version says."""
    if hasattr(characteristic, "carried"):
        sampling = characteristic.carried["sampling"]
        return OwnRule.from_dict(sampling) if sampling else None
    return characteristic.own_rule


def rule_of(characteristic: Characteristic, scheme: Scheme) -> VariablesRule | None:
    """How the variables plan of a characteristic is found: as it failed, or as the scheme says."""
    if hasattr(characteristic, "carried"):
        rule = characteristic.carried["variables"]
        return VariablesRule.from_dict(rule) if rule else None
    return characteristic.variables_rule(scheme)

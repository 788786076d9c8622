"""The sheet of an inspection: its checks in order, and where its classes stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.story import ACCEPTED, STOPPED, WAITING, WARNING
from inspections.calculator.words.sampling import SEVERITIES
from inspections.hold.words import finding_sentence
from inspections.inspection.page.checks import Check, Estimate
from inspections.inspection.services.results import current_tallies, describe_critical
from inspections.inspection.words import class_reason, higher_words
from inspections.models import Characteristic, Inspection, InspectionStatus, NonconformityClass, Photo, Result
from inspections.rules.verdicts import ClassTally, outcome
from inspections.sampling import Plan, Stage


@dataclass(frozen=True)
class StageLine:
    """One sample of a double or multiple plan. `count` None: it was not taken, or is not finished."""

    number: int
    stage: Stage
    count: int | None

    @property
    def outcome(self) -> str:
        """accepted, rejected or next_sample; "" while there is no count."""
        if self.count is None:
            return ""
        if self.count >= self.stage.rejection:
            return "rejected"
        return "next_sample" if self.stage.acceptance is None or self.count > self.stage.acceptance else "accepted"

    @property
    def words(self) -> str:
        return str(STAGE_OUTCOMES[self.outcome])


STAGE_OUTCOMES = {
    "accepted": gettext_lazy("accept"),
    "rejected": gettext_lazy("reject"),
    "next_sample": gettext_lazy("take the next sample"),
    "": gettext_lazy("not needed or not finished"),
}


@dataclass(frozen=True)
class ClassLine:
    """One class of nonconformities: what is allowed and what was found; `stages` of a double or multiple plan."""

    code: str
    plan: Plan
    tally: ClassTally
    stages: tuple[StageLine, ...] = ()
    check: Check | None = None  # that the plan is of, instead of the class

    @property
    def label(self) -> str:
        return self.check.characteristic.local_name if self.check else str(NonconformityClass(self.code).label)

    @property
    def higher(self) -> str:
        """Which of its units count in a more serious class."""
        return higher_words(self.code, self.tally.higher)

    @property
    def allowed(self) -> int:
        """The largest count that accepts at the present stage; -1 where the stage cannot accept."""
        return self.plan.acceptance if self.plan.stages else self.plan.rejection - 1

    @property
    def tone(self) -> str:
        if self.tally.settled == "rejected":
            return STOPPED
        if self.tally.settled == "accepted":
            return ACCEPTED
        return WARNING if self.tally.counted >= self.allowed > 0 else WAITING

    @property
    def reason(self) -> str:
        """ "major: 4 nonconforming units of 80, at most 5 allowed"."""
        return class_reason(
            self.code,
            self.plan,
            nonconforming=self.tally.nonconforming,
            nonconformities=self.tally.nonconformities,
            of=self.check.characteristic.local_name if self.check else "",
        )

    @property
    def plan_words(self) -> str:
        """Where the plan comes from."""
        if self.plan.inspect_all:
            return _("every unit")
        if self.plan.standard is None:
            return ""
        standard = {"iso2859-1": "ISO 2859-1", "ansi-z1.4": "ANSI/ASQ Z1.4"}.get(self.plan.standard, self.plan.standard)
        parts = [standard]
        if self.plan.severity != "normal":
            parts.append(str(SEVERITIES[self.plan.severity]))
        if self.plan.effective_letter:
            parts.append(_("code letter %(letter)s") % {"letter": self.plan.effective_letter})
        if self.plan.aql:
            parts.append(_("AQL %(aql)s") % {"aql": self.plan.aql})
        return " · ".join(parts)


@dataclass(frozen=True)
class Sheet:
    """All of one inspection: its checks in order, where each class and each check with a plan of its own stands now, photos that
    belong to no check."""

    inspection: Inspection
    checks: list[Check]
    classes: list[ClassLine]
    photos: tuple[Photo, ...] = ()
    own: list[ClassLine] = field(default_factory=list)

    @property
    def lines(self) -> list[ClassLine]:
        return [*self.classes, *self.own]

    @property
    def outcome(self) -> str | None:
        """accepted, rejected or next_sample once it can no longer change, given or not."""
        tallies = [line.tally for line in self.lines] + [estimate.tally for estimate in self.estimates]
        return self.inspection.verdict or outcome(tallies)

    @property
    def rejects(self) -> bool:
        """Whether what is known by now rejects: who walks away from it has submitted it."""
        return any(line.tally.rejects for line in self.lines) or any(
            estimate.tally.settled == "rejected" for estimate in self.estimates
        )

    @property
    def estimates(self) -> list[Estimate]:
        return [check.estimate for check in self.checks if check.estimate]

    @property
    def has_stages(self) -> bool:
        return any(line.stages for line in self.lines)

    @property
    def closed_checks(self) -> list[Check]:
        return [check for check in self.checks if check.is_closed]

    @property
    def for_entry(self) -> "Sheet":
        """Without the checks that an earlier sample closed, counted anew."""
        still_open = [check for check in self.checks if not check.is_closed]
        return replace(self, checks=[replace(check, number=n) for n, check in enumerate(still_open, start=1)])

    @property
    def is_open(self) -> bool:
        return self.inspection.status == InspectionStatus.OPEN

    @property
    def unanswered(self) -> list[Check]:
        return [check for check in self.checks if not check.is_answered]

    @property
    def answered_count(self) -> int:
        return len(self.checks) - len(self.unanswered)

    @property
    def first_unanswered(self) -> Check | None:
        return next(iter(self.unanswered), None)

    @property
    def sample_size(self) -> int:
        """Units to take: the largest sample of any class; the others are the first of them."""
        return self.inspection.sample_size

    @property
    def is_untouched(self) -> bool:
        return all(check.result is None for check in self.checks)

    @property
    def is_one_sample(self) -> bool:
        return len({check.n for check in self.checks}) == 1

    @property
    def critical_check(self) -> Check | None:
        critical = (c for c in self.checks if c.characteristic.nonconformity_class == NonconformityClass.CRITICAL)
        return next((check for check in critical if check.result and check.result.nonconforming), None)

    @property
    def critical_sentence(self) -> str:
        """The first critical nonconformity that was found, in words; "" where there is none."""
        check = self.critical_check
        if check is None or check.result is None:
            return ""
        return finding_sentence("critical", describe_critical(check.result, check.characteristic, self.inspection))


def sheet_of(inspection: Inspection) -> Sheet:
    """The sheet of an inspection. Three queries beside the inspection's own."""
    characteristics = inspection.characteristics()
    results: Mapping[int, Result] = {
        result.characteristic_id: result for result in inspection.results.select_related("recorded_by")
    }
    photos: dict[int | None, tuple[Photo, ...]] = {}
    for photo in inspection.photos.order_by("unit_number", "id"):
        photos[photo.characteristic_id] = (*photos.get(photo.characteristic_id, ()), photo)
    plans, sizes = inspection.plans, inspection.sample_sizes(characteristics)
    tallies = current_tallies(inspection, results, characteristics)
    checks = [
        Check(
            number,
            c,
            sizes[c.code],
            results.get(c.pk),
            photos=photos.get(c.pk, ()),
            seen_before=inspection.seen_on(c),
            shown=shown_units(inspection, c),
            is_closed=inspection.is_closed(c),
            variables=tallies.variables.get(c.code),
            is_by_itself=bool(inspection.judged_by(c)),
            carried=inspection.carried.get(c.code),
        )
        for number, c in enumerate(characteristics, start=1)
    ]
    own = inspection.own
    classes = [
        ClassLine(
            name, plans[name], judged_tally(inspection.tally, name, tallies.classes), stage_lines(inspection, name)
        )
        for name in NonconformityClass.values
        if name in plans
    ]
    return Sheet(
        inspection,
        checks,
        classes,
        photos.get(None, ()),
        [
            ClassLine(
                check.characteristic.nonconformity_class,
                own[check.code],
                judged_tally(inspection.own_tally, check.code, tallies.own),
                own_stage_lines(inspection, check.code),
                check,
            )
            for check in checks
            if check.code in own
        ],
    )


def judged_tally(judged: Mapping[str, Any] | None, name: str, now: Mapping[str, ClassTally]) -> ClassTally:
    """As it was counted for the verdict, where there is one: that never changes."""
    tally = now[name]
    if not judged:
        return tally
    told = judged[name]
    facts = {key: told[key] for key in ("nonconforming", "nonconformities", "settled")}
    return replace(tally, **facts, higher=frozenset(told.get("higher", ())))


def shown_units(inspection: Inspection, characteristic: Characteristic) -> tuple[int, ...]:
    """The units that finished samples found bad on a check; none where only their count is known."""
    shown = inspection.stage_findings.get(characteristic.code)
    return tuple(shown) if isinstance(shown, list) else ()


def stage_lines(inspection: Inspection, name: str) -> tuple[StageLine, ...]:
    """The samples of a class with the count after each; none for a plan in one stage."""
    counts = list(inspection.stage_counts.get(name, ()))
    if inspection.tally is not None:
        counts = inspection.tally[name].get("counted", counts)
    return _stage_lines(inspection.frozen_plans[name], counts)


def own_stage_lines(inspection: Inspection, code: str) -> tuple[StageLine, ...]:
    """The same of a check with a plan of its own."""
    counts = inspection.own_tally.get(code, {}).get("counted") or inspection.own_stage_counts.get(code, ())
    return _stage_lines(inspection.frozen_own[code], counts)


def _stage_lines(plan: Plan, counts: Sequence[int]) -> tuple[StageLine, ...]:
    stages = plan.stages
    return tuple(
        StageLine(number, stage, counts[number - 1] if number <= len(counts) else None)
        for number, stage in enumerate(stages, start=1)
    )

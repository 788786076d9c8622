"""The sheet of an inspection: its checks in order, and where its classes stand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.story import ACCEPTED, STOPPED, WAITING, WARNING
from inspections.hold.words import finding_sentence
from inspections.inspection.page.checks import Check, Estimate
from inspections.inspection.services.results import current_tallies, describe_critical
from inspections.inspection.words import class_reason
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

    @property
    def label(self) -> str:
        return str(NonconformityClass(self.code).label)

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
        if self.plan.effective_letter:
            parts.append(_("code letter %(letter)s") % {"letter": self.plan.effective_letter})
        if self.plan.aql:
            parts.append(_("AQL %(aql)s") % {"aql": self.plan.aql})
        return " · ".join(parts)


@dataclass(frozen=True)
class Sheet:
    """All of one inspection: its checks in order, where each class stands now, photos that belong to no check."""

    inspection: Inspection
    checks: list[Check]
    classes: list[ClassLine]
    photos: tuple[Photo, ...] = ()

    @property
    def outcome(self) -> str | None:
        """accepted, rejected or next_sample once it can no longer change, given or not."""
        tallies = [line.tally for line in self.classes] + [estimate.tally for estimate in self.estimates]
        return self.inspection.verdict or outcome(tallies)

    @property
    def estimates(self) -> list[Estimate]:
        return [check.estimate for check in self.checks if check.estimate]

    @property
    def has_stages(self) -> bool:
        return any(line.stages for line in self.classes)

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
    return Sheet(
        inspection,
        [
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
                carried=inspection.carried.get(c.code),
            )
            for number, c in enumerate(characteristics, start=1)
        ],
        [
            ClassLine(name, plans[name], tallies.classes[name], stage_lines(inspection, name))
            for name in NonconformityClass.values
            if name in plans
        ],
        photos.get(None, ()),
    )


def shown_units(inspection: Inspection, characteristic: Characteristic) -> tuple[int, ...]:
    """The units that finished samples found bad on a check; none where only their count is known."""
    shown = inspection.stage_findings.get(characteristic.code)
    return tuple(shown) if isinstance(shown, list) else ()


def stage_lines(inspection: Inspection, name: str) -> tuple[StageLine, ...]:
    """The samples of a class with the count after each; none for a plan in one stage."""
    counts = list(inspection.stage_counts.get(name, ()))
    if inspection.tally is not None:
        counts = inspection.tally[name].get("counted", counts)
    stages = inspection.frozen_plans[name].stages
    return tuple(
        StageLine(number, stage, counts[number - 1] if number <= len(counts) else None)
        for number, stage in enumerate(stages, start=1)
    )

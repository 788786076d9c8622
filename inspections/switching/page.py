"""How strictly the next batch of a product is sampled, why, what ends it, and how it came to that."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from inspections.calculator.words import sampling as words
from inspections.calculator.words.sampling import SEVERITIES
from inspections.models import (
    Drift,
    Hold,
    HoldReason,
    Specification,
    SpecificationStatus,
    SwitchingStep,
    SwitchingStepKind,
)
from inspections.sampling import switching
from inspections.sampling.switching import NORMAL, REDUCED
from inspections.switching.reads import open_drift
from inspections.switching.services import Standing, history, load, where_it_stands
from suppliers.models import Product


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is that changes the severity: "accepted in a row", 3 of 5."""

    label: str
    so_far: int
    needed: int


@dataclass(frozen=True, slots=True)
class Strictness:
    """Where the switching rules stand for the next first submission of a product."""

    specification: Specification
    standing: Standing
    drift: Drift | None = None  # tightens the next plan beyond what the rules ask for

    @property
    def has_severities(self) -> bool:
        """Only plans from the AQL tables do; every batch is sampled alike by any other scheme.

        What was discontinued under such plans stays so under any.
        """
        return self.specification.sampling_scheme.is_tabled or self.is_discontinued

    @property
    def status(self) -> str:
        return self.standing.state.status

    @property
    def is_discontinued(self) -> bool:
        return self.standing.state.discontinued

    @property
    def label(self) -> str:
        return str(SEVERITIES[self.status])

    @property
    def why(self) -> str:
        if self.standing.state.reason.code == "start" and self.standing.lots:
            return _("Nothing has changed it since inspection began.")
        return words.why_severity(self.standing.state.reason)

    @property
    def lot(self) -> str:
        """The number of the batch that decided it; "" where it was not a batch."""
        return self.standing.state.reason.params.get("lot", "")

    @property
    def reasons_to_end(self) -> list[switching.Reason]:
        return switching.what_ends(self.standing.state)

    @property
    def ends(self) -> list[str]:
        return words.what_ends(self.reasons_to_end)

    @property
    def progress(self) -> list[Progress]:
        labels = {
            "accepted_in_a_row": _("accepted in a row"),
            "not_accepted_discontinues": _("not accepted while tightened"),
            "two_in_five": _("not accepted among the last 5"),
            "score": _("switching score"),
        }
        return [
            Progress(labels[reason.code], reason.params["so_far"], reason.params["needed"])
            for reason in self.reasons_to_end
            if reason.code in labels
        ]

    @property
    def in_full_left(self) -> int:
        """How many of the first batches are still to be inspected in full."""
        return max(self.specification.sampling_scheme.first_batches_in_full - self.standing.lots, 0)

    @property
    def choices(self) -> list[SwitchingStepKind]:
        """What the quality manager may say now that would mean something."""
        state = self.standing.state
        if not self.has_severities:
            return []
        if state.discontinued:
            return [SwitchingStepKind.RESUMED]
        choices = []
        if state.severity == switching.REDUCED or state.reduced_approved:
            choices.append(SwitchingStepKind.REDUCED_WITHDRAWN)
        elif state.severity == switching.NORMAL:
            choices.append(SwitchingStepKind.REDUCED_APPROVED)
        choices.append(
            SwitchingStepKind.PRODUCTION_IRREGULAR if state.production_steady else SwitchingStepKind.PRODUCTION_STEADY
        )
        return choices


def strictness_of(product: Product) -> Strictness | None:
    """None while the product has no active specification. Two queries, three where a drift tightens plans."""
    specification = product.specifications.filter(status=SpecificationStatus.ACTIVE).first()
    if specification is None:
        return None
    specification.product = product
    stands = where_it_stands(specification)
    tightens = specification.sampling_scheme.drift_tightens and stands.state.status in (NORMAL, REDUCED)
    return Strictness(specification, stands, open_drift(product) if tightens else None)


@dataclass(frozen=True, slots=True)
class Since:
    """When the severity of now began, with which batch (empty for the manager's word), and how many first submissions ago."""

    at: datetime
    lot: str
    lots: int


def since_when(strictness: Strictness) -> Since | None:
    """None before anything was counted. Three statements."""
    steps = history(strictness.specification)
    change = steps.exclude(severity=F("severity_before")).select_related("inspection__batch").last()
    first = change or steps.select_related("inspection__batch").first()
    if first is None:
        return None
    later = steps.filter(kind=SwitchingStepKind.LOT, **{"pk__gt" if change else "pk__gte": first.pk})
    return Since(first.at, first.inspection.batch.number if first.inspection else "", later.count())


def steps_of(specification: Specification) -> QuerySet[SwitchingStep]:
    """The history, newest first, each step with its inspection and who brought it about."""
    return history(specification).select_related("inspection__batch", "actor").order_by("-id")


def step_words(step: SwitchingStep) -> str:
    """Why the severity changed with the step; "" where it did not."""
    return words.why_severity(load(step.state).reason) if step.severity != step.severity_before else ""


def held_for_requalification(product: Product) -> QuerySet[Hold]:
    """The open holds that only wait for the product to be re-qualified."""
    return Hold.objects.open().filter(batch__product=product, reason=HoldReason.DISCONTINUED)

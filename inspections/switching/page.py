"""How strictly the next batch of a product is sampled, why, what ends it, and how it came to that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from inspections.calculator.words import sampling as words
from inspections.calculator.words.sampling import SEVERITIES
from inspections.models import (
    Drift,
    Hold,
    HoldReason,
    NonconformityClass,
    Specification,
    SpecificationStatus,
    SwitchingStep,
    SwitchingStepKind,
)
from inspections.sampling import switching
from inspections.sampling.by_class import CLASSES, strictest
from inspections.sampling.schemes import TabledRule
from inspections.sampling.switching import NORMAL, REDUCED, State
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
class ClassStrictness:
    """Where the switching rules stand for one class. `earns_score`: it has an AQL; what accepts on zero has no score.

    `goes_along`: it accepts on zero over the sample of the other classes, and all of them are reduced. `lots` are the first
    submissions that counted so far.
    """

    code: str
    state: State
    earns_score: bool
    goes_along: bool = False
    lots: int = 0

    @property
    def name(self) -> str:
        return str(NonconformityClass(self.code).label)

    @property
    def status(self) -> str:
        return REDUCED if self.goes_along else self.state.status

    @property
    def label(self) -> str:
        return str(SEVERITIES[self.status])

    @property
    def why(self) -> str:
        if self.goes_along:
            return _("It accepts on zero over the sample of the other classes, and goes with them.")
        if self.state.reason.code == "start" and self.lots:
            return _("Nothing has changed it since inspection began.")
        return words.why_severity(self.state.reason)

    @property
    def lot(self) -> str:
        """The number of the batch that decided it; "" where it was not a batch."""
        return self.state.reason.params.get("lot", "")

    @property
    def reasons_to_end(self) -> list[switching.Reason]:
        return [each for each in switching.what_ends(self.state) if self.earns_score or each.code != "score"]

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


@dataclass(frozen=True, slots=True)
class Strictness:
    """Where the switching rules stand for the next first submission of a product.

    `asked` are the classes that the specification checks something in.
    """

    specification: Specification
    standing: Standing
    asked: Sequence[str]
    drift: Drift | None = None  # tightens the next plan beyond what the rules ask for

    @property
    def has_severities(self) -> bool:
        """Only plans from the AQL tables do; every batch is sampled alike by any other scheme.

        What was discontinued under such plans stays so under any.
        """
        return self.specification.sampling_scheme.is_tabled or self.is_discontinued

    @property
    def is_discontinued(self) -> bool:
        return self.standing.is_discontinued

    @property
    def classes(self) -> list[ClassStrictness]:
        """Of those that are asked, and of one that is discontinued though nothing of it is asked any more; critical first."""
        rules, states = self.specification.sampling_scheme.rules, self.standing.states
        others = {states[name].status for name in rules if name in self.asked}
        return [
            ClassStrictness(
                name,
                states[name],
                isinstance(rules.get(name), TabledRule),
                goes_along=name not in rules and others == {REDUCED} and states[name].status == NORMAL,
                lots=self.standing.lots,
            )
            for name in CLASSES
            if name in self.asked or states[name].discontinued
        ]

    @property
    def strictest(self) -> ClassStrictness:
        """The class whose severity is that of the whole; of several the most serious one that has an AQL."""
        status = self.status
        alike = [each for each in self.classes if each.status == status]
        return next((each for each in alike if each.earns_score), alike[0])

    @property
    def status(self) -> str:
        return strictest(each.status for each in self.classes)

    @property
    def is_alike(self) -> bool:
        """Whether every class is inspected under the same severity."""
        return len({each.status for each in self.classes}) == 1

    @property
    def label(self) -> str:
        """ "normal"; where the classes differ "major tightened, minor normal"."""
        if self.is_alike or self.is_discontinued:
            return str(SEVERITIES[self.status])
        parts = [_("%(class)s %(severity)s") % {"class": each.name, "severity": each.label} for each in self.classes]
        return _(", ").join(parts)

    @property
    def in_full_left(self) -> int:
        """How many of the first batches are still to be inspected in full."""
        return max(self.specification.sampling_scheme.first_batches_in_full - self.standing.lots, 0)

    @property
    def choices(self) -> list[SwitchingStepKind]:
        """What the quality manager may say now that would mean something in some class."""
        states = [each.state for each in self.classes]
        scored = [each.state for each in self.classes if each.earns_score]
        if not self.has_severities:
            return []
        if self.is_discontinued:
            return [SwitchingStepKind.RESUMED]
        choices = []
        if any(state.severity == REDUCED or state.reduced_approved for state in scored):
            choices.append(SwitchingStepKind.REDUCED_WITHDRAWN)
        if any(state.severity == NORMAL and not state.reduced_approved for state in scored):
            choices.append(SwitchingStepKind.REDUCED_APPROVED)
        is_steady = all(state.production_steady for state in states)
        choices.append(SwitchingStepKind.PRODUCTION_IRREGULAR if is_steady else SwitchingStepKind.PRODUCTION_STEADY)
        return choices


def strictness_of(product: Product) -> Strictness | None:
    """None while the product has no active specification. Two queries, three where a drift tightens plans."""
    specification = (
        product.specifications.filter(status=SpecificationStatus.ACTIVE)
        .annotate(asked=ArrayAgg("characteristics__nonconformity_class", distinct=True))
        .first()
    )
    if specification is None:
        return None
    specification.product = product
    stands = where_it_stands(specification)
    is_lax = any(severity in (NORMAL, REDUCED) for severity in stands.severities.values())
    tightens = specification.sampling_scheme.drift_tightens and is_lax and not stands.is_discontinued
    asked = getattr(specification, "asked")  # noqa: B009 an annotation of the query
    return Strictness(specification, stands, asked, open_drift(product) if tightens else None)


@dataclass(frozen=True, slots=True)
class Since:
    """When the severity of now began, with which batch (empty for the manager's word), and how many first submissions ago."""

    at: datetime
    lot: str
    lots: int


def since_when(strictness: Strictness) -> Since | None:
    """Of the strictest class; None before anything was counted. Three statements."""
    steps = history(strictness.specification)
    code = strictness.strictest.code
    same = {f"severities__{code}": F(f"severities_before__{code}")}
    change = steps.exclude(**same).select_related("inspection__batch").last()
    first = change or steps.select_related("inspection__batch").first()
    if first is None:
        return None
    later = steps.filter(kind=SwitchingStepKind.LOT, **{"pk__gt" if change else "pk__gte": first.pk})
    return Since(first.at, first.inspection.batch.number if first.inspection else "", later.count())


def steps_of(specification: Specification) -> QuerySet[SwitchingStep]:
    """The history, newest first, each step with its inspection and who brought it about."""
    return history(specification).select_related("inspection__batch", "actor").order_by("-id")


def step_words(step: SwitchingStep) -> str:
    """Why the severity changed with the step, class by class; "" where it did not."""
    states = load(step.state)
    return " ".join(
        _("%(class)s is now %(severity)s: %(why)s")
        % {
            "class": capfirst(NonconformityClass(name).label),
            "severity": SEVERITIES[step.severities[name]],
            "why": words.why_severity(states[name].reason),
        }
        for name in CLASSES
        if step.severities[name] != step.severities_before[name]
    )


def not_accepted_in(step: SwitchingStep) -> str:
    """Of a verdict, the classes that it was not accepted in: "major, minor"; "" where all accepted or it was no verdict."""
    inspection = step.inspection
    if inspection is None:
        return ""
    found = set(inspection.rejected_in)
    found |= {name for name, told in (inspection.tally or {}).items() if told["settled"] == "rejected"}
    for told in (*inspection.own_tally.values(), *inspection.variables_tally.values()):
        found |= {told["class"]} if told["settled"] == "rejected" else set()
    return _(", ").join(str(NonconformityClass(name).label) for name in CLASSES if name in found)


def severities_after(step: SwitchingStep) -> str:
    """ "normal"; where the classes differ, "tightened (minor)": the strictest, and of which classes."""
    of = [str(NonconformityClass(name).label) for name in CLASSES if step.severities[name] == step.severity]
    label = str(SEVERITIES[step.severity])
    if len(of) == len(CLASSES) or step.severity == NORMAL:
        return label
    return _("%(severity)s (%(classes)s)") % {"severity": label, "classes": _(", ").join(of)}


def held_for_requalification(product: Product) -> QuerySet[Hold]:
    """The open holds that only wait for the product to be re-qualified."""
    return Hold.objects.open().filter(batch__product=product, reason=HoldReason.DISCONTINUED)

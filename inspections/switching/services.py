"""Normal, tightened, reduced, discontinued: kept per supplier and product, whatever the scheme (ISO 2859-1, 9.3 and 9.4).

The rules are `inspections.sampling.switching`; here is where their history is stored. It grows by one step per verdict on
a first submission (R10) and per word of the quality manager, in the transaction of the verdict, under the product's lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput, RuleBroken
from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.hold.services.holds import Decision, check_decision, lock_open_hold, sign_disposition, signed_by
from inspections.models import (
    SIGNALS,
    Disposition,
    DispositionKind,
    Hold,
    HoldReason,
    Inspection,
    NonconformityClass,
    Result,
    Specification,
    SpecificationStatus,
    SwitchingStep,
    SwitchingStepKind,
)
from inspections.sampling import Plan, switching
from inspections.sampling.decisions import NEXT_SAMPLE, decide
from inspections.sampling.switching import Lot, Reason, State
from suppliers.models import Product


class NothingToRequalify(RuleBroken):
    code = "not_discontinued"
    detail = gettext_lazy("Inspection of this product is not discontinued, so there is nothing to re-qualify.")


def dump(state: State) -> dict:
    return asdict(state) | {"reason": state.reason.as_dict()}


def load(stored: dict) -> State:
    window = tuple((accepted, reference) for accepted, reference in stored["window"])
    return State(**stored | {"window": window, "reason": Reason(**stored["reason"])})


@dataclass(frozen=True, slots=True)
class Standing:
    """The state for the next batch, how many first submissions under the scheme it rests on, and which scheme that is."""

    state: State
    lots: int
    scheme_key: str

    @classmethod
    def of(cls, step: SwitchingStep | None, scheme_key: str) -> "Standing":
        """Under a scheme, after the last step of all: what was reached under another one is carried over."""
        if step is None:
            return cls(switching.start(), 0, scheme_key)
        state = load(step.state)
        if step.scheme_key == scheme_key:
            return cls(state, step.lots, scheme_key)
        return cls(switching.carry_over(state), 0, scheme_key)


def history(specification: Specification) -> QuerySet[SwitchingStep]:
    """The steps of the product, made by its present supplier, under whatever scheme; oldest first."""
    return SwitchingStep.objects.filter(
        product=specification.product_id, supplier=specification.product.supplier_id
    ).order_by("id")


def where_it_stands(specification: Specification) -> Standing:
    """One query, and one more at a change of the scheme.

    A version that a newer one has overtaken, since a batch was planned before and ends after it, changes nothing back.
    """
    last = history(specification).last()
    if last and last.inspection_id and last.scheme_key != specification.scheme_key:
        overtaken = Specification.objects.filter(
            product=specification.product_id, scheme_key=last.scheme_key, version__gt=specification.version
        )
        if overtaken.exists():
            return Standing.of(last, last.scheme_key)
    return Standing.of(last, specification.scheme_key)


def follow(specification: Specification, state: State, happening: Lot | switching.Event) -> State:
    """What the rules make of a happening. Only plans from the AQL tables have severities to switch between.

    What was discontinued under such plans is re-qualified under any.
    """
    is_word = isinstance(happening, switching.Event) and happening.kind == switching.RESUMED
    if not specification.sampling_scheme.is_tabled and not is_word:
        return state
    if isinstance(happening, Lot):
        return switching.step(state, happening).after
    return switching.apply_event(state, happening)


def _step(
    specification: Specification,
    before: Standing,
    happening: Lot | switching.Event,
    *,
    at: datetime,
    actor: User,
    inspection: Inspection | None = None,
    note: str = "",
) -> list[Event]:
    """Add one step to the history, which the caller has locked by the product."""
    product = specification.product
    kind = SwitchingStepKind.LOT if isinstance(happening, Lot) else SwitchingStepKind(happening.kind)
    after = follow(specification, before.state, happening)
    SwitchingStep.objects.create(
        supplier_id=product.supplier_id,
        product=product,
        scheme_key=before.scheme_key,
        kind=kind,
        inspection=inspection,
        state=dump(after),
        severity_before=before.state.status,
        severity=after.status,
        lots=before.lots + (kind == SwitchingStepKind.LOT),
        note=note,
        at=at,
        actor=actor,
    )
    return _switched(product, before.state, after, at=at, actor=actor)


def _switched(product: Product, before: State, after: State, *, at: datetime, actor: User) -> list[Event]:
    if after.status == before.status:
        return []
    facts = {"before": before.status, "severity": after.status, "reason": after.reason.as_dict()}
    return [happened("severity.switched", f"product:{product.sku}", at=at, actor=actor, **facts)]


def lot_of(inspection: Inspection, severity: str = switching.NORMAL) -> Lot:
    """What the switching rules see of a first submission that has ended.

    One that was abandoned with a record that rejects counts as not accepted. Where a drift had tightened the plan,
    the same units are judged by the plan that the rules had asked for at `severity`, so that the drift leaves their
    history alone; where that plan looks at other units, the verdict counts as it fell.
    """
    if inspection.tally is None:
        found = Result.objects.filter(inspection=inspection, nonconforming__gt=0)
        critical = NonconformityClass.CRITICAL
        return Lot(
            plans={},
            nonconforming={},
            reference=inspection.batch.number,
            critical=found.filter(characteristic__nonconformity_class=critical).exists()
            or inspection.findings.filter(late=False, nonconformity_class=critical).exists(),
            rejected_otherwise=True,
        )
    counts = {name: tally["counted"] for name, tally in inspection.tally.items()}
    measured = inspection.variables_tally.values()
    plans = inspection.frozen_plans
    own = _plans_of_the_rules(inspection, counts, severity) if inspection.tightened_for_id else None
    return Lot(
        plans=own or plans,
        nonconforming=counts,
        reference=inspection.batch.number,
        critical=any(counts.get(NonconformityClass.CRITICAL, ())) or _found_critical(inspection),
        rejected_otherwise=any(each["settled"] == "rejected" for each in measured),
        convincing=all(each["convincing"] for each in measured) if measured else None,
        severity=severity if own else inspection.severity,
    )


def _plans_of_the_rules(
    inspection: Inspection, counts: Mapping[str, Sequence[int]], severity: str
) -> dict[str, Plan] | None:
    """The plans of `severity`, None unless they judge the units that were looked at."""
    scheme = inspection.specification.sampling_scheme
    tightened = inspection.frozen_plans
    plans = scheme.plans(inspection.lot_size, classes=list(tightened), severity=severity)
    for name, plan in plans.items():
        sizes = [[stage.sample_size for stage in each.all_stages] for each in (plan, tightened[name])]
        if sizes[0] != sizes[1] or decide(plan, counts[name]).outcome == NEXT_SAMPLE:
            return None
    return plans


def _found_critical(inspection: Inspection) -> bool:
    """Whether a critical characteristic with a variables plan had a reading beyond a limit."""
    return any(each["critical"] and each["nonconforming"] for each in inspection.variables_tally.values())


def count_lot(inspection: Inspection, standing: Standing | None = None, *, at: datetime, actor: User) -> list[Event]:
    """Count a first submission that has ended (R10). The caller holds the locks of the product and the batch.

    `standing` spares a query where the caller has read it under that lock.
    """
    if inspection.round > 1:
        return []
    standing = standing or where_it_stands(inspection.specification)
    return _step(
        inspection.specification,
        standing,
        lot_of(inspection, standing.state.severity),
        at=at,
        actor=actor,
        inspection=inspection,
    )


def uncount_lot(inspection: Inspection, *, note: str, at: datetime, actor: User) -> list[Event]:
    """Add the step that takes a first submission out of the history: the state that the others alone lead to.

    The caller holds the locks of the product and the batch, and has signed for it. Nothing where it was never counted.
    """
    step = SwitchingStep.objects.filter(inspection=inspection).first()
    if step is None:
        return []
    product = inspection.batch.product
    steps = SwitchingStep.objects.filter(product=step.product_id, supplier=step.supplier_id).order_by("id")
    before = steps.filter(pk__lt=step.pk).last()
    state, key = (load(before.state), before.scheme_key) if before else (switching.start(), step.scheme_key)
    last = step
    for later in steps.filter(pk__gte=step.pk).select_related("inspection__batch", "inspection__specification"):
        last = later
        state = state if later.scheme_key == key else switching.carry_over(state)
        key = later.scheme_key
        if later.inspection and not later.inspection.is_invalid and later.inspection_id != inspection.pk:
            state = follow(later.inspection.specification, state, lot_of(later.inspection, state.severity))
        elif later.kind in SIGNALS:
            state = switching.apply_event(state, switching.Event(later.kind))
    now = load(last.state)
    SwitchingStep.objects.create(
        supplier_id=step.supplier_id,
        product=product,
        scheme_key=last.scheme_key,
        kind=SwitchingStepKind.INVALIDATED,
        state=dump(state),
        severity_before=now.status,
        severity=state.status,
        lots=last.lots - (last.scheme_key == step.scheme_key and last.lots > 0),
        note=note,
        at=at,
        actor=actor,
    )
    return _switched(product, now, state, at=at, actor=actor)


@one_transaction()
def signal(*, product: Product, kind: str, note: str, signature: str, actor: User, at: datetime) -> None:
    """The quality manager's word: approve or withdraw reduced inspection, production steady or irregular, re-qualify.

    Re-qualifying resumes tightened inspection (9.4) and sends the batches that were held for the discontinuation back to
    inspection, signed as a disposition is. Raises NothingToRequalify, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.decide_hold")
    if kind not in SIGNALS:
        raise InvalidInput.one("kind", "invalid_choice", _("Choose one of %(all)s.") % {"all": ", ".join(SIGNALS)})
    if not note.strip():
        raise InvalidInput.one("note", "required", _("Say why; it is kept with the decision."))
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    specification = (
        Specification.objects.filter(product=product, status=SpecificationStatus.ACTIVE)
        .select_related("product")
        .first()
    )
    if specification is None:
        raise InvalidInput.one("product", "no_specification", _("The product has no active specification."))
    standing = where_it_stands(specification)
    if kind == SwitchingStepKind.RESUMED:
        if not standing.state.discontinued:
            raise NothingToRequalify
        _send_back_to_inspection(product, note=note.strip(), signature=signature, actor=actor, at=at)
    events = [happened(f"switching.{kind}", f"product:{product.sku}", at=at, actor=actor, note=note.strip())]
    events += _step(specification, standing, switching.Event(kind), at=at, actor=actor, note=note.strip())
    record_events(events)


def _send_back_to_inspection(product: Product, *, note: str, signature: str, actor: User, at: datetime) -> None:
    """End the holds that only waited for the product to be re-qualified."""
    holds = Hold.objects.open().filter(batch__product=product, reason=HoldReason.DISCONTINUED).order_by("batch_id")
    for hold in holds:
        decision = Decision(DispositionKind.REQUALIFY, hold.remaining, note)
        sign_disposition(hold=hold, decision=decision, signature=signature, actor=actor, at=at)


@signed_by(DispositionKind.REQUALIFY)
def requalify(*, hold: Hold, decision: Decision, signature: str, actor: User, at: datetime) -> Disposition:
    """Re-qualify the product of a hold: sends back every batch that was held for it, this one too.

    Raises what `sign_disposition` and `signal` do.
    """
    product = Product.objects.select_for_update(no_key=True).get(pk=hold.batch.product_id)
    check_decision(decision, lock_open_hold(hold), at)
    signal(
        product=product,
        kind=SwitchingStepKind.RESUMED,
        note=decision.reason,
        signature=signature,
        actor=actor,
        at=at,
    )
    return hold.dispositions.latest("id")

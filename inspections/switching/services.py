"""Normal, tightened, reduced, discontinued: kept per supplier, product and class, whatever the scheme (ISO 2859-1, 9.2 to 9.4).

The rules are `inspections.sampling.switching`, class by class `by_class`; here is where their history is stored. It grows by one step per verdict on
a first submission (R10) and per word of the quality manager, in the transaction of the verdict, under the product's lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.hold.services.holds import (
    Decision,
    check_decision,
    lock_open_hold,
    people_of,
    sign_disposition,
    signed_by,
)
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
    Verdict,
)
from inspections.sampling import Plan, by_class, switching
from inspections.sampling.by_class import CLASSES, States
from inspections.sampling.decisions import NEXT_SAMPLE, REJECTED, decide
from inspections.sampling.switching import Lot, Reason, State
from suppliers.models import Product


class NothingToRequalify(RuleBroken):
    code = "not_discontinued"
    detail = gettext_lazy("Inspection of this product is not discontinued, so there is nothing to re-qualify.")


class InspectorMayNotRequalify(NotAllowed):
    code = "inspector_may_not_requalify"
    detail = gettext_lazy(
        "Who inspected batches that it was discontinued for may not re-qualify the product. Ask a second person to sign."
    )


def dump(states: States) -> dict[str, dict]:
    return {name: asdict(state) | {"reason": state.reason.as_dict()} for name, state in states.items()}


def load(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, State]:
    """Class -> state."""
    states = {}
    for name in CLASSES:
        kept = stored[name]
        window = tuple((accepted, reference) for accepted, reference in kept["window"])
        states[name] = State(**{**kept, "window": window, "reason": Reason(**kept["reason"])})
    return states


@dataclass(frozen=True, slots=True)
class Standing:
    """Where each class stands for the next batch, how many first submissions under the scheme it rests on, and which scheme
    that is."""

    states: dict[str, State]
    lots: int
    scheme_key: str

    @classmethod
    def of(cls, step: SwitchingStep | None, scheme_key: str) -> "Standing":
        """Under a scheme, after the last step of all: what was reached under another one is carried over."""
        if step is None:
            return cls(by_class.start_each(), 0, scheme_key)
        states = load(step.state)
        if step.scheme_key == scheme_key:
            return cls(states, step.lots, scheme_key)
        return cls(by_class.carry_over_each(states), 0, scheme_key)

    @property
    def severities(self) -> dict[str, str]:
        """Class -> the severity for the next batch, in one of four words."""
        return severities_of(self.states)

    @property
    def is_discontinued(self) -> bool:
        """No batch is inspected while any class is (9.4)."""
        return any(state.discontinued for state in self.states.values())


def severities_of(states: States) -> dict[str, str]:
    return {name: state.status for name, state in states.items()}


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


def follow(
    specification: Specification, states: Mapping[str, State], happening: Mapping[str, Lot] | switching.Event
) -> dict[str, State]:
    """What the rules make of a happening. Only plans from the AQL tables have severities to switch between.

    What was discontinued under such plans is re-qualified under any.
    """
    is_word = isinstance(happening, switching.Event) and happening.kind == switching.RESUMED
    if not specification.sampling_scheme.is_tabled and not is_word:
        return dict(states)
    if isinstance(happening, switching.Event):
        return by_class.apply_to_each(states, happening)
    return by_class.step_each(states, happening)


def _step(
    specification: Specification,
    before: Standing,
    happening: Mapping[str, Lot] | switching.Event,
    *,
    at: datetime,
    actor: User,
    inspection: Inspection | None = None,
    note: str = "",
) -> list[Event]:
    """Add one step to the history, which the caller has locked by the product."""
    product = specification.product
    is_word = isinstance(happening, switching.Event)
    kind = SwitchingStepKind(happening.kind) if isinstance(happening, switching.Event) else SwitchingStepKind.LOT
    after = follow(specification, before.states, happening)
    SwitchingStep.objects.create(
        supplier_id=product.supplier_id,
        product=product,
        scheme_key=before.scheme_key,
        kind=kind,
        inspection=inspection,
        state=dump(after),
        severities_before=before.severities,
        severities=severities_of(after),
        lots=before.lots + (not is_word),
        note=note,
        at=at,
        actor=actor,
    )
    return _switched(product, before.states, after, at=at, actor=actor)


def _switched(product: Product, before: States, after: States, *, at: datetime, actor: User) -> list[Event]:
    """An event for each class that goes over to another severity."""
    was, now = severities_of(before), severities_of(after)
    return [
        happened(
            "severity.switched",
            f"product:{product.sku}",
            at=at,
            actor=actor,
            before=was[name],
            severity=now[name],
            reason=after[name].reason.as_dict(),
            **{"class": name},
        )
        for name in CLASSES
        if was[name] != now[name]
    ]


def lots_of(inspection: Inspection, severities: Mapping[str, str]) -> dict[str, Lot]:
    """Class -> what the switching rules see there of a first submission that has ended: its counts, and those of its checks
    with a plan of their own.

    One that was abandoned with a record that rejects counts as not accepted in the classes that rejected. Where a drift had
    tightened the plan, the same units are judged by the plans that the rules had asked for at `severities`, so that the drift
    leaves their history alone; where those look at other units, the verdict counts as it fell.
    """
    is_critical, number = _is_critical(inspection), inspection.batch.number
    if inspection.tally is None:
        lots = {name: Lot({}, {}, number, rejected_otherwise=True) for name in inspection.rejected_in}
    else:
        lots = _lots_by_verdict(inspection, severities, is_critical=is_critical)
    for name, severity in severities.items() if is_critical else ():
        if severity == switching.REDUCED and name not in lots:
            lots[name] = Lot({}, {}, number, critical_elsewhere=True, severity=severity)
    return lots


def _lots_by_verdict(inspection: Inspection, severities: Mapping[str, str], *, is_critical: bool) -> dict[str, Lot]:
    told = {**inspection.own_tally, **inspection.variables_tally}
    plans, own_plans, tally = inspection.frozen_plans, inspection.frozen_own, inspection.tally or {}
    lots = {}
    for name in CLASSES:
        in_class = {code: each for code, each in told.items() if each["class"] == name}
        judged = {name: plans[name]} if name in plans else {}
        counts = {name: tally[name]["counted"]} if name in plans else {}
        for code in in_class.keys() & own_plans.keys():
            judged[_key(code)], counts[_key(code)] = own_plans[code], in_class[code]["counted"]
        measured = [each for code, each in in_class.items() if code not in own_plans]
        ended = {decide(plan, counts[key]).outcome for key, plan in judged.items()}
        ended |= {each["settled"] for each in measured}
        if not ended or (NEXT_SAMPLE in ended and REJECTED not in ended):
            continue  # another class has ended it before this one was decided
        of_rules = (
            _plans_of_the_rules(inspection, judged, counts, name, severities) if inspection.tightened_for_id else None
        )
        lots[name] = Lot(
            plans=of_rules or judged,
            nonconforming=counts,
            reference=inspection.batch.number,
            critical=is_critical and name == NonconformityClass.CRITICAL,
            critical_elsewhere=is_critical and name != NonconformityClass.CRITICAL,
            rejected_otherwise=any(each["settled"] == "rejected" for each in measured),
            convincing=all(each["convincing"] for each in measured) if measured else None,
            severity=severities[name] if of_rules else inspection.severities[name],
        )
    return lots


def _key(code: str) -> str:
    """Of a check beside the classes; no code has a space."""
    return f"check {code}"


def _plans_of_the_rules(
    inspection: Inspection,
    tightened: Mapping[str, Plan],
    counts: Mapping[str, Sequence[int]],
    name: str,
    severities: Mapping[str, str],
) -> dict[str, Plan] | None:
    """The plans of a class and of its own checks at `severities`, None unless they judge the units that were looked at."""
    scheme = inspection.specification.sampling_scheme
    rules = {_key(c.code): c.own_rule for c in inspection.characteristics()} if set(tightened) - {name} else {}
    plans = {}
    for key, was in tightened.items():
        if key == name:
            plan = scheme.plans(inspection.lot_size, classes=[name], severity=severities)[name]
        elif rule := rules.get(key):
            plan = rule.plan(scheme.rules.get(name), inspection.lot_size, severities[name])
        else:
            return None
        sizes = [[stage.sample_size for stage in each.all_stages] for each in (plan, was)]
        if sizes[0] != sizes[1] or decide(plan, counts[key]).outcome == NEXT_SAMPLE:
            return None
        plans[key] = plan
    return plans


def _is_critical(inspection: Inspection) -> bool:
    """Whether a critical nonconformity was found, by whatever kind of plan."""
    critical = NonconformityClass.CRITICAL
    if inspection.tally is None:
        found = Result.objects.filter(inspection=inspection, nonconforming__gt=0)
        return (
            found.filter(characteristic__nonconformity_class=critical).exists()
            or inspection.findings.filter(late=False, nonconformity_class=critical).exists()
        )
    told = [*inspection.own_tally.values(), *inspection.variables_tally.values()]
    return any(inspection.tally.get(critical, {}).get("counted", ())) or any(
        each["class"] == critical and each["nonconforming"] for each in told
    )


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
        lots_of(inspection, _planned_under(standing.states)),
        at=at,
        actor=actor,
        inspection=inspection,
    )


def _planned_under(states: States) -> dict[str, str]:
    """Class -> the severity of its plans, which is tightened while it is discontinued."""
    return {name: state.severity for name, state in states.items()}


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
    states, key = (load(before.state), before.scheme_key) if before else (by_class.start_each(), step.scheme_key)
    last = step
    for later in steps.filter(pk__gte=step.pk).select_related("inspection__batch", "inspection__specification"):
        last = later
        states = states if later.scheme_key == key else by_class.carry_over_each(states)
        key = later.scheme_key
        if later.inspection and not later.inspection.is_invalid and later.inspection_id != inspection.pk:
            lots = lots_of(later.inspection, _planned_under(states))
            states = follow(later.inspection.specification, states, lots)
        elif later.kind in SIGNALS:
            states = by_class.apply_to_each(states, switching.Event(later.kind))
    now = load(last.state)
    SwitchingStep.objects.create(
        supplier_id=step.supplier_id,
        product=product,
        scheme_key=last.scheme_key,
        kind=SwitchingStepKind.INVALIDATED,
        state=dump(states),
        severities_before=severities_of(now),
        severities=severities_of(states),
        lots=last.lots - (last.scheme_key == step.scheme_key and last.lots > 0),
        note=note,
        at=at,
        actor=actor,
    )
    return _switched(product, now, states, at=at, actor=actor)


def _who_discontinued(specification: Specification) -> set[int]:
    """The ids of everyone who inspected a batch that was not accepted while tightened, since it was last re-qualified (R3)."""
    steps = history(specification)
    if resumed := steps.filter(kind=SwitchingStepKind.RESUMED).last():
        steps = steps.filter(pk__gt=resumed.pk)
    tightened = Q(*(Q(severities_before__contains={name: "tightened"}) for name in CLASSES), _connector=Q.OR)
    lots = steps.filter(tightened).exclude(inspection__verdict=Verdict.ACCEPTED).values("inspection")
    return {user for user, _hold in people_of(Q(pk__in=lots))}


@one_transaction()
def signal(*, product: Product, kind: str, note: str, signature: str, actor: User, at: datetime) -> None:
    """The quality manager's word: approve or withdraw reduced inspection, production steady or irregular, re-qualify.

    Re-qualifying resumes tightened inspection (9.4) and sends the batches that were held for the discontinuation back to
    inspection, signed as a disposition is. Raises NothingToRequalify, InspectorMayNotRequalify, InvalidInput, NotAllowed.
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
        if not standing.is_discontinued:
            raise NothingToRequalify
        if actor.pk in _who_discontinued(specification):
            raise InspectorMayNotRequalify
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

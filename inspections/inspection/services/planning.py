"""Which inspection a batch needs next, and by what plan (R9).

Everything is decided under the lock of the batch.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError
from django.db.models import QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput, RuleBroken
from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.calculator.words.sampling import from_sampling
from inspections.doubt.services import with_earlier_round
from inspections.inspection.services.carrying import ask_what_failed, carried_of, own_rule_of, rule_of, version_of
from inspections.models import (
    Batch,
    CartonRule,
    Characteristic,
    Inspection,
    InspectionStatus,
    NonconformityClass,
    SpecificationStatus,
    SwitchingStep,
)
from inspections.models.batch import lock_batch
from inspections.sampling import Plan, SamplingError, Scheme, at_least_as_strict, variables
from inspections.sampling.by_class import CLASSES, TIGHTENED, strictest
from inspections.sampling.picks import new_seed
from inspections.sampling.variables import VariablesPlan, plan_by_rule
from inspections.switching.reads import open_drift
from inspections.switching.services import Standing


class NoSpecification(RuleBroken):
    code = "no_specification"
    detail = gettext_lazy(
        "The product has no active specification, so there is nothing to inspect by. Activate one first."
    )


class Discontinued(RuleBroken):
    code = "inspection_discontinued"
    detail = gettext_lazy(
        "Sampling inspection is discontinued for this supplier and product. "
        "The quality manager has to re-qualify it before a batch can be planned."
    )


class SeverityChanged(RuleBroken):
    code = "severity_changed"
    detail = gettext_lazy("A verdict on another batch of the product has just changed the plan. Start again.")


class InspectionOpen(RuleBroken):
    code = "inspection_open"
    detail = gettext_lazy("An inspection of this batch is under way. Finish or abandon it first.")


class NothingToInspect(RuleBroken):
    code = "nothing_to_inspect"
    detail = gettext_lazy("No units of this batch wait for inspection: it is accepted, shipped, returned or scrapped.")


def active_characteristics(batch: Batch, *, with_earlier: bool = False) -> list[Characteristic]:
    """Those of the product's active specification, in order, each with it. One query. Raises NoSpecification.

    Of a batch that was inspected before also what failed there, as it failed, with one query more: `ask_what_failed`, which
    raises CheckWasChanged and LimitsExcludeEachOther. Each also has `last_step`, the present state of the switching rules as JSON; see `standing`. `with_earlier`: and, of a
    batch that was inspected before, what that found; see `with_earlier_round`.
    """
    steps = SwitchingStep.objects.filter(product=batch.product_id, supplier=batch.product.supplier_id).order_by("-id")
    found: QuerySet[Characteristic] = (
        Characteristic.objects.filter(
            specification__product=batch.product_id, specification__status=SpecificationStatus.ACTIVE
        )
        .select_related("specification")
        .annotate(
            last_step=Subquery(steps.values(step=JSONObject(state="state", lots="lots", scheme_key="scheme_key"))[:1])
        )
        .order_by("position")
    )
    if with_earlier and not _is_untouched(batch):
        found = with_earlier_round(found, batch)
    characteristics: list[Characteristic] = list(found)
    if not characteristics:
        raise NoSpecification
    for characteristic in characteristics:
        version_of([characteristic]).product = batch.product
    return characteristics if _is_untouched(batch) else ask_what_failed(batch, characteristics)


def standing(characteristics: Sequence[Characteristic]) -> Standing:
    """Where the switching rules stand for the next first submission, as `active_characteristics` read it."""
    step = getattr(characteristics[0], "last_step")  # noqa: B009 an annotation of the query
    return Standing.of(SwitchingStep(**step) if step else None, version_of(characteristics).scheme_key)


def next_inspection(
    batch: Batch,
    characteristics: Sequence[Characteristic],
    *,
    actor: User,
    at: datetime,
    cartons: int | None = None,
    carton_rule: str = CartonRule.SQUARE_ROOT,
) -> Inspection:
    """The next round of a batch, planned and unsaved. The seed of its pick list is drawn here.

    `cartons` left open are those of the batch while all of its units are there; of fewer units nobody knows.

    Round 1 follows the product's scheme under the severity that each class has reached by the switching rules, tightened while a
    drift is open where the scheme says so (`tightened_for` is that drift). A re-inspection is
    tightened, and in no class weaker than the round before it (ISO 2859-1, 12.4). What has a variables plan or a sampling
    of its own is not counted in its class; a sampling of its own holds in batches that are inspected in full too. Raises InspectionOpen, NothingToInspect, Discontinued, InvalidInput for the cartons and from
    the scheme.
    """
    previous = _previous_round(batch)
    lot_size = batch.awaiting + batch.on_hold
    if batch.on_hold:
        lot_size -= batch.open_hold.sorted_out
    if not lot_size:
        raise NothingToInspect
    if carton_rule not in CartonRule.values:
        choices = ", ".join(CartonRule.values)
        raise InvalidInput.one("carton_rule", "invalid_choice", _("Choose one of %(all)s.") % {"all": choices})
    if cartons is None and batch.cartons and lot_size == batch.quantity:
        cartons = min(batch.cartons, lot_size)
    elif cartons is not None and not 1 <= cartons <= lot_size:
        detail = _("%(lot_size)s units come in 1 to %(lot_size)s cartons.") % {"lot_size": lot_size}
        raise InvalidInput.one("cartons", "out_of_range", detail)
    specification = version_of(characteristics)
    severities, batches_before, drift = dict.fromkeys(CLASSES, TIGHTENED), None, None
    scheme = specification.sampling_scheme
    if previous is None:
        now = standing(characteristics)
        severities, batches_before = now.severities, now.lots
        if now.is_discontinued:
            raise Discontinued
        in_full = scheme.is_in_full(batches_before)
        if scheme.drift_tightens and not in_full and set(severities.values()) != {TIGHTENED}:
            drift = open_drift(batch.product)
            severities = dict.fromkeys(CLASSES, TIGHTENED) if drift else severities
    try:
        measured = {}
        own = own_plans(characteristics, scheme, lot_size, severities=severities, previous=previous)
        if not scheme.is_in_full(batches_before):
            measured = variables_plans(characteristics, scheme, lot_size, severities=severities, previous=previous)
        by_itself = measured.keys() | own.keys()
        counted = {c.nonconformity_class for c in characteristics if c.code not in by_itself}
        classes = [name for name in NonconformityClass.values if name in counted]
        planned = [name for name in classes if scheme.has_plan_for(name)]
        plans = scheme.plans(lot_size, classes=planned, severity=severities, batches_before=batches_before)
        plans |= _plans_that_found(characteristics, lot_size, classes=[name for name in classes if name not in planned])
    except SamplingError as error:
        raise from_sampling(error, "scheme") from None
    if previous:
        before = previous.frozen_plans
        plans = {
            name: at_least_as_strict(plan, before[name], lot_size=lot_size) if name in before else plan
            for name, plan in plans.items()
        }
    counted_plans = [*plans.values(), *own.values()]
    return Inspection(
        batch=batch,
        round=previous.round + 1 if previous else 1,
        previous=previous,
        specification=specification,
        lot_size=lot_size,
        severity=strictest(
            [*(plan.severity for plan in counted_plans), *(plan.severity for plan in measured.values())]
        ),
        severities=severities,
        tightened_for=drift,
        plan={name: plan.as_dict() for name, plan in plans.items()},
        own_plans={code: plan.as_dict() for code, plan in own.items()},
        variables_plans={code: plan.as_dict() for code, plan in measured.items()},
        carried=carried_of(characteristics),
        pick_seed=new_seed(),
        cartons=cartons,
        carton_rule=carton_rule,
        inspector=actor,
        planned_at=at,
    )


def variables_plans(
    characteristics: Sequence[Characteristic],
    scheme: Scheme,
    lot_size: int,
    *,
    severities: Mapping[str, str],
    previous: Inspection | None = None,
) -> dict[str, VariablesPlan]:
    """Characteristic code -> variables plan, of those that are judged so. None is in a lot of one or two units.

    After a `previous` round none is weaker than it was there. Raises SamplingError.
    """
    before = previous.by_variables if previous else {}
    plans = {}
    for characteristic in characteristics:
        rule, code = rule_of(characteristic, scheme), characteristic.code
        severity = severities[characteristic.nonconformity_class]
        plan = plan_by_rule(rule, lot_size, severity=severity) if rule else None
        if plan and code in before:
            plan = variables.at_least_as_strict(plan, before[code], lot_size=lot_size)
        if plan:
            plans[code] = plan
    return plans


def own_plans(
    characteristics: Sequence[Characteristic],
    scheme: Scheme,
    lot_size: int,
    *,
    severities: Mapping[str, str],
    previous: Inspection | None = None,
) -> dict[str, Plan]:
    """Characteristic code -> plan, of those that have a sampling of their own; it switches with its class.

    After a `previous` round none is weaker than it was there. Raises SamplingError.
    """
    before = previous.frozen_own if previous else {}
    plans = {}
    for characteristic in characteristics:
        rule, code, name = own_rule_of(characteristic), characteristic.code, characteristic.nonconformity_class
        if rule is None:
            continue
        try:
            plan = rule.plan(scheme.rules.get(name), lot_size, severities[name])
        except SamplingError:
            if code not in before:
                raise
            plan = before[code]  # of a class that has lost its AQL since
        plans[code] = at_least_as_strict(plan, before[code], lot_size=lot_size) if code in before else plan
    return plans


def _plans_that_found(
    characteristics: Sequence[Characteristic], lot_size: int, *, classes: Sequence[str]
) -> dict[str, Plan]:
    """Of classes that the scheme has no plan for: those of the version by which something was found in the class.

    Where that has none either, the class of a finding is graver than any that is planned: it goes with what is critical. Raises
    SamplingError where nothing was found in the class.
    """
    found_by = {c.nonconformity_class: c.found_by for c in characteristics if hasattr(c, "found_by")}
    plans: dict[str, Plan] = {}
    for name in classes:
        scheme = (found_by.get(name) or version_of(characteristics)).sampling_scheme
        planned = name if name not in found_by or scheme.has_plan_for(name) else NonconformityClass.CRITICAL
        plans[name] = scheme.plans(lot_size, classes=[planned], severity="tightened")[planned]
    return plans


def _is_untouched(batch: Batch) -> bool:
    """Whether no round of it has ended. No statement but for a batch of which something was found: all of it may have left
    after a round, and be back."""
    if batch.awaiting != batch.quantity or batch.hold_count:
        return False
    return not batch.finding_count or not batch.inspections.counted().exclude(status=InspectionStatus.OPEN).exists()


def _previous_round(batch: Batch) -> Inspection | None:
    """The last round that counts. Raises InspectionOpen when one is under way."""
    if _is_untouched(batch):
        return None  # no round has ended; one under way is found by the unique constraint
    rounds = list(batch.inspections.order_by("-id"))
    if any(earlier.status == InspectionStatus.OPEN for earlier in rounds):
        raise InspectionOpen
    return next((r for r in rounds if r.status == InspectionStatus.SUBMITTED or r.counts_as_rejected), None)


def insert_inspection(inspection: Inspection) -> None:
    """Raises InspectionOpen when another inspection of the batch is under way, SeverityChanged when the rules moved on."""
    try:
        inspection.save(force_insert=True)
    except IntegrityError as error:
        if constraint_of(error) == "inspection_is_planned_by_the_severity_reached":
            raise SeverityChanged from error
        raise InspectionOpen from error


def constraint_of(error: IntegrityError) -> str:
    """The name of the rule of the database that refused."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def planned_event(inspection: Inspection, *, actor: User, at: datetime) -> Event:
    measured = {
        code: {name: plan[name] for name in ("sample_size", "form", "k", "m_percent")}
        for code, plan in inspection.variables_plans.items()
    }
    own = {
        code: {name: plan[name] for name in ("sample_size", "acceptance")}
        for code, plan in inspection.own_plans.items()
    }
    return happened(
        "inspection.planned",
        inspection.batch.stream,
        at=at,
        actor=actor,
        inspection=str(inspection.uid),
        round=inspection.round,
        severity=inspection.severity,
        severities=inspection.severities,
        **({"drift": inspection.tightened_for.facts} if inspection.tightened_for else {}),
        classes={
            name: {"sample_size": plan["sample_size"], "acceptance": plan["acceptance"]}
            for name, plan in inspection.plan.items()
        },
        **({"own": own} if own else {}),
        **({"variables": measured} if measured else {}),
        **({"carried": sorted(inspection.carried)} if inspection.carried else {}),
    )


@one_transaction()
def plan_inspection(
    *,
    batch: Batch,
    actor: User,
    at: datetime,
    cartons: int | None = None,
    carton_rule: str = CartonRule.SQUARE_ROOT,
) -> Inspection:
    """Open the next round of a batch. Raises what `next_inspection` raises, NoSpecification, NotAllowed."""
    require(actor, "inspections.inspect")
    batch = lock_batch(batch.number, actor)
    inspection = next_inspection(
        batch, active_characteristics(batch), actor=actor, at=at, cartons=cartons, carton_rule=carton_rule
    )
    insert_inspection(inspection)
    record_events([planned_event(inspection, actor=actor, at=at)])
    return inspection

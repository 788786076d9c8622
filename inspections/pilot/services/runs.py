"""Planning a pilot run, starting it, and ending it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.models import PilotLimit, PilotRuleKind, PilotRun, PilotStatus, PilotUnit
from inspections.pilot.reads import affordable_return_rate, judgement_of
from inspections.rules.pilot_figures import Judgement
from inspections.rules.pilots import LARGEST, RATES, SMALLEST, boundary
from inspections.sample.reads import golden_sample
from suppliers.models import Product

LONGEST_ORDER = 80


class PilotRunOpen(RuleBroken):
    code = "pilot_run_open"
    detail = gettext_lazy("A pilot run of this product is open already. Conclude or stop it before you plan another.")


class PilotNotPlanned(RuleBroken):
    code = "pilot_not_planned"
    detail = gettext_lazy("This pilot run has started already.")


class PilotNotRunning(RuleBroken):
    code = "pilot_not_running"
    detail = gettext_lazy("This pilot run is not running. Start it first; one that is over stays as it is.")


class PilotOver(RuleBroken):
    code = "pilot_over"
    detail = gettext_lazy("This pilot run is over and stays as it is. Plan another one.")


class PilotNotDecided(RuleBroken):
    code = "pilot_not_decided"

    def __init__(self, judgement: Judgement):
        super().__init__(
            _("%(out)s units are not back and the rule has not decided. Wait for them, or stop the run with a reason.")
            % {"out": judgement.size - judgement.back}
        )


def limits_for(product: Product) -> PilotLimit:
    """The product's own limits, else its category's or that category's parent's, else those of every product."""
    category = product.category
    found = PilotLimit.objects.filter(
        Q(product=product)
        | Q(category=category)
        | Q(category=category.parent_id, category__isnull=False)
        | Q(product=None, category=None)
    )
    return max(
        found,
        key=lambda limit: (limit.product_id is not None, limit.category_id == category.pk, bool(limit.category_id)),
    )


def limits_level(limit: PilotLimit) -> str:
    """Whose they are: product, category or default."""
    return "product" if limit.product_id else "category" if limit.category_id else "default"


def frozen_limits(product: Product) -> tuple[dict[str, Decimal], str]:
    """Rate -> limit of a run planned now, and whose they are: "category", or "category,margin" where the return rate is
    the one that the product can afford (one that affords none gets a limit that no run can prove).
    """
    limit = limits_for(product)
    limits = {"damage": limit.damage, "complaint": limit.complaint, "return": limit.return_rate}
    affordable = affordable_return_rate(product)
    if affordable is None:
        return limits, limits_level(limit)
    least = Decimal("0.00001")
    limits["return"] = min(max(affordable.quantize(least, ROUND_FLOOR), least), 1 - least)
    return limits, f"{limits_level(limit)},margin"


@one_transaction()
def set_limits(
    *,
    product: Product,
    damage: Decimal,
    complaint: Decimal,
    return_rate: Decimal,
    source: str,
    actor: User,
    at: datetime,
) -> PilotLimit:
    """Give a product limits of its own, as fractions. Runs that are planned already keep theirs.

    Raises InvalidInput naming each limit that is not above 0 and below 1, NotAllowed.
    """
    require(actor, "inspections.specify")
    limits = {"damage": damage, "complaint": complaint, "return_rate": return_rate}
    errors = [
        FieldError(name, "out_of_range", _("Give a rate above 0 and below 100 %."))
        for name, limit in limits.items()
        if not 0 < limit < 1
    ]
    if errors:
        raise InvalidInput(errors)
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    limit, _created = PilotLimit.objects.update_or_create(
        product=product, category=None, defaults=limits | {"source": source.strip()}
    )
    record_event(
        "pilot.limits_set",
        f"product:{product.sku}",
        at=at,
        actor=actor,
        source=limit.source,
        limits={name: str(value) for name, value in limits.items()},
    )
    return limit


def check_size(size: object) -> int:
    """Raises InvalidInput unless a run may have so many units."""
    if not isinstance(size, int) or isinstance(size, bool) or not SMALLEST <= size <= LARGEST:
        raise InvalidInput.one(
            "units",
            "out_of_range",
            _("A pilot run has %(least)s to %(most)s units, not %(size)s.")
            % {"least": SMALLEST, "most": LARGEST, "size": size},
        )
    return size


def check_orders(orders: Sequence[str], size: int) -> list[str]:
    """The orders of units 1, 2, .. with blanks for the others. Raises InvalidInput naming each that does not fit."""
    orders = [order.strip() for order in orders]
    errors = []
    if len(orders) > size:
        detail = _("There are %(n)s orders for %(size)s units.") % {"n": len(orders), "size": size}
        errors.append(FieldError("orders", "too_many", detail))
    seen: set[str] = set()
    for index, order in enumerate(orders[:LARGEST]):
        if len(order) > LONGEST_ORDER:
            detail = _("An order has at most %(most)s characters.") % {"most": LONGEST_ORDER}
            errors.append(FieldError(f"orders.{index}", "too_long", detail))
        elif order and order in seen:
            detail = _("The order %(order)s is there twice; each unit has its own.") % {"order": order}
            errors.append(FieldError(f"orders.{index}", "duplicate", detail))
        seen.add(order)
    if errors:
        raise InvalidInput(errors)
    return orders + [""] * (size - len(orders))


@one_transaction()
def plan_pilot(
    *,
    product: Product,
    size: int,
    actor: User,
    at: datetime,
    reason: str = "",
    rule_kind: str = PilotRuleKind.CURTAILED,
    orders: Sequence[str] = (),
) -> PilotRun:
    """A run with its units, judged by the limits of now and a rule computed from them; neither ever changes.

    `orders` are the orders of units 1, 2, .. where they are known. Raises InvalidInput, PilotRunOpen, NotAllowed.
    """
    require(actor, "inspections.run_pilot")
    size = check_size(size)
    if rule_kind not in PilotRuleKind.values:
        raise InvalidInput.one(
            "rule", "invalid_choice", _("Choose one of %(all)s.") % {"all": ", ".join(PilotRuleKind.values)}
        )
    references = check_orders(orders, size)
    product = Product.objects.select_for_update(of=("self",)).select_related("category").get(pk=product.pk)
    if product.pilot_runs.filter(status__in=[PilotStatus.PLANNED, PilotStatus.RUNNING]).exists():
        raise PilotRunOpen
    limits, source = frozen_limits(product)
    run = PilotRun.objects.create(
        product=product,
        ordinal=(product.pilot_runs.aggregate(Max("ordinal"))["ordinal__max"] or 0) + 1,
        size=size,
        reason=reason.strip(),
        rule_kind=rule_kind,
        damage_limit=limits["damage"],
        complaint_limit=limits["complaint"],
        return_limit=limits["return"],
        limits_source=source,
        rule={name: boundary(rule_kind, limit=float(limits[name]), size=size).as_dict() for name in RATES},
        planned_at=at,
        planned_by=actor,
    )
    PilotUnit.objects.bulk_create(
        PilotUnit(run=run, number=number, order_reference=order) for number, order in enumerate(references, start=1)
    )
    record_event(
        "pilot.planned", run.stream, at=at, actor=actor, **facts_of(run), limits={k: str(v) for k, v in limits.items()}
    )
    return run


def facts_of(run: PilotRun) -> dict:
    """What every event about a run says."""
    return {"run": str(run.uid), "ordinal": run.ordinal, "size": run.size}


def lock_run(run: PilotRun) -> PilotRun:
    """As it is now, under its lock."""
    locked = PilotRun.objects.select_for_update(of=("self",)).select_related("product").get(pk=run.pk)
    locked.product = run.product
    return locked


@one_transaction()
def start_pilot(*, run: PilotRun, actor: User, at: datetime) -> PilotRun:
    """The units go out, compared with the golden sample of now. Raises PilotNotPlanned, NotAllowed."""
    require(actor, "inspections.run_pilot")
    run = lock_run(run)
    if run.status != PilotStatus.PLANNED:
        raise PilotNotPlanned
    run.status, run.started_at, run.sample = PilotStatus.RUNNING, at, golden_sample(run.product)
    run.save(update_fields=["status", "started_at", "sample"])
    version = run.sample.version if run.sample else None
    record_event("pilot.started", run.stream, at=at, actor=actor, **facts_of(run), sample=version)
    return run


VERDICT_EVENTS = {"pass": "pilot.passed", "fail": "pilot.failed", "undecided": "pilot.undecided"}


@one_transaction()
def conclude_pilot(*, run: PilotRun, actor: User, at: datetime) -> PilotRun:
    """Close the run with the verdict of its rule. Raises PilotNotRunning, PilotNotDecided, NotAllowed."""
    require(actor, "inspections.run_pilot")
    run = lock_run(run)
    if run.status != PilotStatus.RUNNING:
        raise PilotNotRunning
    judgement = judgement_of(run)
    if not judgement.may_conclude:
        raise PilotNotDecided(judgement)
    return close_with_verdict(run, judgement, actor=actor, at=at)


def close_with_verdict(run: PilotRun, judgement: Judgement, *, actor: User, at: datetime) -> PilotRun:
    """The caller holds the lock and knows that the run may be concluded."""
    run.status, run.verdict = PilotStatus.CONCLUDED, judgement.verdict
    run.concluded_at, run.concluded_by = at, actor
    run.save(update_fields=["status", "verdict", "concluded_at", "concluded_by"])
    record_event(
        VERDICT_EVENTS[judgement.verdict],
        run.stream,
        at=at,
        actor=actor,
        **facts_of(run),
        back=judgement.back,
        bad={rate.name: rate.bad for rate in judgement.rates},
    )
    return run


@one_transaction()
def stop_pilot(*, run: PilotRun, reason: str, actor: User, at: datetime) -> PilotRun:
    """Give a run up without a verdict. Raises InvalidInput without a reason, PilotOver, NotAllowed."""
    require(actor, "inspections.run_pilot")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why the run is stopped; it stays on the record."))
    run = lock_run(run)
    if not run.is_open:
        raise PilotOver
    run.status, run.stopped_because = PilotStatus.STOPPED, reason.strip()
    run.concluded_at, run.concluded_by = at, actor
    run.save(update_fields=["status", "stopped_because", "concluded_at", "concluded_by"])
    record_event("pilot.stopped", run.stream, at=at, actor=actor, **facts_of(run), reason=run.stopped_because)
    return run

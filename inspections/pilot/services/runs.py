"""Planning a pilot run, starting it, and ending it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.signature import require_shown
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.looks import look_of
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.calculator.words.sampling import percent, whole
from inspections.models import PilotCarryOver, PilotRuleKind, PilotRun, PilotStatus, PilotUnit, PilotVerdict
from inspections.pilot.reads import digest_of, facts_of, judgement_of, lock_run
from inspections.pilot.services.failures import (
    PartakerMayNotSign,
    has_failed,
    require_failures_answered,
    who_took_part,
)
from inspections.pilot.services.limits import frozen_limits, limits_for
from inspections.pilot.story import RATE_NAMES
from inspections.rules.pilot_figures import Judgement
from inspections.rules.pilots import LARGEST, RATES, SMALLEST, boundary, smallest_size, units_to_prove
from inspections.sample.reads import golden_sample, is_kept
from suppliers.models import Market, Product

LONGEST_ORDER = 80
LONGEST_BEFORE = 180  # days that a run may have been under way before it is started here


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


class PilotFailed(RuleBroken):
    code = "pilot_failed"
    detail = gettext_lazy("This run has failed by its rule, so it cannot be stopped any more. Conclude it.")


class NoGoldenSample(RuleBroken):
    code = "no_golden_sample"
    detail = gettext_lazy(
        "There is no approved golden sample of the product's present supplier to compare the units with. Approve one first; "
        "until then the run can be planned, and not started."
    )


class LimitsSignerMayNotConclude(NotAllowed):
    code = "limits_signer_may_not_conclude"
    detail = gettext_lazy(
        "You signed that this run may show more than its category. Ask another person to conclude it as passed."
    )


class TakerBackMayNotConclude(NotAllowed):
    code = "taker_back_may_not_conclude"
    detail = gettext_lazy(
        "You corrected something in this run that had come back bad. Ask another person to look at it and to conclude it as passed."
    )


class BackdaterMayNotConclude(NotAllowed):
    code = "backdater_may_not_conclude"
    detail = gettext_lazy(
        "Your file told that this run had begun before it was started here. Ask another person to look at it and to conclude it "
        "as passed."
    )


class NothingToCarryOver(RuleBroken):
    code = "nothing_to_carry_over"
    detail = gettext_lazy(
        "Only a run that passed, of another golden sample than the one in force, can count for that one."
    )


class PilotNotDecided(RuleBroken):
    code = "pilot_not_decided"

    def __init__(self, judgement: Judgement):
        super().__init__(
            _(
                "%(out)s units are not back, or can still be sent back, and the rule has not decided. Wait for them, or stop "
                "the run with a reason."
            )
            % {"out": judgement.size - min(rate.n for rate in judgement.rates)}
        )


def longest_window(product: Product) -> int:
    """For how many days after delivery a unit can come back, in the most patient market that the product is meant for;
    of one that is meant for none yet, in the most patient of all.
    """
    markets = Market.objects.filter(listings__product=product)
    windows = (markets if markets.exists() else Market.objects.all()).values_list("return_days", flat=True)
    return max(windows)


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


def check_can_pass(size: int, limits: Mapping[str, Decimal], rule_kind: str) -> None:
    """Raises InvalidInput naming each rate whose limit a run of so many units cannot prove, and the size that could."""
    errors = []
    for name in RATES:
        limit = float(limits[name])
        if boundary(rule_kind, limit=limit, size=size).can_pass(0):
            continue
        facts = {"size": size, "rate": RATE_NAMES[name], "limit": percent(limit), "most": LARGEST}
        if needed := smallest_size(rule_kind, limit):
            detail = _(
                "%(size)s units can never pass: even without a bad one they do not prove that %(rate)s is at most %(limit)s. "
                "Take at least %(needed)s units."
            ) % (facts | {"needed": needed})
        elif needed := units_to_prove(limit):
            detail = _(
                "No run can pass: to prove that %(rate)s is at most %(limit)s takes %(needed)s units without a bad one, and a "
                "run has at most %(most)s. Look at the limit first."
            ) % (facts | {"needed": whole(needed)})
        else:
            detail = (
                _(
                    "No run can pass: the product affords no %(rate)s at all. Look at what a unit costs, or at the limit, first."
                )
                % facts
            )
        errors.append(FieldError("units", "cannot_pass", detail))
    if errors:
        raise InvalidInput(errors)


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
        elif order and look_of(order) in seen:
            detail = _("The order %(order)s is there twice; each unit has its own.") % {"order": order}
            errors.append(FieldError(f"orders.{index}", "duplicate", detail))
        seen.add(look_of(order))
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
    must_pass: bool = True,
) -> PilotRun:
    """A run with its units, judged by the limits of now and a rule computed from them; neither ever changes.

    `orders` are the orders of units 1, 2, .. where they are known. With `must_pass` a run whose size could never pass is
    refused; without, it is for learning only, and says so. Raises InvalidInput, PilotRunOpen, PilotFailedBefore, NotAllowed.
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
    require_failures_answered(product)
    limits, source = frozen_limits(product)
    if must_pass:
        check_can_pass(size, limits, rule_kind)
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
        window_days=longest_window(product),
        limits_signed_by=limits_for(product).signed_by,
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


@one_transaction()
def start_pilot(*, run: PilotRun, actor: User, at: datetime) -> PilotRun:
    """The units go out, compared with the golden sample of now. Raises PilotNotPlanned, NoGoldenSample, NotAllowed."""
    require(actor, "inspections.run_pilot")
    run = lock_run(run)
    if run.status != PilotStatus.PLANNED:
        raise PilotNotPlanned
    golden = golden_sample(run.product)
    if golden is None or not is_kept(golden, at) or golden.supplier_id != run.product.supplier_id:
        raise NoGoldenSample
    run.status, run.started_at, run.sample = PilotStatus.RUNNING, at, golden
    run.save(update_fields=["status", "started_at", "sample"])
    record_event("pilot.started", run.stream, at=at, actor=actor, **facts_of(run), sample=golden.version)
    return run


def may_begin_earlier(run: PilotRun, days: Collection[date]) -> bool:
    """Whether the days that a file tells of its orders are those of a run that was started here only after it had begun: all of
    them lie before, none too long, and no unit of the run has a day yet. A run is moved once.
    """
    if run.status != PilotStatus.RUNNING or run.started_at is None or run.backdated_by_id or not days:
        return False
    has_days = run.units.filter(Q(delivered_on__isnull=False) | Q(returned_on__isnull=False)).exists()
    began = localdate(run.started_at)
    return not has_days and max(days) < began and (began - min(days)).days <= LONGEST_BEFORE


VERDICT_EVENTS = {"pass": "pilot.passed", "fail": "pilot.failed", "undecided": "pilot.undecided"}


@one_transaction()
def conclude_pilot(*, run: PilotRun, actor: User, at: datetime) -> PilotRun:
    """Close the run with the verdict of its rule. Raises PilotNotRunning, PilotNotDecided, NotAllowed."""
    require(actor, "inspections.run_pilot")
    run = lock_run(run)
    if run.status != PilotStatus.RUNNING:
        raise PilotNotRunning
    judgement = judgement_of(run, at=at)
    if not judgement.may_conclude:
        raise PilotNotDecided(judgement)
    if not may_close(run, judgement, actor):
        if actor.pk == run.backdated_by_id:
            raise BackdaterMayNotConclude
        raise TakerBackMayNotConclude if actor.pk in run.took_back_by else LimitsSignerMayNotConclude
    return close_with_verdict(run, judgement, actor=actor, at=at)


def may_close(run: PilotRun, judgement: Judgement, actor: User) -> bool:
    """Nobody passes a run by limits that they signed to be looser themselves, nor one in which they took back what was bad, nor
    one that their own file let begin earlier."""
    involved = (run.limits_signed_by_id, run.backdated_by_id, *run.took_back_by)
    return judgement.verdict != PilotVerdict.PASS or actor.pk not in involved


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
        critical=judgement.critical,
        major=judgement.major,
    )
    return run


@one_transaction()
def stop_pilot(*, run: PilotRun, reason: str, actor: User, at: datetime) -> PilotRun:
    """Give a run up without a verdict. Raises InvalidInput without a reason, PilotOver, NotAllowed, and PilotFailed
    where its rule has decided against it: what has failed is not walked away from (R13).
    """
    require(actor, "inspections.run_pilot")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why the run is stopped; it stays on the record."))
    run = lock_run(run)
    if not run.is_open:
        raise PilotOver
    if run.status == PilotStatus.RUNNING and judgement_of(run, at=at).verdict == PilotVerdict.FAIL:
        raise PilotFailed
    run.status, run.stopped_because = PilotStatus.STOPPED, reason.strip()
    run.concluded_at, run.concluded_by = at, actor
    run.save(update_fields=["status", "stopped_because", "concluded_at", "concluded_by"])
    record_event("pilot.stopped", run.stream, at=at, actor=actor, **facts_of(run), reason=run.stopped_because)
    return run


@one_transaction()
def carry_over_pilot(
    *, run: PilotRun, reason: str, signature: str, actor: User, at: datetime, digest: str | None = None
) -> PilotCarryOver:
    """Sign that the golden sample in force needs no run of its own: this one, of an earlier version, counts for it.

    `signature` says how the actor signed ("password" or "token"), `digest` names what was shown (`digest_of`). Signed again
    it is no change. Raises ChangedMeanwhile, InvalidInput without a reason, NothingToCarryOver, PartakerMayNotSign, NotAllowed.
    """
    require(actor, "inspections.decide_sample")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why the new version needs no run; it stays on the record."))
    run = lock_run(run)
    if digest is not None:
        require_shown(digest, digest_of(run))
    golden = golden_sample(run.product)
    if run.verdict != PilotVerdict.PASS or has_failed(run) or golden is None or golden.pk == run.sample_id:
        raise NothingToCarryOver
    if actor.pk in who_took_part(run):
        raise PartakerMayNotSign
    carried, is_new = PilotCarryOver.objects.get_or_create(
        run=run,
        sample=golden,
        defaults={"reason": reason.strip(), "signature": signature, "signed_at": at, "signed_by": actor},
    )
    if is_new:
        record_event(
            "pilot.carried_over", run.stream, at=at, actor=actor, **facts_of(run), sample=golden.version,
            reason=carried.reason, signature=signature,
        )  # fmt: skip
    return carried

"""What became of the units of a pilot run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.looks import look_of
from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.models import (
    ComplaintPoint,
    DamagePlace,
    PilotOutcome,
    PilotRun,
    PilotStatus,
    PilotUnit,
    ReturnReason,
)
from inspections.pilot.reads import beyond_limits, counts_of_units, facts_of, lock_run, rules_of
from inspections.pilot.services.runs import (
    LONGEST_ORDER,
    PilotNotRunning,
    PilotOver,
    check_orders,
    close_with_verdict,
    may_close,
)
from inspections.rules.pilot_figures import judge
from inspections.rules.pilots import FAIL, UNDECIDED
from suppliers.models import Market

LONGEST_DAYS = 400
FACTS = (
    "outcome", "damage", "complaints", "return_reason", "handling_days", "transit_days", "delivered_on", "returned_on",
    "note", "order_reference", "market_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutcomeInput:
    """What became of one unit, named by its number or by its order; by both, the order becomes that of the unit.

    `market` is the code of where it was sold, whose return window is the unit's; one that is known stays unless another is
    named. `reason` is short for what the outcome asks for: where it is damaged, the complaint point, or the return reason.
    """

    unit: int | None = None
    order: str = ""
    outcome: str = ""
    reason: str = ""
    damage: str = ""
    complaints: Sequence[str] = ()
    return_reason: str = ""
    handling_days: int | None = None
    transit_days: int | None = None
    delivered_on: date | None = None
    returned_on: date | None = None
    note: str = ""
    market: str = ""


def markets_of(outcomes: Sequence[OutcomeInput]) -> dict[str, Market]:
    """Code -> market, of those that the outcomes name."""
    codes = {sent.market for sent in outcomes if sent.market}
    return Market.objects.in_bulk(codes, field_name="code") if codes else {}


def known_complaints() -> set[str]:
    """The codes of the points that are open for new entries; groups are no complaint."""
    return set(ComplaintPoint.objects.filter(parent__isnull=False, is_closed=False).values_list("code", flat=True))


def spread_reason(sent: OutcomeInput) -> OutcomeInput:
    """`reason` put where its outcome keeps it."""
    if not sent.reason:
        return sent
    match sent.outcome:
        case PilotOutcome.DAMAGED:
            return replace(sent, damage=sent.damage or sent.reason)
        case PilotOutcome.COMPLAINED:
            return replace(sent, complaints=[*sent.complaints, sent.reason])
        case PilotOutcome.RETURNED:
            return replace(sent, return_reason=sent.return_reason or sent.reason)
        case _:
            return sent


def check_outcome(
    sent: OutcomeInput, *, complaints: set[str], began: date, today: date, needs_reason: bool = True
) -> list[tuple[str, str, str]]:
    """What is wrong with one outcome by itself: (field, code, sentence). Who says “returned” is asked why (`needs_reason`)."""
    wrong = []

    def unknown(field: str, value: str, known: Sequence[str]) -> None:
        detail = _("There is no %(value)s. Known are: %(known)s.") % {"value": value, "known": ", ".join(known)}
        wrong.append((field, "invalid_choice", detail))

    if sent.outcome not in PilotOutcome.values:
        unknown("outcome", sent.outcome or "“”", PilotOutcome.values)
    spread = spread_reason(sent)
    is_short = {
        name: getattr(spread, name) != getattr(sent, name) for name in ("damage", "complaints", "return_reason")
    }
    if spread.damage and spread.damage not in DamagePlace.values:
        unknown("reason" if is_short["damage"] else "damage", spread.damage, DamagePlace.values)
    for code in spread.complaints:
        if code not in complaints:
            unknown("reason" if code == sent.reason else "complaints", code, sorted(complaints))
    if spread.return_reason and spread.return_reason not in ReturnReason.values:
        unknown("reason" if is_short["return_reason"] else "return_reason", spread.return_reason, ReturnReason.values)
    if needs_reason and sent.outcome == PilotOutcome.RETURNED and not spread.return_reason:
        known = ", ".join(ReturnReason.values)
        wrong.append(("return_reason", "required", _("Say why it was returned: one of %(all)s.") % {"all": known}))
    if sent.outcome == PilotOutcome.OK and (sent.reason or sent.damage or sent.complaints):
        wrong.append(
            ("outcome", "contradiction", _("A unit that was delivered fine has neither damage nor complaint."))
        )
    if sent.outcome != PilotOutcome.RETURNED and (sent.return_reason or sent.returned_on):
        wrong.append(("outcome", "contradiction", _("Only a unit that was returned has a reason and a day of return.")))
    for field in ("handling_days", "transit_days"):
        days = getattr(sent, field)
        if days is not None and not 0 <= days <= LONGEST_DAYS:
            wrong.append((field, "out_of_range", _("Give 0 to %(most)s days.") % {"most": LONGEST_DAYS}))
    if sent.delivered_on and sent.returned_on and sent.returned_on < sent.delivered_on:
        wrong.append(
            (
                "returned_on",
                "before_delivery",
                _("It was returned on %(returned)s, before it was delivered on %(delivered)s.")
                % {"returned": sent.returned_on, "delivered": sent.delivered_on},
            )
        )
    for field in ("delivered_on", "returned_on"):
        day = getattr(sent, field)
        if day and day > today:
            wrong.append((field, "future", _("%(day)s has not come yet.") % {"day": day}))
        elif day and day < began:
            detail = _("%(day)s is before the run began, on %(began)s.") % {"day": day, "began": began}
            wrong.append((field, "before_start", detail))
    if len(sent.order) > LONGEST_ORDER:
        wrong.append(("order", "too_long", _("An order has at most %(most)s characters.") % {"most": LONGEST_ORDER}))
    if len(sent.note) > 300:
        wrong.append(("note", "too_long", _("A note has at most 300 characters.")))
    return wrong


def match_units(
    outcomes: Sequence[OutcomeInput], units: Sequence[PilotUnit]
) -> tuple[list[PilotUnit | None], list[tuple[int, str, str, str]]]:
    """The unit of each outcome, and (index, field, code, sentence) for what names none, or one that was named before."""
    by_number = {unit.number: unit for unit in units}
    by_order = {look_of(unit.order_reference): unit for unit in units if unit.order_reference}
    matched: list[PilotUnit | None] = []
    wrong = []
    seen: set[int] = set()
    for index, sent in enumerate(outcomes):
        if sent.unit is not None:
            field, unit = "unit", by_number.get(sent.unit)
            missing = _("Unit %(unit)s is not in this run, which has units 1 to %(size)s.") % {
                "unit": sent.unit,
                "size": len(units),
            }
        elif sent.order:
            field, unit = "order", by_order.get(look_of(sent.order))
            missing = _("No unit of this run has the order %(order)s.") % {"order": sent.order}
        else:
            field, unit, missing = "unit", None, _("Name the unit by its number or its order.")
        holder = by_order.get(look_of(sent.order))
        if unit is None:
            wrong.append((index, field, "unknown_unit", missing))
        elif sent.unit is not None and holder is not None and holder is not unit:
            detail = _("The order %(order)s is that of unit %(unit)s.") % {"order": sent.order, "unit": holder.number}
            wrong.append((index, "order", "duplicate", detail))
            unit = None
        elif sent.unit is not None and sent.order and unit.order_reference and holder is not unit:
            detail = _("Unit %(unit)s has the order %(order)s.") % {"unit": unit.number, "order": unit.order_reference}
            wrong.append((index, "order", "contradiction", detail))
            unit = None
        elif unit.number in seen:
            wrong.append((index, field, "duplicate", _("Unit %(unit)s is there twice.") % {"unit": unit.number}))
            unit = None
        else:
            seen.add(unit.number)
            if sent.order:
                by_order[look_of(sent.order)] = unit
        matched.append(unit)
    return matched, wrong


def _facts(unit: PilotUnit) -> dict:
    return {name: getattr(unit, name) for name in FACTS}


@one_transaction()
def record_outcomes(
    *,
    run: PilotRun,
    outcomes: Sequence[OutcomeInput],
    actor: User,
    at: datetime,
    correct: bool = False,
    conclude: bool | None = False,
    needs_reason: bool = True,
    field: str = "outcomes",
) -> PilotRun:
    """Write what became of units, all of them or, with InvalidInput naming each wrong one below `field`, none.

    An outcome that stands already is no change; a different one is refused unless `correct`. One with which the rule
    has decided that the run fails closes it, whatever is asked (R13). Else the run is closed with
    `conclude` True as soon as its rule has decided, with None once every unit is back; else somebody looks at it first.
    Without `needs_reason` a return may be written before anybody has said why; the page of the run asks for it.
    What comes back to a run that is closed is not written any more. Six statements, however many units, and those of
    who listens to events. Raises PilotNotRunning, NotAllowed too.
    """
    require(actor, "inspections.run_pilot")
    run = lock_run(run)
    if run.status != PilotStatus.RUNNING:
        raise PilotNotRunning
    if not outcomes:
        raise InvalidInput.one(field, "required", _("Give the outcome of at least one unit."))
    units = list(run.units.all())
    matched, misnamed = match_units(outcomes, units)
    errors = [FieldError(f"{field}.{index}.{name}", code, detail) for index, name, code, detail in misnamed]
    complaints, markets = known_complaints(), markets_of(outcomes)
    changed: list[PilotUnit] = []
    corrected: list[dict] = []
    for index, (sent, unit) in enumerate(zip(outcomes, matched, strict=True)):
        wrong = check_outcome(
            sent,
            complaints=complaints | set(unit.complaints if unit else ()),
            began=localdate(run.started_at),
            today=localdate(at),
            needs_reason=needs_reason,
        )
        if sent.market and sent.market not in markets:
            wrong.append(("market", "unknown_market", _("There is no market %(code)s.") % {"code": sent.market}))
        errors += [FieldError(f"{field}.{index}.{name}", code, detail) for name, code, detail in wrong]
        if unit is None or wrong:
            continue
        before = _facts(unit)
        _write(unit, spread_reason(sent), markets.get(sent.market))
        if _facts(unit) == before:
            continue
        if before["outcome"] and not correct:
            detail = _("Unit %(unit)s has the outcome %(outcome)s already. Send it as a correction to change it.") % {
                "unit": unit.number,
                "outcome": before["outcome"],
            }
            errors.append(FieldError(f"{field}.{index}.outcome", "already_recorded", detail))
            continue
        if before["outcome"]:
            corrected.append({"unit": unit.number, "before": before["outcome"], "after": unit.outcome})
        unit.revision += 1
        unit.recorded_at, unit.recorded_by = at, actor
        changed.append(unit)
    if errors:
        raise InvalidInput(errors)
    if changed:
        PilotUnit.objects.bulk_update(changed, [*FACTS, "window_days", "revision", "recorded_at", "recorded_by"])
        record_events(_told(run, units, changed, corrected, actor=actor, at=at))
    if corrected:
        run.refresh_from_db(fields=["took_back_by"])  # which the database keeps
    beyond = beyond_limits(run)
    judgement = judge(
        rules_of(run), *counts_of_units(run, units, at=at), critical=beyond["critical"], major=beyond["major"]
    )
    is_decided = bool(conclude) and judgement.verdict != UNDECIDED
    is_over = is_decided or judgement.verdict == FAIL or (conclude is not False and judgement.is_complete)
    if is_over and may_close(run, judgement, actor):
        return close_with_verdict(run, judgement, actor=actor, at=at)
    return run


def _write(unit: PilotUnit, sent: OutcomeInput, market: Market | None) -> None:
    """All facts are those of this outcome; of an earlier one order and market alone stay."""
    for name in FACTS[:-2]:
        setattr(unit, name, getattr(sent, name))
    unit.order_reference = unit.order_reference or sent.order
    unit.complaints = sorted(set(sent.complaints))
    unit.note = sent.note.strip()
    if market is not None and market.pk != unit.market_id:
        unit.market, unit.window_days = market, market.return_days


def _told(
    run: PilotRun,
    units: Sequence[PilotUnit],
    changed: Sequence[PilotUnit],
    corrected: list[dict],
    *,
    actor: User,
    at: datetime,
) -> list[Event]:
    bad, counted = counts_of_units(run, units, at=at)
    events = []
    if len(changed) > len(corrected):
        events.append(
            happened(
                "pilot.outcomes_recorded",
                run.stream,
                at=at,
                actor=actor,
                **facts_of(run),
                count=len(changed) - len(corrected),
                back=counted["damage"],
                bad=bad,
            )
        )
    if corrected:
        events.append(
            happened(
                "pilot.outcomes_corrected", run.stream, at=at, actor=actor, **facts_of(run), units=corrected, bad=bad
            )
        )
    return events


@one_transaction()
def assign_orders(*, run: PilotRun, orders: Sequence[str], actor: User, at: datetime) -> int:
    """Give orders that no unit of the run has to its next units without one and without an outcome; how many were given.

    Raises InvalidInput where there are more new orders than such units, PilotOver, NotAllowed.
    """
    require(actor, "inspections.run_pilot")
    run = lock_run(run)
    if not run.is_open:
        raise PilotOver
    units = list(run.units.all())
    known = {look_of(unit.order_reference) for unit in units}
    new = [order for order in dict.fromkeys(order.strip() for order in orders) if order and look_of(order) not in known]
    free = [unit for unit in units if not unit.order_reference and not unit.outcome]
    if len(new) > len(free):
        detail = _("There are %(n)s new orders for %(free)s units without one.") % {"n": len(new), "free": len(free)}
        raise InvalidInput.one("orders", "too_many", detail)
    check_orders(new, run.size)
    for unit, order in zip(free, new, strict=False):
        unit.order_reference = order
    if new:
        PilotUnit.objects.bulk_update(free[: len(new)], ["order_reference"])
        told = happened("pilot.orders_assigned", run.stream, at=at, actor=actor, **facts_of(run), count=len(new))
        record_events([told])
    return len(new)

"""What an export of orders says of the units of a pilot run: told again each week, and only ever for the worse."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.looks import look_of
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.models import PilotLate, PilotOutcome, PilotRun, PilotStatus, PilotUnit
from inspections.pilot.reads import facts_of, lock_run
from inspections.pilot.services.late import record_late_outcomes
from inspections.pilot.services.outcomes import OutcomeInput, assign_orders, record_outcomes
from inspections.pilot.services.runs import PilotNotRunning, may_begin_earlier
from inspections.rules.orders import SEVERITY

NEW, CHANGED, UNCHANGED, KEPT, LEFT = "new", "changed", "unchanged", "kept", "left"
FACTS = ("return_reason", "handling_days", "transit_days", "delivered_on", "returned_on", "note")


@dataclass(frozen=True, slots=True)
class Told:
    """What was done with each outcome that was sent, in their order: NEW, CHANGED, UNCHANGED, KEPT where the unit has a
    worse one already, or LEFT where it is of no unit of the run; and of those that are changed or kept the unit and the
    outcomes, as it was and as it was sent."""

    done: list[str]
    units: Mapping[int, tuple[int, str, str]] = field(default_factory=dict)


@one_transaction()
def record_export(
    *, run: PilotRun, outcomes: Sequence[OutcomeInput], actor: User, at: datetime, began: date | None = None
) -> Told:
    """Write what an export says. Orders that no unit has go to the next units without one, in the order sent and those under
    way (an empty outcome) too; orders beyond them are not of the run, and left. Several outcomes of one order are several
    units, the second of which is called ORDER/2. To a run that is concluded what came back since is added as late.

    A worse outcome than a unit has is a correction on the record, a better one changes nothing, and the same one adds what
    was not known. `began` is the first day that the export tells, where the run had begun before it was started here
    (`may_begin_earlier`). Raises InvalidInput naming each wrong outcome as `outcomes.INDEX.FIELD`, PilotNotRunning, NotAllowed.
    """
    require(actor, "inspections.run_pilot")
    run = lock_run(run)
    if run.status not in (PilotStatus.RUNNING, PilotStatus.CONCLUDED):
        raise PilotNotRunning
    if began and may_begin_earlier(run, [began]):
        _begin_earlier(run=run, began=began, actor=actor, at=at)
    units = list(run.units.select_related("market"))
    pairs = _pairs(outcomes, units)
    if run.status == PilotStatus.CONCLUDED:
        return _record_late(run, pairs, actor=actor, at=at)
    new = sorted((index, sent.order) for index, sent, unit in pairs if unit is None and sent.unit is None)
    free = sum(not unit.order_reference and not unit.outcome for unit in units)
    left = {index for index, _order in new[free:]}  # the units are those of the first orders
    new = new[:free]
    if new:
        assign_orders(run=run, orders=[order for _index, order in new], actor=actor, at=at)
    done: dict[int, str] = {}
    facts: dict[int, tuple[int, str, str]] = {}
    sending: list[tuple[int, OutcomeInput]] = []
    for index, sent, unit in pairs:
        if index in left or not sent.outcome:
            done[index] = LEFT if index in left else NEW if unit is None else UNCHANGED
            continue
        if unit is None or not unit.outcome:
            done[index] = NEW
            sending.append((index, sent))
            continue
        merged = merge(unit, sent)
        facts[index] = unit.number, unit.outcome, sent.outcome
        if merged is not None:
            done[index] = CHANGED
            sending.append((index, merged))
        else:
            done[index] = KEPT if SEVERITY[sent.outcome] < SEVERITY[unit.outcome] else UNCHANGED
    if sending:
        try:
            record_outcomes(
                run=run,
                outcomes=[sent for _i, sent in sending],
                actor=actor,
                at=at,
                correct=True,
                needs_reason=False,
            )
        except InvalidInput as refusal:
            raise InvalidInput(
                [_at_index(error, [index for index, _s in sending]) for error in refusal.errors]
            ) from None
    return Told([done[index] for index in range(len(outcomes))], facts)


def _begin_earlier(*, run: PilotRun, began: date, actor: User, at: datetime) -> None:
    """Under the lock of the run, of which `may_begin_earlier` is true. Who does so does not conclude the run as passed."""
    before = localdate(run.started_at)
    run.started_at, run.backdated_by = make_aware(datetime.combine(began, time())), actor
    run.save(update_fields=["started_at", "backdated_by"])
    record_event("pilot.began_earlier", run.stream, at=at, actor=actor, **facts_of(run), began=began, before=before)


Pairs = list[tuple[int, OutcomeInput, PilotUnit | None]]


def _pairs(outcomes: Sequence[OutcomeInput], units: Sequence[PilotUnit]) -> Pairs:
    """(index, outcome, unit that it is of); None for one of an order that no unit has."""
    by_number = {unit.number: unit for unit in units}
    pairs: Pairs = [
        (index, sent, by_number.get(sent.unit)) for index, sent in enumerate(outcomes) if sent.unit is not None
    ]
    orders: dict[str, list[int]] = {}
    for index, sent in enumerate(outcomes):
        if sent.unit is None:
            orders.setdefault(sent.order, []).append(index)
    for order, indices in orders.items():
        pairs += _paired(order, indices, outcomes, units)
    return pairs


def _record_late(run: PilotRun, pairs: Pairs, *, actor: User, at: datetime) -> Told:
    """What an export says of a run that is over: worse than a unit had it is added as late, all else changes nothing."""
    known = set(PilotLate.objects.filter(unit__run=run).values_list("unit_id", "outcome"))
    done: dict[int, str] = {}
    facts: dict[int, tuple[int, str, str]] = {}
    late: list[tuple[int, OutcomeInput]] = []
    for index, sent, unit in pairs:
        if unit is None:
            done[index] = LEFT
        elif (
            SEVERITY[sent.outcome] <= max(SEVERITY[unit.outcome], SEVERITY[PilotOutcome.OK])
            or (unit.pk, sent.outcome) in known
        ):
            done[index] = UNCHANGED
        else:
            done[index], facts[index] = CHANGED, (unit.number, unit.outcome or PilotOutcome.OK, sent.outcome)
            late.append((index, replace(sent, unit=unit.number, order="")))
    if late:
        try:
            record_late_outcomes(run=run, outcomes=[sent for _i, sent in late], actor=actor, at=at, needs_reason=False)
        except InvalidInput as refusal:
            raise InvalidInput([_at_index(error, [index for index, _s in late]) for error in refusal.errors]) from None
    return Told([done[index] for index, _sent, _unit in sorted(pairs, key=lambda pair: pair[0])], facts)


def _paired(
    order: str, indices: Sequence[int], outcomes: Sequence[OutcomeInput], units: Sequence[PilotUnit]
) -> Iterator[tuple[int, OutcomeInput, PilotUnit | None]]:
    """Which unit of the order each outcome is of: one that has it already, then the others, best first; None for a new one.

    So the same export finds the same units whatever the order of its lines.
    """
    names = [order, *(f"{order}/{number}" for number in range(2, len(units) + 1))]
    wanted = {look_of(name) for name in names}
    known = {look: unit for unit in units if (look := look_of(unit.order_reference)) in wanted}
    free = sorted(known.values(), key=lambda unit: (SEVERITY[unit.outcome], unit.number))
    left = sorted(indices, key=lambda index: SEVERITY.get(outcomes[index].outcome, 0))
    for index in list(left):
        same = next((unit for unit in free if unit.outcome == outcomes[index].outcome), None)
        if same is not None:
            free.remove(same)
            left.remove(index)
            yield index, outcomes[index], same
    unused = iter(name for name in names if look_of(name) not in known)
    # Outcomes that the order's units have not got: the worst go to those that have one, a new unit takes what is left.
    while len(left) > len(free):
        index = left.pop(0)
        yield index, replace(outcomes[index], order=next(unused, order)), None
    for index, unit in zip(left, free, strict=False):
        yield index, replace(outcomes[index], order=unit.order_reference), unit


def merge(unit: PilotUnit, sent: OutcomeInput) -> OutcomeInput | None:
    """The unit's outcome and what was sent together, the worse outcome and all faults of both; None for no change."""
    outcome = max(unit.outcome, sent.outcome, key=lambda each: SEVERITY.get(each, 0))
    if outcome == PilotOutcome.OK:
        damage, complaints = "", []
    else:
        damage = sent.damage or unit.damage
        if not damage and outcome == PilotOutcome.RETURNED and PilotOutcome.DAMAGED in (unit.outcome, sent.outcome):
            damage = "product"
        complaints = sorted({*unit.complaints, *sent.complaints})
    is_older = SEVERITY.get(sent.outcome, 0) < SEVERITY[unit.outcome]
    facts = {}
    for name in FACTS:
        before, now = getattr(unit, name), getattr(sent, name)
        facts[name] = (before or now) if is_older else (now if now not in ("", None) else before)
    if outcome != PilotOutcome.RETURNED:
        facts["return_reason"], facts["returned_on"] = "", None
    merged = OutcomeInput(
        unit=unit.number, order=unit.order_reference, outcome=outcome, damage=damage, complaints=complaints,
        market=sent.market, **facts,
    )  # fmt: skip
    before_all = (unit.outcome, unit.damage, list(unit.complaints), *(getattr(unit, name) for name in FACTS))
    after_all = (outcome, damage, complaints, *(getattr(merged, name) for name in FACTS))
    is_told = bool(sent.market) and (unit.market is None or unit.market.code != sent.market)
    return None if before_all == after_all and not is_told else merged


def _at_index(error: FieldError, indices: Sequence[int]) -> FieldError:
    """`outcomes.2.order` of those that were passed on, as it stands among all."""
    parts = error.field.split(".")
    if len(parts) == 3 and parts[1].isdecimal():
        parts[1] = str(indices[int(parts[1])])
    return replace(error, field=".".join(parts))


def kept_words(number: int, outcome: str, sent: str) -> str:
    return _("Unit %(unit)s is %(outcome)s already; “%(sent)s” of another file does not undo that.") % {
        "unit": number,
        "outcome": PilotOutcome(outcome).label,
        "sent": PilotOutcome(sent).label,
    }


def changed_words(number: int, outcome: str, sent: str) -> str:
    if outcome == sent:
        return _("Unit %(unit)s stays %(outcome)s; what is said of it changes.") % {
            "unit": number,
            "outcome": PilotOutcome(outcome).label,
        }
    return _("Unit %(unit)s was %(outcome)s and is %(sent)s now.") % {
        "unit": number,
        "outcome": PilotOutcome(outcome).label,
        "sent": PilotOutcome(sent).label,
    }

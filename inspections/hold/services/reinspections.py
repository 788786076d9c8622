"""Ending a hold by inspecting its batch again: what a critical one asks for before, and who stands for it after (R3)."""

from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access import require
from accounts.models import User
from accounts.signature import require_shown
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from activity.models import Event
from activity.services import happened, record_event, record_events
from activity.transactions import one_transaction
from inspections.hold.reads import digest_of
from inspections.hold.services.holds import end_hold, lock_open_hold, people_of, who_inspected
from inspections.models import Batch, Countersignature, DispositionKind, Hold, Inspection, ReinspectionOrder
from inspections.models.choices import one_of

LONGEST_NOTE = 10_000


class NothingToCountersign(RuleBroken):
    code = "nothing_to_countersign"
    detail = _(
        "No accepted re-inspection of this hold waits for a countersignature. Look at the hold: it says what it waits for."
    )


class InspectorMayNotCountersign(NotAllowed):
    code = "inspector_may_not_countersign"
    detail = _(
        "Who inspected the batch, or stopped it by hand, may not countersign. Ask a quality manager who did neither."
    )


class NotHeldForInspection(RuleBroken):
    code = "not_held_for_inspection"
    detail = _("This hold waits for its product to be re-qualified; an inspection does not end it.")


@one_transaction()
def order_reinspection(*, hold: Hold, reason: str, actor: User, at: datetime) -> ReinspectionOrder:
    """A manager's word that the batch is inspected again without an answer or a rework.

    Raises HoldEnded, NotHeldForInspection, InvalidInput without a reason, NotAllowed.
    """
    require(actor, "inspections.decide_hold")
    if not reason.strip() or len(reason) > LONGEST_NOTE:
        raise InvalidInput.one("reason", "required", _("Say why it is inspected again, and what to look at."))
    hold = lock_open_hold(hold)
    if hold.waits_for_product:
        raise NotHeldForInspection
    order = ReinspectionOrder.objects.create(hold=hold, reason=reason.strip(), ordered_at=at, ordered_by=actor)
    record_event(
        "hold.reinspection_ordered", hold.batch.stream, at=at, actor=actor, hold=str(hold.uid), reason=order.reason
    )
    return order


def is_called_for(hold: Hold, *, by: datetime) -> bool:
    """Whether a re-inspection that is planned then may end the hold: of a critical one somebody has answered, reworked or
    ordered it before."""
    reworked = one_of("dispositions__kind", [kind for kind in DispositionKind if kind.facts.reopens])
    calls = (
        Q(responses__responded_at__lte=by)
        | Q(orders__ordered_at__lte=by)
        | (reworked & Q(dispositions__decided_at__lte=by))
    )
    return not hold.is_critical or Hold.objects.filter(calls, pk=hold.pk).exists()


def is_by_the_same(hold: Hold, inspection: Inspection) -> bool:
    """Whether somebody led, recorded or corrected something both in what the hold rests on and in its re-inspection."""
    again = {user for user, _hold in people_of(Q(pk=inspection.pk))} | {inspection.inspector_id}
    return bool(again & who_inspected(hold))


def may_countersign(hold: Hold, user: User) -> bool:
    """Whether the user inspected neither what the hold rests on nor the re-inspection that waits for a signature."""
    again = {person for person, _hold in people_of(Q(pk=hold.to_countersign_id))}
    return user.pk not in again | who_inspected(hold)


def why_it_stays(hold: Hold, inspection: Inspection) -> str:
    """Why an accepted re-inspection does not end an open hold yet, as a code; "" where it does.

    A critical hold it ends only where it was called for, and once a manager has countersigned it where somebody inspected
    again who had inspected before.
    """
    if not is_called_for(hold, by=inspection.planned_at):
        return "not_called_for"
    return "same_inspector" if hold.is_critical and is_by_the_same(hold, inspection) else ""


def keep_for(why: str, hold: Hold, inspection: Inspection, *, actor: User, at: datetime) -> Event:
    """Let the hold say what it waits for; the caller saves it. The inspection is saved."""
    if why == "same_inspector":
        hold.to_countersign = inspection
    return _stays(hold, inspection, why, actor=actor, at=at)


def _stays(hold: Hold, inspection: Inspection, why: str, *, actor: User, at: datetime) -> Event:
    return happened(
        "hold.stays",
        hold.batch.stream,
        at=at,
        actor=actor,
        hold=str(hold.uid),
        inspection=str(inspection.uid),
        round=inspection.round,
        why=why,
    )


def found_before(batch: Batch, *, at: datetime) -> int:
    """How many units rejected rounds and critical findings showed that nobody has reworked, returned or scrapped since: an
    acceptance sets them aside with its own (R2; SQL: `still_among_others`). No statement for a batch that was never held.
    """
    if not batch.hold_count:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT still_among_others(%s, %s, NULL)", [batch.pk, at])
        return cursor.fetchone()[0]


def _free(hold: Hold, inspection: Inspection, aside: int, *, actor: User, at: datetime) -> list[Event]:
    good = hold.remaining - hold.sorted_out
    hold.batch.move(good, source="on_hold", to="available")
    hold.batch.move(aside, source="available", to="set_aside")
    hold.remaining -= good
    hold.to_countersign = None
    events = [] if hold.remaining else [end_hold(hold, actor=actor, at=at, inspection=inspection)]
    hold.save()
    return events


@one_transaction()
def countersign_reinspection(
    *, hold: Hold, signature: str, actor: User, at: datetime, note: str = "", digest: str | None = None
) -> Countersignature:
    """The second person's word under an accepted re-inspection: it ends the hold now, as it would have alone.

    `signature` says how the actor signed ("password" or "token"), `digest` names what was shown (`digest_of`). Raises
    HoldEnded, ChangedMeanwhile, NothingToCountersign, InspectorMayNotCountersign, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.decide_hold")
    if len(note) > LONGEST_NOTE:
        raise InvalidInput.one("note", "too_long", _("At most %(most)s characters are kept.") % {"most": LONGEST_NOTE})
    hold = lock_open_hold(hold)
    if digest is not None:
        require_shown(digest, digest_of(hold))
    inspection = hold.to_countersign
    if inspection is None:
        raise NothingToCountersign
    if not may_countersign(hold, actor):
        raise InspectorMayNotCountersign
    aside = min(found_before(hold.batch, at=at), hold.batch.available + hold.remaining - hold.sorted_out)
    signed = Countersignature.objects.create(
        hold=hold,
        inspection=inspection,
        note=note.strip(),
        set_aside=aside,
        signature=signature,
        signed_at=at,
        signed_by=actor,
    )
    events = [
        happened(
            "hold.countersigned",
            hold.batch.stream,
            at=at,
            actor=actor,
            hold=str(hold.uid),
            inspection=str(inspection.uid),
            round=inspection.round,
            note=signed.note,
        )
    ]
    if aside:
        facts = {"inspection": str(inspection.uid), "quantity": aside, "sorted_out": 0}
        events.insert(0, happened("units.set_aside", hold.batch.stream, at=at, actor=actor, **facts))
    events += _free(hold, inspection, aside, actor=actor, at=at)
    hold.batch.save_quantities()
    record_events(events)
    return signed

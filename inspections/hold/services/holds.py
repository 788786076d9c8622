"""Stopping a batch, answering for it, and deciding what becomes of it (R1, R3)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.db.models import Q
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext_lazy as _

from accounts.access import require
from accounts.models import User
from accounts.signature import require_shown
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from activity.models import Event
from activity.services import happened, record_event, record_events
from activity.transactions import one_transaction
from inspections.hold.reads import digest_of
from inspections.hold.services.files import store_response_files
from inspections.models import (
    Batch,
    Disposition,
    DispositionKind,
    Finding,
    Hold,
    HoldReason,
    HoldResponse,
    HoldStatus,
    Inspection,
    InspectionStatus,
    Recorder,
)

# Why a hold that rests on inspections alone was placed.
FOUND = (HoldReason.CRITICAL, HoldReason.REJECTED)
ANSWER_WITHIN = timedelta(hours=48)


class HoldEnded(RuleBroken):
    code = "hold_ended"
    detail = _("This hold has ended; nothing of the batch is covered by it any more.")


class InspectorMayNotDecide(NotAllowed):
    code = "inspector_may_not_decide"
    detail = _("Who inspected the batch may not decide its hold. Ask a second person to sign.")


class PlacerMayNotDecide(NotAllowed):
    code = "placer_may_not_decide"
    detail = _(
        "You stopped this batch by hand, so you may not decide what ends it. Ask another person who may decide holds to sign."
    )


class NothingToHold(RuleBroken):
    code = "nothing_to_hold"
    detail = _("Nothing of this batch can be held: all of it is shipped, returned, scrapped or on hold already.")


def stop_batch(
    batch: Batch,
    *,
    reason: str,
    finding: dict[str, Any],
    at: datetime,
    actor: User | None,
    note: str = "",
    is_critical: bool = False,
) -> tuple[Hold, list[Event]]:
    """Put all that is awaiting or available on hold. The caller holds the batch's lock and records the events.

    An open hold takes the units over; a re-inspection that it waited for to be countersigned says nothing of what is found
    now. When nothing is left to hold, what is critical holds whatever comes back or is replaced; else, and where nothing can,
    the batch's last hold already decided on all of it and is the one returned.
    `is_critical` of a hold for another reason: what it covers was critical before.
    """
    is_critical = is_critical or reason == HoldReason.CRITICAL
    taken = batch.awaiting + batch.available
    hold = batch.open_hold
    may_come = reason == HoldReason.CRITICAL and (batch.shipped or batch.set_aside or not batch.hold_count)
    if hold is None and not taken and not may_come:
        return batch.holds.latest("id"), []
    batch.move(batch.awaiting, source="awaiting", to="on_hold")
    batch.move(batch.available, source="available", to="on_hold")
    facts = {"reason": reason, "quantity": taken, "finding": finding} | ({"note": note} if note else {})
    if hold:
        before = (hold.quantity, hold.is_critical, hold.to_countersign_id)
        hold.quantity += taken
        hold.remaining += taken
        hold.is_critical = hold.is_critical or is_critical
        hold.to_countersign = None
        if (hold.quantity, hold.is_critical, None) != before:
            hold.save(update_fields=["quantity", "remaining", "is_critical", "to_countersign"])
        events = [happened("hold.confirmed", batch.stream, at=at, actor=actor, hold=str(hold.uid), **facts)]
    else:
        batch.hold_count += 1
        hold = Hold.objects.create(
            batch=batch,
            ordinal=batch.hold_count,
            reason=reason,
            is_critical=is_critical,
            finding=finding,
            note=note,
            quantity=taken,
            remaining=taken,
            placed_at=at,
            placed_by=actor,
            answer_due_at=at + ANSWER_WITHIN,
        )
        batch.open_hold = hold
        events = [happened("hold.placed", batch.stream, at=at, actor=actor, hold=str(hold.uid), **facts)]
    batch.save_quantities()
    return hold, events


@one_transaction()
def place_hold(*, batch: Batch, note: str, actor: User, at: datetime) -> Hold:
    """Stop a batch by hand. Raises NothingToHold, InvalidInput without a note, NotAllowed."""
    require(actor, "inspections.place_hold")
    if not note.strip():
        raise InvalidInput.one("note", "required", _("Say why the batch is stopped; the supplier reads it."))
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not batch.awaiting + batch.available:
        raise NothingToHold
    hold, events = stop_batch(batch, reason=HoldReason.MANUAL, finding={}, at=at, actor=actor, note=note.strip())
    record_events(events)
    return hold


@one_transaction()
def expire_deviation(*, batch: Batch, at: datetime) -> None:
    """Put what was accepted on a deviation that has run out, and did not ship, on hold again."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.available and batch.deviation_until and batch.deviation_until <= at:
        was_critical = batch.holds.filter(is_critical=True).exists()
        _hold, events = stop_batch(
            batch, reason=HoldReason.DEVIATION_EXPIRED, finding={}, at=at, actor=None, is_critical=was_critical
        )
        record_events(events)


def rests_on(hold: Hold) -> Q:
    """What a hold rests on, of inspections and of findings alike.

    What was accepted on a deviation and did not ship in time is held for what it was held for before.
    """
    found = Q(hold=hold.pk)
    if hold.reason == HoldReason.DEVIATION_EXPIRED:
        found |= Q(hold__batch=hold.batch_id, hold__lt=hold.pk)
    return found


def rests_on_abandoned(hold: Hold) -> bool:
    """Whether an open hold rests on abandoned inspections and on nothing else: no other inspection, no finding that was told
    outside of them, nobody's stop. At most three statements."""
    if hold.status != HoldStatus.OPEN or hold.reason not in FOUND:
        return False
    inspections = hold.inspections.values_list("pk", "status")
    if {status for _pk, status in inspections} != {InspectionStatus.ABANDONED}:
        return False
    if hold.findings.exclude(late=False, inspection__in=[pk for pk, _status in inspections]).exists():
        return False
    joined = Event.objects.filter(stream=hold.batch.stream, kind="hold.confirmed", data__hold=str(hold.uid))
    return not joined.exclude(data__reason__in=FOUND).exists()


def people_of(which: Q) -> Iterable[tuple[int, int | None]]:
    """Everyone who ever led, recorded, corrected or found something in these inspections, each with the hold that theirs
    joined (ids). One statement."""
    inspections = Inspection.objects.filter(which)
    led = inspections.values_list("inspector", "hold")
    recorded = Recorder.objects.filter(inspection__in=inspections).values_list("user", "inspection__hold")
    found = Finding.objects.filter(inspection__in=inspections).values_list("found_by", "inspection__hold")
    return led.union(recorded, found)


def who_placed(hold: Hold) -> set[int]:
    """The ids of everyone who stopped by hand what the hold covers; it rests on their word alone (R3). At most two statements."""
    holds = {hold.pk: hold}
    if hold.reason == HoldReason.DEVIATION_EXPIRED:
        holds |= {before.pk: before for before in hold.batch.holds.filter(pk__lt=hold.pk)}
    people = {each.placed_by_id for each in holds.values() if each.reason == HoldReason.MANUAL}
    joined = Event.objects.filter(stream=hold.batch.stream, kind="hold.confirmed", data__reason=HoldReason.MANUAL)
    people.update(
        joined.filter(data__hold__in=[str(each.uid) for each in holds.values()]).values_list("actor", flat=True)
    )
    return {person for person in people if person is not None}


def who_inspected(hold: Hold) -> set[int]:
    """The ids of everyone who ever led, recorded, corrected or found something that the hold rests on, or stopped the batch by
    hand (R3)."""
    people = {user for user, _hold in people_of(rests_on(hold))} | who_placed(hold)
    if hold.batch.finding_count:
        people.update(Finding.objects.filter(rests_on(hold)).values_list("found_by", flat=True))
    return people


def is_inspected_by(hold: Hold, user: User) -> bool:
    """Whether the user ever led, recorded or corrected what the hold rests on, or placed it, and so may not decide it (R3)."""
    return user.pk in who_inspected(hold)


def lock_hold(hold: Hold) -> Hold:
    """The hold as it is now, under the lock of its batch."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=hold.batch_id)
    hold = batch.holds.select_for_update().get(pk=hold.pk)
    hold.batch = batch
    return hold


def lock_open_hold(hold: Hold) -> Hold:
    """The hold as it is now, under the lock of its batch. Raises HoldEnded."""
    hold = lock_hold(hold)
    if hold.status != HoldStatus.OPEN:
        raise HoldEnded
    return hold


@one_transaction()
def respond_to_hold(
    *,
    hold: Hold,
    root_cause: str,
    corrective_action: str,
    actor: User,
    at: datetime,
    wants_reinspection: bool = False,
    files: Sequence[UploadedFile] = (),
) -> HoldResponse:
    """The supplier's answer, with proof, also once the hold has ended. Raises InvalidInput, NotAllowed."""
    require(actor, "inspections.respond_to_hold")
    for field, value in (("root_cause", root_cause), ("corrective_action", corrective_action)):
        if not value.strip():
            raise InvalidInput.one(field, "required", _("Write an answer here."))
    hold = lock_hold(hold)
    response = HoldResponse.objects.create(
        hold=hold,
        root_cause=root_cause.strip(),
        corrective_action=corrective_action.strip(),
        wants_reinspection=wants_reinspection,
        responded_at=at,
        responded_by=actor,
    )
    stored = store_response_files(response, files)
    record_event(
        "hold.answered",
        hold.batch.stream,
        at=at,
        actor=actor,
        hold=str(hold.uid),
        root_cause=response.root_cause,
        corrective_action=response.corrective_action,
        wants_reinspection=wants_reinspection,
        files=len(stored),
    )
    return response


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody wants to sign. `good` is used by sort alone, `limit` and `expires_on` by a deviation alone."""

    kind: str
    quantity: int
    reason: str
    good: int | None = None
    limit: str = ""
    expires_on: date | None = None


class NoWordsToSign(RuleBroken):
    code = "no_words_to_sign"
    detail = _("This disposition does not say what would be signed, so nobody can sign it. Choose another one.")


def check_decision(decision: Decision, hold: Hold, at: datetime) -> int:
    """How many units the decision frees. Raises InvalidInput naming the field that does not fit the hold, NoWordsToSign."""
    if decision.kind in DispositionKind.values and not DispositionKind(decision.kind).facts.has_words:
        raise NoWordsToSign
    kinds = dispositions_for(hold)
    if decision.kind not in kinds:
        raise InvalidInput.one("disposition", "invalid_choice", _("Choose one of %(all)s.") % {"all": ", ".join(kinds)})
    facts = DispositionKind(decision.kind).facts
    if not decision.reason.strip():
        raise InvalidInput.one("reason", "required", _("Give the reason; it is signed with the decision."))
    most = most_for(decision.kind, hold)
    if not hold.remaining and decision.quantity:
        detail = _("This hold covers no units now: it is decided for 0, and for what comes back later.")
        raise InvalidInput.one("quantity", "out_of_range", detail)
    if hold.remaining and not 1 <= decision.quantity <= most:
        raise InvalidInput.one(
            "quantity", "out_of_range", _("This can be decided for 1 to %(most)s units of the hold.") % {"most": most}
        )
    if facts.is_for_more and decision.quantity != most:
        raise InvalidInput.one(
            "quantity",
            "out_of_range",
            _("The whole hold is decided at once: all of its %(most)s units.") % {"most": most},
        )
    if "good" in facts.asks_for and (decision.good is None or not 0 <= decision.good <= decision.quantity):
        raise InvalidInput.one(
            "good",
            "out_of_range",
            _("Give the number of good units, 0 to %(most)s; the others are counted as bad.")
            % {"most": decision.quantity},
        )
    if "good" in facts.asks_for and decision.quantity - (decision.good or 0) < (
        least := _least_bad(decision, hold, at)
    ):
        raise InvalidInput.one(
            "good",
            "known_bad",
            _("At least %(least)s of these units are on record as nonconforming: they are not sorted as good.")
            % {"least": least},
        )
    if "expires_on" in facts.asks_for:
        if decision.expires_on is None:
            raise InvalidInput.one("expires_on", "required", _("Give the last day on which the units may ship."))
        if decision.expires_on < localdate(at):
            raise InvalidInput.one("expires_on", "past", _("The last day to ship lies in the past."))
    if facts.frees == "good":
        return decision.good or 0
    return decision.quantity if facts.frees == "all" else 0


def _least_bad(decision: Decision, hold: Hold, at: datetime) -> int:
    """How many of the units that are sorted must be bad by the record: those that it shows, but for what may be among the units
    that are not sorted now, or have left."""
    others = most_for(decision.kind, hold) - decision.quantity + hold.batch.shipped
    with connection.cursor() as cursor:  # two rounds may have met the same units: the largest of one is certain
        cursor.execute(
            "SELECT least(still_among_others(%(batch)s, %(at)s, NULL), greatest("
            " (SELECT max(shown_nonconforming(id)) FROM inspections_inspection"
            "  WHERE batch_id = %(batch)s AND hold_id IS NOT NULL AND NOT is_invalid),"
            " (SELECT max(nonconforming) FROM inspections_finding"
            "  WHERE batch_id = %(batch)s AND nonconformity_class = 'critical'), 0))",
            {"batch": hold.batch_id, "at": at},
        )
        return max(0, cursor.fetchone()[0] - others)


def most_for(kind: str, hold: Hold) -> int:
    """How many units of a hold a disposition can be signed for: what is known to be bad is neither released nor sorted once
    more, nor, where it is critical, accepted on a deviation."""
    is_conceded = kind == DispositionKind.ACCEPT_ON_DEVIATION and hold.is_critical
    is_for_unsorted = DispositionKind(kind).facts.for_unsorted or is_conceded
    return hold.remaining - hold.sorted_out if is_for_unsorted else hold.remaining


def dispositions_for(hold: Hold) -> list[str]:
    """What may be decided on a hold of this kind, and on units that are left: what is known to be bad is not released."""
    is_abandoned, is_typing_error = rests_on_abandoned(hold), hold.rests_on_a_typing_error
    return [
        kind.value
        for kind in DispositionKind
        if kind.facts.has_words
        and (hold.waits_for_product or not kind.facts.for_product)
        and (is_abandoned or not kind.facts.for_sample)
        and (is_typing_error or not kind.facts.for_typing_error)
        and (hold.status == HoldStatus.ENDED or (most_for(kind, hold) if hold.remaining else kind.facts.for_nothing))
    ]


Act = Callable[..., Disposition]
_ACTS: dict[str, Act] = {}


def signed_by(kind: str) -> Callable[[Act], Act]:
    """Registers what signs a disposition that is a word on more than the hold: `decide_hold` hands it over whole.

    It takes the arguments of `decide_hold`, calls `sign_disposition` for every hold that it decides, and runs in the
    transaction and under the permission of its caller.
    """

    def register(act: Act) -> Act:
        _ACTS[kind] = act
        return act

    return register


@one_transaction()
def decide_hold(
    *, hold: Hold, decision: Decision, signature: str, actor: User, at: datetime, digest: str | None = None
) -> Disposition:
    """Sign a disposition for some or all of the units that a hold covers; the hold ends when none are left (R3).

    release and accept on deviation make them available; sort makes the good ones available and leaves the bad ones on
    hold until they are reworked, returned or scrapped; rework sends them back to inspection; requalify is a word on the
    product and ends every hold that waits for it; invalid sample is a word on an abandoned inspection, which then does not
    count. `signature` says how the actor signed ("password" or "token"), `digest` names what was shown (`digest_of`). Raises
    HoldEnded, ChangedMeanwhile, InspectorMayNotDecide, PlacerMayNotDecide, InvalidInput, NotAllowed, and what the word on
    the product raises.
    """
    require(actor, "inspections.decide_hold")
    is_for_more = decision.kind in DispositionKind.values and DispositionKind(decision.kind).facts.is_for_more
    if digest is not None:  # a word on more locks the product first, and its batches after it
        now = Hold.objects.select_related("batch").get(pk=hold.pk) if is_for_more else lock_open_hold(hold)
        require_shown(digest, digest_of(now))
    sign = _ACTS[decision.kind] if is_for_more else sign_disposition
    return sign(hold=hold, decision=decision, signature=signature, actor=actor, at=at)


def sign_disposition(*, hold: Hold, decision: Decision, signature: str, actor: User, at: datetime) -> Disposition:
    """The decision on one hold alone. The caller has begun the transaction and asked for the permission.

    Raises HoldEnded, InspectorMayNotDecide, PlacerMayNotDecide, InvalidInput.
    """
    hold = lock_open_hold(hold)
    if is_inspected_by(hold, actor):
        raise PlacerMayNotDecide if actor.pk in who_placed(hold) else InspectorMayNotDecide
    freed = check_decision(decision, hold, at)
    facts = DispositionKind(decision.kind).facts
    batch = hold.batch
    disposition = Disposition.objects.create(
        hold=hold,
        kind=decision.kind,
        quantity=decision.quantity,
        freed=freed,
        reason=decision.reason.strip(),
        limit=decision.limit.strip(),
        expires_on=decision.expires_on if "expires_on" in facts.asks_for else None,
        signature=signature,
        decided_at=at,
        decided_by=actor,
    )
    moved = decision.quantity if facts.frees == "none" else freed
    batch.move(moved, source="on_hold", to=facts.place_after)
    hold.remaining -= moved
    if facts.frees == "none":
        hold.sorted_out = max(0, hold.sorted_out - moved)
    else:
        hold.sorted_out = min(hold.sorted_out + decision.quantity - freed, hold.remaining)
    if disposition.expires_on:
        until = make_aware(datetime.combine(disposition.expires_on + timedelta(days=1), time.min))
        batch.deviation_until = min(until, batch.deviation_until or until)
    events = [
        happened(
            "hold.decided",
            batch.stream,
            at=at,
            actor=actor,
            hold=str(hold.uid),
            disposition=decision.kind,
            quantity=decision.quantity,
            freed=freed,
            reason=disposition.reason,
        )
    ]
    if not hold.remaining:
        events.append(end_hold(hold, actor=actor, at=at))
    hold.save()
    batch.save_quantities()
    record_events(events)
    return disposition


def end_hold(hold: Hold, *, actor: User, at: datetime, inspection: Inspection | None = None) -> Event:
    """Mark a hold that covers nothing any more as ended; the caller saves it and records the event."""
    hold.status = HoldStatus.ENDED
    hold.remaining = hold.sorted_out = 0
    hold.to_countersign = None
    hold.ended_at, hold.ended_by, hold.ended_by_inspection = at, actor, inspection
    facts = {"inspection": str(inspection.uid)} if inspection else {}
    return happened("hold.ended", hold.batch.stream, at=at, actor=actor, hold=str(hold.uid), **facts)

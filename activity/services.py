"""Recording what happened, and telling those who have to know."""

import json
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone

from activity.models import Answer, Delivery, DeliveryStatus, Event
from activity.nudges import nudges
from activity.tracing import part_of_request, request_id
from activity.transactions import one_transaction

logger = logging.getLogger(__name__)

# Sent with `events` inside the transaction of what happened, after they are stored. For what must never be a moment
# behind, such as a gate; everything else is a `receiver`. Each change records its event, so no path goes round it.
recorded = Signal()

# What the events that are recorded now are part of, as "import:UID": their `part_of`.
_whole: ContextVar[str] = ContextVar("whole", default="")

SECONDS_OF_A_TURN = 10.0
RETRY_FOR = timedelta(days=3)
ANSWERS_KEPT = timedelta(days=7)  # to a request with an Idempotency-Key, for its repeats
Receiver = Callable[[Event], None]
_receivers: dict[str, Receiver] = {}
_receivers_of: dict[str, list[str]] = {}


def receiver(*kinds: str) -> Callable[[Receiver], Receiver]:
    """Register a function that must hear of events of these kinds, after commit, at least once.

    It gets the Event and must bear running twice. Its name is stored, so renaming it orphans what is waiting.
    """

    def register(function: Receiver) -> Receiver:
        name = f"{function.__module__}.{function.__name__}"
        _receivers[name] = function
        for kind in kinds:
            _receivers_of.setdefault(kind, []).append(name)
        return function

    return register


class NotYet(Exception):
    """Raised by a receiver that has to hear of an event later: it is asked again after `wait`, and this was no failure."""

    def __init__(self, wait: timedelta):
        super().__init__(wait)
        self.wait = wait


@contextmanager
def part_of(whole: str) -> Iterator[None]:
    """Every event that is recorded within says that it is part of `whole`, in however many transactions that is done."""
    token = _whole.set(whole)
    try:
        yield
    finally:
        _whole.reset(token)


def happened(kind: str, stream: str, *, at: datetime, actor: Any, **data: Any) -> Event:
    """An event that is not stored yet; give it to `record_events`."""
    return Event(kind=kind, stream=stream, at=at, actor=actor, data=data)


def record_events(events: Iterable[Event]) -> None:
    """Store events, and what is owed to their receivers, in the caller's transaction; nudge after commit."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An event belongs to the transaction of what happened.")
    events = list(events)
    if not events:
        return
    if whole := _whole.get():
        for event in events:
            event.data = {**event.data, "part_of": whole}
    owed = [(kind, name) for kind in {event.kind for event in events} for name in _receivers_of.get(kind, ())]
    _store(events, owed)
    if owed:
        transaction.on_commit(nudge)
    recorded.send(sender=Event, events=events)


_STORE = """
    WITH event AS (
        INSERT INTO activity_event (kind, stream, at, actor_id, data, request)
        SELECT kind, stream, at, actor_id, data, %s
        FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::bigint[], %s::jsonb[])
            WITH ORDINALITY AS sent (kind, stream, at, actor_id, data, place)
        ORDER BY place
        RETURNING id, kind, at
    ), delivery AS (
        INSERT INTO activity_delivery (event_id, receiver, status, due_at, attempts, last_error)
        SELECT event.id, owed.receiver, 'waiting', event.at, 0, ''
        FROM event JOIN unnest(%s::text[], %s::text[]) AS owed (kind, receiver) USING (kind)
    )
    SELECT id FROM event ORDER BY id
"""


def _store(events: Sequence[Event], owed: Sequence[tuple[str, str]]) -> None:
    """Insert events in their order, and a delivery for each of its kind's receivers. One statement."""
    told = [(e.kind, e.stream, e.at, e.actor_id, json.dumps(e.data, cls=DjangoJSONEncoder)) for e in events]
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE, [request_id(), *map(list, zip(*told, strict=True)), [k for k, _ in owed], [r for _, r in owed]]
        )
        for event, (pk,) in zip(events, cursor.fetchall(), strict=True):
            event.pk = pk
            event._state.adding = False


def record_event(kind: str, stream: str, *, at: datetime, actor: Any, **data: Any) -> None:
    """Store one event. See `record_events`."""
    record_events([happened(kind, stream, at=at, actor=actor, **data)])


def nudge() -> None:
    """Ask a worker to deliver now. A lost nudge costs seconds: beat asks again."""
    nudge_task("activity.tasks.deliver_events")


def nudge_task(name: str, *args: Any) -> None:
    """Queue a task without waiting for a broker that may be down or stand still.

    By its name, since the module of a task imports the services that nudge it.
    """
    nudges.add(name, args)


def take_a_turn(*steps: Callable[..., bool], again: Callable[[], None]) -> None:
    """Do each step until it says that nothing is left; when the turn is over, let the other tasks of the queue go first.

    So photos do not wait until a hundred heavy papers are read.
    """
    until = monotonic() + SECONDS_OF_A_TURN
    for step in steps:
        while step(now=timezone.now()):
            if monotonic() > until:
                again()
                return


def forget_answers(*, now: datetime) -> int:
    """Delete the answers that were kept for a repeat for a week, a thousand at a time. How many they were."""
    forgotten = 0
    while True:
        some = Answer.objects.filter(at__lt=now - ANSWERS_KEPT).order_by("at").values("pk")[:1000]
        deleted, _by_model = Answer.objects.filter(pk__in=list(some.values_list("pk", flat=True))).delete()
        forgotten += deleted
        if not deleted:
            return forgotten


def deliver_one(*, now: datetime) -> bool:
    """Claim one due delivery and run its receiver. False when nothing is due.

    A receiver that fails is tried again after 20 s, 40 s, 80 s .. at most an hour apart, for three days.
    """
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(status=DeliveryStatus.WAITING, due_at__lte=now)
            .select_related("event")
            .order_by("due_at", "id")
            .first()
        )
        if delivery is None:
            return False
        delivery.attempts += 1
        try:
            with part_of_request(delivery.event.request), one_transaction():
                _receivers[delivery.receiver](delivery.event)
        except NotYet as later:
            delivery.attempts -= 1
            delivery.due_at = now + later.wait
        except Exception:
            logger.exception("Delivery %s to %s failed", delivery.pk, delivery.receiver)
            delivery.last_error = traceback.format_exc()[-2000:]
            delivery.due_at = now + timedelta(seconds=min(20 * 2 ** (delivery.attempts - 1), 3600))
            if now - delivery.event.at > RETRY_FOR:
                delivery.status = DeliveryStatus.GIVEN_UP
        else:
            delivery.status = DeliveryStatus.DONE
            delivery.done_at = now
        delivery.save()
    return True

"""The feed of events: oldest first, complete, for as long as the log lasts.

Numbers of rows are given before a commit, so a reader that keeps the highest number seen loses what commits later with a lower
one. The feed is in the order of transactions (`Event.transaction`, then the number) and ends where the first transaction that
is still open begins (`pg_snapshot_xip`): whatever is behind a cursor was committed when the cursor was given.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from activity.errors import InvalidInput, RuleBroken
from activity.models import Event
from activity.opaque import hide, reveal
from activity.published import published, subjects


def cursor_of(event: Event) -> str:
    return hide(event.pk)


class NotPlaced(RuleBroken):
    code = "events_not_placed"
    status = 503
    detail = _(
        "The events were restored from another server and are not placed yet, so that new ones would be missed. Start the"
        " server anew, or run place_restored_events."
    )


# Transactions are counted by the server: those of its other databases are open, too, and write nothing here. A lock is looked at
# after the snapshot was taken, so one that is gone by then is taken for ours, which only waits.
_STANDING = """
    SELECT least(coalesce((
        SELECT min(open) FROM pg_snapshot_xip(now) AS open WHERE NOT EXISTS (
            SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted AND transactionid = open::xid
                AND datname <> current_database()
        )
    ), pg_snapshot_xmax(now)), pg_current_xact_id_if_assigned())::text::bigint,
    greatest(pg_snapshot_xmax(now)::text::bigint - 1, pg_current_xact_id_if_assigned()::text::bigint)
        >= coalesce((SELECT max(transaction) FROM activity_event), 0)
    FROM pg_current_snapshot() AS now
"""
_PLACE = "UPDATE activity_event SET transaction = transaction - 1 - (SELECT max(transaction) FROM activity_event)"


def _horizon() -> int:
    """Of the oldest transaction that is still open. Raises NotPlaced where the log knows of some that are yet to come."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        horizon, is_placed = cursor.fetchone()
    if not is_placed:
        raise NotPlaced
    return horizon


@transaction.atomic
def place_restored() -> int:
    """Put events that another server wrote before all that this one will write, in their order. How many were moved.

    A server counts transactions by itself: after a restore its numbers may lie below those in the log. Cursors are numbers
    of rows, and stay what they are.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        if cursor.fetchone()[1]:
            return 0
        cursor.execute("ALTER TABLE activity_event DISABLE TRIGGER event_is_written_once")
        cursor.execute(_PLACE)
        count = cursor.rowcount
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE activity_event ENABLE TRIGGER event_is_written_once")
    return count


def _visible_to(user: Any) -> Q:
    """Published events of records that the user may see; to suppliers those kinds alone that concern them (R5)."""
    visible = Q(pk__in=[])
    for prefix, subject in subjects.items():
        streams = subject.streams(user)
        kinds = [k for k, each in published.items() if each.about == prefix and (streams is None or each.for_suppliers)]
        if streams is None:
            visible |= Q(kind__in=kinds)
        elif kinds:
            visible |= Q(kind__in=kinds, stream__in=streams)
    return visible


def _after(cursor: str) -> Q:
    """Raises InvalidInput for a cursor that leads nowhere."""
    pk = reveal(cursor)
    last = Event.objects.filter(pk=pk).first() if pk is not None else None
    if last is None:
        raise InvalidInput.one("after", "invalid", _("This cursor leads nowhere. Take one that the feed gave."))
    # The first half says nothing new, and is what an index is looked up by.
    return Q(transaction__gte=last.transaction) & (
        Q(transaction__gt=last.transaction) | Q(transaction=last.transaction, pk__gt=last.pk)
    )


def events_after(cursor: str, *, kinds: Collection[str], user: Any, most: int) -> QuerySet[Event]:
    """At most `most` events that the user may see, from a cursor on ("": from the beginning).

    Raises InvalidInput for a cursor or a kind that there is not.
    """
    if unknown := sorted(set(kinds) - set(published)):
        detail = _("There is no event %(unknown)s. Known are: %(known)s.")
        words = {"unknown": ", ".join(unknown), "known": ", ".join(sorted(published))}
        raise InvalidInput.one("kind", "unknown_kind", detail % words)
    events: QuerySet[Event] = Event.objects.filter(_visible_to(user), transaction__lt=_horizon())
    if kinds:
        events = events.filter(kind__in=kinds)
    if cursor:
        events = events.filter(_after(cursor))
    return events.select_related("actor").order_by("transaction", "pk")[:most]

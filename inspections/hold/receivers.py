"""Who is told that a batch is stopped, and that a supplier answered, within a minute of it.

Each function may run again: after a crash between sending and noting that it was done, or when the mail server failed
half-way. A repeated mail has the same Message-ID, so that mail programs show it once.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import now

from accounts.models import User
from accounts.roles import Role
from activity import mails
from activity.mails import Address
from activity.models import Delivery, DeliveryStatus, Event
from activity.services import NotYet, happened, receiver, record_events
from imports.services.sending import is_being_stored
from inspections.hold.services.reinspections import may_countersign
from inspections.models import Hold, HoldReason, HoldResponse
from suppliers.addresses import addresses_of_people, addresses_of_supplier

# Holds that were placed so close to each other are told in one mail to each reader; so are those of one import, however long
# it takes and in however many transactions, but for that nobody waits longer for a stop than this, and for a critical one not at all.
NEAR = timedelta(minutes=1)
LONGEST_WAIT, ASK_AGAIN = timedelta(minutes=10), timedelta(seconds=5)
LISTED = 20  # of them stand in the mail; it leads to all


@receiver("hold.placed")
def tell_supplier(event: Event) -> None:
    """Tell the people of the supplier that its batches are stopped, and note in their stories who was told."""
    supplier = _hold(event).batch.supplier
    stops = _to_tell(event, "supplier.told", Q(batch__supplier=supplier), receiver=tell_supplier)
    _tell(stops, "hold_placed", addresses_of_supplier(supplier), kind="supplier.told")


@receiver("hold.placed")
def tell_merchandiser(event: Event) -> None:
    """Tell who plans to sell the products that batches of them are stopped."""
    merchandiser = _hold(event).batch.product.merchandiser
    if merchandiser:
        whose = Q(batch__product__merchandiser=merchandiser)
        stops = _to_tell(event, "hold.told", whose, receiver=tell_merchandiser, to=Role.MERCHANDISER)
        addresses = addresses_of_people([merchandiser])
        _tell(stops, "hold_placed_merchandiser", addresses, kind="hold.told", to=Role.MERCHANDISER)


@receiver("hold.placed")
def tell_quality(event: Event) -> None:
    """Tell every quality manager of a critical nonconformity, and of a stop of which nobody at the supplier can be told."""
    hold = _hold(event)
    nobody = not addresses_of_supplier(hold.batch.supplier)
    if hold.reason != HoldReason.CRITICAL and not nobody:
        return
    whose = Q(batch__supplier=hold.batch.supplier) if nobody else Q(reason=HoldReason.CRITICAL)
    stops = _to_tell(event, "hold.told", whose, receiver=tell_quality, to=Role.MANAGER)
    addresses = addresses_of_people(_managers())
    _tell(stops, "hold_placed_quality", addresses, kind="hold.told", to=Role.MANAGER, nobody=nobody)


def _to_tell(event: Event, kind: str, whose: Q, *, receiver: Callable, **to: str) -> list[tuple[Event, Hold]]:
    """The holds placed near this one that are not told yet, each with its event, in their order.

    One worker at a time asks, so that what another has told in this moment is not told again. What is told with it is
    owed no more.
    """
    name = f"{receiver.__module__}.{receiver.__name__}"
    whole = event.data.get("part_of", "")
    may_wait = whole and not _hold(event).is_critical and now() < event.at + LONGEST_WAIT
    if may_wait and is_being_stored(whole):
        raise NotYet(ASK_AGAIN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{name} {sorted(to.items())}"])
    near = Q(at__range=(event.at - NEAR, event.at + NEAR)) | (Q(data__part_of=whole) if whole else Q())
    waiting = Q(deliveries__receiver=name, deliveries__status=DeliveryStatus.WAITING)
    placed = Event.objects.filter(near, waiting, kind="hold.placed").order_by("pk")
    events = {one.data["hold"]: one for one in placed}
    events.setdefault(event.data["hold"], event)
    streams = [one.stream for one in events.values()]
    said = Event.objects.filter(kind=kind, stream__in=streams, **{f"data__{name}": value for name, value in to.items()})
    for hold in said.values_list("data__hold", flat=True):
        events.pop(hold, None)
    if event.data["hold"] not in events:
        return []
    holds = Hold.objects.filter(whose, uid__in=list(events)).select_related("batch__product", "batch__supplier")
    stops = [(events[str(hold.uid)], hold) for hold in holds]
    others = Delivery.objects.filter(
        receiver=name, status=DeliveryStatus.WAITING, event__in=[one for one, _hold in stops if one.pk != event.pk]
    )
    mine = others.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    Delivery.objects.filter(pk__in=list(mine)).update(status=DeliveryStatus.DONE, done_at=now())
    return sorted(stops, key=lambda stop: stop[0].pk)


def _tell(
    stops: list[tuple[Event, Hold]],
    template: str,
    addresses: list[Address],
    *,
    kind: str,
    to: str = "",
    **context: object,
) -> None:
    """One mail to each about all of the stops, and in the story of each batch how many were told."""
    if not stops:
        return
    event, hold = stops[0]
    if len(stops) == 1:
        send(template, addresses, event=event, hold=hold, **context)
    else:
        url = settings.SITE_URL + reverse("hold-list")
        listed = [one for _event, one in stops[:LISTED]]
        context |= {"holds": listed, "count": len(stops), "more": len(stops) - len(listed), "url": url, "to": to}
        mails.send("inspections/hold/mail/holds_placed", addresses, event=event, **context)
    at, said = now(), {"recipients": len(addresses)} | ({"to": to} if to else {})
    record_events(
        [happened(kind, one.stream, at=at, actor=None, hold=one.data["hold"], **said) for one, _hold in stops]
    )


@receiver("hold.answered")
def tell_managers(event: Event) -> None:
    """Tell those who decide holds that the supplier answered."""
    hold = _hold(event)
    answer = HoldResponse.objects.filter(hold=hold, responded_at=event.at).latest("id")
    send("hold_answered", addresses_of_people(_managers()), event=event, hold=hold, answer=answer)


def _managers() -> QuerySet[User]:
    return User.objects.filter(groups__name=Role.MANAGER, is_active=True).order_by("id")


@receiver("hold.stays")
def tell_who_may_countersign(event: Event) -> None:
    """Tell those who decide holds, and inspected nothing of it, that a re-inspection waits for their countersignature."""
    hold = _hold(event)
    if event.data["why"] != "same_inspector" or not hold.to_countersign_id:
        return
    managers = User.objects.filter(groups__name=Role.MANAGER, is_active=True).order_by("id")
    asked = [manager for manager in managers if may_countersign(hold, manager)]
    send("hold_to_countersign", addresses_of_people(asked), event=event, hold=hold, round=event.data["round"])


def _hold(event: Event) -> Hold:
    return Hold.objects.select_related("batch__product__merchandiser", "batch__supplier").get(uid=event.data["hold"])


def send(template: str, addresses: Iterable[Address], *, event: Event, hold: Hold, **context: object) -> None:
    """A mail about a hold, with the link to it."""
    url = settings.SITE_URL + reverse("hold-detail", args=[hold.uid])
    mails.send(f"inspections/hold/mail/{template}", addresses, event=event, hold=hold, url=url, **context)

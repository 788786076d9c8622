"""Who is told that a batch is stopped, and that a supplier answered, within a minute of it.

Each function may run again: after a crash between sending and noting that it was done, or when the mail server failed
half-way. A repeated mail has the same Message-ID, so that mail programs show it once.
"""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import now

from accounts.models import User
from accounts.roles import Role
from activity import mails
from activity.mails import Address
from activity.models import Event
from activity.services import receiver, record_event
from inspections.hold.services.reinspections import may_countersign
from inspections.models import Hold, HoldResponse
from suppliers.addresses import addresses_of_people, addresses_of_supplier


@receiver("hold.placed")
def tell_supplier(event: Event) -> None:
    """Tell the people of the supplier that its batch is stopped, and note in the batch's story who was told."""
    if Event.objects.filter(kind="supplier.told", stream=event.stream, data__hold=event.data["hold"]).exists():
        return
    hold = _hold(event)
    addresses = addresses_of_supplier(hold.batch.supplier)
    send("hold_placed", addresses, event=event, hold=hold)
    record_event(
        "supplier.told", event.stream, at=now(), actor=None, hold=event.data["hold"], recipients=len(addresses)
    )


@receiver("hold.placed")
def tell_merchandiser(event: Event) -> None:
    """Tell who plans to sell the product that a batch of it is stopped."""
    hold = _hold(event)
    merchandiser = hold.batch.product.merchandiser
    if merchandiser:
        send("hold_placed_merchandiser", addresses_of_people([merchandiser]), event=event, hold=hold)


@receiver("hold.answered")
def tell_managers(event: Event) -> None:
    """Tell those who decide holds that the supplier answered."""
    hold = _hold(event)
    answer = HoldResponse.objects.filter(hold=hold, responded_at=event.at).latest("id")
    managers = User.objects.filter(groups__name=Role.MANAGER, is_active=True).order_by("id")
    send("hold_answered", addresses_of_people(managers), event=event, hold=hold, answer=answer)


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

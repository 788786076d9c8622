"""Who is told of what, by mail, within a minute of it.

Each function may run again: after a crash between sending and noting that it was done, or when the mail server failed
half-way. A repeated mail has the same Message-ID, so that mail programs show it once.
"""

import hashlib
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import override

from accounts.models import User
from accounts.roles import Role
from activity.models import Event
from activity.services import receiver, record_event
from inspections.models import Hold, HoldResponse
from suppliers.models import Supplier

CHINESE = "zh-hans"
Address = tuple[str, str]  # e-mail address, language


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


def _hold(event: Event) -> Hold:
    return Hold.objects.select_related("batch__product__merchandiser", "batch__supplier").get(uid=event.data["hold"])


def addresses_of_people(people: Iterable[User], *, language: str = settings.LANGUAGE_CODE) -> list[Address]:
    """Those who can be written to, each in their own language, else in `language`."""
    return [(person.email, person.language or language) for person in people if person.email and person.is_active]


def addresses_of_supplier(supplier: Supplier) -> list[Address]:
    """Its members, and its contact address unless that is one of theirs."""
    addresses = addresses_of_people(supplier.members.order_by("id"), language=CHINESE)
    contact = supplier.contact_email
    if contact and contact.lower() not in {address.lower() for address, _language in addresses}:
        addresses.append((contact, CHINESE))
    return addresses


def send(template: str, addresses: Iterable[Address], *, event: Event, hold: Hold, **context: object) -> None:
    """One mail to each address in its language, with the link to the hold."""
    context |= {"hold": hold, "url": settings.SITE_URL + reverse("hold-detail", args=[hold.uid])}
    messages = []
    for address, language in addresses:
        with override(language):
            subject = render_to_string(f"inspections/mail/{template}_subject.txt", context)
            body = render_to_string(f"inspections/mail/{template}.txt", context)
        digest = hashlib.sha256(address.encode()).hexdigest()[:16]
        message_id = f"<{event.pk}.{template}.{digest}@{urlsplit(settings.SITE_URL).hostname}>"
        messages.append(EmailMessage(" ".join(subject.split()), body, to=[address], headers={"Message-ID": message_id}))
    if messages:
        get_connection().send_messages(messages)

"""Whom mail reaches."""

from collections.abc import Iterable

from django.conf import settings

from accounts.models import User
from activity.mails import Address
from suppliers.models import Supplier


def addresses_of_people(people: Iterable[User], *, language: str = settings.LANGUAGE_CODE) -> list[Address]:
    """Those who can be written to, each in their own language, else in `language`."""
    return [(person.email, person.language or language) for person in people if person.email and person.is_active]


def addresses_of_supplier(supplier: Supplier) -> list[Address]:
    """Its members, and its contact address unless that is one of theirs."""
    addresses = addresses_of_people(supplier.members.order_by("id"), language=settings.SUPPLIERS_LANGUAGE)
    contact = supplier.contact_email
    if contact and contact.lower() not in {address.lower() for address, _language in addresses}:
        addresses.append((contact, settings.SUPPLIERS_LANGUAGE))
    return addresses

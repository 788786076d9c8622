"""Listings whose gates are open, each check met by the services that meet it in the product."""

from datetime import date, datetime

from accounts.models import User
from accounts.roles import Role
from compliance.gate.services.go_live import take_live
from compliance.models import ChecklistItem, Gate, ItemState
from suppliers.models import Listing, Product
from tests.compliance.factories import accept, answer_all, listing_of, submit
from tests.factories import (
    NOON,
    inspect,
    make_batch,
    make_golden_sample,
    make_pilot,
    make_specification,
    make_user,
    pilot_outcomes,
)

# The answers that make a kettle another product than it is.
PLUG = {"mains_powered": False, "has_plug": False, "food_contact": False}


def pass_pilot(product: Product, *, at: datetime = NOON) -> None:
    actor = make_user(Role.MERCHANDISER)
    pilot_outcomes(make_pilot(product, size=120, actor=actor), actor=actor, at=at, conclude=True)


def accept_batch(product: Product, *, number: str | None = None, at: datetime = NOON, **bad: list[int]):
    batch = make_batch(number, product=product)
    inspect(batch, actor=make_user(Role.QC), at=at, **bad)
    return batch


def accept_papers(listing: Listing, *, at: datetime = NOON, **said) -> None:
    """Every blocking item that is missing."""
    missing = ChecklistItem.objects.filter(listing=listing, is_blocking=True, state=ItemState.MISSING)
    for key in missing.values_list("requirement__key", flat=True):
        accept(submit(key, listing, at=at, **said), at=at)


def make_ready(product: Product, *, yes=(), at: datetime = NOON) -> None:
    """Every check of every listing of a product met; its traits are no, but for those named."""
    if not product.specifications.exists():
        make_specification(product)
    make_golden_sample(product, at=at)
    accept_batch(product, at=at)
    pass_pilot(product, at=at)
    answer_all(product, yes=yes, at=at)
    for listing in product.listings.select_related("product", "market"):
        accept_papers(listing, at=at)


def gate_of(product: Product, market: str = "US") -> Gate:
    return Gate.objects.get(sku=product.sku, market=market)


def go_live(product: Product, market: str = "US", *, actor: User, on: date = date(2026, 11, 23), at: datetime = NOON):
    return take_live(listing=listing_of(product, market), on=on, signature="token", actor=actor, at=at)

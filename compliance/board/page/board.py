"""The board: which gates are shown, in which order, and how many there are of each standing."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from compliance.models import Gate, Standing
from suppliers.models import Market, Product

# Sort key -> columns. What has no date comes last.
SORTS: dict[str, list[Any]] = {
    "": ["sku", "market"],
    "-sku": ["-sku", "-market"],
    "market": ["market", "sku"],
    "planned": [F("planned_on").asc(nulls_last=True), "sku", "market"],
    "ends": [F("valid_until").asc(nulls_last=True), "sku", "market"],
    "due": [F("due_on").asc(nulls_last=True), "sku", "market"],
    "changed": [F("changed_at").desc(nulls_last=True), "sku", "market"],
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the board; empty means all. `missing`: a check that is not met. `mine`: looked after by who asks."""

    q: str = ""
    standing: str = ""
    market: str = ""
    category: str = ""
    supplier: str = ""
    merchandiser: str = ""
    missing: str = ""
    acts: str = ""
    planned_by: date | None = None
    ends_by: date | None = None
    sort: str = ""

    @property
    def is_narrowed(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self) if f.name != "sort")


def in_market(code: str) -> QuerySet:
    """The codes of a market and of those that are part of it."""
    return Market.objects.filter(Q(code=code) | Q(parent__code=code)).values("code")


def find_gates(user: User, filters: Filters) -> QuerySet[Gate]:
    """The gates that fit, whatever their standing."""
    found = Gate.objects.visible_to(user)
    for word in filters.q.lower().split():
        found = found.filter(words__contains=word)
    if filters.market:
        found = found.filter(market__in=in_market(filters.market))
    of_product = {
        "category__code": filters.category,
        "supplier__code": filters.supplier,
        "merchandiser__username": filters.merchandiser,
    }
    if asked := {name: value for name, value in of_product.items() if value}:
        found = found.filter(sku__in=Product.objects.filter(**asked).values("sku"))
    if filters.missing:
        found = found.filter(unmet__contains=[filters.missing])
    if filters.acts:
        found = found.filter(acts_next=filters.acts)
    if filters.planned_by:
        found = found.filter(planned_on__lte=filters.planned_by)
    if filters.ends_by:
        found = found.filter(valid_until__lte=filters.ends_by)
    return found


def counts_by_standing(found: QuerySet[Gate]) -> dict[str, int]:
    """How many there are of each standing, 0 included. One statement."""
    counts = dict(found.order_by().values_list("standing").annotate(Count("pk")))
    return {standing: counts.get(standing, 0) for standing in Standing.values}


def board_rows(found: QuerySet[Gate], filters: Filters) -> QuerySet[Gate]:
    """The rows of one standing, or all, in the order asked for, each with its product, supplier and decision."""
    if filters.standing:
        found = found.filter(standing=filters.standing)
    return (
        found.select_related("listing__product__supplier", "listing__market", "decision")
        .defer("words")
        .order_by(*SORTS.get(filters.sort, SORTS[""]))
    )


@dataclass(frozen=True, slots=True)
class Pages:
    """Rows to be cut into pages: the gates of a page are found first, what belongs to them is read for these alone."""

    rows: QuerySet[Gate]

    def __getitem__(self, part: slice) -> QuerySet[Gate]:
        wanted = self.rows.select_related(None).values("pk")[part]
        order = self.rows.query.order_by
        shown = Gate.objects.filter(pk__in=wanted).select_related(
            "listing__product__supplier", "listing__market", "decision"
        )
        return shown.defer("words").order_by(*order)

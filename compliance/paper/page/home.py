"""What of papers waits for somebody, for the page of the day: the first few of each kind, in one statement each."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, F, Model, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Concat

from accounts.models import User
from accounts.roles import Role
from compliance.loosening.page import loosenings_to_sign
from compliance.models import ChecklistItem, Evidence, Loosening, Waiver
from compliance.paper.page.papers import to_check, wanted
from compliance.waiver.page import waivers_to_sign
from suppliers.models import Listing, Product

SHOWN = 5
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class First(Generic[Row]):
    """The first rows of a list, and how many follow them."""

    rows: list[Row]
    more: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one person: questions to answer, papers to bring, papers to check or accept, waivers and changes to
    sign. `questions` are a supplier's products, with how many questions each."""

    questions: list[Product]
    wanted: First[ChecklistItem]
    to_check: First[Evidence]
    waivers: First[Waiver]
    loosenings: First[Loosening]

    def __bool__(self) -> bool:
        return bool(
            self.questions or self.wanted.rows or self.to_check.rows or self.waivers.rows or self.loosenings.rows
        )


def _first(found: QuerySet[Row]) -> First[Row]:
    rows = list(found.annotate(in_all=Window(Count("pk")))[:SHOWN])
    in_all: int = getattr(rows[0], "in_all") if rows else 0  # noqa: B009 an annotation of the query
    return First(rows, in_all - len(rows))


def wanted_today(user: User) -> QuerySet[ChecklistItem]:
    """What `wanted` gives; for a merchandiser of the products that it looks after, and of those that nobody does."""
    found = wanted(user)
    if user.role == Role.MERCHANDISER:
        return found.filter(Q(listing__product__merchandiser=user) | Q(listing__product__merchandiser=None))
    return found


def _with_listings(found: QuerySet[Evidence]) -> QuerySet[Evidence]:
    """Adds `names_in_short`: the listings that a paper names, as "KT-17 · US", without a statement of their own."""
    name = Concat(F("product__sku"), Value(" · "), F("market__code"), output_field=CharField())
    listings = Listing.objects.filter(evidence=OuterRef("pk")).order_by("product__sku", "market__code")
    return found.prefetch_related(None).annotate(names_in_short=ArraySubquery(listings.values_list(name)))


def questions_to(user: User) -> list[Product]:
    """The products of a supplier about which it was asked something that nobody has answered; adds `asked`, how much."""
    if user.role != Role.SUPPLIER:
        return []
    is_open = Q(traits__asked_at__isnull=False, traits__answer=None, traits__supplier_says=None)
    products = Product.objects.visible_to(user).annotate(asked=Count("traits", filter=is_open))
    return list(products.filter(asked__gt=0).order_by("sku")[:SHOWN])


def waiting_today(user: User) -> Waiting:
    """At most four statements for each role."""
    return Waiting(
        questions=questions_to(user),
        wanted=_first(wanted_today(user)),
        to_check=_first(_with_listings(to_check(user))),
        waivers=_first(waivers_to_sign(user)),
        loosenings=_first(loosenings_to_sign(user)),
    )

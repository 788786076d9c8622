"""Reads for the pages of the catalogue."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from accounts.models import User
from compliance.models import ChecklistItem, Requirement, RequirementRevision
from suppliers.models import Listing, Market


def of_market(requirements: QuerySet[Requirement], code: str) -> QuerySet[Requirement]:
    """Those of a market and of its parent."""
    parent = Market.objects.filter(children__code=code).values_list("code", flat=True)
    return requirements.filter(markets__overlap=[code, *parent, "*"])


def of_category(requirements: QuerySet[Requirement], code: str) -> QuerySet[Requirement]:
    named = requirements.filter(categories__overlap=[code, "*"])
    return named.exclude(categories_exclude__contains=[code])


def history_of(requirement: Requirement) -> QuerySet[RequirementRevision]:
    return requirement.revisions.select_related("actor", "version").order_by("-number")


def states_of(user: User, requirement: Requirement) -> dict[str, int]:
    """State -> how many of the listings that the user sees are in it."""
    rows = ChecklistItem.objects.visible_to(user).filter(requirement=requirement).values("state").order_by("state")
    return dict(rows.annotate(n=Count("pk")).values_list("state", "n"))


def items_with(user: User, requirement: Requirement) -> QuerySet[ChecklistItem]:
    return (
        ChecklistItem.objects.visible_to(user)
        .filter(requirement=requirement)
        .select_related("listing__product", "listing__market")
        .order_by("listing__product__sku", "listing__market__code")
    )


def listings_by_id(user: User, ids: Iterable[int]) -> QuerySet[Listing]:
    found = Listing.objects.visible_to(user).filter(pk__in=ids).select_related("product", "market")
    return found.order_by("product__sku", "market__code")

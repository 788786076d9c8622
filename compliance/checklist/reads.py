"""Reads of checklists: what counts, and what is to come."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from compliance.checklist.services import Catalogue, Chains, traits_by_product
from compliance.models import ItemState, Requirement
from compliance.rules.requirements import applies, day_in
from suppliers.models import Listing, Product

MET = Q(checklist_items__state__in=[ItemState.ACCEPTED, ItemState.WAIVED])
BLOCKING = Q(checklist_items__is_blocking=True)


def listings_with_counts(product: Product) -> QuerySet[Listing]:
    """A product's listings by market; adds `total` and `met`, its blocking items and those of them that are met."""
    return (
        product.listings.select_related("market", "checklist")
        .annotate(
            total=Count("checklist_items", filter=BLOCKING),
            met=Count("checklist_items", filter=BLOCKING & MET),
        )
        .order_by("market__code")
    )


@dataclass(slots=True)
class Coming:
    """A requirement that will apply from a day on; `reason` as that of an item of a checklist."""

    requirement: Requirement
    on: date
    reason: dict[str, Any]
    why: str = ""


def coming_to(listing: Listing, *, at: datetime) -> list[Coming]:
    """What a listing needs only from some later day on, the nearest first: laws that are known and do not apply yet."""
    ahead = Requirement.objects.filter(applies_from__gt=at.date()).order_by("applies_from", "key")
    catalogue = Catalogue(ahead)
    chains = Chains()
    subject = chains.subject(listing, traits_by_product({listing.product_id}).get(listing.product_id, {}))
    today = day_in(chains.zones[listing.market_id], at)
    day = max(today, listing.planned_on or today)
    found = []
    for rule in catalogue.rules:
        if rule.applies_from and rule.applies_from > day and (reason := applies(rule, subject, rule.applies_from)):
            said = asdict(reason) | {"traits": list(reason.traits)}
            found.append(Coming(catalogue.requirements[rule.key], rule.applies_from, said))
    return found

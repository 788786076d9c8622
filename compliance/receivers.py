"""What this app does when something happened."""

from django.dispatch import receiver as connect

from activity.models import Event
from activity.services import recorded
from activity.transactions import at_the_end
from compliance.services.checklists import refresh_checklists
from compliance.services.gates import IRRELEVANT, refresh_after
from suppliers.models import Listing

# What changes a product's category, its markets or the day that is planned.
OF_CHECKLISTS = {"product.created", "product.changed", "listing.added", "listing.removed", "listing.planned"}


@connect(recorded, dispatch_uid="checklists")
def keep_checklists_true(sender: type[Event], events: list[Event], **kwargs: object) -> None:
    """Work out the checklists of products that were made, moved to another category, or listed in more markets."""
    if mattering := [event for event in events if event.kind in OF_CHECKLISTS]:
        skus = {event.stream.split(":")[1] for event in mattering}
        listings = list(Listing.objects.filter(product__sku__in=skus).values_list("pk", flat=True))
        refresh_checklists(listings, at=max(event.at for event in mattering))


@connect(recorded, dispatch_uid="gates")
def keep_gates_true(sender: type[Event], events: list[Event], **kwargs: object) -> None:
    """Work out anew whatever gates an event may matter to, once, when all else of its transaction is done."""
    if relevant := [event for event in events if event.kind not in IRRELEVANT]:
        at_the_end(refresh_after, relevant)

"""What keeps checklists true, in the transaction of what changed."""

from django.dispatch import receiver as connect

from activity.models import Event
from activity.services import recorded
from compliance.checklist.services import refresh_checklists
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

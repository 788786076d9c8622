"""What keeps checklists true, in the transaction of what changed."""

from django.dispatch import receiver as connect
from django.utils.translation import gettext

from activity.models import Event
from activity.services import happened, record_events, recorded
from compliance.checklist.services import refresh_checklists
from compliance.loosening.services import Cause
from compliance.loosening.words import both_languages
from compliance.models import ChecklistItem, LooseningCause
from suppliers.models import Category, Listing

# What changes a product's category, its markets or the day that is planned.
OF_CHECKLISTS = {"product.created", "product.changed", "listing.added", "listing.removed", "listing.planned"}
# Of them, those that change what a product is.
OF_PRODUCTS = {"product.changed", "listing.added"}


@connect(recorded, dispatch_uid="checklists")
def keep_checklists_true(sender: type[Event], events: list[Event], **kwargs: object) -> None:
    """Work out the checklists of products that were made, moved to another category, or listed in more markets.

    What came or went by it is told in the product's story.
    """
    if mattering := [event for event in events if event.kind in OF_CHECKLISTS]:
        skus = {event.stream.split(":")[1] for event in mattering}
        listings = list(Listing.objects.filter(product__sku__in=skus).values_list("pk", flat=True))
        at = max(event.at for event in mattering)
        causes = {event.stream: _cause(event) for event in mattering if event.kind in OF_PRODUCTS}
        refresh_checklists(listings, at=at, causes=causes.values())
        record_events(
            happened("papers.changed", stream, at=at, actor=cause.actor, said=cause.said, papers=cause.papers)
            for stream, cause in causes.items()
            if cause.papers
        )


def _cause(event: Event) -> Cause:
    said = []
    if change := event.data.get("changes", {}).get("category"):
        names = {
            each.code: {"name": each.name, "name_zh": each.name_zh} for each in Category.objects.filter(code__in=change)
        }
        before, after = (names[code] for code in change)
        said = [both_languages(lambda: gettext("Category")) | {"before": before, "after": after}]
    return Cause(LooseningCause.PRODUCT, event.stream.split(":")[1], event.actor, said=said)


@connect(recorded, dispatch_uid="loosenings")
def let_go_what_was_signed(sender: type[Event], events: list[Event], **kwargs: object) -> None:
    """Work out the checklists whose items waited for a signature that has come."""
    if signed := [event for event in events if event.kind == "loosening.signed"]:
        uids = [event.data["loosening"] for event in signed]
        items = ChecklistItem.objects.filter(loosening__uid__in=uids)
        refresh_checklists(set(items.values_list("listing", flat=True)), at=max(event.at for event in signed))

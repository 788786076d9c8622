"""What returns from the market set going."""

from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from activity.models import Event
from activity.services import receiver
from inspections.returns.services.proposals import follow_versions, propose
from inspections.returns.services.tracing import led_to_batches_since, trace_again
from suppliers.models import Product

LONGEST_RECORDING = timedelta(hours=1)


@receiver("returns.recorded", "return.corrected", "return.withdrawn", "catches.set")
def look_for_proposals(event: Event) -> None:
    """What came back, or what should have caught it, has changed: does it ask for a change of the specification?"""
    propose(product=Product.objects.get(sku=event.stream.removeprefix("product:")), at=now())


@receiver("specification.drafted", "specification.activated")
def look_after_proposals(event: Event) -> None:
    """A version was written or put in force: does it have what was proposed and accepted?"""
    follow_versions(product=Product.objects.get(sku=event.stream.removeprefix("product:")), at=now())


@receiver("returns.recorded")
def trace_what_came_between(event: Event) -> None:
    """What leads to batches was said while returns were being recorded, which did not see it, nor it them: look once more."""
    product = Product.objects.get(sku=event.stream.removeprefix("product:"))
    if event.data["unknown_batch"] and led_to_batches_since(product, event.at - LONGEST_RECORDING):
        with transaction.atomic():
            Product.objects.select_for_update(no_key=True).get(pk=product.pk)
            trace_again(product)

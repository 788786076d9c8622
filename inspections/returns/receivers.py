"""What returns from the market set going."""

from django.utils.timezone import now

from activity.models import Event
from activity.services import receiver
from inspections.returns.services.proposals import follow_versions, propose
from suppliers.models import Product


@receiver("returns.recorded", "return.corrected", "return.withdrawn", "catches.set")
def look_for_proposals(event: Event) -> None:
    """What came back, or what should have caught it, has changed: does it ask for a change of the specification?"""
    propose(product=Product.objects.get(sku=event.stream.removeprefix("product:")), at=now())


@receiver("specification.drafted", "specification.activated")
def look_after_proposals(event: Event) -> None:
    """A version was written or put in force: does it have what was proposed and accepted?"""
    follow_versions(product=Product.objects.get(sku=event.stream.removeprefix("product:")), at=now())

"""What returns from the market set going."""

from django.utils.timezone import now

from activity.models import Event
from activity.services import receiver
from inspections.returns.services.proposals import propose
from suppliers.models import Product


@receiver("returns.recorded", "catches.set")
def look_for_proposals(event: Event) -> None:
    """What came back, or what should have caught it, has changed: does it ask for a change of the specification?"""
    propose(product=Product.objects.get(sku=event.stream.removeprefix("product:")), at=now())

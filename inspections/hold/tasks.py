"""What time does to holds."""

from celery import shared_task
from django.utils.timezone import now

from inspections.hold.services.holds import expire_deviation
from inspections.models import Batch


@shared_task
def expire_deviations() -> None:
    """Hold again what was accepted on a deviation that has run out."""
    for batch in Batch.objects.filter(deviation_until__lte=now(), available__gt=0):
        expire_deviation(batch=batch, at=now())

from celery import shared_task
from django.utils.timezone import now

from inspections.models import Batch
from inspections.services.holds import expire_deviation
from inspections.services.photos import discard_uploads, process_next_photo


@shared_task
def expire_deviations() -> None:
    """Hold again what was accepted on a deviation that has run out."""
    for batch in Batch.objects.filter(deviation_until__lte=now(), available__gt=0):
        expire_deviation(batch=batch, at=now())


@shared_task
def process_waiting_photos() -> None:
    """Process all photos that wait. Several may run at once."""
    while process_next_photo(now=now()):
        pass
    discard_uploads()

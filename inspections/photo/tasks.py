"""Photos that wait."""

from celery import shared_task
from django.utils.timezone import now

from inspections.photo.services import discard_uploads, process_next_photo


@shared_task
def process_waiting_photos() -> None:
    """Process all photos that wait. Several may run at once."""
    while process_next_photo(now=now()):
        pass
    discard_uploads()

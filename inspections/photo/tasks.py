"""Photos that wait."""

from celery import shared_task

from activity.services import take_a_turn
from inspections.photo.services import discard_uploads, nudge, process_next_photo


@shared_task
def process_waiting_photos() -> None:
    """Process photos that wait, for one turn. Several may run at once."""
    take_a_turn(process_next_photo, again=nudge)
    discard_uploads()

"""What the calendar does to checklists."""

from celery import shared_task
from django.utils.timezone import now

from compliance.checklist.services import refresh_due


@shared_task
def refresh_due_checklists() -> None:
    """Work out the checklists on which a day has begun that makes them differ."""
    refresh_due(at=now())

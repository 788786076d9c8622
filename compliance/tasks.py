from celery import shared_task
from django.utils.timezone import now

from compliance.services.checklists import refresh_due
from compliance.services.reminders import remind


@shared_task
def refresh_due_checklists() -> None:
    """Work out the checklists on which a day has begun that makes them differ."""
    refresh_due(at=now())


@shared_task
def remind_of_papers() -> None:
    """Asked for twice an hour; acts once a day."""
    remind(at=now())

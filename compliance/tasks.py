from celery import shared_task
from django.utils.timezone import now

from compliance.services import gates
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


@shared_task
def refresh_due_gates() -> None:
    """Work out the gates whose time has come: a paper began or ended in the market's calendar."""
    gates.refresh_due(at=now())


@shared_task
def recompute_gates() -> None:
    """Each night work out every gate from scratch, and report those that were not what they should be."""
    gates.recompute_all(at=now())

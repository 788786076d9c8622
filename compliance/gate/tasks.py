"""What the calendar does to gates."""

from celery import shared_task
from django.utils.timezone import now

from compliance.gate.services import gates


@shared_task
def refresh_due_gates() -> None:
    """Work out the gates whose time has come: a paper began or ended in the market's calendar."""
    gates.refresh_due(at=now())


@shared_task
def recompute_gates() -> None:
    """Each night work out every gate from scratch, and report those that were not what they should be."""
    gates.recompute_all(at=now())

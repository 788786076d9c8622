"""What time does to samples."""

from celery import shared_task
from django.utils.timezone import now

from inspections.sample.services.reminders import remind_of_keeping


@shared_task
def remind_of_samples() -> None:
    """Asked for twice an hour; tells each step once."""
    remind_of_keeping(at=now())

"""Papers that wait to be read, and papers that run out."""

from celery import shared_task
from django.utils.timezone import now

from activity.services import take_a_turn
from compliance.paper.services.reading import examine_next_paper, nudge, read_next_document, scan_next_document
from compliance.paper.services.reminders import remind


@shared_task
def remind_of_papers() -> None:
    """Asked for twice an hour; acts once a day."""
    remind(at=now())


@shared_task
def read_documents() -> None:
    """Scan and read documents that wait, and examine their papers, for one turn. Several may run at once."""
    take_a_turn(scan_next_document, read_next_document, examine_next_paper, again=nudge)

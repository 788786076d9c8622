"""Papers that wait to be read, and papers that run out."""

from celery import shared_task
from django.utils.timezone import now

from compliance.paper.services.reading import examine_next_paper, read_next_document, scan_next_document
from compliance.paper.services.reminders import remind


@shared_task
def remind_of_papers() -> None:
    """Asked for twice an hour; acts once a day."""
    remind(at=now())


@shared_task
def read_documents() -> None:
    """Scan and read all documents that wait, and examine their papers. Several may run at once."""
    while scan_next_document(now=now()):
        pass
    while read_next_document(now=now()):
        pass
    while examine_next_paper(now=now()):
        pass

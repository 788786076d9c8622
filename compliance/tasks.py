from celery import shared_task
from django.utils.timezone import now

from compliance.services import gates
from compliance.services.checklists import refresh_due
from compliance.services.reading import examine_next_paper, read_next_document, scan_next_document
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


@shared_task
def read_documents() -> None:
    """Scan and read all documents that wait, and examine their papers. Several may run at once."""
    while scan_next_document(now=now()):
        pass
    while read_next_document(now=now()):
        pass
    while examine_next_paper(now=now()):
        pass

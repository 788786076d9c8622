from celery import shared_task
from django.utils.timezone import now

from imports.services.working import run_next_import


@shared_task
def run_imports() -> None:
    """Check and store the files that wait, one after the other, so that other tasks have a worker left."""
    while run_next_import(now=now()):
        pass

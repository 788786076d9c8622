from celery import shared_task

from activity.services import take_a_turn
from imports.services.working import nudge, run_next_import


@shared_task
def run_imports() -> None:
    """Check and store files that wait, one after the other, for one turn."""
    take_a_turn(run_next_import, again=nudge)

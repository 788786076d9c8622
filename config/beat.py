"""Celery's beat, which keeps its schedule in memory alone."""

from celery.beat import Scheduler
from django.conf import settings


class Beat(Scheduler):
    """The file in which Celery's own keeps its schedule is torn by a crash, and then beat never starts again.

    Nothing is lost without it: what is due stands in the database, and each task asks for all of it. The time of
    DATA_DIR/beat says that beat is alive.
    """

    def tick(self, *args, **kwargs):
        (settings.DATA_DIR / "beat").touch()
        return super().tick(*args, **kwargs)

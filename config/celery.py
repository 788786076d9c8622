"""Celery: what may happen later. The Event table is the truth; a task is only a nudge."""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("holdfast")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def keep_what_is_loaded(**kwargs: object) -> None:
    """What is loaded by now stays: looking through it for garbage takes a third of the time of a long task."""
    gc.collect()
    gc.freeze()

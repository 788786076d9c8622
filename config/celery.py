"""Celery: what may happen later. The Event table is the truth; a task is only a nudge."""

import gc
import os
import resource

from celery import Celery
from celery.signals import worker_process_init

# What a file may make a worker take: a picture or a table that asks for more is refused, and the machine goes on.
HEAVY_BYTES = 2 * 2**30

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("holdfast")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def keep_what_is_loaded(**kwargs: object) -> None:
    """What is loaded by now stays: looking through it for garbage takes a third of the time of a long task."""
    gc.collect()
    gc.freeze()
    if os.environ.get("WORK") == "heavy":
        resource.setrlimit(resource.RLIMIT_DATA, (HEAVY_BYTES, HEAVY_BYTES))

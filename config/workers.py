"""The workers, and which queues each reads. deploy/compose.yaml has the same ones, and docs/decisions/queues.md says why."""

from typing import Final

_QUIET = ("--loglevel", "INFO", "--without-gossip", "--without-mingle")

# Name -> (kind of work, which says how long it may wait for the database; options of Celery's; queues).
WORKERS: Final[dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    # Threads: nearly all of it is waiting for others, for a mail server or a receiver of webhooks.
    "urgent": ("urgent", (*_QUIET, "--pool", "threads", "--concurrency", "3"), ("urgent",)),
    "worker": ("ordinary", (*_QUIET, "--pool", "threads", "--concurrency", "6"), ("webhooks", "ordinary")),
    # A process of its own, which is ended when a file takes ten minutes.
    "heavy": (
        "heavy",
        (*_QUIET, "--concurrency", "1", "--time-limit", "600", "--max-memory-per-child", "800000"),
        ("heavy",),
    ),
}

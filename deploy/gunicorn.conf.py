"""The web server. Threads, since a request mostly waits for PostgreSQL; few processes, since memory is dearer."""

import gc
import os
import tempfile
from pathlib import Path

os.environ.setdefault("WORK", "web")
# Where the processes keep what they count, so that /metrics tells of all of them. In memory: it ends with them.
counted = tempfile.TemporaryDirectory(prefix="holdfast-metrics-")
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", counted.name)
bind = f"{os.environ.get('WEB_HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
wsgi_app = "config.wsgi:application"
worker_class = "config.server.BulkheadWorker"  # docs/decisions/server.md
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Loaded once and shared: the start is quicker and the second process nearly free.
preload_app = True
timeout = 60
graceful_timeout = 15
# Heartbeats go through a file; on a slow disk they would stall a worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir()  # noqa: S108 the memory disk
control_socket_disable = True  # nothing here listens for commands


def post_worker_init(worker):
    """What is loaded by now stays: looking through it for garbage again and again would delay one answer in a hundred."""
    gc.collect()
    gc.freeze()


def child_exit(server, worker):
    from prometheus_client import multiprocess  # late: it reads the folder of above

    multiprocess.mark_process_dead(worker.pid)

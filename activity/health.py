"""Is every part there, and does what happens later happen?"""

import logging
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils.timezone import now
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from activity.models import Delivery, DeliveryStatus

logger = logging.getLogger(__name__)

MOST_OWED = timedelta(minutes=2)  # beat asks every 20 seconds: what waits longer is delivered by nobody
patient: dict[str, Any] = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3, "retry": Retry(NoBackoff(), 0)}
LEAST_ROOM = 200 * 2**20  # bytes


class Down(Exception):
    """A part does not do what it is there for; the text says what."""


def ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool")
        if cursor.fetchone()[0]:
            raise Down("read only")


def ask_redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, **patient) as client:
        client.ping()


def ask_files() -> None:
    """The folder of uploads takes a file, and has room."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < LEAST_ROOM:
        raise Down("full")
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"0")


def ask_static_files() -> None:
    """Without their list no page can be made."""
    if not os.access(Path(settings.STATIC_ROOT) / "staticfiles.json", os.R_OK):
        raise Down("not collected: run python -m config.prepare")


def ask_background() -> None:
    """Mails and messages leave: none has been owed for long."""
    owed = Delivery.objects.filter(status=DeliveryStatus.WAITING, due_at__lt=now() - MOST_OWED)
    if owed.exists():
        raise Down("late: no worker delivers what is owed")


PARTS = {
    "database": ask_database,
    "redis": ask_redis,
    "files": ask_files,
    "static_files": ask_static_files,
    "background": ask_background,
}
NEED_DATABASE = {"background"}


def checks() -> dict[str, str]:
    """Of each part "ok", or what is the matter."""
    found: dict[str, str] = {}
    for name, ask in PARTS.items():
        if name in NEED_DATABASE and found["database"] == "down":
            found[name] = "unknown"
            continue
        try:
            ask()
            found[name] = "ok"
        except Down as reason:
            found[name] = str(reason)
        except Exception as error:  # whatever keeps a part from answering, it is down
            logger.warning("%s does not answer (%s)", name, error)
            found[name] = "down"
    return found


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where all parts do their work, else 503 and `checks` says of each what is the matter.

    Without Redis the pages and the API still work, and mails and pictures wait; without the database nothing does.
    """
    found = checks()
    return _answer(found, is_well=set(found.values()) == {"ok"})


@login_not_required
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers: to restart it mends nothing that only `healthz` says."""
    return _answer({}, is_well=True)


def _answer(found: dict[str, str], *, is_well: bool) -> JsonResponse:
    body = {"status": "ok" if is_well else "degraded", "checks": found}
    response = JsonResponse(body, status=200 if is_well else 503)
    response["Cache-Control"] = "no-store"
    return response

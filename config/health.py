"""Is every part there?"""

import logging

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


def ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
        client.ping()


PARTS = {"database": ask_database, "redis": ask_redis}


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where all parts answer, else 503 and `checks` names the one that is down.

    Without Redis the pages and the API still work, and mails and pictures wait; without the database nothing does.
    """
    checks = {}
    for name, ask in PARTS.items():
        try:
            ask()
            checks[name] = "ok"
        except Exception:  # whatever keeps a part from answering, it is down
            logger.exception("healthz: %s does not answer", name)
            checks[name] = "down"
    healthy = set(checks.values()) == {"ok"}
    response = JsonResponse(
        {"status": "ok" if healthy else "degraded", "checks": checks}, status=200 if healthy else 503
    )
    response["Cache-Control"] = "no-store"
    return response

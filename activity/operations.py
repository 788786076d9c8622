"""How the site runs: what waits, what has been given up, when it was last backed up, and what is wrong in words."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import django
import redis
from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.health import checks, patient
from activity.languages import Text
from activity.models import Delivery, DeliveryStatus, Event, WebhookDelivery

BACKED_UP = "site.backed_up"
BACKUP_IS_OLD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Work that waits for a worker. `since` names the field that says since when; `late` is longer than it should take."""

    label: Text
    waiting: Callable[[], QuerySet]
    since: str
    late: timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    name: str
    label: Text
    count: int
    oldest: timedelta | None
    is_late: bool


_backlogs: dict[str, Backlog] = {}


def add_backlog(name: str, label: Text, waiting: Callable[[], QuerySet], *, since: str, late: timedelta) -> None:
    """Have a kind of work shown and counted, under a name that stays."""
    _backlogs[name] = Backlog(label, waiting, since, late)


add_backlog(
    "events", gettext_lazy("mails, notices and gates"),
    lambda: Delivery.objects.filter(status=DeliveryStatus.WAITING), since="due_at", late=timedelta(minutes=2),
)  # fmt: skip
add_backlog(
    "webhooks", gettext_lazy("messages to other systems"),
    lambda: WebhookDelivery.objects.filter(status=DeliveryStatus.WAITING, webhook__stopped_at=None),
    since="due_at", late=timedelta(minutes=10),
)  # fmt: skip


def backlogs(*, now: datetime) -> list[Waiting]:
    found = []
    for name, backlog in _backlogs.items():
        told = backlog.waiting().aggregate(count=Count("pk"), since=Min(backlog.since))
        oldest = max(now - told["since"], timedelta(0)) if told["since"] else None
        is_late = oldest is not None and oldest > backlog.late
        found.append(Waiting(name, backlog.label, told["count"], oldest, is_late))
    return found


def queues() -> dict[str, int] | None:
    """Queue -> nudges that wait in it; None where Redis does not answer."""
    names = sorted({settings.CELERY_TASK_DEFAULT_QUEUE, *(r["queue"] for r in settings.CELERY_TASK_ROUTES.values())})
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **patient) as client:
            return {name: client.llen(name) for name in names}
    except (redis.RedisError, OSError):
        return None


def given_up(*, now: datetime) -> dict[str, int]:
    """What is tried no more, of the last week."""
    since = {"status": DeliveryStatus.GIVEN_UP, "event__at__gt": now - timedelta(days=7)}
    return {
        "events": Delivery.objects.filter(**since).count(),
        "webhooks": WebhookDelivery.objects.filter(**since).count(),
    }


def last_backup() -> datetime | None:
    return Event.objects.filter(kind=BACKED_UP).order_by("-id").values_list("at", flat=True).first()


def versions() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        postgres = cursor.fetchone()[0]
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **patient) as client:
            cache = str(client.info("server")["redis_version"])
    except (redis.RedisError, OSError):
        cache = "-"
    return {
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "PostgreSQL": postgres.split()[0],
        "Redis": cache,
    }


def state(*, now: datetime) -> dict[str, Any]:
    """All of it, for the page, the API and /metrics."""
    found: dict[str, Any] = {
        "checks": checks(),
        "backlogs": backlogs(now=now),
        "queues": queues(),
        "given_up": given_up(now=now),
        "last_backup": last_backup(),
        "versions": versions(),
    }
    found["wrong"] = list(_in_words(found, now=now))
    return found


def _in_words(found: dict[str, Any], *, now: datetime) -> Iterator[str]:
    parts = {
        "database": _("The database does not take what is written."),
        "redis": _("Redis does not answer: what should happen at once happens within a minute."),
        "files": _("The folder of uploads is full or cannot be written to: photos and papers are refused."),
        "static_files": _("The static files are not collected: run python -m config.prepare."),
    }
    yield from (parts[name] for name, said in found["checks"].items() if said != "ok" and name in parts)
    for waiting in found["backlogs"]:
        if waiting.is_late:
            yield _(
                "%(what)s: %(count)s wait, the oldest for %(minutes)s minutes. Is a worker of its queue running?"
            ) % {
                "what": waiting.label,
                "count": waiting.count,
                "minutes": int(waiting.oldest.total_seconds() // 60),
            }
    if any(found["given_up"].values()):
        yield (
            _("Within a week %(events)s mails or notices and %(webhooks)s messages to other systems were given up.")
            % (found["given_up"])
        )
    if found["last_backup"] is None:
        yield _(
            "Nothing has said yet that a backup was made. Let whatever makes it end with: python manage.py backed_up"
        )
    elif now - found["last_backup"] > BACKUP_IS_OLD:
        yield _("The last backup is %(days)s days old.") % {"days": (now - found["last_backup"]).days}

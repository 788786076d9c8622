"""Who has the entry page of an inspection open. In Redis, for it is out of date in seconds and may be lost."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from redis.exceptions import RedisError

from accounts.models import User
from inspections.models import Inspection

logger = logging.getLogger(__name__)

GONE_AFTER = timedelta(seconds=25)
TOLD_EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague who has the page open, and the code of the check in sight there, "" for none."""

    name: str
    check: str


def be_present(*, inspection: Inspection, actor: User, check: str, at: datetime) -> Sequence[Present]:
    """Note that the actor has the page open, and say who else has. While Redis is down nobody is seen."""
    key = f"present:{inspection.uid}"
    now = at.timestamp()
    try:
        cache = caches["counts"]
        there: dict[int, tuple[str, str, float]] = cache.get(key) or {}
        mine = there.get(actor.pk)
        if mine is None or mine[1] != check or now - mine[2] >= TOLD_EVERY.total_seconds():
            there[actor.pk] = (actor.display_name, check, now)
            cache.set(key, _still(there, now), 2 * GONE_AFTER.total_seconds())
    except (RedisError, OSError) as error:
        logger.warning("Redis does not answer (%s); nobody is seen beside the reader.", error)
        return []
    others = {pk: seen for pk, seen in _still(there, now).items() if pk != actor.pk}
    return [Present(name, code) for name, code, _seen in sorted(others.values())]


def _still(there: dict[int, tuple[str, str, float]], now: float) -> dict[int, Any]:
    return {pk: seen for pk, seen in there.items() if now - seen[2] < GONE_AFTER.total_seconds()}

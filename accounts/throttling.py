import logging
from typing import Any

from django.core.cache import BaseCache, caches
from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

logger = logging.getLogger(__name__)


class WritesByToken(SimpleRateThrottle):
    """So many writes a minute by the tokens of one user (setting API_WRITES), so that no program takes a server for itself.

    Counted in Redis, without a statement. While that is down nobody is counted and nobody is locked out.
    """

    scope = "writes"

    @property
    def cache(self) -> BaseCache:  # type: ignore[override] # asked for anew: a connection is of one thread
        return caches["counts"]

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if request.auth is None or request.method in SAFE_METHODS:
            return None
        return f"writes:{request.user.pk}"

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError) as error:
            logger.warning("Redis does not answer (%s); writes over the API are not counted.", error)
            return True

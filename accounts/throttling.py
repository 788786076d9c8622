import logging
from math import ceil
from time import time
from typing import Any

from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import digest_of

logger = logging.getLogger(__name__)


class WritesByToken(SimpleRateThrottle):
    """So many writes in a minute by one token (setting API_WRITES), so that no program takes a server for itself.

    Minutes are those of the clock, and each write counts, whatever its answer; none does that stops something
    (`is_counted` of a view). One step in Redis counts, without a statement. While that is down nobody is counted and
    nobody is locked out. What is left is told in every counted answer (draft-ietf-httpapi-ratelimit-headers).
    """

    scope = "writes"
    num_requests: int
    duration: int
    left = 0.0

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if request.auth is None or request.method in SAFE_METHODS or not view.is_counted:
            return None
        token: Any = request.auth
        return f"writes:{digest_of(token.decode('latin-1'))[:32]}"

    def allow_request(self, request: Request, view: Any) -> bool:
        key = self.rate and self.get_cache_key(request, view)
        if not key:
            return True
        window, passed = divmod(time(), self.duration)
        self.left = self.duration - passed
        try:
            count = self._counted(f"{key}:{window:.0f}")
        except (RedisError, OSError) as error:
            logger.warning("Redis does not answer (%s); writes over the API are not counted.", error)
            return True
        request.limits = {  # type: ignore[attr-defined] # read by `activity.api.Call`
            "RateLimit-Policy": f'"writes";q={self.num_requests};w={self.duration}',
            "RateLimit": f'"writes";r={max(0, self.num_requests - count)};t={ceil(self.left)}',
        }
        return count <= self.num_requests

    def _counted(self, key: str) -> int:
        cache = caches["counts"]  # asked for anew: a connection is of one thread
        cache.add(key, 0, timeout=2 * self.duration)
        return cache.incr(key)

    def wait(self) -> float:
        return ceil(self.left)

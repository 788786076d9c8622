"""Which request something is part of, from the proxy to the task that it leads to; the lines of the log; what is counted.

Each request has an id: the one that the proxy in front sent as X-Request-Id, or one of our own. It stands in the answer, in
every line of the log, on the events that the request made, and goes along to the tasks that are nudged.
"""

import json
import logging
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

HEADER = "X-Request-Id"
_USABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_request: ContextVar[str] = ContextVar("request", default="")
_entered = threading.local()
QUIET = {"healthz", "livez", "metrics"}

logger = logging.getLogger("holdfast.request")
slow = logging.getLogger("holdfast.slow")

REQUESTS = Counter("holdfast_requests", "Requests that were answered", ["method", "view", "status"])
SECONDS = Histogram(
    "holdfast_request_seconds", "How long they took", ["view"], buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10)
)


def request_id() -> str:
    """Of the request that this is part of; empty outside of any."""
    return _request.get()


@contextmanager
def part_of_request(name: str) -> Iterator[None]:
    token = _request.set(name if _USABLE.fullmatch(name) else "")
    try:
        yield
    finally:
        _request.reset(token)


class TraceMiddleware:
    """The first of all: what it does not see, no line of the log tells."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name, began = given if _USABLE.fullmatch(given) else uuid4().hex, time.perf_counter()
        with part_of_request(name):
            response = self.get_response(request)
            response[HEADER] = name
            self._tell(request, response, time.perf_counter() - began)
        return response

    def _tell(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        view = (match and match.view_name) or "none"
        REQUESTS.labels(request.method, view, response.status_code).inc()
        SECONDS.labels(view).observe(seconds)
        person = getattr(request, "_cached_user", None)
        logger.log(
            logging.DEBUG if view in QUIET else logging.INFO,
            "%s %s %s %d ms",
            request.method,
            request.path,
            response.status_code,
            round(seconds * 1000),
            extra={
                "method": request.method, "path": request.path, "status": response.status_code,
                "ms": round(seconds * 1000), "view": view, "user": str(person.pk) if person and person.pk else "",
                "address": request.META.get("HTTP_X_FORWARDED_FOR") or request.META.get("REMOTE_ADDR", ""),
            },
        )  # fmt: skip


def tell_of_slow(execute: Callable[..., Any], statement: str, params: Any, many: bool, context: Any) -> Any:
    """Logs a statement that took longer than SLOW_STATEMENTS says; without its values, which are nobody's business."""
    began = time.perf_counter()
    try:
        return execute(statement, params, many, context)
    finally:
        if (seconds := time.perf_counter() - began) * 1000 >= settings.SLOW_STATEMENTS:
            slow.warning("%d ms: %s", round(seconds * 1000), str(statement)[:1000], extra={"ms": round(seconds * 1000)})


@connection_created.connect
def watch(connection: Any, **kwargs: object) -> None:
    if tell_of_slow not in connection.execute_wrappers:
        connection.execute_wrappers.append(tell_of_slow)


@task_prerun.connect
def begin_task(task: Any, **kwargs: object) -> None:
    """What a task logs is part of the request that nudged it."""
    _entered.stack = ExitStack()
    _entered.stack.enter_context(part_of_request(str((task.request.headers or {}).get("request") or "")))


@task_postrun.connect
def end_task(**kwargs: object) -> None:
    _entered.stack.close()


class OfRequest(logging.Filter):
    """Writes on each record which request it is part of, and takes the traceback from what is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id() or "-"
        if record.name == "django.security.DisallowedHost" or getattr(record, "status_code", 0) == 503:
            record.exc_info = record.exc_text = None
        return True


class Lines(logging.Formatter):
    """For people: one line, in UTC."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


class JsonLines(logging.Formatter):
    """For programs: one object a line."""

    FIELDS = ("method", "path", "status", "ms", "view", "user", "address")

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        said |= {name: getattr(record, name) for name in self.FIELDS if hasattr(record, name)}
        if record.exc_info:
            said["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(said, ensure_ascii=False, default=str)

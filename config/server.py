"""gunicorn's threads, behind bulkheads: who sends slowly or waits for a row takes no thread from anybody else.

A request is received whole, head and body, before one of the few threads that have a connection to the database is
given to it. Receiving is done by many cheap threads, within a limit of time, of size and of connections from one address.
Those that change something, those that only read, and /healthz have threads of their own. See docs/decisions/server.md.
"""

import json
import os
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from time import monotonic
from typing import Any

from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import _DEFER, ThreadWorker

RECEIVERS = 256
MOST_OF_ONE_ADDRESS = 64  # a factory has one address for all its phones
MOST_BYTES = 40 * 2**20
IN_MEMORY = 2**20
PIECE = 8192
SECONDS_FOR_A_FIRST_BYTE = 0.5  # then it waits without a thread
SECONDS_FOR_A_HEAD = 15.0
SECONDS_FOR_A_BODY = 30.0  # and then as long as it keeps up
LEAST_BYTES_A_SECOND = 2_000  # of a phone behind a bad line
SECONDS_FOR_A_THREAD = 5.0
SECONDS_TO_SEND = 30.0
READING = {"GET", "HEAD", "OPTIONS"}
CHECKS = {"/healthz", "/livez"}
PROXIES = int(os.environ.get("BEHIND_PROXY", "0"))
SAID = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "too_large",
        "This is larger than 40 MB. Send it in smaller parts.",
        "内容超过 40 MB。请分成几部分发送。",
    ),
    HTTPStatus.REQUEST_TIMEOUT: (
        "too_slow",
        "This arrived too slowly and was given up. Nothing was stored. Send it again.",
        "传输过慢，已中止。没有保存任何内容。请重新发送。",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "busy",
        "Too much is asked at once. Nothing was stored. Send it again in a few seconds.",
        "当前请求过多。没有保存任何内容。请几秒后重新发送。",
    ),
}


class Refused(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class _Timed:
    """A socket from which all must have come until a deadline."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self.deadline = 0.0

    def recv(self, size: int) -> bytes:
        left = self.deadline - monotonic()
        try:
            if left > 0:
                self._sock.settimeout(left)
                return self._sock.recv(size)
        except TimeoutError:
            pass
        raise NoMoreData

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class BulkheadWorker(ThreadWorker):
    def get_thread_pool(self) -> ThreadPoolExecutor:
        self._pools = {
            name: ThreadPoolExecutor(threads, thread_name_prefix=name)
            for name, threads in (("changes", self.cfg.threads), ("reads", self.cfg.threads), ("checks", 1))
        }
        self._from: Counter[str] = Counter()
        self._lock = threading.Lock()
        return ThreadPoolExecutor(RECEIVERS, thread_name_prefix="receiver")

    def handle(self, conn: Any) -> Any:
        """In a cheap thread: a connection of gunicorn's, whose head must come in time."""
        if not conn.initialized and not conn.data_ready and not conn.wait_for_data(SECONDS_FOR_A_FIRST_BYTE):
            return _DEFER
        conn.init()
        unreader = conn.parser.unreader
        if not isinstance(unreader.sock, _Timed):
            unreader.sock = _Timed(conn.sock)
        unreader.sock.deadline = monotonic() + SECONDS_FOR_A_HEAD
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Receive the rest, and have one of the threads with a database answer."""
        body = req.body
        try:
            with self._one_of(self._address(req, conn)):
                req.body = self._received(req, conn)
            conn.sock.settimeout(SECONDS_TO_SEND)
            return self._answered(req, conn)
        except Refused as refused:
            self._refuse(req, conn, refused.status)
            return False
        finally:
            if req.body is not body:
                req.body.close()
                req.body = body

    def _answered(self, req: Any, conn: Any) -> bool:
        kind = "checks" if req.path in CHECKS else "reads" if req.method in READING else "changes"
        has_begun, answer = threading.Event(), super().handle_request

        def work() -> bool:
            has_begun.set()
            return answer(req, conn)

        working = self._pools[kind].submit(work)
        if not has_begun.wait(SECONDS_FOR_A_THREAD) and working.cancel():
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        return working.result()

    def _address(self, req: Any, conn: Any) -> str:
        """Who sends; behind proxies of ours, as the outermost of them wrote it down."""
        named = [part.strip() for name, value in req.headers if name == "X-FORWARDED-FOR" for part in value.split(",")]
        if PROXIES and len(named) >= PROXIES:
            return named[-PROXIES]
        return str(conn.client[0] if conn.client else "")

    @contextmanager
    def _one_of(self, address: str) -> Iterator[None]:
        with self._lock:
            self._from[address] += 1
            is_too_many = self._from[address] > MOST_OF_ONE_ADDRESS
        try:
            if is_too_many:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
            yield
        finally:
            with self._lock:
                self._from[address] -= 1
                if not self._from[address]:
                    del self._from[address]

    def _received(self, req: Any, conn: Any) -> Any:
        """The whole body, in memory or a file. Raises Refused where it is too large or too slow."""
        length = next((int(value) for name, value in req.headers if name == "CONTENT-LENGTH"), None)
        if length is not None and length > MOST_BYTES:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not length and not any(name == "TRANSFER-ENCODING" for name, _value in req.headers):
            return req.body
        if req._expected_100_continue:
            conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            req._expected_100_continue = False
        line, began, size = conn.parser.unreader.sock, monotonic(), 0
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 closed when it was answered
        try:
            while size != length:
                line.deadline = began + SECONDS_FOR_A_BODY + size / LEAST_BYTES_A_SECOND
                if not (chunk := req.body.read(PIECE)):
                    break
                size += len(chunk)
                if size > MOST_BYTES:
                    raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                file.write(chunk)
            if length is not None and size != length:
                raise NoMoreData
        except NoMoreData:
            file.close()
            if monotonic() >= line.deadline:
                raise Refused(HTTPStatus.REQUEST_TIMEOUT) from None
            raise
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def _refuse(self, req: Any, conn: Any, status: HTTPStatus) -> None:
        """In both languages, for who reads which is not known yet."""
        code, english, chinese = SAID[status]
        if req.path.startswith("/api/"):
            kind = "application/problem+json"
            said = {
                "type": f"urn:holdfast:{code}", "title": status.phrase, "status": status, "code": code,
                "detail": f"{english} {chinese}", "errors": [],
            }  # fmt: skip
            body = json.dumps(said).encode()
        else:
            kind, body = "text/plain; charset=utf-8", f"{english}\n\n{chinese}\n".encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            "Retry-After: 5\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        )
        conn.sock.settimeout(SECONDS_TO_SEND)
        conn.sock.sendall(head.encode() + body)

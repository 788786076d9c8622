"""psycopg, but that no wait for an answer is without an end.

PostgreSQL's own limits end what runs too long. They end nothing where the server itself stands still (a frozen machine, a
disk that does not answer, a cut line), and a thread would wait for ever. So after a moment without an answer the server is
asked whether it is there at all, on a connection of its own.
"""

import os
import socket
import threading
from time import monotonic
from typing import Any

import psycopg
from psycopg import *  # noqa: F403 the names that Django looks for
from psycopg.errors import _WaitTimeout

SECONDS_BEFORE_A_LOOK = 0.7
SECONDS_FOR_A_SIGN = 1.0
SECONDS_A_SIGN_COUNTS = 0.5
# A command at a desk waits as long as whoever started it likes.
IS_BOUNDED = bool(os.environ.get("WORK"))
# Asks whether the server speaks TLS; it answers with one letter, and no sign-in is needed (protocol 3.0, SSLRequest).
QUESTION = (8).to_bytes(4) + (80877103).to_bytes(4)


class NoAnswer(psycopg.OperationalError):
    """The database is not there, or stands still."""


class _Sign:
    """When a server last gave a sign, shared by the threads of the process: one of them asks for all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], tuple[float, bool]] = {}

    def of(self, host: str, port: int) -> bool:
        with self._lock:
            at, answered = self._asked.get((host, port), (float("-inf"), False))
            if monotonic() - at > SECONDS_A_SIGN_COUNTS:
                answered = gives_a_sign(host, port)
                self._asked[host, port] = (monotonic(), answered)
            return answered


_sign = _Sign()


def gives_a_sign(host: str, port: int) -> bool:
    """Whether a server at the host (or in the folder of its socket) answers at all."""
    is_local = host.startswith(("/", "@"))
    address: Any = f"{host}/.s.PGSQL.{port}" if is_local else (host, port)
    try:
        with (
            socket.socket(socket.AF_UNIX)
            if is_local
            else socket.create_connection(address, SECONDS_FOR_A_SIGN) as asked
        ):
            asked.settimeout(SECONDS_FOR_A_SIGN)
            if is_local:
                asked.connect(address)
            asked.sendall(QUESTION)
            return bool(asked.recv(1))
    except OSError:
        return False


class BoundedConnection(psycopg.Connection):
    """Gives up when the server gives no sign while an answer is waited for."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if timeout is not None or not IS_BOUNDED:
            return super().wait(gen, interval, timeout)
        while True:
            try:
                return super().wait(gen, interval, SECONDS_BEFORE_A_LOOK)
            except _WaitTimeout:
                if not _sign.of(self.info.host, self.info.port):
                    self.pgconn.finish()
                    raise NoAnswer("The database does not answer.") from None


def connect(conninfo: str = "", **options: Any) -> BoundedConnection:  # type: ignore[no-redef]
    """Raises NoAnswer at once where the server is known to stand still."""
    host = str(options.get("host") or "")
    if IS_BOUNDED and host and "," not in host and not _sign.of(host, int(options.get("port") or 5432)):
        raise NoAnswer("The database does not answer.")
    return BoundedConnection.connect(conninfo, **options)

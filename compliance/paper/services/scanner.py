"""The virus scanner: files are streamed to a clamd over TCP or a unix socket (clamd(8), command INSTREAM)."""

import socket
import struct
from typing import BinaryIO
from urllib.parse import urlsplit

CHUNK = 2**16
ANSWER_WITHIN = 60


class ScannerDown(OSError):
    """clamd cannot be asked or says an error: nothing is known about the file."""


def scan(file: BinaryIO, url: str) -> str | None:
    """The name of what was found in the file, None for nothing. `url` is tcp://host:port or unix:///path.

    Raises ScannerDown when there is no clear answer, such as for a file larger than clamd takes (StreamMaxLength).
    """
    file.seek(0)
    try:
        with _connection(url) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                clamd.sendall(struct.pack(">I", len(chunk)) + chunk)
            clamd.sendall(struct.pack(">I", 0))
            answer = _answer(clamd)
    except OSError as error:
        raise ScannerDown(str(error)) from error
    finally:
        file.seek(0)
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerDown(answer)


def _connection(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(ANSWER_WITHIN)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((parts.hostname, parts.port or 3310), timeout=ANSWER_WITHIN)


def _answer(clamd: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        block = clamd.recv(4096)
        if not block:
            break
        answer += block
    return answer.rstrip(b"\0").decode(errors="replace").strip()

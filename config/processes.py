"""Child processes that do not outlive their parent, and the lock that says who owns a folder."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if _LINUX else None


class FolderInUse(RuntimeError):
    """Another live process owns the folder."""


def spawn(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int,
    env: dict[str, str] | None = None,
    user: int | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches the parent alone.

    On Linux the kernel sends the child `death_signal` when the calling thread ends, whatever ended it.
    `user` is the numeric user the child runs as (root only); it then has that number as its only group.
    """
    parent = os.getpid()

    def bind_to_parent() -> None:
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # the parent ended between fork and prctl: no signal will come
            os.kill(os.getpid(), signal.SIGKILL)

    return subprocess.Popen(
        [os.fspath(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=env,
        start_new_session=True,
        preexec_fn=bind_to_parent,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )


def stop(
    process: subprocess.Popen[bytes],
    *,
    graceful: signal.Signals = signal.SIGTERM,
    forced: signal.Signals = signal.SIGKILL,
    seconds: float = 30,
    meanwhile: Callable[[float], object] = time.sleep,
) -> None:
    """Ask the child to end, wait, and end its whole process group where it does not listen.

    `meanwhile` is called with the seconds to let pass, again and again while the child takes its time.
    """
    if process.poll() is None:
        process.send_signal(graceful)
    give_up = time.monotonic() + seconds
    while process.poll() is None:
        if time.monotonic() > give_up:
            os.killpg(process.pid, forced)
            process.wait()
        meanwhile(0.05)


@contextmanager
def own(folder: Path, *, seconds: float = 0) -> Iterator[None]:
    """Have the folder for this process alone; waits so long for the one before. Raises FolderInUse.

    The kernel frees the lock when its process ends, so a kill -9 leaves nothing to clean up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        if not wait_until(lambda: _take(lock), seconds=seconds):
            raise FolderInUse(
                f"{folder} is in use by process {owner(folder)}. Stop that first, or set another DATA_DIR."
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def owner(folder: Path) -> int | None:
    """The process that has the folder for itself now."""
    try:
        with (folder / "lock").open("r+") as lock:
            return None if _take(lock) else int(lock.read() or 0)
    except FileNotFoundError:
        return None


def _take(lock: IO[str]) -> bool:
    """Whether the lock is now ours; closing the file gives it back."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the process that started this one ends, whatever ended it (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def is_free(port: int) -> bool:
    """Whether nobody listens on the port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Whether the condition came true in time."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True

"""Child processes that do not outlive their parent, and the lock that says who owns a folder."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
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

    identity = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    return subprocess.Popen(
        [os.fspath(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=env,
        start_new_session=True,
        preexec_fn=bind_to_parent,
        **identity,
    )


def stop(
    process: subprocess.Popen[bytes],
    *,
    graceful: signal.Signals = signal.SIGTERM,
    forced: signal.Signals = signal.SIGKILL,
    seconds: float = 30,
) -> None:
    """Ask the child to end, wait, and end its whole session's process group where it does not listen."""
    if process.poll() is None:
        process.send_signal(graceful)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, forced)
        process.wait()


def own(folder: Path) -> Callable[[], None]:
    """Take the folder for this process and return the function that gives it back.

    The kernel frees the lock when the process ends, so a kill -9 leaves nothing to clean up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        owner = lock.read().strip()
        lock.close()
        raise FolderInUse(f"{folder} is in use by process {owner}.") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock.close

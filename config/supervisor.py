"""Keep several processes running as one: start in order, restart what dies, stop in reverse order.

See docs/decisions/supervisor.md for why this is not a library.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, Self

import psutil

from config import processes

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
# A child that ran this long had started well: its next end is a new trouble.
SECONDS_OF_HEALTH = 60.0
SECONDS_BETWEEN_LOOKS = 0.2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StepFailed(RuntimeError):
    """A command that had to succeed did not."""


class Supervised(Protocol):
    """What can be kept running: the commands below, and the embedded servers."""

    name: str
    process: subprocess.Popen[bytes] | None

    def start(self) -> None: ...
    def stop(self, meanwhile: Callable[[float], object] = ...) -> None: ...


class Command:
    """A program whose output is shown line by line behind its name."""

    def __init__(self, name: str, command: Sequence[str | Path], *, env: dict[str, str], seconds_to_stop: float = 20):
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None
        self._command = command
        self._env = env
        self._seconds_to_stop = seconds_to_stop

    def start(self) -> None:
        self.process = processes.spawn(self._command, output=subprocess.PIPE, env=self._env)

    def stop(self, meanwhile: Callable[[float], object] = time.sleep) -> None:
        if self.process:
            processes.stop(self.process, seconds=self._seconds_to_stop, meanwhile=meanwhile)


@dataclass
class _Kept:
    """A child that is kept running; `due_at` is set while it has ended and waits for its next start."""

    child: Supervised
    started_at: float
    pause: float = FIRST_PAUSE
    due_at: float | None = None


class Supervisor:
    """A context: whatever was started in it has stopped when it is left, in reverse order.

    SIGINT, SIGTERM and SIGHUP end `run_to_end` and `keep_running` early; nothing is raised for them.
    `record` names, while anything runs, the processes that a killed supervisor may leave behind.
    Everything happens in one thread, for a child is bound to the thread that started it.
    """

    def __init__(self, record: Path) -> None:
        self.is_stopping = False
        self._record = record
        self._kept: list[_Kept] = []
        self._pipes = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup asks to stay
                signal.signal(number, self._begin_to_stop)
        end_leftovers(self._record)
        return self

    def __exit__(self, *_: object) -> None:
        self.is_stopping = True
        for kept in reversed(self._kept):
            self._tell(f"stopping {kept.child.name}")
            kept.child.stop(meanwhile=self._show_output)  # a child whose output nobody reads cannot end
            self._show_output(0)
        self._pipes.close()
        self._record.unlink(missing_ok=True)

    def run_to_end(self, command: Command) -> None:
        """Run a step that the rest depends on. Raises StepFailed where it fails."""
        self.start(command)
        while _is_running(command) and not self.is_stopping:
            self._show_output(SECONDS_BETWEEN_LOOKS)
        if self.is_stopping:
            return
        self._show_output(0)
        self._kept.pop()
        if command.process and command.process.returncode != 0:
            raise StepFailed(f"{command.name} failed; the reason is above.")

    def start(self, child: Supervised) -> None:
        """Start the child, and from now on keep it running. Does nothing once a stop was asked for."""
        if not self.is_stopping:
            self._start(child)
            self._kept.append(_Kept(child, started_at=time.monotonic()))
            self._write_record()

    def keep_running(self, *, meanwhile: Callable[[], None]) -> None:
        """Restart what ends, each time after a longer pause, until a signal; `meanwhile` is called at each look."""
        while not self.is_stopping:
            self._show_output(SECONDS_BETWEEN_LOOKS)
            meanwhile()
            for kept in self._kept:
                if not _is_running(kept.child):
                    self._restart(kept, now=time.monotonic())

    def _restart(self, kept: _Kept, *, now: float) -> None:
        """Set a time for the next start, or start where that time has come."""
        if kept.due_at is None:
            if now - kept.started_at > SECONDS_OF_HEALTH:
                kept.pause = FIRST_PAUSE
            self._tell(f"{kept.child.name} ended with {_ending(kept.child)}; starting it again in {kept.pause:g} s")
            kept.due_at = now + kept.pause
            kept.pause = min(2 * kept.pause, LONGEST_PAUSE)
        elif now >= kept.due_at and not self.is_stopping:
            kept.due_at, kept.started_at = None, now
            try:
                self._start(kept.child)
            except (RuntimeError, OSError) as error:
                self._tell(str(error))
            self._write_record()

    def _start(self, child: Supervised) -> None:
        child.start()
        if child.process and child.process.stdout:
            self._pipes.register(child.process.stdout, selectors.EVENT_READ, _Lines(child.name, child.process.stdout))

    def _begin_to_stop(self, *_: object) -> None:
        self.is_stopping = True

    def _show_output(self, seconds: float) -> None:
        for key, _ in self._pipes.select(seconds):
            if not key.data.show_next():
                self._pipes.unregister(key.fileobj)
                key.data.close()

    def _write_record(self) -> None:
        """Commands only: the embedded servers find their own leftovers."""
        running = {}
        for kept in self._kept:
            if isinstance(kept.child, Command) and kept.child.process:
                with suppress(psutil.NoSuchProcess):
                    running[kept.child.process.pid] = psutil.Process(kept.child.process.pid).create_time()
        self._record.write_text(json.dumps(running))

    @staticmethod
    def _tell(text: str) -> None:
        print(f"{'holdfast':<9}| {text}", flush=True)  # noqa: T201 the terminal is where this runs


class _Lines:
    """Cuts a child's output into lines and shows each behind the child's name."""

    def __init__(self, name: str, pipe: IO[bytes]) -> None:
        self._prefix = f"{name:<9}| ".encode()
        self._pipe = pipe
        self._rest = b""

    def show_next(self) -> bool:
        """Show what has arrived, which must be something; False at the end of the output."""
        chunk = os.read(self._pipe.fileno(), 65536)
        *lines, self._rest = (self._rest + (chunk or b"\n")).split(b"\n")
        for line in filter(None, lines):
            sys.stdout.buffer.write(self._prefix + line + b"\n")
        sys.stdout.flush()
        return bool(chunk)

    def close(self) -> None:
        self._pipe.close()


def end_leftovers(record: Path) -> None:
    """Stop what a killed supervisor left running: the recorded processes, unless the number is another's by now."""
    try:
        recorded = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return
    leftovers = []
    for pid, created in recorded.items():
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(int(pid))
            if process.create_time() == created:
                process.terminate()
                leftovers.append(process)
    _, deaf = psutil.wait_procs(leftovers, timeout=30)
    for process in deaf:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(deaf, timeout=5)


def _is_running(child: Supervised) -> bool:
    return child.process is not None and child.process.poll() is None


def _ending(child: Supervised) -> str:
    code = child.process.returncode if child.process else None
    return f"signal {-code}" if code is not None and code < 0 else f"code {code}"

"""`python -m config`, which is `make run`: everything that Holdfast consists of, in the foreground."""

import http.client
import math
import os
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

from config import embedded, processes
from config.supervisor import Command, StepFailed, Supervisor
from config.workers import WORKERS

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
SECONDS_FOR_ANOTHER_TO_STOP = 30
SECONDS_FOR_THE_PORT = 5
SIGN_INS = {
    "qc": "QC staff, on the factory floor",
    "manager": "quality manager, decides holds",
    "merchandiser": "merchandiser, takes products live",
    "supplier": "a supplier, sees only its own",
    "rival": "another supplier",
    "admin": "may do everything",
}
DEMO_PASSWORD = "holdfast-demo"  # noqa: S105 meant to be known


class CannotRun(RuntimeError):
    """Something outside stands in the way; the message says what to do."""


def main() -> None:
    if "MAKELEVEL" in os.environ:
        processes.end_with_parent()
    folder = embedded.data_folder()
    try:
        port = _port()
        with _own(folder), Supervisor(folder / "children.json") as supervisor:
            _require_free(port)
            _run(supervisor, folder, port)
    except (CannotRun, processes.FolderInUse, embedded.ServerDidNotStart, StepFailed) as error:
        sys.exit(str(error))


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise CannotRun(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _own(folder: Path) -> AbstractContextManager[None]:
    """Have the data folder, where need be after the run before has stopped."""
    owner = processes.owner(folder)
    if owner:
        _say(f"Process {owner} still runs Holdfast from {folder}; waiting for it to stop.")
    return processes.own(folder, seconds=SECONDS_FOR_ANOTHER_TO_STOP)


def _require_free(port: int) -> None:
    # What a killed run left listening notices within a second that its master has ended.
    if not processes.wait_until(lambda: processes.is_free(port), seconds=SECONDS_FOR_THE_PORT):
        raise CannotRun(
            f"Port {port} is taken by another program, or not yours to take. "
            f"Stop that program, or choose another port: make run PORT={port + 1}"
        )


def _run(supervisor: Supervisor, folder: Path, port: int) -> None:
    servers = embedded.missing_servers(folder)
    for server in servers.values():
        supervisor.start(server)
    urls = {variable: server.url for variable, server in servers.items()}
    defaults = {"DEMO": "1", "SITE_URL": f"http://127.0.0.1:{port}", "DATA_DIR": str(folder)}
    env = defaults | os.environ | urls | {"PORT": str(port), "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    embedded.record(folder, {name: env[name] for name in (*defaults, *urls)})

    supervisor.run_to_end(Command("prepare", [PYTHON, "-m", "config.prepare"], env=env))
    celery = [PYTHON, "-m", "celery", "--quiet", "--app", "config"]
    for name, (work, options, queues) in WORKERS.items():
        worker = [*celery, "worker", *options, "--queues", ",".join(queues), "--hostname", f"{name}@%h"]
        supervisor.start(Command(name, worker, env=env | {"WORK": work}))
    supervisor.start(
        Command("web", [PYTHON, "-m", "gunicorn", "--config", ROOT / "deploy" / "gunicorn.conf.py"], env=env)
    )
    supervisor.start(Command("beat", [*celery, "beat", "--loglevel", "WARNING"], env=env))
    supervisor.keep_running(meanwhile=_Welcome(port, is_demo=env["DEMO"] == "1"))


class _Welcome:
    """Say once, as soon as the site answers, where it is and who may sign in."""

    def __init__(self, port: int, *, is_demo: bool) -> None:
        self._port = port
        self._is_demo = is_demo
        self._ask_at = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._ask_at:
            return
        self._ask_at = time.monotonic() + 0.5
        if not self._answers():
            return
        self._ask_at = math.inf
        lines = ["", f"Holdfast is at http://127.0.0.1:{self._port} (Ctrl-C stops it)"]
        if self._is_demo:
            lines += [f"Sign in with the password {DEMO_PASSWORD} as"]
            lines += [f"  {name:<13} {who}" for name, who in SIGN_INS.items()]
        _say("\n".join([*lines, ""]))

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)  # past any proxy
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 the terminal is where this runs


if __name__ == "__main__":
    main()

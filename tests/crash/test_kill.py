"""kill -9 of web and worker processes in the middle of submissions: what is stored keeps the rules, what is told is true.

PROCESS_KILLS says how often; `python bench/kills.py` takes hundreds.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket
from uuid import uuid4

import psutil
import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from config.workers import WORKERS
from tests import template

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = int(os.environ.get("PROCESS_KILLS", "60"))
# Killing waits for an answer in between, so that a slow machine gets somewhere too.
SECONDS_BETWEEN_KILLS = (0.1, 1.0)
CLIENTS = 4
# All in one process: each start of Python is seconds.
PREPARATION = """
from django.core.management import call_command
call_command("createcachetable")
call_command("load_catalogue")
from accounts.roles import Role
from tests.factories import make_supplier, make_user
make_user(Role.ADMIN, "admin")
make_supplier("HAILAN")
"""


@dataclass
class Installation:
    """Holdfast as it runs for real: gunicorn and a Celery worker with beat, on a database of its own."""

    env: dict[str, str]
    port: int
    processes: list[subprocess.Popen] = field(default_factory=list)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True).stdout

    def start(self) -> None:
        web = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
        queues = ",".join(sorted({queue for _work, _options, queues in WORKERS.values() for queue in queues}))
        worker = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "-B",
            "-c",
            "1",
            "-l",
            "WARNING",
            "-Q",
            queues,
        ]
        with Path(self.env["DATA_DIR"], "output.log").open("ab") as log:
            for command in (web, worker):
                self.processes.append(subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log))
        deadline = time.monotonic() + 90
        while self.ask("GET", "/healthz", None, {})[0] != 200:
            assert time.monotonic() < deadline, "the web server does not start"
            time.sleep(0.2)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()

    def ask(self, method: str, path: str, body: dict | None, headers: dict[str, str]) -> tuple[int, dict]:
        """One request; status 0 when the connection broke."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError):
            return 0, {}
        finally:
            connection.close()

    def children(self) -> list[psutil.Process]:
        """The processes that do the work; their masters replace those that die."""
        found = []
        for process in self.processes:
            with suppress(psutil.NoSuchProcess):
                found += psutil.Process(process.pid).children()
        return found


@pytest.fixture
def installation(tmp_path) -> Iterator[Installation]:
    url = os.environ["DATABASE_URL"]
    name = f"crash_{uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        creation = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(creation.format(sql.Identifier(name), sql.Identifier(template.ready())))
    base, _, query = url.partition("?")
    database = f"{base.rpartition('/')[0]}/{name}?{query}".rstrip("?")
    redis = os.environ["REDIS_URL"].removesuffix("/0") + "/7"
    try:
        with installed(tmp_path, database=database, redis=redis) as running:
            yield running
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def installed(folder: Path, *, database: str, redis: str) -> Iterator[Installation]:
    """Holdfast on a migrated database, with the catalogue and the people of these tests, until the end of the block."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(settings.STATIC_ROOT),  # collected once for the run
        "DEMO": "1",
        "PORT": str(port),
        "WEB_WORKERS": "2",
        "PYTHONPATH": str(ROOT),
    }
    installation = Installation(env, port)
    try:
        installation.manage("shell", "-v0", "-c", PREPARATION)
        installation.start()
        yield installation
    finally:
        installation.stop()


class Submitter:
    """A program that sends until it hears an answer, always with the same key."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.token = installation.manage("api_token", "admin").strip()
        self.broken = self.answered = 0
        self.answers: dict[str, dict] = {}

    def post(self, path: str, body: dict, key: str) -> dict:
        headers = {"Authorization": f"Token {self.token}", "Idempotency-Key": key}
        for _attempt in range(60):
            status, answer = self.installation.ask("POST", path, body, headers)
            if status == 0:
                self.broken += 1
                time.sleep(0.05)
                continue
            assert status == 201, (path, status, answer)
            self.answered += 1
            return answer
        raise AssertionError("no answer in 60 attempts")

    def wait_for_an_answer(self, least: float, most: float) -> None:
        """Until something was answered since the call, in seconds at least and at most."""
        answered, start = self.answered, time.monotonic()
        time.sleep(least)
        while self.answered == answered and time.monotonic() - start < most:
            time.sleep(0.02)

    def submit_and_ship(self, number: str, *, is_bad: bool) -> None:
        """Register a batch, inspect it, and ship it where it was accepted."""
        self.post("/api/v1/batches/", {"number": number, "product": "CRASH", "quantity": 100}, f"batch {number}")
        results = [
            {"characteristic": "LEAK", "nonconforming_units": [3] if is_bad else []},
            {"characteristic": "HEIGHT", "readings": [50.1] * 20},
        ]
        body = {"batch": number, "results": results, "submit": True}
        self.answers[number] = self.post("/api/v1/inspections/", body, f"inspection {number}")
        if not is_bad:
            self.post("/api/v1/shipments/", {"batch": number, "quantity": 60}, f"shipment {number}")

    def specify(self) -> None:
        headers = {"Authorization": f"Token {self.token}"}
        product = {"sku": "CRASH", "name": "Kettle", "supplier": "HAILAN", "category": "toys", "markets": ["US"]}
        self.post("/api/v1/products/", product, "product")
        specification = {
            "characteristics": [
                {"code": "LEAK", "name": "No leak", "aspect": "function", "class": "critical", "measured": False},
                {
                    "code": "HEIGHT", "name": "Height", "aspect": "dimension", "class": "major", "measured": True,
                    "target": 50, "lower": 49.5, "upper": 50.5, "unit": "mm",
                },
            ],
            "scheme": {"kind": "fixed", "n": 20},  # an AQL would discontinue inspection after so many rejections
        }  # fmt: skip
        path = "/api/v1/products/CRASH/specification/"
        status, answer = self.installation.ask("PUT", path, specification, headers)
        assert status == 200, answer


@pytest.mark.timeout(600 + 5 * KILLS)
def test_kills_in_the_middle_of_submissions(installation):
    submitter = Submitter(installation)
    submitter.specify()
    killed, done = 0, threading.Event()
    numbers = iter(range(10**6))
    lock = threading.Lock()

    def work(_client: int) -> None:
        while not done.is_set():
            with lock:
                number = next(numbers)
            submitter.submit_and_ship(f"CRASH-{number}", is_bad=number % 2 == 0)

    chance = random.Random(2611)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(work, client) for client in range(CLIENTS)]
        while killed < KILLS and not any(client.done() for client in clients):
            submitter.wait_for_an_answer(*SECONDS_BETWEEN_KILLS)
            if victims := installation.children():
                with suppress(psutil.NoSuchProcess):
                    chance.choice(victims).kill()
                    killed += 1
        done.set()
        for client in clients:
            client.result()

    assert killed == KILLS
    assert submitter.broken > KILLS // 10, "the kills hit no request, so this proves nothing"
    with psycopg.connect(installation.env["DATABASE_URL"]) as connection:
        assert violations(connection, submitter) == []
        assert everyone_was_told(connection)


RULES = {
    "R1: a critical nonconformity without a hold on its batch": """
        SELECT i.id FROM inspections_result r
        JOIN inspections_characteristic c ON c.id = r.characteristic_id
        JOIN inspections_inspection i ON i.id = r.inspection_id
        LEFT JOIN inspections_hold h ON h.id = i.hold_id AND h.batch_id = i.batch_id
        WHERE c.nonconformity_class = 'critical' AND r.nonconforming > 0 AND h.id IS NULL""",
    "R2: quantities that do not add up, or shipped while not accepted": """
        SELECT id FROM inspections_batch b
        WHERE quantity <> awaiting + available + on_hold + set_aside + shipped + returned + scrapped
           OR shipped <> (SELECT coalesce(sum(quantity), 0) FROM inspections_shipment s WHERE s.batch_id = b.id)
           OR on_hold <> (SELECT coalesce(sum(remaining), 0) FROM inspections_hold h
                          WHERE h.batch_id = b.id AND h.status = 'open')""",
    "R2: a shipment of a batch with a critical nonconformity": """
        SELECT s.id FROM inspections_shipment s JOIN inspections_batch b ON b.id = s.batch_id
        WHERE b.number LIKE 'CRASH-%' AND b.hold_count > 0""",
    "R6: a hold without its event": """
        SELECT h.id FROM inspections_hold h WHERE NOT EXISTS (
            SELECT FROM activity_event e WHERE e.kind = 'hold.placed' AND e.data->>'hold' = h.uid::text)""",
    "R7: a batch inspected or shipped twice": """
        SELECT b.id FROM inspections_batch b WHERE b.number LIKE 'CRASH-%' AND (
            (SELECT count(*) FROM inspections_inspection i WHERE i.batch_id = b.id) > 1
            OR (SELECT count(*) FROM inspections_shipment s WHERE s.batch_id = b.id) > 1)""",
    "R7: a key without its answer": "SELECT id FROM activity_answer WHERE status IS NULL OR body IS NULL",
}


def violations(connection: psycopg.Connection, submitter: Submitter) -> list[str]:
    """The rules that the stored rows break, and answers that were given and are not stored."""
    broken = [rule for rule, query in RULES.items() if connection.execute(query).fetchall()]
    stored = dict(
        connection.execute(
            "SELECT b.number, i.uid::text FROM inspections_inspection i JOIN inspections_batch b ON b.id = i.batch_id"
        ).fetchall()
    )
    broken += [
        f"R7: {number} was answered otherwise"
        for number, a in submitter.answers.items()
        if stored.get(number) != a["id"]
    ]
    return broken


def everyone_was_told(connection: psycopg.Connection) -> bool:
    """Whether within a minute of the last kill nothing is owed to a receiver any more."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connection.transaction():
            [waiting] = connection.execute("SELECT count(*) FROM activity_delivery WHERE status <> 'done'").fetchone()
        if not waiting:
            return True
        time.sleep(1)
    return False

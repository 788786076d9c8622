"""kill -9 of everything, PostgreSQL and Redis too, while batches are inspected and late findings arrive: the rules hold (R1, R2, R6, R7).

KILLS says how often; `python bench/kills.py` takes hundreds.
"""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import psutil
import psycopg
import pytest

from config import embedded
from tests import template
from tests.crash.test_kill import CLIENTS, Installation, Submitter, everyone_was_told, installed

KILLS = int(os.environ.get("KILLS", "4"))


class Servers:
    """PostgreSQL and Redis of this test alone, which survive that they are killed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        folder.chmod(0o755)
        self.postgres = embedded.Postgres(folder)
        self.redis = embedded.Redis(folder)

    def kill_backend(self) -> bool:
        """One process of the many: PostgreSQL ends all sessions and recovers."""
        assert self.postgres.process
        backends = [each for each in psutil.Process(self.postgres.process.pid).children() if "holdfast" in _title(each)]
        for backend in random.sample(backends, min(1, len(backends))):
            backend.kill()
        return bool(backends)

    def kill(self, server: embedded.Postgres | embedded.Redis) -> bool:
        assert server.process
        left = psutil.Process(server.process.pid).children()
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        psutil.wait_procs(left, timeout=20)
        server.start()
        return True


def _title(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


@pytest.fixture
def servers(tmp_path) -> Iterator[Servers]:
    tmp_path.chmod(0o755)
    servers = Servers(tmp_path / "servers")
    with ExitStack() as started:
        for server in (servers.postgres, servers.redis):
            started.callback(server.stop)
            server.start()
        _copy_template(servers.postgres.url)
        yield servers


def _copy_template(url: str) -> None:
    """The migrated database of the tests, which is on another server."""
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    source = f"{base.rpartition('/')[0]}/{template.ready()}?{query}".rstrip("?")
    tools = embedded.Postgres(Path("unused"))._binaries
    dumped = subprocess.run([tools / "pg_dump", "--no-owner", source], check=True, capture_output=True).stdout
    restored = ["-q", "-v", "ON_ERROR_STOP=1", url]
    subprocess.run([tools / "psql", *restored], input=dumped, check=True, capture_output=True)


class Patient(Submitter):
    """Sends again also where the server says that it cannot answer now."""

    def post(self, path: str, body: dict, key: str) -> dict:
        headers = {"Authorization": f"Token {self.token}", "Idempotency-Key": key}
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            status, answer = self.installation.ask("POST", path, body, headers)
            if 0 < status < 500:
                assert status == 201, (path, status, answer)
                self.answered += 1
                return answer
            self.broken += 1
            time.sleep(0.1)
        raise AssertionError(f"no answer in two minutes: {path}")

    def submit_and_find_late(self, number: str, *, turn: int) -> None:
        """A batch that is bad, or good and found critical only after it was accepted, or after a part of it was shipped."""
        self.post("/api/v1/batches/", {"number": number, "product": "CRASH", "quantity": 100}, f"batch {number}")
        results = [
            {"characteristic": "LEAK", "nonconforming_units": [] if turn else [3]},
            {"characteristic": "HEIGHT", "readings": [50.1] * 20},
        ]
        body = {"batch": number, "results": results, "submit": True}
        self.answers[number] = self.post("/api/v1/inspections/", body, f"inspection {number}")
        if turn == 1:
            self.post("/api/v1/shipments/", {"batch": number, "quantity": 60}, f"shipment {number}")
        if turn:
            said = {"id": str(uuid5(NAMESPACE_URL, number)), "class": "critical", "note": "Sharp burr", "count": 1}
            finding = self.post(f"/api/v1/batches/{number}/findings/", said, f"finding {number}")
            assert finding["late"], finding
            assert finding["hold"], finding


RULES = {
    "R1: a critical nonconformity or finding whose batch is not held": """
        SELECT b.number FROM inspections_batch b
        WHERE (EXISTS (SELECT FROM inspections_finding f WHERE f.batch_id = b.id AND f.nonconformity_class = 'critical')
               OR EXISTS (SELECT FROM inspections_inspection i WHERE i.batch_id = b.id AND i.verdict = 'rejected'))
          AND (b.awaiting + b.available > 0
               OR NOT EXISTS (SELECT FROM inspections_hold h WHERE h.batch_id = b.id AND h.status = 'open'))""",
    "R2: quantities that do not add up, or shipped while held": """
        SELECT number FROM inspections_batch b
        WHERE quantity <> awaiting + available + on_hold + set_aside + shipped + returned + scrapped
           OR shipped <> (SELECT coalesce(sum(quantity), 0) FROM inspections_shipment s WHERE s.batch_id = b.id)
           OR on_hold <> (SELECT coalesce(sum(remaining), 0) FROM inspections_hold h
                          WHERE h.batch_id = b.id AND h.status = 'open')
           OR EXISTS (SELECT FROM inspections_shipment s JOIN inspections_hold h ON h.batch_id = s.batch_id
                      WHERE s.batch_id = b.id AND s.shipped_at > h.placed_at)""",
    "R6: a hold, finding, verdict or shipment without its one event": """
        SELECT told.kind, told.uid FROM (
            SELECT 'hold.placed' AS kind, 'hold' AS name, uid FROM inspections_hold
            UNION ALL SELECT 'finding.recorded', 'finding', uid FROM inspections_finding
            UNION ALL SELECT 'inspection.' || verdict, 'inspection', uid FROM inspections_inspection WHERE verdict <> ''
        ) told
        WHERE (SELECT count(*) FROM activity_event e WHERE e.kind = told.kind AND e.data ->> told.name = told.uid::text) <> 1""",
    "R7: a batch inspected, shipped or found bad twice": """
        SELECT b.number FROM inspections_batch b
        WHERE (SELECT count(*) FROM inspections_inspection i WHERE i.batch_id = b.id) > 1
           OR (SELECT count(*) FROM inspections_shipment s WHERE s.batch_id = b.id) > 1
           OR (SELECT count(*) FROM inspections_finding f WHERE f.batch_id = b.id) > 1""",
    "R7: a key without its answer": "SELECT id FROM activity_answer WHERE status IS NULL OR body IS NULL",
}


@pytest.mark.timeout(600 + 30 * KILLS)
def test_whatever_is_killed_while_late_findings_arrive(servers, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    with installed(data, database=servers.postgres.url, redis=servers.redis.url) as installation:
        submitter = Patient(installation)
        submitter.specify()
        done, lock, numbers = threading.Event(), threading.Lock(), iter(range(10**6))

        def work(_client: int) -> None:
            while not done.is_set():
                with lock:
                    number = next(numbers)
                submitter.submit_and_find_late(f"CRASH-{number}", turn=number % 3)

        ways = {
            "process": lambda: kill_process(installation),
            "backend": servers.kill_backend,
            "postgres": lambda: servers.kill(servers.postgres),
            "redis": lambda: servers.kill(servers.redis),
        }
        killed: Counter[str] = Counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(work, client) for client in range(CLIENTS)]
            turn = 0
            while killed.total() < KILLS and not any(client.done() for client in clients):
                submitter.wait_for_an_answer(0.5, 30)  # so that it gets somewhere between two kills
                name = list(ways)[turn % len(ways)]
                turn += 1
                killed[name] += ways[name]()
            done.set()
            for client in clients:
                client.result()

        assert killed.total() == KILLS
        assert submitter.broken > KILLS // 2, "the kills hit no request, so this proves nothing"
        with psycopg.connect(servers.postgres.url) as connection:
            assert [rule for rule, query in RULES.items() if connection.execute(query).fetchall()] == []
            stored = dict(
                connection.execute(
                    "SELECT b.number, i.uid::text FROM inspections_inspection i JOIN inspections_batch b ON b.id = i.batch_id"
                ).fetchall()
            )
            [found] = connection.execute("SELECT count(*) FROM inspections_finding").fetchone()
            assert {number: stored.get(number) for number in submitter.answers} == {
                number: answer["id"] for number, answer in submitter.answers.items()
            }
            assert everyone_was_told(connection)
        assert found, "no late finding arrived, so this proves nothing of them"
        print(dict(killed), "broken", submitter.broken, "answered", submitter.answered, "late findings", found)  # noqa: T201


def kill_process(installation: Installation) -> bool:
    victims = installation.children()
    with suppress(psutil.NoSuchProcess):
        for victim in random.sample(victims, min(1, len(victims))):
            victim.kill()
    return bool(victims)

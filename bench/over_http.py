"""What one inspection, one list and one batch page cost over HTTP, beside the floor that PostgreSQL itself sets.

Starts its own durable PostgreSQL, Redis and web server under var/bench, fills them, measures and prints a table.
Everything (database, web server, clients) shares the machine that runs it. `python bench/over_http.py [--quick]`
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Barrier

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402 after the path

from config import embedded  # noqa: E402

FOLDER = ROOT / "var" / "bench"
PORT = int(os.environ.get("BENCH_PORT", "8123"))
UNITS, CHARACTERISTICS = 80, 12
CLIENTS = (1, 4, 16)
LISTED = 20_000
PRODUCTS = 20  # that the batches take turns of: their verdicts and gates lock only one's own
ROUNDS = 3


def readings(rng: random.Random) -> list[float]:
    """One column of 80 readings with two decimals, all inside 49.5 to 50.5."""
    return [round(min(max(rng.gauss(50, 0.12), 49.51), 50.49), 2) for _ in range(UNITS)]


def body(batch: str, rng: random.Random) -> bytes:
    """80 units x 12 measured characteristics; the critical one is out of its limit on unit 3, so the batch is held."""
    results = [{"characteristic": f"C{number:02}", "readings": readings(rng)} for number in range(CHARACTERISTICS)]
    results[0]["readings"][2] = 50.9
    return json.dumps({"batch": batch, "results": results, "submit": True}).encode()


def fill(urls: dict[str, str]) -> tuple[str, dict]:
    """Products with 12 characteristics, 20,000 inspected batches, and a token. Runs inside Django."""
    os.environ.update(urls, DEMO="1", DATA_DIR=str(FOLDER), DJANGO_SETTINGS_MODULE="config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import create_token
    from bench.defaults import give_defaults
    from inspections.models import Batch, Hold, Inspection, Result
    from inspections.specification.services.versions import CharacteristicInput
    from suppliers.models import Product, Supplier
    from tests.factories import NOON, make_product, make_specification, make_supplier, make_user

    give_defaults(Batch, Hold, Inspection, Result)
    user = User.objects.filter(username="bench").first() or make_user(Role.MANAGER, "bench")
    if not Product.objects.filter(sku="BENCH-0").exists():
        supplier = Supplier.objects.filter(code="BENCH").first() or make_supplier("BENCH")
        classes = ["critical", *["major"] * 6, *["minor"] * 5]
        characteristics = [
            CharacteristicInput(f"C{n:02}", f"Length {n}", "dimension", classes[n], True, "50", "49.5", "50.5", "mm")
            for n in range(CHARACTERISTICS)
        ]
        # An AQL would discontinue inspection after so many rejections.
        scheme = {"kind": "fixed", "n": UNITS}
        for n in range(PRODUCTS):
            make_specification(make_product(f"BENCH-{n}", supplier=supplier), characteristics, scheme=scheme)
    products = list(Product.objects.filter(sku__startswith="BENCH-").order_by("pk"))
    product = products[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inspections_inspection")
        missing = LISTED - cursor.fetchone()[0]
        if missing > 0:
            cursor.execute(FILL, {"product": product.pk, "user": user.pk, "missing": missing, "at": NOON})
            cursor.execute("ANALYZE")
    user.tokens.all().delete()
    token = create_token(user=user, name="bench", at=NOON).key
    ids = {"products": [p.pk for p in products], "supplier": product.supplier_id, "user": user.pk}
    ids["specification"] = product.specifications.get(status="active").pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM inspections_characteristic WHERE specification_id = %s ORDER BY position",
            [ids["specification"]],
        )
        ids["characteristics"] = [row[0] for row in cursor.fetchall()]
    ids["some_batch"] = Batch.objects.filter(number__startswith="OLD-").latest("id").number
    connection.close()
    return token, ids


FILL = """
WITH spec AS (SELECT id FROM inspections_specification WHERE product_id = %(product)s AND status = 'active'),
b AS (
    INSERT INTO inspections_batch (number, product_id, supplier_id, po_number, created_at, created_by_id, quantity,
        awaiting, available)
    SELECT 'OLD-' || n || '-' || txid_current(), p.id, p.supplier_id, 'PO ' || n, %(at)s, %(user)s, 1000, 0, 1000
    FROM generate_series(1, %(missing)s) n, suppliers_product p WHERE p.id = %(product)s
    RETURNING id
)
INSERT INTO inspections_inspection (uid, batch_id, round, specification_id, lot_size, severity, plan, pick_seed,
    status, verdict, tally, inspector_id, planned_at, submitted_at)
SELECT gen_random_uuid(), b.id, 1, spec.id, 1000, 'normal',
    '{"major": {"sample_size": 80, "acceptance": 5, "rejection": 6, "inspect_all": false, "code_letter": "J",
      "effective_letter": "J", "severity": "normal", "kind": "single", "standard": "iso2859-1", "aql": "2.5",
      "counts": "units"}}', 'seed',
    'submitted', 'accepted', '{"major": {"nonconforming": 0, "nonconformities": 0, "settled": "accepted"}}',
    %(user)s, %(at)s, %(at)s
FROM b, spec
"""


FINDING = {
    "inspection": str(uuid.UUID(int=0)), "round": 1, "characteristic": "C00", "name": "Length 0", "name_zh": "",
    "nonconforming": 1, "unit_number": 3, "reading": "50.9", "lower": "49.5", "upper": "50.5", "unit": "mm",
}  # fmt: skip


class Batches:
    """Numbers of fresh batches, registered ahead by SQL so that only what is measured goes over HTTP."""

    def __init__(self, url: str, ids: dict) -> None:
        self._url, self._ids = url, ids
        self._run = uuid.uuid4().hex[:8]
        self._next = count()

    def take(self, number: int) -> list[tuple[int, str]]:
        """(primary key, number) of so many batches awaiting inspection."""
        names = [f"NEW-{self._run}-{next(self._next)}" for _ in range(number)]
        with psycopg.connect(self._url) as connection:
            return connection.execute(
                "INSERT INTO inspections_batch (number, product_id, supplier_id, created_at, created_by_id, quantity, awaiting)"
                " SELECT name, (%s::bigint[])[1 + n %% %s], %s, now(), %s, 1000, 1000"
                " FROM unnest(%s::text[]) WITH ORDINALITY AS names (name, n) RETURNING id, number",
                [self._ids["products"], PRODUCTS, self._ids["supplier"], self._ids["user"], names],
            ).fetchall()


@contextmanager
def web_server(urls: dict[str, str]) -> Iterator[None]:
    env = (
        os.environ
        | urls
        | {"DEMO": "1", "DATA_DIR": str(FOLDER), "PORT": str(PORT), "LOG_LEVEL": "ERROR", "API_WRITES": ""}
    )
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, env=env, check=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--log-level", "error", "-c", "deploy/gunicorn.conf.py"], cwd=ROOT, env=env
    )
    try:
        for _attempt in range(100):
            try:
                HTTPConnection("127.0.0.1", PORT, timeout=2).request("GET", "/healthz")
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(20)


Job = Callable[[int], None]


def measure(make_worker: Callable[[], Job], clients: int, total: int) -> dict[str, float]:
    """Run `total` jobs over so many threads at once; seconds per job as p50, p95, p99 and jobs per second."""
    barrier = Barrier(clients + 1)

    def run(client: int) -> list[float]:
        work = make_worker()
        times = []
        barrier.wait()
        for job in range(client, total, clients):
            start = time.perf_counter()
            work(job)
            times.append(time.perf_counter() - start)
        return times

    with ThreadPoolExecutor(clients) as pool:
        futures = [pool.submit(run, client) for client in range(clients)]
        barrier.wait()
        start = time.perf_counter()
        times = sorted(seconds for future in futures for seconds in future.result())
        elapsed = time.perf_counter() - start
    cut = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50": cut[49], "p95": cut[94], "p99": cut[98], "rate": total / elapsed}


def http_job(token: str, requests: list[tuple[str, str, bytes | None]], expected: int) -> Callable[[], Job]:
    def make_worker() -> Job:
        connection = HTTPConnection("127.0.0.1", PORT, timeout=60)

        def work(job: int) -> None:
            method, path, content = requests[job]
            headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
            if method == "POST":
                headers["Idempotency-Key"] = uuid.uuid4().hex
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            answer = response.read()
            if response.status != expected:
                raise RuntimeError(f"{method} {path}: {response.status} {answer[:500]!r}")

        return work

    return make_worker


def raw_job(url: str, ids: dict, batches: list[tuple[int, str]], *, row_per_reading: bool) -> Callable[[], Job]:
    """The rows of the POST by plain psycopg in one durable transaction: the floor.

    `row_per_reading` stores the 960 readings as rows by COPY instead of as 12 columns.
    """
    import zlib

    rng = random.Random(1)
    contents = [json.dumps([str(value) for value in readings(rng)]).encode() for _ in range(CHARACTERISTICS)]

    def make_worker() -> Job:
        connection = psycopg.connect(url)

        def work(job: int) -> None:
            batch, number = batches[job]
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute("SELECT id FROM inspections_batch WHERE id = %s FOR UPDATE", [batch])
                cursor.execute(
                    "INSERT INTO inspections_hold (uid, batch_id, ordinal, reason, is_critical, finding, quantity, remaining,"
                    " status, placed_at, placed_by_id, answer_due_at)"
                    " VALUES (gen_random_uuid(), %s, 1, 'critical', true, %s, 1000, 1000, 'open', now(), %s, now()) RETURNING id",
                    [batch, json.dumps(FINDING), ids["user"]],
                )
                hold = cursor.fetchone()[0]
                cursor.execute(
                    "INSERT INTO inspections_inspection (uid, batch_id, round, specification_id, lot_size, severity, plan,"
                    " pick_seed, status, verdict, tally, inspector_id, planned_at, submitted_at, hold_id)"
                    " VALUES (gen_random_uuid(), %s, 1, %s, 1000, 'normal', '{}', 'seed', 'submitted', 'rejected', '{}', %s,"
                    " now(), now(), %s) RETURNING id",
                    [batch, ids["specification"], ids["user"], hold],
                )
                inspection = cursor.fetchone()[0]
                if row_per_reading:
                    with cursor.copy("COPY bench_reading FROM STDIN") as copy:
                        for characteristic in ids["characteristics"]:
                            for unit in range(UNITS):
                                copy.write_row((inspection, characteristic, unit, 50.1))
                else:
                    cursor.executemany(
                        "INSERT INTO inspections_result (inspection_id, characteristic_id, readings, nonconforming_units,"
                        " nonconforming, nonconformities, is_complete, minimum, maximum, mean, sd, revision, recorded_at,"
                        " received_at, recorded_by_id) VALUES (%s, %s, %s, '{}', 0, 0, true, 49.5, 50.5, 50, 0.1, 1,"
                        " now(), now(), %s)",
                        [
                            (inspection, characteristic, zlib.compress(content), ids["user"])
                            for characteristic, content in zip(ids["characteristics"], contents, strict=True)
                        ],
                    )
                cursor.execute(
                    "UPDATE inspections_batch SET awaiting = 0, on_hold = 1000, hold_count = 1 WHERE id = %s", [batch]
                )
                for kind in ("inspection.planned", "hold.placed", "inspection.rejected"):
                    cursor.execute(
                        "INSERT INTO activity_event (kind, stream, at, actor_id, data) VALUES (%s, %s, now(), %s, '{}')",
                        [kind, f"batch:{number}", ids["user"]],
                    )

        return work

    return make_worker


def sizes(url: str) -> int:
    """Bytes of the tables (indexes and TOAST included) that an inspection writes to."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s::text[]) t",
            [["inspections_inspection", "inspections_result"]],
        ).fetchone()[0]


def show(name: str, clients: int, figures: list[dict[str, float]]) -> None:
    """One line: the median of the rounds."""
    middle = {key: statistics.median(f[key] for f in figures) for key in figures[0]}
    print(
        f"| {name} | {clients} | {middle['p50'] * 1000:.1f} | {middle['p95'] * 1000:.1f} | {middle['p99'] * 1000:.1f}"
        f" | {middle['rate']:.0f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, to see that it runs")
    quick = parser.parse_args().quick
    total = 40 if quick else 200
    with embedded.running(FOLDER) as urls:
        url = urls["DATABASE_URL"]
        token, ids = fill(urls)
        with psycopg.connect(url) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS bench_reading (inspection bigint, characteristic bigint, unit int,"
                " reading float8, PRIMARY KEY (inspection, characteristic, unit))"
            )
        batches = Batches(url, ids)
        rng = random.Random(7)
        print(
            f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores; {LISTED:,} inspections"
        )
        print("\n| what | clients | p50 ms | p95 ms | p99 ms | per second |\n| --- | --- | --- | --- | --- | --- |")
        with web_server(urls):
            pages = {
                "list the newest 50 of 20,000 inspections": "/api/v1/inspections/",
                "open one batch": f"/api/v1/batches/{ids['some_batch']}/",
            }
            warm = [("POST", "/api/v1/inspections/", body(number, rng)) for _, number in batches.take(20)]
            measure(http_job(token, warm, 201), 4, len(warm))
            written = posted = 0
            for clients in CLIENTS:
                rounds: dict[str, list] = {"post": [], "column": [], "rows": []}
                for _round in range(1 if quick else ROUNDS):
                    posts = [("POST", "/api/v1/inspections/", body(number, rng)) for _, number in batches.take(total)]
                    before = sizes(url)
                    rounds["post"].append(measure(http_job(token, posts, 201), clients, total))
                    written, posted = written + sizes(url) - before, posted + total
                    for name in ("column", "rows"):
                        job = raw_job(url, ids, batches.take(total), row_per_reading=name == "rows")
                        rounds[name].append(measure(job, clients, total))
                show("POST one inspection, 80 x 12, critical: verdict, hold, events", clients, rounds["post"])
                show("floor: the same rows by psycopg", clients, rounds["column"])
                show("floor: a row per reading by COPY", clients, rounds["rows"])
                for name, path in pages.items():
                    job = http_job(token, [("GET", path, None)] * total, 200)
                    show(f"GET {name}", clients, [measure(job, clients, total) for _ in range(1 if quick else ROUNDS)])
        print(f"\n{written / posted / 1024:.1f} KB of inspection and results per inspection, indexes included")


if __name__ == "__main__":
    main()

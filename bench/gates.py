"""What the board and the nightly recompute cost with 100,000 listings.

Starts its own durable PostgreSQL under var/, fills it by SQL, measures in one process and prints the figures.
`python bench/gates.py [--quick]`
"""

import argparse
import gc
import os
import random
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import embedded  # noqa: E402 after the path

MARKETS = ("US", "UK", "EU-DE", "EU-FR")
SUPPLIERS = 200
REQUESTS = 200

TABLES = (
    "inspections_specification",
    "inspections_batch",
    "inspections_sample",
    "inspections_pilotrun",
    "inspections_pilotunit",
    "inspections_inspection",
    "compliance_document",
    "compliance_evidence",
    "compliance_evidencelisting",
    "compliance_checklistitem",
)
# What a gate rests on, as the services would have stored it; the triggers that check each write of theirs are off meanwhile.
# Of ten products four have everything, the others lack this and that.
RECORDS = """
INSERT INTO inspections_specification (product_id, version, status, scheme, scheme_key, drafted_at, drafted_by_id,
    activated_at, activated_by_id, loosens, signed_reason, signature)
SELECT id, 1, 'active', '{{}}', '', now(), {user}, now(), {user}, false, '', '' FROM suppliers_product ORDER BY id LIMIT 1;
INSERT INTO inspections_batch (number, product_id, supplier_id, created_at, created_by_id, quantity, awaiting, available)
SELECT 'B-' || id || '-' || n, id, supplier_id, now() - '20 days'::interval, {user}, 1000,
    CASE WHEN n = 1 AND id % 10 < 8 THEN 0 ELSE 1000 END, CASE WHEN n = 1 AND id % 10 < 8 THEN 1000 ELSE 0 END
FROM suppliers_product, generate_series(1, 2) n;
INSERT INTO inspections_sample (uid, product_id, supplier_id, series, round, version, status, received_at, received_by_id,
    checked_at, checked_by_id, decided_at, decided_by_id, reason, signature)
SELECT gen_random_uuid(), id, supplier_id, n, 1, n, 'approved', now() - '40 days'::interval, {user},
    now() - '39 days'::interval, {user}, now() - '38 days'::interval, {other}, 'As agreed', 'token'
FROM suppliers_product, generate_series(1, 2) n WHERE id % 10 < 7;
INSERT INTO inspections_pilotrun (uid, product_id, ordinal, size, reason, rule_kind, damage_limit, complaint_limit,
    return_limit, limits_source, rule, status, verdict, planned_at, planned_by_id, started_at, concluded_at,
    concluded_by_id, stopped_because, sample_id, window_days)
SELECT gen_random_uuid(), p.id, 1, 60, '', 'fixed', 0.05, 0.08, 0.1, 'default', '{{}}', 'concluded',
    CASE WHEN p.id % 10 < 6 THEN 'pass' ELSE 'fail' END, now() - '30 days'::interval, {user}, now() - '29 days'::interval,
    now() - '20 days'::interval, {user}, '', s.id, 14
FROM suppliers_product p JOIN inspections_sample s ON s.product_id = p.id AND s.version = 2;
INSERT INTO inspections_pilotunit (run_id, number, outcome, revision, recorded_at, recorded_by_id)
SELECT r.id, n, CASE WHEN n % 29 = 0 THEN 'complained' ELSE 'ok' END, 1, now(), {user}
FROM inspections_pilotrun r, generate_series(1, 60) n;
INSERT INTO inspections_inspection (uid, batch_id, round, specification_id, lot_size, severity, plan, status, verdict,
    tally, inspector_id, planned_at, submitted_at)
SELECT gen_random_uuid(), b.id, 1, s.id, 1000, 'normal', '{{}}', 'submitted', 'accepted', '{{}}', {user},
    now() - '10 days'::interval, now() - '10 days'::interval
FROM inspections_batch b, inspections_specification s WHERE b.available > 0;
INSERT INTO compliance_document (uid, supplier_id, file, name, content_type, size, sha256, problems, status,
    uploaded_by_id, uploaded_at)
SELECT gen_random_uuid(), supplier_id, 'none', sku || '.pdf', 'application/pdf', 1000, md5(sku), '{{}}', 'clean', {user},
    now() FROM suppliers_product;
CREATE TEMP TABLE asked AS SELECT id, row_number() OVER (ORDER BY key) AS n FROM compliance_requirement
    ORDER BY key LIMIT 10;
INSERT INTO compliance_evidence (uid, document_id, requirement_id, is_blocking, state, number, issuing_body, standard,
    edition, model_numbers, holder, fields, submitted_by_id, submitted_at, checked_by_id, checked_at, accepted_by_id,
    accepted_at, ended_reason, reopened_why, valid_to)
SELECT gen_random_uuid(), d.id, a.id, true, 'accepted', 'E' || p.id * 10 + a.n, 'Laboratory', '', '', ARRAY[p.sku], '',
    '{{}}', {maker}, now(), {user}, now(), {other}, now(), '', '{{}}', current_date + (p.id % 400)::int
FROM suppliers_product p JOIN compliance_document d ON d.sha256 = md5(p.sku), asked a
WHERE p.id % 10 < 4 OR (p.id + a.n) % 3 > 0;
INSERT INTO compliance_evidencelisting (evidence_id, listing_id)
SELECT e.id, l.id FROM compliance_evidence e JOIN compliance_document d ON d.id = e.document_id
    JOIN suppliers_product p ON md5(p.sku) = d.sha256 JOIN suppliers_listing l ON l.product_id = p.id;
INSERT INTO compliance_checklistitem (listing_id, requirement_id, state, is_blocking, "group", reason, acts_next, due_on,
    since, evidence_id, valid_to)
SELECT l.id, a.id, CASE WHEN e.id IS NOT NULL THEN 'accepted' WHEN l.id % 2 = 0 THEN 'refused' ELSE 'missing' END, true,
    '', '{{}}', CASE WHEN e.id IS NULL THEN 'supplier' ELSE '' END,
    CASE WHEN e.id IS NULL THEN current_date + (l.id % 40)::int END, now(), e.id, e.valid_to
FROM suppliers_listing l CROSS JOIN asked a JOIN suppliers_product p ON p.id = l.product_id
    JOIN compliance_document d ON d.sha256 = md5(p.sku)
    LEFT JOIN compliance_evidence e ON e.document_id = d.id AND e.requirement_id = a.id;
"""


def fill(products: int) -> None:
    """Suppliers, products, four listings each, two batches each, samples, pilot runs with their units, and papers."""
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connection
    from django.utils.timezone import now

    from accounts.models import User
    from bench.defaults import give_defaults
    from compliance.catalogue.services.requirements import load_catalogue
    from compliance.models import Checklist
    from suppliers.models import Category, Listing, Market, Product, Supplier

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if User.objects.exists():
        return
    at = now()
    user = User.objects.create_superuser("bench", password=None)
    maker, other = (User.objects.create_user(name).pk for name in ("maker", "other"))
    load_catalogue(at=at)
    give_defaults(*(model for model in apps.get_models() if model._meta.db_table in TABLES))
    suppliers = Supplier.objects.bulk_create(
        Supplier(code=f"S{n}", name=f"Works {n}", created_at=at) for n in range(SUPPLIERS)
    )
    categories = list(Category.objects.order_by("code"))
    markets = list(Market.objects.filter(code__in=MARKETS))
    made = Product.objects.bulk_create(
        [
            Product(
                sku=f"SKU-{n:06}",
                name=f"Electric kettle {n}",
                supplier=suppliers[n % SUPPLIERS],
                category=categories[n % len(categories)],
                created_at=at,
            )
            for n in range(products)
        ],
        batch_size=5000,
    )
    planned = [at.date() + timedelta(days=n) for n in range(90)]
    listings = Listing.objects.bulk_create(
        [
            Listing(product=product, market=market, planned_on=planned[n % 90] if n % 3 == 0 else None)
            for n, product in enumerate(made)
            for market in markets
        ],
        batch_size=5000,
    )
    Checklist.objects.bulk_create(
        [
            Checklist(listing=listing, unanswered=["mains"] if listing.product_id % 10 == 9 else [], refreshed_at=at)
            for listing in listings
        ],
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        records = RECORDS.format(user=user.pk, maker=maker, other=other)
        for triggers, statement in (("DISABLE", records), ("ENABLE", "ANALYZE")):
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} {triggers} TRIGGER USER")
            cursor.execute(statement)


def nightly() -> None:
    from django.utils.timezone import now

    from compliance.gate.services.gates import recompute_all, refresh_due
    from compliance.models import Gate

    begun = time.perf_counter()
    changed = refresh_due(at=now())
    if changed:
        print(
            f"every gate worked out for the first time and stored: {changed:,} in {time.perf_counter() - begun:.1f} s"
        )
    begun, computed = time.perf_counter(), time.process_time()
    found = recompute_all(at=now())
    seconds, computed = time.perf_counter() - begun, time.process_time() - computed
    print(
        f"nightly recompute: {Gate.objects.count():,} gates in {seconds:.1f} s (aim 60 s), of which this process computed "
        f"{computed:.1f} s; {found} wrong"
    )


def questions(products: int) -> list[str]:
    rng = random.Random(2026)
    sku = f"SKU-{rng.randrange(1, products):06}"
    return [
        "",
        "?standing=closed",
        "?market=EU",
        "?market=US&missing=papers",
        f"?supplier=S{rng.randrange(1, SUPPLIERS)}",
        "?category=toys&standing=closed",
        "?sort=due",
        "?sort=planned&market=EU-DE",
        "?sort=-sku",
        f"?q={sku}",
        "?q=kettle+77",
        "?acts=supplier&sort=due",
        "?planned_by=2027-01-01",
        f"?page={products * len(MARKETS) // 100}",
    ]


def board(products: int) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User

    client = Client(headers={"host": "127.0.0.1", "hx-request": "true"})
    client.force_login(User.objects.get(username="bench"), backend="accounts.backends.RoleBackend")
    print(
        f"\n| board, {products * len(MARKETS):,} listings | p50 ms | p95 ms | p99 ms | computed ms | statements |\n"
        "| --- | --- | --- | --- | --- | --- |"
    )
    everything: list[float] = []
    computed_in_all = 0.0
    asked = questions(products)
    for question in asked:
        times, computed = [], time.process_time()
        for _each in range(max(REQUESTS // len(asked), 5)):
            begun = time.perf_counter()
            answer = client.get(f"/board/{question}")
            times.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, answer
        computed = time.process_time() - computed
        computed_in_all += computed
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/board/{question}")
        everything += times
        row(question or "all", times, computed, len(queries))
    row("all of these", everything, computed_in_all, "at most 6")


def row(name: str, times: list[float], computed: float, statements: object) -> None:
    """`computed`: seconds of this process in all of the requests, the rest is the database and waiting."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    each = computed / len(times) * 1000
    print(f"| `{name}` | {cuts[49]:.0f} | {cuts[94]:.0f} | {cuts[98]:.0f} | {each:.0f} | {statements} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="4,000 listings")
    products = 1_000 if parser.parse_args().quick else 25_000
    folder = ROOT / "var" / f"bench-gates-{products}"
    with embedded.running(folder) as urls:
        os.environ.update(urls, DEMO="1", DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        fill(products)
        gc.collect()
        gc.freeze()  # as the servers do when they have loaded everything
        nightly()
        board(products)


if __name__ == "__main__":
    main()

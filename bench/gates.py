"""What the board and the nightly recompute cost with 100,000 listings.

Starts its own durable PostgreSQL under var/bench-gates, fills it by SQL, measures in one process and prints the figures.
`python bench/gates.py [--quick]`
"""

import argparse
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

FOLDER = ROOT / "var" / "bench-gates"
MARKETS = ("US", "UK", "EU-DE", "EU-FR")
SUPPLIERS = 200
REQUESTS = 200

ITEMS = """
INSERT INTO compliance_checklistitem (listing_id, requirement_id, state, is_blocking, "group", reason, acts_next, due_on,
                                      since)
SELECT l.id, r.id, CASE (l.id + r.id) % 3 WHEN 0 THEN 'refused' WHEN 1 THEN 'submitted' ELSE 'missing' END, true, '',
       '{}', 'supplier', current_date + (l.id % 40)::int, now()
FROM suppliers_listing l, (SELECT id FROM compliance_requirement ORDER BY key LIMIT 10) r
"""


def fill(products: int) -> None:
    """Suppliers, products, four listings each, two batches each, and ten items of a checklist per listing."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils.timezone import now

    from accounts.models import User
    from compliance.models import Checklist
    from compliance.services.catalogue import load_catalogue
    from inspections.models import Batch
    from suppliers.models import Category, Listing, Market, Product, Supplier

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if User.objects.exists():
        return
    at = now()
    user = User.objects.create_superuser("bench", password=None)
    load_catalogue(at=at)
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
            Checklist(listing=listing, unanswered=["mains"] if listing.pk % 5 == 0 else [], refreshed_at=at)
            for listing in listings
        ],
        batch_size=5000,
    )
    Batch.objects.bulk_create(
        [
            Batch(
                number=f"B-{product.pk}-{n}", product=product, supplier_id=product.supplier_id, quantity=1000,
                awaiting=1000, created_at=at, created_by=user,
            )
            for product in made
            for n in range(2)
        ],
        batch_size=5000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(ITEMS)
        cursor.execute("ANALYZE")


def nightly() -> None:
    from django.utils.timezone import now

    from compliance.models import Gate
    from compliance.services.gates import recompute_all, refresh_due

    begun = time.perf_counter()
    changed = refresh_due(at=now())
    if changed:
        print(
            f"every gate worked out for the first time and stored: {changed:,} in {time.perf_counter() - begun:.1f} s"
        )
    begun = time.perf_counter()
    found = recompute_all(at=now())
    seconds = time.perf_counter() - begun
    print(f"nightly recompute: {Gate.objects.count():,} gates in {seconds:.1f} s, {found} wrong (aim 60 s)")


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
    client.force_login(User.objects.get(), backend="accounts.backends.RoleBackend")
    print(
        f"\n| board, {products * len(MARKETS):,} listings | p50 ms | p95 ms | p99 ms | statements |\n| --- | --- | --- | --- | --- |"
    )
    everything: list[float] = []
    asked = questions(products)
    for question in asked:
        times = []
        for _each in range(max(REQUESTS // len(asked), 5)):
            begun = time.perf_counter()
            answer = client.get(f"/board/{question}")
            times.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, answer
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/board/{question}")
        everything += times
        row(question or "all", times, len(queries))
    row("all of these", everything, "")


def row(name: str, times: list[float], statements: object) -> None:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    print(f"| `{name}` | {cuts[49]:.0f} | {cuts[94]:.0f} | {cuts[98]:.0f} | {statements} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="4,000 listings")
    products = 1_000 if parser.parse_args().quick else 25_000
    with embedded.running(FOLDER) as urls:
        os.environ.update(urls, DEMO="1", DATA_DIR=str(FOLDER), DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        fill(products)
        nightly()
        board(products)


if __name__ == "__main__":
    main()

"""How long an export of 50,000 returned orders takes to be checked and stored, 200 of its rows being wrong.

Starts its own durable PostgreSQL and Redis under var/bench and runs the import as a worker does.
`python bench/order_export.py [rows]`
"""

import os
import random
import resource
import shutil
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from config import embedded  # noqa: E402 after the path

FOLDER = ROOT / "var" / "bench" / "orders"
ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
BAD = 200
PRODUCTS, BATCHES = 20, 25
HEADER = "Return Order ID,Order ID,Seller SKU,Return Reason,Carrier,Return Time,Delivered Time,Lot"
REASONS = ("Defective", "Leaks", "No longer needed", "Not as described", "Damaged in transit", "Too loud")
SPOILT = (
    lambda cells: cells | {"sku": "NO-SUCH"},
    lambda cells: cells | {"reason": "Who knows"},
    lambda cells: cells | {"returned": "01/01/2025"},
    lambda cells: cells | {"returned": "soon"},
    lambda cells: cells | {"reference": "", "order": ""},
)


def export(rng: random.Random, prefix: str, *, bad: int) -> bytes:
    """Rows of a shop; `bad` of them are wrong, each in one way."""
    wrong = set(rng.sample(range(ROWS), bad))
    lines = [HEADER]
    for index in range(ROWS):
        delivered = date(2025, 10, 1) + timedelta(days=rng.randrange(60))
        product = rng.randrange(PRODUCTS)
        cells = {
            "reference": f"{prefix}-{index}", "order": f"O-{index}", "sku": f"BENCH-{product}", "reason": rng.choice(REASONS),
            "carrier": rng.choice(("USPS", "UPS", "FedEx")), "returned": f"{delivered + timedelta(days=9):%m/%d/%Y} 14:03",
            "delivered": f"{delivered:%m/%d/%Y}", "lot": f"BENCH-{product}-{rng.randrange(BATCHES)}/{index % 90}",
        }  # fmt: skip
        if index in wrong:
            cells = SPOILT[index % len(SPOILT)](cells)
        lines.append(",".join(cells.values()))
    return "\n".join(lines).encode()


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with embedded.running(FOLDER) as urls:
        os.environ.update(urls, DEMO="1", DATA_DIR=str(FOLDER), DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        measure()


def measure() -> None:
    """Fill the database, then time three runs: wrong rows named, a good file checked, and stored."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.core.management import call_command
    from django.utils.timezone import now

    from imports.services.questions import name_columns
    from imports.services.sending import apply_import, start_import
    from imports.services.working import run_next_import
    from inspections.models import MarketReturn

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    actor = fill()
    rng = random.Random(7)

    def sent(prefix: str, bad: int):
        file = SimpleUploadedFile("export.csv", export(rng, prefix, bad=bad))
        started = start_import(file=file, kind="market_returns", actor=actor, at=now())
        if started.mapping and started.options:
            return started  # its columns are remembered
        options = {"source": "bench", "days": "mdy"}
        return name_columns(found=started, mapping=started.mapping, options=options, actor=actor, at=now())

    def run(label: str, found) -> None:
        began, busy_before = time.perf_counter(), time.process_time()
        run_next_import(now=now())
        took, busy = time.perf_counter() - began, time.process_time() - busy_before
        found.refresh_from_db()
        named = len(
            {error["line"] for error in found.errors} | {line for note in found.row_notes for line in note["lines"]}
        )
        print(f"{label}: {took:.1f} s ({busy:.1f} s of this process), {found.status}, {named} rows named", flush=True)

    run(f"{ROWS:,} rows, {BAD} wrong: checked", sent("A", BAD))
    good = sent("B", 0)
    run(f"{ROWS:,} rows, none wrong: checked", good)
    apply_import(checked=good, actor=actor, at=now())
    ended, waits = threading.Event(), []
    others = threading.Thread(target=work_beside, args=(actor, ended, waits))
    others.start()
    run(f"{ROWS:,} rows, none wrong: stored", good)
    ended.set()
    others.join()
    print(
        f"meanwhile {len(waits)} returns of the same products were recorded one by one, the slowest in {max(waits):.2f} s"
    )
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")
    known = MarketReturn.objects.exclude(batch=None).count()
    print(f"{MarketReturn.objects.count():,} returns stored, {known:,} of them with their batch")


def work_beside(actor, ended: threading.Event, waits: list[float]) -> None:
    """What others do of the same products: each locked as an inspection locks it, and a return of it recorded."""
    from django.db import connection
    from django.utils.timezone import now

    from activity.transactions import one_transaction
    from inspections.returns.services.returns import ReturnInput, record_returns
    from suppliers.models import Product

    while not ended.wait(0.1):
        began = time.perf_counter()
        product = f"BENCH-{len(waits) % PRODUCTS}"
        with one_transaction():
            Product.objects.select_for_update(no_key=True).get(sku=product)
            sent = ReturnInput(f"R-{len(waits)}", product, date(2025, 12, 1), reason="quality", complaints=["leaks"])
            record_returns(source="beside", returns=[sent], actor=actor, at=now())
        waits.append(time.perf_counter() - began)
    connection.close()


def fill():
    """A merchandiser, 20 products, 25 batches of each."""
    from django.contrib.auth.models import Group
    from django.utils.timezone import now

    from accounts.models import User
    from inspections.batch.services.batches import Registration, register_batches
    from suppliers.models import Category
    from suppliers.services import create_product, create_supplier

    actor = User.objects.create_user("bench")
    actor.groups.add(Group.objects.get(name="merchandiser"))
    supplier = create_supplier(code="BENCH", name="Bench", name_zh="", contact_email="", actor=None, at=now())
    category = Category.objects.get(code="electrical_appliance")
    products = [
        create_product(
            sku=f"BENCH-{n}", name=f"Product {n}", name_zh="", supplier=supplier, category=category, markets=["US"],
            actor=None, at=now(),
        )
        for n in range(PRODUCTS)
    ]  # fmt: skip
    registrations = [Registration(f"{p.sku}-{n}", p, 1000) for p in products for n in range(BATCHES)]
    register_batches(registrations=registrations, actor=actor, at=now())
    return actor


if __name__ == "__main__":
    main()

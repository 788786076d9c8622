"""What the ladder of a product with 500 batches costs, as a page and over the API: python bench/ladder.py

Starts its own durable PostgreSQL and Redis under var/bench-ladder and asks in one process, without a web server.
"""

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

FOLDER = ROOT / "var" / "bench-ladder"
BATCHES, UNITS, TIMES = 500, 80, 15
AIM_MILLISECONDS, AIM_STATEMENTS = 300, 12


def fill():
    """A product of five critical and major characteristics with 500 accepted batches, a golden sample and a pilot run."""
    from accounts.roles import Role
    from inspections.inspection.services.planning import active_characteristics, next_inspection
    from inspections.models import Batch, Inspection, Result
    from inspections.pilot.services.readings import record_pilot_readings
    from inspections.rules.readings import summary
    from inspections.specification.services.versions import CharacteristicInput
    from tests.factories import (
        KETTLE,
        NOON,
        make_golden_sample,
        make_pilot,
        make_product,
        make_specification,
        make_supplier,
        make_user,
        pilot_outcomes,
    )

    user = make_user(Role.MANAGER, "bench")
    product = make_product("LADDER", supplier=make_supplier("LADDER"))
    boil = CharacteristicInput("BOIL", "Time to boil", "performance", "major", True, None, None, "300", "s")
    make_specification(product, [*KETTLE, boil])
    make_golden_sample(product)
    run = make_pilot(product, size=60, actor=user)
    readings = [f"{random.gauss(50, 0.1):.2f}" for _unit in range(60)]
    record_pilot_readings(run=run, characteristic="HEIGHT", readings=readings, actor=user, at=NOON)
    pilot_outcomes(run, actor=user, conclude=True)
    lids = [sum(random.random() < 0.01 for _unit in range(UNITS)) for _batch in range(BATCHES)]  # that do not close
    batches = Batch.objects.bulk_create(
        Batch(
            number=f"L-{number:04}", product=product, supplier=product.supplier, quantity=1000, awaiting=0,
            available=1000 - bad, set_aside=bad, created_at=NOON, created_by=user,
        )
        for number, bad in enumerate(lids)
    )  # fmt: skip
    first = Batch(product=product, supplier=product.supplier, quantity=1000, awaiting=1000)
    characteristics = active_characteristics(first)
    plan = next_inspection(first, characteristics, actor=user, at=NOON).plan
    tally = {name: {"nonconforming": 0, "nonconformities": 0, "settled": "accepted", "counted": [0]} for name in plan}
    inspections = Inspection.objects.bulk_create(
        Inspection(
            batch=batch, round=1, specification=characteristics[0].specification, lot_size=1000, severity="normal",
            plan=plan, pick_seed="bench", inspector=user, planned_at=NOON, submitted_at=NOON + index * timedelta(hours=1),
            status="submitted", verdict="accepted", tally=tally, set_aside=batch.set_aside,
        )
        for index, batch in enumerate(batches)
    )  # fmt: skip
    Result.objects.bulk_create(
        [result(inspection, c, index, user, summary) for index, inspection in enumerate(inspections) for c in characteristics],
        batch_size=1000,
    )  # fmt: skip
    return user, product


def result(inspection, characteristic, index: int, user, summary):
    from decimal import Decimal

    from inspections.models import Result

    readings, bad = None, 0
    if characteristic.is_measured:
        middle, wide = {"HEIGHT": (50 + (index > 440) * 0.15, 0.1), "CORD": (75, 1), "BOIL": (270, 8)}[
            characteristic.code
        ]
        apart = random.gauss(middle, wide / 10)
        readings = [Decimal(f"{random.gauss(apart, wide):.2f}") for _unit in range(UNITS)]
    elif characteristic.code == "LID":
        bad = inspection.set_aside
    return Result(
        inspection=inspection, characteristic=characteristic, readings=readings, is_complete=True,
        nonconforming_units=list(range(1, bad + 1)), nonconforming=bad, nonconformities=bad,
        recorded_at=inspection.submitted_at, received_at=inspection.submitted_at, recorded_by=user,
        **summary(readings or []),
    )  # fmt: skip


def measure(name: str, ask) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()  # compiles the templates
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    statements = len(captured)  # the next request forgets them
    if answer.status_code != 200:
        raise SystemExit(f"{name}: {answer.status_code}")
    taken, computed = [], []
    for _ in range(TIMES):
        began, began_to_compute = time.perf_counter(), time.process_time()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
        computed.append((time.process_time() - began_to_compute) * 1000)
    print(
        f"{name}: {statements} statements (aim under {AIM_STATEMENTS}), median {statistics.median(taken):.0f} ms, "
        f"fastest {min(taken):.0f} ms (aim {AIM_MILLISECONDS}), of which this process computed "
        f"{statistics.median(computed):.0f} ms, {len(answer.content) / 1000:,.0f} KB"
    )


def main() -> None:
    random.seed(1713)
    with embedded.running(FOLDER) as urls:
        os.environ.update(urls, DEMO="1", DATA_DIR=str(FOLDER), DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import transaction
        from django.test import Client
        from django.urls import reverse

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        from accounts.models import User
        from suppliers.models import Product
        from tests.caller import Caller

        product = Product.objects.filter(sku="LADDER").first()
        user = User.objects.get(username="bench") if product else None
        if product is None:
            with transaction.atomic():
                user, product = fill()
        user.tokens.all().delete()
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        page = reverse("product-ladder", args=[product.sku])
        one = reverse("ladder-characteristic", args=[product.sku, "HEIGHT"])
        api = Caller(user)
        measure("page of 500 batches x 6 characteristics", lambda: client.get(page))
        measure("page of one characteristic, with all its figures", lambda: client.get(one))
        measure(
            "API, all characteristics",
            lambda: api.get(f"/api/v1/products/{product.sku}/ladder/", SERVER_NAME="localhost"),
        )


if __name__ == "__main__":
    main()

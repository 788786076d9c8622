"""What the pages of a product with 250 batches and 10,000 returns cost, and the week of returns: python bench/layers.py

Starts its own durable PostgreSQL and Redis under var/bench-layers and asks in one process, without a web server.
"""

import os
import random
import sys
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import ladder  # noqa: E402 after the path
from config import embedded  # noqa: E402 after the path

FOLDER = ROOT / "var" / "bench-layers"
BATCHES, RETURNS, DAYS = 250, 10_000, 200


def fill():
    """The product of the ladder with 250 batches, each shipped, and 10,000 returns of them in 200 days up to today."""
    from django.utils.timezone import localdate, now

    from inspections.models import Batch, Inspection, MarketReturn, Shipment

    user, product = ladder.fill()
    at, today = now(), localdate()
    batches = list(Batch.objects.filter(product=product))
    inspections = dict(Inspection.objects.filter(batch__in=batches).values_list("batch_id", "pk"))
    shipped = []
    for batch in batches:
        reference, left = f"S-{batch.number}", at - timedelta(days=DAYS + 10)
        shipped.append(
            Shipment(batch=batch, quantity=batch.available, reference=reference, shipped_at=left, shipped_by=user)
        )
    Shipment.objects.bulk_create(shipped)
    reasons = ["quality", "not_as_described", "logistics", "changed_mind", "usage"]
    points = ["leaks", "noisy", "scratched"]
    MarketReturn.objects.bulk_create(
        [
            MarketReturn(
                source="bench", reference=f"R-{number}", fingerprint=number.to_bytes(32), kind="returned", product=product,
                batch=batch, inspection_id=inspections[batch.pk], found_by="stated", reason=random.choice(reasons),
                complaints=random.sample(points, number % 2), recorded_at=at, recorded_by=user,
                happened_on=today - timedelta(days=number * DAYS // RETURNS),
            )
            for number in range(RETURNS)
            for batch in [random.choice(batches)]
        ],
        batch_size=2000,
    )  # fmt: skip
    return user, product


def main() -> None:
    random.seed(1713)
    ladder.BATCHES = BATCHES
    ladder.AIM_MILLISECONDS, ladder.AIM_STATEMENTS = 100, 20
    with embedded.running(FOLDER) as urls:
        os.environ.update(urls, DEMO="1", DATA_DIR=str(FOLDER), DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection, transaction
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
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        user.tokens.all().delete()
        client = Client(SERVER_NAME="localhost")
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        for name, args in (
            ("return-week", []), ("return-list", []), ("product-returns", [product.sku]), ("product-detail", [product.sku]),
            ("product-ladder", [product.sku]), ("ladder-characteristic", [product.sku, "HEIGHT"]),
            ("product-switching", [product.sku]), ("product-pilots", [product.sku]), ("sample-list", []),
        ):  # fmt: skip
            address = reverse(name, args=args)
            ladder.measure(name, lambda address=address: client.get(address))
        api = Caller(user)
        for path in ("returns/", "returns/weekly/", f"products/{product.sku}/returns/"):
            ladder.measure(f"API {path}", lambda path=path: api.get(f"/api/v1/{path}", SERVER_NAME="localhost"))


if __name__ == "__main__":
    main()

"""What the demo's products can afford, and what came back of the kettles that were shipped."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.utils.timezone import localtime

from inspections.demo.catalogue import COMPUTER, KETTLE, LAMP
from inspections.demo.story import Story
from inspections.models import Batch
from inspections.pilot.services.margins import set_margin
from inspections.returns.services.catches import set_catches
from inspections.returns.services.proposals import propose
from inspections.returns.services.returns import ReturnInput, record_returns
from inspections.returns.services.tracing import add_batch_codes
from suppliers.models import Product

KETTLE_COSTS = {
    "price": "29.90", "goods": "9.80", "platform_rate": "0.08", "channel_rate": "0.10", "logistics": "4.50",
    "packaging": "0.60", "payment_rate": "0.029", "payment_fee": "0.30", "service": "0.40", "promotion": "2.00",
    "reverse_logistics": "5.20", "resale_loss": "7.00", "commission_kept_rate": "0.2", "return_rate": "0.06",
}  # fmt: skip
LAMP_COSTS = {
    "price": "14.90",
    "goods": "5.10",
    "platform_rate": "0.09",
    "logistics": "4.20",
    "reverse_logistics": "4.80",
}
# (days ago, how many, reason, complaint points, carrier, what leads to the batch)
COMPUTERS_BACK = (
    (9, 2, "quality", ["does_not_work"], "FedEx", "SO-5001"),
    (5, 2, "quality", ["scratched"], "FedEx", "SO-5002"),
    (4, 3, "quality", ["does_not_work", "noisy"], "FedEx", "SO-5002"),
    (2, 2, "quality", ["stops_working"], "FedEx", "SO-5005"),
    (1, 3, "quality", ["scratched"], "FedEx", "SO-5006"),
)
KETTLES_BACK: tuple[tuple[int, int, str, list[str], str, str], ...] = (
    (11, 2, "quality", ["leaks"], "USPS", "B-2611-036"),
    (10, 3, "quality", ["scratched"], "UPS", "L36"),
    (9, 2, "changed_mind", [], "UPS", ""),
    (8, 1, "logistics", ["box_crushed"], "USPS", "B-2611-036/14"),
    (4, 4, "quality", ["scratched"], "USPS", "L36"),
    (3, 4, "quality", ["smell"], "USPS", "B-2611-038"),
    (3, 2, "not_as_described", ["noisy"], "UPS", ""),
    (2, 5, "quality", ["scratched"], "USPS", "L36"),
    (2, 3, "quality", ["smell", "leaks"], "UPS", "B-2611-038/7"),
    (1, 2, "usage", ["manual_unclear"], "FedEx", ""),
    (1, 2, "logistics", ["box_crushed", "late"], "USPS", ""),
)


def _returns(sku: str, rows: Sequence[tuple], first: int, today: date) -> Iterator[ReturnInput]:
    for row, (days, count, reason, complaints, carrier, code) in enumerate(rows):
        for unit in range(count):
            yield ReturnInput(
                reference=f"RMA-{first + 10 * row + unit}",
                product=sku,
                happened_on=today - timedelta(days=days),
                reason=reason,
                complaints=complaints,
                market="US",
                order_reference=f"5763-{first + 10 * row + unit}",
                carton=code if "/" in code else "",
                lot_code="" if "/" in code or code.startswith("SO-") else code,
                shipment=code if code.startswith("SO-") else "",
                carrier=carrier,
            )


def tell_returns(story: Story) -> None:
    """After the kettles were shipped."""
    actor = story.users["merchandiser"]
    kettle = Product.objects.get(sku=KETTLE)
    for sku, costs, note in ((KETTLE, KETTLE_COSTS, "Quote of 12 October"), (LAMP, LAMP_COSTS, "")):
        product = Product.objects.get(sku=sku)
        set_margin(product=product, currency="USD", values=costs, note=note, actor=actor, at=story.days_ago(40))
    lot = Batch.objects.get(number="B-2611-036")
    add_batch_codes(batch=lot, kind="lot", codes=["L36"], actor=actor, at=story.days_ago(12))
    set_catches(product=kettle, catches={"scratched": "LID", "leaks": "LEAK"}, actor=actor, at=story.days_ago(12))
    computer = Product.objects.get(sku=COMPUTER)
    catches = dict.fromkeys(("does_not_work", "stops_working"), "ASSEMBLY")
    set_catches(product=computer, catches=catches, actor=actor, at=story.days_ago(12))
    today = localtime(story.now).date()
    returns = [*_returns(KETTLE, KETTLES_BACK, 4800, today), *_returns(COMPUTER, COMPUTERS_BACK, 5000, today)]
    record_returns(source="shop-us", returns=returns, actor=actor, at=story.now)
    propose(product=computer, at=story.now)

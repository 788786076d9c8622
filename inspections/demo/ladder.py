"""Batches of weeks that went well, but for the height of the kettle, which creeps up; and another maker's of the same model."""

from datetime import timedelta
from random import Random

from inspections.demo.catalogue import BOARD, BOILED, CANS, KETTLE, OTHER_KETTLE, PRIMER, WORN_BY
from inspections.demo.story import Story
from inspections.inspection.services.results import ResultInput
from inspections.ladder.services import newest_first_submission, set_baseline, watch_product
from suppliers.models import Product

WORN_FROM = 17


def kettle_results(random: Random, *, height: float, cord: float, boil: float) -> list[ResultInput]:
    """80 units around these means; nothing of them beyond a limit."""
    offset = random.gauss(0, 0.012)
    readings = {
        "HEIGHT": [f"{height + offset + random.gauss(0, 0.07):.2f}" for _unit in range(80)],
        "CORD": [f"{cord + random.gauss(0, 0.9):.1f}" for _unit in range(80)],
        "BOIL": [str(round(min(boil + random.gauss(0, 8), 298))) for _unit in range(BOILED)],
    }
    # A reading beyond the limit would stop the batch, and these batches passed.
    readings["HEIGHT"] = [str(min(max(float(value), 49.52), 50.48)) for value in readings["HEIGHT"]]
    bad = {"LID": sorted(random.sample(range(1, 81), random.choice([0, 0, 1, 1, 2]))), "PRINT": []}
    results = [ResultInput(code, readings=values) for code, values in readings.items()]
    return results + [
        ResultInput(code, nonconforming_units=bad.get(code, [])) for code in ("LEAK", "LID", "MANUAL", "PRINT")
    ]


def tell_history(story: Story) -> None:
    random = Random(1713)  # noqa: S311 data to look at
    hour = timedelta(hours=1)
    for index in range(24):
        at = story.days_ago(44 - index * 1.3)
        number = f"B-2610-{index + 1:03d}"
        worn = min(max(index - WORN_FROM + 1, 0) * 0.035, WORN_BY)
        story.register(number, KETTLE, 1000, at - 20 * hour, po_number="PO-3380", cartons=100)
        story.inspect(number, kettle_results(random, height=50.02 + worn, cord=75.1, boil=276), at)
        story.ship(number, 1000, f"SO-{7900 + index}", at + 24 * hour)
    for index in range(10):
        at = story.days_ago(40 - index * 3)
        number = f"RK-{index + 1:03d}"
        story.register(number, OTHER_KETTLE, 1000, at - 20 * hour)
        story.inspect(number, kettle_results(random, height=49.9, cord=74.4, boil=280), at)
        story.ship(number, 1000, f"SO-{7800 + index}", at + 24 * hour)


def tell_what_is_normal(story: Story) -> None:
    """The published phases, and what drifts today."""
    manager, at = story.users["manager"], story.days_ago(0.01)
    for sku, code, last, note in [
        (CANS, "SEAM", "CAN-030", "Before the machine was adjusted"),
        (BOARD, "SOLDER", "PCB-026", "The first 26 inspection units"),
        (PRIMER, "VISCOSITY", "PRIMER-020", "The first 20 batches"),
    ]:
        first = last.split("-")[0] + "-001"
        product = Product.objects.get(sku=sku)
        set_baseline(product=product, code=code, first=first, last=last, note=note, actor=manager, at=at)
    for product in Product.objects.order_by("sku"):
        newest = newest_first_submission(product)
        if newest:
            watch_product(product=product, seen_in=newest, at=at)

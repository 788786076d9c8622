"""Things for the home that are on the market: a box that sells, and a rack whose newest batch has a broken shelf."""

from datetime import datetime, timedelta
from random import Random

from inspections.demo.catalogue import BOX, RACK
from inspections.demo.pilots import come_back, complained, plan
from inspections.demo.samples import decide, receive
from inspections.demo.story import Story
from inspections.inspection.services.results import ResultInput
from inspections.pilot.services.runs import (
    conclude_pilot,
    start_pilot,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def tell_boxes(story: Story) -> None:
    """Sample, pilot run and first batch of both, all in order."""
    random, actor = Random(2611), story.users["merchandiser"]  # noqa: S311 data to look at
    for sku, batch in ((BOX, "BOX-001"), (RACK, "RACK-001")):
        at = story.days_ago(43)
        decide(story, receive(story, sku, at), "approve", "As agreed in the order.", at + 2 * HOUR)
        at = story.days_ago(40)
        run = plan(story, sku, 80, at, reason="One carton of each colour.")
        start_pilot(run=run, actor=actor, at=at)
        come_back(story, run, random, at + 8 * DAY, [complained(17, "late")])
        conclude_pilot(run=run, actor=actor, at=story.days_ago(2))  # nothing of it can be sent back any more
        at = story.days_ago(27)
        story.register(batch, sku, 500, at - 20 * HOUR)
        inspect(story, batch, at, scratched=[9])
        story.ship(batch, 300, f"SO-{batch}", at + 20 * HOUR)


def inspect(story: Story, batch: str, at: datetime, *, scratched: list[int], broken: list[int] | None = None) -> None:
    results = [
        ResultInput("LOAD", nonconforming_units=broken or []),
        ResultInput("FINISH", nonconforming_units=scratched),
    ]
    story.inspect(batch, results, at)


def break_a_shelf(story: Story) -> None:
    """The second batch of racks: one shelf broke under the load, which stops it."""
    at = story.days_ago(1.5)
    story.register("RACK-002", RACK, 500, at - 20 * HOUR)
    inspect(story, "RACK-002", at, scratched=[], broken=[14])

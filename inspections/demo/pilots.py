"""Pilot runs of the weeks before: undecided, passed, failed, under way, and planned."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from django.utils.timezone import localdate

from inspections.demo.catalogue import CANS, KETTLE, LAMP, OTHER_KETTLE
from inspections.demo.story import Story
from inspections.models import PilotRuleKind, PilotRun
from inspections.pilot.services.outcomes import OutcomeInput, record_outcomes
from inspections.pilot.services.readings import record_pilot_readings
from inspections.pilot.services.runs import (
    conclude_pilot,
    plan_pilot,
    start_pilot,
)
from suppliers.models import Product

DAY = timedelta(days=1)


def plan(story: Story, sku: str, size: int, at: datetime, **more) -> PilotRun:
    product = Product.objects.get(sku=sku)
    orders = [f"TT-{sku[:2]}{at:%m%d}-{number:04d}" for number in range(1, size + 1)]
    return plan_pilot(product=product, size=size, orders=orders, actor=story.users["merchandiser"], at=at, **more)


def come_back(
    story: Story, run: PilotRun, random: Random, at: datetime, bad: list[OutcomeInput], *, units: int | None = None
) -> None:
    """The outcome of the first `units`, with the days that orders took; those that `bad` does not name are fine."""
    named = {outcome.unit: outcome for outcome in bad}
    outcomes = []
    for unit in range(1, (units or run.size) + 1):
        handling, transit = random.choice([0, 1, 1, 1, 2]), 4 + min(int(random.expovariate(0.5)), 9)
        # Who sent it back did so in the days after.
        delivered = localdate(at - (2 + unit % 4) * DAY)
        outcome = replace(
            named.get(unit, OutcomeInput(unit, outcome="ok")),
            handling_days=handling,
            transit_days=transit,
            delivered_on=delivered,
        )
        if outcome.outcome == "returned":
            outcome = replace(outcome, returned_on=delivered + 2 * DAY)
        outcomes.append(outcome)
    record_outcomes(run=run, outcomes=outcomes, actor=story.users["qc"], at=at)


def damaged(unit: int, place: str) -> OutcomeInput:
    return OutcomeInput(unit, outcome="damaged", damage=place, complaints=["box_crushed"])


def complained(unit: int, *points: str) -> OutcomeInput:
    return OutcomeInput(unit, outcome="complained", complaints=points)


def returned(unit: int, reason: str, *points: str) -> OutcomeInput:
    return OutcomeInput(unit, outcome="returned", return_reason=reason, complaints=points)


def tell_pilots(story: Story) -> None:
    random = Random(2611)  # noqa: S311 data to look at
    actor = story.users["merchandiser"]

    at = story.days_ago(44.4)
    first = plan(story, KETTLE, 60, at, reason="One parcel of 60, as the courier takes it.")
    start_pilot(run=first, actor=actor, at=at)
    come_back(
        story, first, random, at + 7 * DAY,
        [damaged(7, "carton"), damaged(31, "inner_box"), complained(12, "noisy"), returned(40, "quality", "leaks")],
    )  # fmt: skip
    conclude_pilot(run=first, actor=actor, at=at + 7.1 * DAY)

    at = story.days_ago(37.2)
    second = plan(story, KETTLE, 160, at, reason="Corner pads added to the carton; enough units to decide this time.")
    start_pilot(run=second, actor=actor, at=at)
    for code, mean, spread, places in (("HEIGHT", 50.03, 0.08, 2), ("CORD", 75.1, 0.9, 1)):
        readings = [f"{random.gauss(mean, spread):.{places}f}" for _unit in range(60)]
        record_pilot_readings(
            run=second, characteristic=code, readings=readings, actor=story.users["qc"], at=at + DAY / 4
        )
    come_back(
        story, second, random, at + 6 * DAY,
        [
            damaged(18, "carton"), damaged(97, "product"), complained(5, "noisy"), complained(80, "noisy", "late"),
            returned(23, "quality", "noisy"), returned(61, "changed_mind"),
            returned(104, "usage"), returned(133, "not_as_described", "size_not_as_said"),
        ],
    )  # fmt: skip
    # Nothing of it can be sent back any more.
    conclude_pilot(run=second, actor=actor, at=story.days_ago(1.5))

    at = story.days_ago(25)
    cans = plan(story, CANS, 60, at, reason="First shipment to private customers.")
    start_pilot(run=cans, actor=actor, at=at)
    bad = [returned(unit, "logistics", "box_crushed") for unit in range(3, 60, 6)]
    come_back(story, cans, random, at + 9 * DAY, [*bad, *(damaged(unit, "product") for unit in range(4, 60, 9))])

    at = story.days_ago(6)
    rival = plan(story, OTHER_KETTLE, 80, at, rule_kind=PilotRuleKind.SEQUENTIAL, reason="Second source, same parcels.")
    start_pilot(run=rival, actor=actor, at=at)
    come_back(story, rival, random, at + 5 * DAY, [complained(9, "noisy"), returned(22, "changed_mind")], units=31)

    plan(story, LAMP, 60, story.days_ago(0.1), reason="As many as the studio lends out.")

"""The batches of the demo: published data, and kettles in every state."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from imports.reading import understand
from imports.tables import read_table
from inspections.batch.files import BatchesItem
from inspections.demo.pictures import photo
from inspections.demo.samples import compare_kettles
from inspections.demo.story import HOUR, Story
from inspections.hold.services.holds import place_hold, respond_to_hold
from inspections.inspection.services.planning import plan_inspection
from inspections.inspection.services.recording import record_result
from inspections.inspection.services.results import ResultInput
from inspections.models import Batch, Inspection, Verdict

FOLDER = Path(__file__).parent
MACHINE_ADJUSTED_AFTER = 30  # samples of cans
# Somebody stopped measuring cords: the same value for the last twelve units, which is a doubt.
TIRED = dict.fromkeys(range(69, 81), "75.2")


class Published(NamedTuple):
    """One batch of the published data, inspected at `at`."""

    index: int  # type: ignore[assignment] # counts from 0; nobody asks this tuple where a value stands
    at: datetime
    number: str
    inspection: Inspection


def items_of(name: str) -> Sequence[Any]:
    """What a file of this folder asks for."""
    with (FOLDER / name).open("rb") as file:
        found = understand(read_table(file))
    if found.errors:
        raise ValueError(found.errors)
    return found.items


def published(story: Story, name: str, *, start: float, every: timedelta, before: timedelta) -> Iterator[Published]:
    """Register and inspect the batches of a file: the first `start` days ago, one `every` so often."""
    rows = {row.number: row for item in items_of("batches.csv") for row in item.rows}
    for index, item in enumerate(items_of(name)):
        at = story.days_ago(start) + index * every
        BatchesItem([rows[item.batch]]).carry_out(actor=story.users["merchandiser"], at=at - before)
        item.carry_out(actor=story.users["qc"], at=at)
        yield Published(index, at, item.batch, Inspection.objects.get(batch__number=item.batch))


def cans(story: Story) -> None:
    """Every sample leaks somewhere, so every batch is stopped. As long as the machine is wrong it goes back, then
    it is sorted; the last three wait for a decision."""
    for index, at, number, inspection in published(
        story, "orange_juice_cans.csv", start=9, every=4 * HOUR, before=HOUR
    ):
        if index < MACHINE_ADJUSTED_AFTER:
            story.decide(number, "return", 1000, "Seaming machine out of adjustment", at + HOUR)
        elif index < 51:
            bad = 20 * (inspection.tally or {})["critical"]["nonconforming"]
            story.decide(number, "sort", 1000, "Sorted by hand at the maker's", at + HOUR, good=1000 - bad)
            story.decide(number, "scrap", bad, "Leaking at the seam", at + 2 * HOUR)
            if index % 2:
                story.ship(number, 1000 - bad, f"SO-{6000 + index}", at + 3 * HOUR)


def boards(story: Story) -> None:
    for index, at, number, inspection in published(story, "circuit_boards.csv", start=23, every=12 * HOUR, before=HOUR):
        if inspection.verdict == Verdict.ACCEPTED:
            if index < 40:
                story.ship(number, 500, f"SO-{4000 + index}", at + 20 * HOUR)
        elif index < 20:
            story.decide(number, "return", 500, "Solder bridges", at + 5 * HOUR)
        elif index == 20:
            story.decide(number, "rework", 500, "To be soldered again below the connector", at + 5 * HOUR)


def computers(story: Story) -> None:
    for index, at, number, inspection in published(
        story, "pc_assembly.csv", start=30, every=36 * HOUR, before=2 * HOUR
    ):
        if inspection.verdict == Verdict.REJECTED:
            story.decide(
                number,
                "accept_on_deviation",
                60,
                "Scratches on the rear panel only; the buyer agreed",
                at + 4 * HOUR,
                limit="Scratches on the rear panel, up to 10 mm",
                expires_on=(story.now + timedelta(days=20)).date(),
            )
        if index % 4:
            story.ship(number, 45 if index == 18 else 60, f"SO-{5000 + index}", at + 30 * HOUR)


def primer(story: Story) -> None:
    for index, at, number, inspection in published(
        story, "primer_viscosity.csv", start=36, every=24 * HOUR, before=HOUR
    ):
        if inspection.verdict == Verdict.REJECTED:
            story.decide(number, "scrap", 120, "Too thick to spray", at + 2 * HOUR)
        elif index < 28:
            story.ship(number, 120, f"SO-{7000 + index}", at + 48 * HOUR)


def kettles(story: Story) -> None:
    """One batch in every state, oldest first."""
    supplier = story.users["supplier"]

    at = story.kettle("B-2611-036", 12)
    story.inspect("B-2611-036", story.kettle_results(80, LID=[4, 17]), at)
    story.ship("B-2611-036", 998, "SO-8101", at + 24 * HOUR)

    at = story.kettle("B-2611-037", 10)
    scratched = story.inspect("B-2611-037", story.kettle_results(80, LID=[3, 8, 15, 22, 41, 60, 77]), at)
    story.photograph(scratched, photo("scratch", "037 / 8", at), at, check="LID", unit=8)
    story.decide("B-2611-037", "return", 1000, "Lids scratched in the mould", at + 6 * HOUR)

    at = story.kettle("B-2611-038", 9)
    story.inspect("B-2611-038", story.kettle_results(80, PRINT=[9]), at)
    story.ship("B-2611-038", 640, "SO-8107", at + 26 * HOUR)

    at = story.kettle("B-2611-039", 8)
    leaking = story.inspect("B-2611-039", story.kettle_results(80, LEAK=[31]), at)
    story.photograph(leaking, photo("leak", "039 / 31", at), at, check="LEAK", unit=31)
    respond_to_hold(
        hold=Batch.objects.get(number="B-2611-039").holds.get(),
        root_cause="壶底密封圈有一批次硬度偏低，装配时被压偏。",
        corrective_action="更换密封圈供应批次，全检 1,000 件并加严装配扭矩检查。",
        wants_reinspection=True,
        actor=supplier,
        at=at + 20 * HOUR,
    )
    story.inspect("B-2611-039", story.kettle_results(80), at + 72 * HOUR)

    at = story.kettle("B-2611-040", 5)
    story.inspect("B-2611-040", story.kettle_results(80, LID=[12]), at)

    at = story.kettle("B-2611-041", 3)
    incomplete = story.inspect("B-2611-041", story.kettle_results(80, cords=TIRED, MANUAL=[2, 5, 21, 33, 48, 71]), at)
    story.photograph(incomplete, photo("box", "041 / 2", at), at, check="MANUAL", unit=2)

    at = story.kettle("B-2611-042", 2)
    too_high = story.inspect("B-2611-042", story.kettle_results(80, heights={3: "50.9"}, PRINT=[5, 40]), at)
    gauge = photo("gauge", "042 / 3", at)
    story.photograph(too_high, gauge, at, check="HEIGHT", unit=3)
    respond_to_hold(
        hold=Batch.objects.get(number="B-2611-042").holds.get(),
        root_cause="3 号模具定位销磨损，壶座高度偏高。",
        corrective_action="已更换定位销；在库 1,000 件按高度全检，挑出不合格品。",
        wants_reinspection=True,
        actor=supplier,
        at=at + 18 * HOUR,
    )

    at = story.kettle("B-2611-043", 1)
    place_hold(
        batch=Batch.objects.get(number="B-2611-043"),
        note="A buyer reports a smell of plastic from this week's production; wait for the result of the boil test.",
        actor=story.users["manager"],
        at=at,
    )

    at = story.kettle("B-2611-044", 0.1)
    inspection = plan_inspection(batch=Batch.objects.get(number="B-2611-044"), actor=story.users["qc"], at=at)
    answers = {result.characteristic: result for result in story.kettle_results(80)}
    for code, kept in (("CORD", 80), ("HEIGHT", 34)):
        sent = ResultInput(code, readings=list(answers[code].readings or ())[:kept])
        record_result(inspection=inspection, sent=sent, actor=story.users["qc"], at=at + HOUR)
    story.photograph(inspection, gauge, at + HOUR, check="HEIGHT", unit=12)  # the one of another batch: a doubt
    compare_kettles(story, inspection, at + HOUR)

    story.kettle("B-2611-045", 0.05, quantity=3200)
    story.kettle("B-2611-046", 0.02, quantity=500)

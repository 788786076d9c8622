"""What happened before the demo begins. Every step goes through the service that users' clicks go through."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.module_loading import import_string

from accounts.models import User
from activity.models import Delivery, DeliveryStatus
from imports.reading import understand
from imports.rows import Item
from imports.tables import read_table
from inspections.demo import catalogue, chapters, ladder
from inspections.demo.boxes import tell_boxes
from inspections.demo.catalogue import KETTLE
from inspections.demo.pictures import photo
from inspections.demo.pilots import tell_pilots
from inspections.demo.returns import tell_returns
from inspections.demo.samples import compare_kettles, tell_samples
from inspections.imports.batches import BatchesItem
from inspections.models import Batch, Inspection, Verdict
from inspections.services.batches import register_batch
from inspections.services.holds import Decision, decide_hold, place_hold, respond_to_hold
from inspections.services.inspections import record_inspection, record_result
from inspections.services.photos import add_photo
from inspections.services.planning import plan_inspection
from inspections.services.results import ResultInput
from inspections.services.shipments import ship
from inspections.services.specifications import activate_specification, draft_specification
from suppliers.models import Category, Membership, Product, Supplier
from suppliers.services import create_product, create_supplier

FOLDER = Path(__file__).parent
HOUR = timedelta(hours=1)
MACHINE_ADJUSTED_AFTER = 30  # samples of cans


def make_users() -> dict[str, User]:
    users = {}
    for name, (role, _supplier) in catalogue.USERS.items():
        is_admin = name == "admin"
        user = User.objects.create_user(
            name, f"{name}@example.com", catalogue.PASSWORD, is_staff=is_admin, is_superuser=is_admin
        )
        user.groups.add(Group.objects.get(name=role))
        users[name] = user
    return users


def make_catalogue(users: dict[str, User], at: datetime) -> None:
    """Suppliers with their people, products, and specifications."""
    manager = users["manager"]
    for code, (name, name_zh) in catalogue.SUPPLIERS.items():
        mail = f"{code.lower()}@example.com"
        create_supplier(code=code, name=name, name_zh=name_zh, contact_email=mail, actor=manager, at=at)
    for name, (_role, supplier) in catalogue.USERS.items():
        if supplier:
            Membership.objects.create(supplier=Supplier.objects.get(code=supplier), user=users[name])
    for sku, (supplier, category, name, name_zh, markets) in catalogue.PRODUCTS.items():
        product = create_product(
            sku=sku,
            name=name,
            name_zh=name_zh,
            supplier=Supplier.objects.get(code=supplier),
            category=Category.objects.get(code=category),
            markets=markets,
            merchandiser=users["merchandiser"],
            model_code=catalogue.MODELS.get(sku, ""),
            actor=manager,
            at=at,
        )
        if sku in catalogue.SCHEMES:
            draft = draft_specification(
                product=product,
                characteristics=catalogue.CHARACTERISTICS[sku],
                scheme=catalogue.SCHEMES[sku],
                actor=manager,
                at=at,
            )
            activate_specification(specification=draft, actor=manager, at=at)


class Published(NamedTuple):
    """One batch of the published data, inspected at `at`."""

    index: int
    at: datetime
    number: str
    inspection: Inspection


def items_of(name: str) -> list[Item]:
    """What a file of this folder asks for."""
    with (FOLDER / name).open("rb") as file:
        found = understand(read_table(file))
    if found.errors:
        raise ValueError(found.errors)
    return found.items


# Somebody stopped measuring cords: the same value for the last twelve units, which is a doubt.
TIRED = dict.fromkeys(range(69, 81), "75.2")


class Story:
    """Batches of the weeks before `now`, told with few words: times are days before it."""

    def __init__(self, users: dict[str, User], now: datetime):
        self.users = users
        self.now = now
        self.random = Random(2611)  # noqa: S311 data to look at

    def days_ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def register(self, number: str, sku: str, quantity: int, at: datetime, **more) -> Batch:
        return register_batch(
            number=number, product=Product.objects.get(sku=sku), quantity=quantity, actor=self.users["merchandiser"], at=at, **more
        )  # fmt: skip

    def inspect(self, number: str, results: Sequence[ResultInput], at: datetime) -> Inspection:
        return record_inspection(batch=number, results=results, submit=True, actor=self.users["qc"], at=at)

    def photograph(self, inspection: Inspection, content: bytes, at: datetime, *, check: str, unit: int) -> None:
        add_photo(
            inspection=inspection,
            file=SimpleUploadedFile("photo.jpg", content),
            characteristic=check,
            unit_number=unit,
            actor=self.users["qc"],
            at=at,
        )

    def decide(self, number: str, kind: str, quantity: int, reason: str, at: datetime, **more) -> None:
        decide_hold(
            hold=Batch.objects.get(number=number).holds.open().get(),
            decision=Decision(kind, quantity, reason, **more),
            signature="password",
            actor=self.users["manager"],
            at=at,
        )

    def ship(self, number: str, quantity: int, reference: str, at: datetime) -> None:
        ship(
            batch=Batch.objects.get(number=number),
            quantity=quantity,
            reference=reference,
            actor=self.users["merchandiser"],
            at=at,
        )

    def tell(self) -> None:
        self.cans()
        self.boards()
        self.computers()
        self.primer()
        ladder.tell_history(self)
        self.kettles()
        ladder.tell_what_is_normal(self)

    # The published data

    def published(self, name: str, *, start: float, every: timedelta, before: timedelta) -> Iterator[Published]:
        """Register and inspect the batches of a file: the first `start` days ago, one `every` so often."""
        rows = {row.number: row for item in items_of("batches.csv") for row in item.rows}
        for index, item in enumerate(items_of(name)):
            at = self.days_ago(start) + index * every
            BatchesItem([rows[item.batch]]).carry_out(actor=self.users["merchandiser"], at=at - before)
            item.carry_out(actor=self.users["qc"], at=at)
            yield Published(index, at, item.batch, Inspection.objects.get(batch__number=item.batch))

    def cans(self) -> None:
        """Every sample leaks somewhere, so every batch is stopped. As long as the machine is wrong it goes back, then
        it is sorted; the last three wait for a decision."""
        for index, at, number, inspection in self.published(
            "orange_juice_cans.csv", start=9, every=4 * HOUR, before=HOUR
        ):
            if index < MACHINE_ADJUSTED_AFTER:
                self.decide(number, "return", 1000, "Seaming machine out of adjustment", at + HOUR)
            elif index < 51:
                bad = 20 * inspection.tally["critical"]["nonconforming"]
                self.decide(number, "sort", 1000, "Sorted by hand at the maker's", at + HOUR, good=1000 - bad)
                self.decide(number, "scrap", bad, "Leaking at the seam", at + 2 * HOUR)
                if index % 2:
                    self.ship(number, 1000 - bad, f"SO-{6000 + index}", at + 3 * HOUR)

    def boards(self) -> None:
        for index, at, number, inspection in self.published(
            "circuit_boards.csv", start=23, every=12 * HOUR, before=HOUR
        ):
            if inspection.verdict == Verdict.ACCEPTED:
                if index < 40:
                    self.ship(number, 500, f"SO-{4000 + index}", at + 20 * HOUR)
            elif index < 20:
                self.decide(number, "return", 500, "Solder bridges", at + 5 * HOUR)
            elif index == 20:
                self.decide(number, "rework", 500, "To be soldered again below the connector", at + 5 * HOUR)

    def computers(self) -> None:
        for index, at, number, inspection in self.published(
            "pc_assembly.csv", start=30, every=36 * HOUR, before=2 * HOUR
        ):
            if inspection.verdict == Verdict.REJECTED:
                self.decide(
                    number,
                    "accept_on_deviation",
                    60,
                    "Scratches on the rear panel only; the buyer agreed",
                    at + 4 * HOUR,
                    limit="Scratches on the rear panel, up to 10 mm",
                    expires_on=(self.now + timedelta(days=20)).date(),
                )
            if index % 4:
                self.ship(number, 45 if index == 18 else 60, f"SO-{5000 + index}", at + 30 * HOUR)

    def primer(self) -> None:
        for index, at, number, inspection in self.published(
            "primer_viscosity.csv", start=36, every=24 * HOUR, before=HOUR
        ):
            if inspection.verdict == Verdict.REJECTED:
                self.decide(number, "scrap", 120, "Too thick to spray", at + 2 * HOUR)
            elif index < 28:
                self.ship(number, 120, f"SO-{7000 + index}", at + 48 * HOUR)

    # The kettles

    def kettle_results(
        self, n: int, heights: dict[int, str] | None = None, cords: dict[int, str] | None = None, **bad: list[int]
    ) -> list[ResultInput]:
        """An answer to every check. `heights` and `cords` are readings of single units, `bad` bad units by code."""
        gauss = self.random.gauss
        readings = {
            "HEIGHT": [
                (heights or {}).get(unit) or f"{min(gauss(50 + ladder.WORN_BY, 0.065), 50.48):.2f}"
                for unit in range(1, n + 1)
            ],
            "CORD": [(cords or {}).get(unit) or f"{gauss(75.1, 0.9):.1f}" for unit in range(1, n + 1)],
            "BOIL": [f"{min(gauss(276, 8), 298):.0f}" for _unit in range(ladder.BOILED)],
        }
        results = [ResultInput(code, readings=values) for code, values in readings.items()]
        for code in ("LEAK", "LID", "MANUAL", "PRINT"):
            results.append(ResultInput(code, nonconforming_units=bad.get(code, [])))
        return results

    def kettle(self, number: str, days: float, quantity: int = 1000) -> datetime:
        at = self.days_ago(days)
        self.register(
            number, KETTLE, quantity, at - 20 * HOUR,
            po_number="PO-3412", cartons=quantity // 10, produced_on=(at - 60 * HOUR).date(),
        )  # fmt: skip
        return at

    def kettles(self) -> None:
        """One batch in every state, oldest first."""
        supplier = self.users["supplier"]

        at = self.kettle("B-2611-036", 12)
        self.inspect("B-2611-036", self.kettle_results(80, LID=[4, 17]), at)
        self.ship("B-2611-036", 1000, "SO-8101", at + 24 * HOUR)

        at = self.kettle("B-2611-037", 10)
        scratched = self.inspect("B-2611-037", self.kettle_results(80, LID=[3, 8, 15, 22, 41, 60, 77]), at)
        self.photograph(scratched, photo("scratch", "037 / 8", at), at, check="LID", unit=8)
        self.decide("B-2611-037", "return", 1000, "Lids scratched in the mould", at + 6 * HOUR)

        at = self.kettle("B-2611-038", 9)
        self.inspect("B-2611-038", self.kettle_results(80, PRINT=[9]), at)
        self.ship("B-2611-038", 640, "SO-8107", at + 26 * HOUR)

        at = self.kettle("B-2611-039", 8)
        leaking = self.inspect("B-2611-039", self.kettle_results(80, LEAK=[31]), at)
        self.photograph(leaking, photo("leak", "039 / 31", at), at, check="LEAK", unit=31)
        respond_to_hold(
            hold=Batch.objects.get(number="B-2611-039").holds.get(),
            root_cause="壶底密封圈有一批次硬度偏低，装配时被压偏。",
            corrective_action="更换密封圈供应批次，全检 1,000 件并加严装配扭矩检查。",
            wants_reinspection=True,
            actor=supplier,
            at=at + 20 * HOUR,
        )
        self.inspect("B-2611-039", self.kettle_results(80), at + 72 * HOUR)

        at = self.kettle("B-2611-040", 5)
        self.inspect("B-2611-040", self.kettle_results(80, LID=[12]), at)

        at = self.kettle("B-2611-041", 3)
        incomplete = self.inspect("B-2611-041", self.kettle_results(80, cords=TIRED, MANUAL=[2, 5, 21, 33, 48, 71]), at)
        self.photograph(incomplete, photo("box", "041 / 2", at), at, check="MANUAL", unit=2)

        at = self.kettle("B-2611-042", 2)
        too_high = self.inspect("B-2611-042", self.kettle_results(80, heights={3: "50.9"}, PRINT=[5, 40]), at)
        gauge = photo("gauge", "042 / 3", at)
        self.photograph(too_high, gauge, at, check="HEIGHT", unit=3)
        respond_to_hold(
            hold=Batch.objects.get(number="B-2611-042").holds.get(),
            root_cause="3 号模具定位销磨损，壶座高度偏高。",
            corrective_action="已更换定位销；在库 1,000 件按高度全检，挑出不合格品。",
            wants_reinspection=True,
            actor=supplier,
            at=at + 18 * HOUR,
        )

        at = self.kettle("B-2611-043", 1)
        place_hold(
            batch=Batch.objects.get(number="B-2611-043"),
            note="A buyer reports a smell of plastic from this week's production; wait for the result of the boil test.",
            actor=self.users["manager"],
            at=at,
        )

        at = self.kettle("B-2611-044", 0.1)
        inspection = plan_inspection(batch=Batch.objects.get(number="B-2611-044"), actor=self.users["qc"], at=at)
        answers = {result.characteristic: result for result in self.kettle_results(80)}
        for code, kept in (("CORD", 80), ("HEIGHT", 34)):
            sent = ResultInput(code, readings=answers[code].readings[:kept])
            record_result(inspection=inspection, sent=sent, actor=self.users["qc"], at=at + HOUR)
        self.photograph(inspection, gauge, at + HOUR, check="HEIGHT", unit=12)  # the one of another batch: a doubt
        compare_kettles(self, inspection, at + HOUR)

        self.kettle("B-2611-045", 0.05, quantity=3200)
        self.kettle("B-2611-046", 0.02, quantity=500)


def tell(now: datetime) -> None:
    """Make all of it, as if it had happened in the weeks before `now`."""
    users = make_users()
    story = Story(users, now)
    make_catalogue(users, story.days_ago(45))
    tell_samples(story)
    tell_pilots(story)
    story.tell()
    tell_boxes(story)
    tell_returns(story)
    for chapter in chapters:
        import_string(chapter)(users, now)
    # Nobody wants a mail about each of the past weeks' holds.
    Delivery.objects.filter(due_at__lt=now).update(status=DeliveryStatus.DONE, done_at=now)

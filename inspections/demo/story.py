"""What the chapters of the demo tell with. Every step goes through the service that users' clicks go through."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from inspections.batch.services.aside import settle_set_aside
from inspections.batch.services.batches import register_batch
from inspections.batch.services.shipments import ship
from inspections.demo.catalogue import BOILED, KETTLE, WORN_BY
from inspections.hold.services.holds import Decision, decide_hold
from inspections.inspection.services.recording import record_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import AsideStepKind, Batch, Inspection
from inspections.photo.services import add_photo
from suppliers.models import Product

HOUR = timedelta(hours=1)


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
        """Where it takes all of them, the maker has replaced what was set aside."""
        batch = Batch.objects.get(number=number)
        if quantity > batch.available and batch.set_aside:
            settle_set_aside(
                batch=batch,
                kind=AsideStepKind.REPLACEMENT,
                quantity=batch.set_aside,
                note="Good ones from the maker's stock, looked at one by one",
                actor=self.users["qc"],
                at=at - HOUR,
            )
        ship(
            batch=batch,
            quantity=quantity,
            reference=reference,
            actor=self.users["merchandiser"],
            at=at,
        )

    def kettle_results(
        self, n: int, heights: dict[int, str] | None = None, cords: dict[int, str] | None = None, **bad: list[int]
    ) -> list[ResultInput]:
        """An answer to every check. `heights` and `cords` are readings of single units, `bad` bad units by code."""
        gauss = self.random.gauss
        readings = {
            "HEIGHT": [
                (heights or {}).get(unit) or f"{min(gauss(50 + WORN_BY, 0.065), 50.48):.2f}" for unit in range(1, n + 1)
            ],
            "CORD": [(cords or {}).get(unit) or f"{gauss(75.1, 0.9):.1f}" for unit in range(1, n + 1)],
            "BOIL": [f"{min(gauss(276, 8), 298):.0f}" for _unit in range(BOILED)],
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

"""Samples of the weeks before: refused, approved, waiting for a decision, and being checked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from inspections.demo.catalogue import BOARD, CANS, KETTLE, LAMP, OTHER_KETTLE
from inspections.demo.pictures import photo
from inspections.demo.story import Story
from inspections.inspection.services.comparisons import ComparisonInput, compare_with_reference
from inspections.models import SAMPLE_ASPECTS, Inspection, Sample
from inspections.sample.services.checks import CheckInput, DropInput
from inspections.sample.services.details import SampleDetails
from inspections.sample.services.photos import add_sample_photo
from inspections.sample.services.samples import (
    ApprovalInput,
    TransportInput,
    decide_sample,
    record_sample,
    submit_sample,
)
from suppliers.models import Product

HOUR = timedelta(hours=1)
KETTLE_DETAILS = SampleDetails(
    length_mm="215",
    width_mm="160",
    height_mm="238",
    weight_g="886.5",
    colour=["92.10", "-0.80", "2.40"],
    barcode="4006381333931",
    label_text="HL-KT17-W\n220–240 V~ 50/60 Hz 1850–2200 W\nNingbo Hailan Electric",
    seal_number="HL-S-0117",
    kept_at="Ningbo office, cabinet 2, shelf B",
    note="Ask for two more sealed samples, one for the laboratory.",
)
READINGS = {"HEIGHT": ["50.0", "50.1", "50.0"], "CORD": ["75.2"], "BOIL": ["268", "271"]}


def answers(product: Product, **seen: str) -> list[CheckInput]:
    """An answer to every check; `seen` says what was seen where it does not conform, by aspect or code."""
    checks = [CheckInput(aspect=a.value, conforms=a not in seen, note=seen.get(a, "")) for a in SAMPLE_ASPECTS]
    active = product.specifications.filter(status="active").first()
    for c in active.characteristics.order_by("position") if active else ():
        if c.is_measured:
            checks.append(
                CheckInput(characteristic=c.code, readings=READINGS.get(c.code) or [str(c.target or c.upper)])
            )
        else:
            checks.append(CheckInput(characteristic=c.code, conforms=c.code not in seen, note=seen.get(c.code, "")))
    return checks


def receive(
    story: Story,
    sku: str,
    at: datetime,
    *,
    pictures: Sequence[tuple[str, str, str]] = (),
    details: SampleDetails = SampleDetails(),  # noqa: B008 it is immutable
    transport: TransportInput | None = None,
    **seen: str,
) -> Sample:
    """A sample checked in everything. `pictures` are (check, drawing, what the paper says)."""
    product, qc = Product.objects.get(sku=sku), story.users["qc"]
    checks = answers(product, **seen)
    sample = record_sample(
        product=product, details=details, checks=checks, transport=transport, submit=False, actor=qc, at=at
    )
    for check, drawing, label in pictures:
        file = SimpleUploadedFile("photo.jpg", photo(drawing, label, at))
        add_sample_photo(sample=sample, file=file, check=check, actor=qc, at=at)
    return submit_sample(sample=sample, actor=qc, at=at + HOUR)


def decide(story: Story, sample: Sample, decision: str, reason: str, at: datetime, *, damage_note: str = "") -> None:
    decide_sample(
        sample=sample,
        decision=decision,
        reason=reason,
        signature="password",
        asked=ApprovalInput(damage_note=damage_note),
        actor=story.users["manager"],
        at=at,
    )


def tell_samples(story: Story) -> None:
    at = story.days_ago(44.9)
    scratched = receive(
        story, KETTLE, at,
        pictures=[("appearance", "scratched_lid", "S1.1")],
        appearance="Three scratches of 20 mm on the lid, seen from arm's length.",
        LID="Scratched, see the photo.",
    )  # fmt: skip
    decide(story, scratched, "refuse", "Lid scratched; send one from the polished mould.", at + 2 * HOUR)

    at = story.days_ago(44.7)
    drops = [DropInput(n, n == 1, False, "Corner pushed in by 8 mm" if n == 1 else "") for n in range(1, 11)]
    kettle = receive(
        story, KETTLE, at,
        details=replace(KETTLE_DETAILS, kept_until=localdate(story.days_ago(-40))),
        transport=TransportInput("ista_2a", "1.62", drops),
        pictures=[("", "kettles", "S1.2"), ("LID", "lid", "S1.2")],
    )  # fmt: skip
    decide(
        story, kettle, "approve", "As agreed in the order; colour and lid are the reference.", at + 2 * HOUR,
        damage_note="The corner is taken up by the tray; Hailan ships six in a master carton.",
    )  # fmt: skip

    at = story.days_ago(44)
    cans = receive(story, CANS, at)
    decide(story, cans, "approve", "Seams sound on all twelve cans of the set.", at + 2 * HOUR)

    at = story.days_ago(8)
    second = receive(story, OTHER_KETTLE, at)
    decide(
        story, second, "approve", "Made to the same drawing; reaches the first source in all measures.", at + 2 * HOUR
    )

    receive(story, BOARD, story.days_ago(1))

    record_sample(
        product=Product.objects.get(sku=LAMP),
        details=SampleDetails(weight_g="1240", seal_number="RV-S-004"),
        checks=[CheckInput(aspect="appearance", conforms=True), CheckInput(aspect="function", conforms=True)],
        submit=False,
        actor=story.users["qc"],
        at=story.days_ago(0.2),
    )


def compare_kettles(story: Story, inspection: Inspection, at: datetime) -> None:
    """What the inspector saw with the sample beside the units."""
    for code, sent in {
        "HEIGHT": ComparisonInput(True),
        "LID": ComparisonInput(False, "A little yellower than the sample", ["91.4", "-0.6", "4.9"]),
    }.items():
        compare_with_reference(inspection=inspection, characteristic=code, sent=sent, actor=story.users["qc"], at=at)

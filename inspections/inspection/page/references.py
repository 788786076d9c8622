"""What of the golden sample stands beside an inspection, and what was said of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from inspections.models import Aspect, Inspection, Photo, PhotoStatus, ReferenceComparison, Sample
from inspections.rules.colours import on_screen
from inspections.sample.page.sheets import sheet_of_sample
from inspections.sample.reads import golden_sample


@dataclass(frozen=True)
class ReferenceLine:
    """What stands beside one characteristic of an inspection: the golden sample's finding, and the comparison so far."""

    sample: Sample
    value: str
    note: str
    photos: Sequence[Photo]
    comparison: ReferenceComparison | None
    is_colour: bool

    @property
    def swatch(self) -> str:
        return on_screen(self.sample.lab) if self.is_colour and self.sample.lab else ""

    @property
    def measured_swatch(self) -> str:
        there = self.comparison
        if there is None or there.lab_l is None or there.lab_a is None or there.lab_b is None:
            return ""
        return on_screen((there.lab_l, there.lab_a, there.lab_b))


# Where a batch's characteristic has no photo of its own on the sample, the photo of this aspect shows what is meant.
ASPECT_OF = {aspect.value: aspect.facts.shown_by or aspect.value for aspect in Aspect}


def references_of(inspection: Inspection) -> dict[str, ReferenceLine]:
    """Code of a characteristic -> what the golden sample shows of it; empty where none was approved at planning.

    Characteristics are told by their codes, since the sample may have been checked by an earlier version of the
    specification.
    """
    sample = golden_sample(inspection.batch.product, at=inspection.planned_at)
    if sample is None:
        return {}
    sheet = sheet_of_sample(sample)
    by_code = {line.code: line for line in sheet.characteristics}
    by_aspect = {line.aspect: line for line in sheet.aspects}
    comparisons = {
        comparison.characteristic_id: comparison
        for comparison in inspection.comparisons.select_related("recorded_by", "sample")
    }
    references = {}
    for characteristic in inspection.characteristics():
        line = by_code.get(characteristic.code)
        aspect = by_aspect.get(ASPECT_OF.get(characteristic.aspect, ""))
        photos = [*(line.photos if line else ()), *(aspect.photos if aspect else ()), *sheet.photos]
        references[characteristic.code] = ReferenceLine(
            sample=sample,
            value=line.value if line else "",
            note=line.note if line else "",
            photos=[photo for photo in photos if photo.status == PhotoStatus.READY][:2],
            comparison=comparisons.get(characteristic.pk),
            is_colour=Aspect(characteristic.aspect).facts.shows_colour,
        )
    return references


def comparisons_of(inspection: Inspection) -> dict[str, ReferenceComparison]:
    """Code of a characteristic -> how the units compared with the golden sample. One statement."""
    found = inspection.comparisons.select_related("characteristic", "sample__product", "recorded_by")
    return {comparison.characteristic.code: comparison for comparison in found}

"""All that was found on one sample, in the order of its pages, and what of it stands beside an inspection."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from inspections.models import (
    SAMPLE_ASPECTS,
    Aspect,
    Characteristic,
    DropResult,
    FurtherCheck,
    Photo,
    Sample,
    SampleCheck,
    TransportTest,
)
from inspections.rules.colours import is_possible, on_screen
from inspections.rules.readings import Beyond, decimals
from inspections.sample.services.checks import CheckInput
from inspections.sample.words import drop_side, test_words


@dataclass(frozen=True)
class CheckLine:
    """One thing that a sample is checked for. `check` is None while it is unanswered.

    `typed` is what was typed in vain, with what is wrong with it.
    """

    number: int
    aspect: str
    characteristic: Characteristic | None
    check: SampleCheck | FurtherCheck | None
    is_asked: bool = True  # of the specification that it is checked by; else of one before, and found then
    photos: Sequence[Photo] = ()
    typed: CheckInput | None = None
    errors: Sequence[str] = ()

    @property
    def code(self) -> str:
        return self.characteristic.code if self.characteristic else self.aspect

    @property
    def key(self) -> str:
        """Unique on the page, usable in names and ids: "aspect-manual", "check-HEIGHT"."""
        return f"check-{self.characteristic.code}" if self.characteristic else f"aspect-{self.aspect}"

    @property
    def name(self) -> str:
        return self.characteristic.local_name if self.characteristic else str(Aspect(self.aspect).label)

    @property
    def help(self) -> str:
        if self.characteristic:
            return self.characteristic.local_method
        return str(Aspect(self.aspect).facts.sample_help)

    @property
    def is_measured(self) -> bool:
        return self.characteristic is not None and self.characteristic.is_measured

    @property
    def may_be_negative(self) -> bool:
        """Whether a reading may lie below zero: a number pad of a phone has no minus."""
        return self.characteristic is not None and (self.characteristic.lower is None or self.characteristic.lower < 0)

    @property
    def tone(self) -> str:
        if self.check is None:
            return "waiting"
        return "accepted" if self.check.conforms else "stopped"

    @property
    def answer(self) -> str:
        """good, bad or "": as typed, else as stored."""
        conforms = self.typed.conforms if self.typed else self.check.conforms if self.check else None
        return "" if conforms is None else "good" if conforms else "bad"

    @property
    def revision(self) -> int:
        return self.check.revision if self.check else 0

    @property
    def note(self) -> str:
        return self.typed.note if self.typed else self.check.note if self.check else ""

    @property
    def readings(self) -> str:
        if self.typed:
            return " ".join(map(str, self.typed.readings or ()))
        return " ".join(map(str, (self.check.readings if self.check else None) or ()))

    @property
    def value(self) -> str:
        """The one reading; of several their mean, with a decimal more than they have."""
        readings = (self.check.readings if self.check else None) or []
        if not readings:
            return ""
        if len(readings) == 1 or any(isinstance(reading, Beyond) for reading in readings):
            return ", ".join(map(str, readings))
        return str(round(sum(readings, Decimal()) / len(readings), max(map(decimals, readings)) + 1))


@dataclass(frozen=True)
class DropLine:
    """One drop of the transport test. `result` is None while it was not done."""

    number: int
    height_mm: int | None
    side: str
    result: DropResult | None
    photos: Sequence[Photo] = ()
    errors: Sequence[str] = ()

    @property
    def code(self) -> str:
        return f"drop-{self.number}"

    @property
    def revision(self) -> int:
        return self.result.revision if self.result else 0

    @property
    def outcome(self) -> str:
        """none, package, product, both, or "" while it was not done."""
        if self.result is None:
            return ""
        if self.result.package_damaged:
            return "both" if self.result.product_damaged else "package"
        return "product" if self.result.product_damaged else "none"

    @property
    def tone(self) -> str:
        return {"": "waiting", "none": "accepted", "package": "warning"}.get(self.outcome, "stopped")


@dataclass(frozen=True)
class SampleSheet:
    """A sample, its checks in order (aspects first), its drops, and the photos of it as a whole."""

    sample: Sample
    checks: list[CheckLine]
    test: TransportTest | None
    drops: list[DropLine]
    photos: Sequence[Photo]

    @property
    def aspects(self) -> list[CheckLine]:
        return [line for line in self.checks if line.aspect]

    @property
    def characteristics(self) -> list[CheckLine]:
        return [line for line in self.checks if line.characteristic]

    @property
    def failing(self) -> list[CheckLine]:
        return [line for line in self.checks if line.check and not line.check.conforms]

    @property
    def unanswered(self) -> list[CheckLine | DropLine]:
        lines: list[CheckLine | DropLine] = [line for line in self.checks if line.check is None]
        return lines + [line for line in self.drops if line.result is None]

    @property
    def answered_count(self) -> int:
        return len(self.checks) + len(self.drops) - len(self.unanswered)

    @property
    def total(self) -> int:
        return len(self.checks) + len(self.drops)

    @property
    def damaging(self) -> list[DropLine]:
        return [line for line in self.drops if line.outcome not in ("", "none")]

    @property
    def tested(self) -> str:
        """What was really done as transport test, in words."""
        return test_words(self.test) if self.test else ""

    @property
    def is_colour_doubtful(self) -> bool:
        return self.sample.lab is not None and not is_possible(self.sample.lab)

    @property
    def swatch(self) -> str:
        """The colour as a screen shows it, "" where none was measured."""
        return on_screen(self.sample.lab) if self.sample.lab else ""

    @property
    def all_photos(self) -> list[Photo]:
        lines: list[CheckLine | DropLine] = [*self.checks, *self.drops]
        return [*self.photos, *(photo for line in lines for photo in line.photos)]


def lines_to_check(sample: Sample) -> list[CheckLine]:
    """What a golden sample lacks of the version in force, to be checked further; each with what waits for a signature."""
    codes = [lack["code"] for lack in sample.lacking]
    wanted = Characteristic.objects.filter(specification=sample.held_against_id, code__in=codes).order_by("position")
    further = {each.characteristic_id: each for each in sample.further_checks.all()}
    lines = []
    for number, characteristic in enumerate(wanted, start=1):
        there = further.get(characteristic.pk)
        if there is None or not there.signed_at:
            lines.append(CheckLine(number, "", characteristic, there))
    return lines


def sheet_of_sample(sample: Sample) -> SampleSheet:
    """The sheet of a sample, in at most five statements."""
    characteristics = (
        list(Characteristic.objects.filter(specification=sample.specification_id).order_by("position"))
        if sample.specification_id
        else []
    )
    checks = {
        (check.aspect, check.characteristic_id): check
        for check in sample.checks.select_related("recorded_by", "characteristic")
    }
    of_check: dict[tuple[str, int | None], list[Photo]] = defaultdict(list)
    of_drop: dict[int, list[Photo]] = defaultdict(list)
    whole: list[Photo] = []
    for photo in sample.photos.order_by("id"):
        if photo.drop_number is not None:
            of_drop[photo.drop_number].append(photo)
        elif photo.aspect or photo.characteristic_id:
            of_check[photo.aspect, photo.characteristic_id].append(photo)
        else:
            whole.append(photo)
    places: list[tuple[str, Characteristic | None]] = [(aspect.value, None) for aspect in SAMPLE_ASPECTS]
    places += [("", characteristic) for characteristic in characteristics]
    lines = []
    for number, (aspect, characteristic) in enumerate(places, start=1):
        key = (aspect, characteristic.pk if characteristic else None)
        lines.append(CheckLine(number, aspect, characteristic, checks.pop(key, None), photos=of_check[key]))
    # What fails of a version before, and is not asked any more, still stands against the approval.
    failing = [check for check in checks.values() if not check.conforms and check.characteristic]
    for number, check in enumerate(failing, start=len(places) + 1):
        photos = of_check["", check.characteristic_id]
        lines.append(CheckLine(number, "", check.characteristic, check, is_asked=False, photos=photos))
    test = TransportTest.objects.filter(sample=sample).first()
    return SampleSheet(sample, lines, test, _drops(test, of_drop), whole)


def _drops(test: TransportTest | None, photos: dict[int, list[Photo]]) -> list[DropLine]:
    if test is None:
        return []
    results = {result.number: result for result in test.results.select_related("recorded_by")}
    return [
        DropLine(
            drop["number"],
            drop["height_mm"],
            drop_side(drop["orientation"]),
            results.get(drop["number"]),
            photos[drop["number"]],
        )
        for drop in test.drops
    ]

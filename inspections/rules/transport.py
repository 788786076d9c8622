"""Named drop tests of packed products: from which heights, on what, in which order. Pure.

Only free falls are told here; conditioning, compression, vibration and the impacts between them are done by the procedures
of the International Safe Transit Association (ista.org), which are to be bought there. So what is recorded by this list is
"the drops of 2A", never "2A passed".

The heights by weight of 1A and 2A, their ten drops and their order are the same in several independent publications of
laboratories and inspection companies; so are the four kinds of package of 3A, how often each of two falls before and after
the vibration, and that the procedure ends at 70 kg (150 lb). The heights and sides of the drops of 3A stand in the procedure
alone: they are not told here, and whoever does them reads them there.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

# Packages below this weight in kg: height in mm.
HEIGHTS_1A = ((10, 760), (19, 610), (28, 460), (45, 310), (68, 200))
HEIGHTS_2A = ((10, 970), (19, 810), (28, 660), (45, 510), (68, 310))
HEAVIEST = {"ista_1a": 68, "ista_2a": 68, "ista_3a": 70}

# Faces: 1 top, 2 right, 3 bottom, 4 left, 5 and 6 the ends; an edge joins two of them, a corner three.
TEN_DROPS = (
    "corner:2-3-5",
    "edge:shortest",
    "edge:medium",
    "edge:longest",
    "face:smallest",
    "face:smallest_opposite",
    "face:medium",
    "face:medium_opposite",
    "face:largest",
    "face:largest_opposite",
)
SMALL, FLAT, ELONGATED, STANDARD = "small", "flat", "elongated", "standard"
# Drops of 3A before and after the vibration. Flat and elongated packages are also turned over on an edge and a face, and hit
# by a hazard or bridged: no free falls, and not told here.
DROPS_3A = {STANDARD: (9, 8), SMALL: (9, 7)}


class TransportError(ValueError):
    """No drops can be told for this package. `heaviest` is the most that the test is for, in kg."""

    def __init__(self, heaviest: int):
        self.heaviest = heaviest
        super().__init__(f"the test is for packages above 0 and up to {heaviest} kg")


@dataclass(frozen=True, slots=True)
class Drop:
    """One free fall: its number from 1, the height in mm, and what the package falls on ("edge:3-4").

    Of 3A the height is None and the orientation "procedure:before" or "procedure:after" the vibration: the procedure has them.
    """

    number: int
    height_mm: int | None
    orientation: str

    def as_dict(self) -> dict[str, int | str | None]:
        return asdict(self)


class KindNotTold(ValueError):
    """A test by 3A of a `kind` of package whose impacts are not told here."""

    def __init__(self, kind: str):
        self.kind = kind
        super().__init__(f"the impacts of a {kind} package are not told here")


def kind_of_package(sides_mm: Sequence[Decimal], weight_kg: Decimal) -> str:
    """Which of the four kinds of 3A a package is, by its three sides.

    Small: below 13,000 cm3, no side above 350 mm, at most 4.5 kg. Elongated: the longest side at least 900 mm, both others at
    most a fifth of it. Flat: the shortest at most 200 mm, the next at least four times that, at least 13,000 cm3. What is flat
    and elongated counts as elongated; all else is standard.
    """
    short, middle, long = sorted(sides_mm)
    volume_cm3 = short * middle * long / 1000
    if volume_cm3 < 13_000 and long <= 350 and weight_kg <= Decimal("4.5"):
        return SMALL
    if long >= 900 and middle * 5 <= long:
        return ELONGATED
    if short <= 200 and middle >= 4 * short and volume_cm3 >= 13_000:
        return FLAT
    return STANDARD


def drops_of(protocol: str, weight_kg: Decimal, kind: str = STANDARD) -> list[Drop]:
    """The drops of "ista_1a", "ista_2a" or "ista_3a" for a package of this weight and kind, in their order.

    A package that weighs what a line ends at belongs to the next line; the heaviest weight belongs to the last one. The kind
    matters to 3A alone. Raises TransportError for a weight that the test is not for, KindNotTold.
    """
    heaviest = HEAVIEST[protocol]
    if not 0 < weight_kg <= heaviest:
        raise TransportError(heaviest)
    if protocol == "ista_3a":
        if kind not in DROPS_3A:
            raise KindNotTold(kind)
        before, after = DROPS_3A[kind]
        sides = ["procedure:before"] * before + ["procedure:after"] * after
        return [Drop(number, None, side) for number, side in enumerate(sides, start=1)]
    heights = HEIGHTS_1A if protocol == "ista_1a" else HEIGHTS_2A
    height = next(height for below, height in heights if weight_kg < below or below == heaviest)
    return [Drop(number, height, side) for number, side in enumerate(TEN_DROPS, start=1)]

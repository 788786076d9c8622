"""Named drop tests of packed products: from which heights, on what, in which order. Pure.

Only the free-fall drops are told here, with the facts that are needed to do and record them; conditioning, compression
and vibration between them are done by the procedures of the International Safe Transit Association (ista.org), which
are to be bought there.

Sure (the same in several independent publications of laboratories and inspection companies): the heights by weight of
1A and 2A, their ten drops and their order; of 3A, that a standard package falls nine times before the vibration and
eight times after it, and that the procedure ends at 70 kg.
Less sure (recalled without the text of the procedure at hand; check it there before a certificate hangs on it): the
heights of 3A, the side of each of its drops, and that heavier packages fall from less from 32 kg on. Small, flat and
elongated packages have sequences of their own in 3A, which are not told here.
"""

from dataclasses import asdict, dataclass
from decimal import Decimal

# Packages below this weight in kg: height in mm.
HEIGHTS_1A = ((10, 760), (19, 610), (28, 460), (45, 310), (68, 200))
HEIGHTS_2A = ((10, 970), (19, 810), (28, 660), (45, 510), (68, 310))
# Below this weight in kg: height of an ordinary drop and of the high one on a face.
HEIGHTS_3A = ((32, 460, 910), (70, 300, 600))
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
BEFORE_VIBRATION = (
    "edge:3-4",
    "edge:3-6",
    "edge:4-6",
    "corner:3-4-6",
    "corner:2-3-5",
    "edge:2-3",
    "edge:1-2",
    "face:3:high",
    "face:3",
)
AFTER_VIBRATION = (
    "edge:3-4",
    "edge:3-6",
    "edge:1-5",
    "corner:3-4-6",
    "corner:1-2-6",
    "corner:1-4-5",
    "face:weakest:high",
    "face:3:hazard",
)


class TransportError(ValueError):
    """No drops can be told for this package. `heaviest` is the most that the test is for, in kg."""

    def __init__(self, heaviest: int):
        self.heaviest = heaviest
        super().__init__(f"the test is for packages above 0 and up to {heaviest} kg")


@dataclass(frozen=True, slots=True)
class Drop:
    """One free fall: its number from 1, the height in mm, and what the package falls on ("edge:3-4")."""

    number: int
    height_mm: int
    orientation: str

    def as_dict(self) -> dict[str, int | str]:
        return asdict(self)


def drops_of(protocol: str, weight_kg: Decimal) -> list[Drop]:
    """The drops of "ista_1a", "ista_2a" or "ista_3a" (standard packages) for a package of this weight, in their order.

    A package that weighs what a line ends at belongs to the next line; the heaviest weight belongs to the last one.
    Raises TransportError for a weight that the test is not for.
    """
    heaviest = HEAVIEST[protocol]
    if not 0 < weight_kg <= heaviest:
        raise TransportError(heaviest)
    if protocol == "ista_3a":
        ordinary, high = next((low, top) for below, low, top in HEIGHTS_3A if weight_kg < below or below == heaviest)
        sides = BEFORE_VIBRATION + AFTER_VIBRATION
        return [
            Drop(number, high if side.endswith(":high") else ordinary, side)
            for number, side in enumerate(sides, start=1)
        ]
    heights = HEIGHTS_1A if protocol == "ista_1a" else HEIGHTS_2A
    height = next(height for below, height in heights if weight_kg < below or below == heaviest)
    return [Drop(number, height, side) for number, side in enumerate(TEN_DROPS, start=1)]

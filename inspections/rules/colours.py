"""Colours of surfaces as CIELAB under D65 for the 2° observer: what is possible, how far apart, how they look. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from math import hypot
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coloraide import Color

Lab = Sequence[Decimal | float]
# What two good instruments may disagree by, in the units of a* and b*: it decides alone near black and white.
NOISE = 1.0


def _colour(lab: Lab) -> "Color":
    from coloraide import Color  # late: takes a second to load, and only this needs it

    return Color("lab-d65", [float(value) for value in lab])


def is_possible(lab: Lab) -> bool:
    """Whether a surface can have this colour: it lies within the Rösch-MacAdam solid of optimal colours for D65.

    The solid holds every colour of light that a surface sends back, printed, dyed or painted, so it is wider than sRGB.
    Only a surface that shines by itself (a neon dye, a strong brightener) can lie outside. A colour counts as within
    when one of NOISE less chroma is.
    """
    lightness, a, b = (float(value) for value in lab)
    chroma = hypot(a, b)
    less = max(0.0, chroma - NOISE) / chroma if chroma else 0.0
    return 0 <= lightness <= 100 and _colour((lightness, a * less, b * less)).in_gamut("macadam-limits")


def difference(reference: Lab, lab: Lab) -> float:
    """CIEDE2000 with kL = kC = kH = 1 (ISO/CIE 11664-6); about 1 is what a trained eye just sees side by side."""
    return _colour(reference).delta_e(_colour(lab), method="2000")


def on_screen(lab: Lab) -> str:
    """The nearest colour that a screen shows, as #rrggbb."""
    return _colour(lab).convert("srgb").fit(method="lch-chroma").to_string(hex=True)

"""Every pair of colours that text is set in reaches 4.5:1, in light and in dark (WCAG 2.2, success criterion 1.4.3)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css").read_text()
TONES = ["accepted", "stopped", "warning", "waiting", "waived"]
TEXT = [
    *[(ink, ground) for ink in ("ink", "soft", "brand", "brand-strong") for ground in ("paper", "card", "well")],
    *[(tone, ground) for tone in TONES for ground in (f"{tone}-bg", "card", "paper")],
    *[("ink", f"{tone}-bg") for tone in TONES],
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("on-stopped-solid", "stopped-solid"),
    ("caption", "caption-bg"),
]
# Borders that say where one can type, and the ring of focus: 3:1 (success criterion 1.4.11).
BORDERS = [("edge", "card"), ("edge", "paper"), ("brand", "card"), ("brand", "paper"), ("brand", "well")]


def block(selector: str) -> dict[str, str]:
    """The colours that the block of this selector sets."""
    body = CSS[CSS.index(selector + " {") :]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", body[: body.index("}")]))


LIGHT = block("  :root")
DARK = block(':root[data-theme="dark"]')


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme, ink, ground):
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("border", "ground"), BORDERS)
def test_borders_can_be_seen(theme, border, ground):
    assert contrast(theme[border], theme[ground]) >= 3


def test_dark_is_the_same_by_the_device_and_by_choice():
    assert block(':root:not([data-theme="light"])') == DARK
    assert LIGHT.keys() == DARK.keys()

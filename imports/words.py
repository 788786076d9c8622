"""What is done with the rows of a file, in short."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from imports.rows import CHANGED, LEFT_OUT, PASSED_OVER, UNCHANGED

DONE = {
    PASSED_OVER: _("passed over"),
    LEFT_OUT: _("left out"),
    CHANGED: _("changed"),
    UNCHANGED: _("stays as it is"),
}
SHORT = 60


def line_ranges(lines: Sequence[int]) -> str:
    """ "2, 4–7, 9" of ascending numbers."""
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)


def shown(note: Mapping[str, Any]) -> dict[str, Any]:
    """A note of an import as its page shows it; many lines are folded."""
    lines = line_ranges(note["lines"])
    begins = lines[:SHORT].rpartition(",")[0] + ", …" if len(lines) > SHORT else lines
    return {**note, "name": DONE[note["done"]], "shown": lines, "begins": begins, "is_long": len(lines) > SHORT}

"""Sheets and their rows, as every reader of a kind of file gives them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from activity.errors import InvalidInput
from imports.values import MOST_COLUMNS, Cell, refused


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet, by its number; what is hidden, nobody sees."""

    number: int
    cells: list[Cell]
    is_hidden: bool = False


@dataclass(slots=True)
class SheetOf:
    """A sheet of a workbook. `lines` reads its rows once; `merged` are the ranges known when all were read: (first row, last
    row, name); `hidden_columns` the letters of those that have something in them: nobody sees it, and it is not among the cells.
    `separator` is what stands between the cells of a text."""

    name: str
    is_hidden: bool
    lines: Callable[[], Iterator[Line]]
    merged: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_columns: set[str] = field(default_factory=set)
    separator: str = ""


def too_wide(line: int) -> InvalidInput:
    return refused(
        "too_many_columns", _("Line %(line)s has more than %(most)s columns.") % {"line": line, "most": MOST_COLUMNS}
    )

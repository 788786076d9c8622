"""What stands in a file before anybody knows what it means: cells and rows, and the refusal of a file as a whole."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from activity.errors import InvalidInput
from imports.formats import Format, format_of, plain, sure

MOST_BYTES = 20 * 2**20
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CELLS = 1_500_000  # with something in them; what fits into the memory of a worker


class Number:
    """A cell of a spreadsheet that stores a number: as it is stored, and as its format shows it.

    `written` is what stands in the file, and may have the noise of binary fractions.
    """

    __slots__ = ("format", "written")

    def __init__(self, written: str, format: Format | str = "General"):
        self.written = written
        self.format = format_of(format) if isinstance(format, str) else format

    @property
    def stored(self) -> Decimal:
        return sure(self.written)

    @property
    def shown(self) -> str:
        return self.format.show(self.stored).strip()

    @property
    def is_exact(self) -> bool:
        """Whether all of its digits are certain: a whole number of more than 15 has lost its last ones."""
        return abs(self.stored) < Decimal(10) ** 15

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"Number({self.written!r}, {self.format.code!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Number):
            return self.stored == other.stored and self.shown == other.shown
        return isinstance(other, int | Decimal) and self.stored == other

    def __hash__(self) -> int:
        return hash(self.stored)


class Formula(str):
    """A cell that is calculated, and whose file does not have what it comes to."""

    __slots__ = ()


class Fault(str):
    """A cell that shows an error: #REF!, #N/A."""

    __slots__ = ()


Cell = str | Number | int | float | bool | date | datetime | time | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it. `line` is its number in the file, from 1, as an editor or spreadsheet shows it."""

    line: int
    cells: list[Cell]


def is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def as_shown(cell: Cell) -> str:
    """What a person sees in a cell."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float):
        return plain(sure(repr(cell))) if cell - cell == 0 else str(cell)
    return str(cell)


def refused(code: str, detail: str) -> InvalidInput:
    """What is wrong with a file as a whole."""
    return InvalidInput.one("file", code, detail)

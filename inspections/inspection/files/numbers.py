"""Readings in the cells of a file: as they are shown, in the unit of the characteristic."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal

from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.cells import CellError
from imports.formats import plain
from imports.tables import Cell, Fault, Formula, Number, as_shown, is_blank
from inspections.models import Characteristic
from inspections.rules import notation
from inspections.rules.notation import COMMA, POINT
from inspections.rules.readings import MOST_DECIMALS, ReadingError, is_within
from inspections.rules.units import factors_to, plain_unit

WORDS = {
    "not_a_number": gettext_lazy("“%(value)s” is not a reading. Expected is a number in %(unit)s."),
    "changed_digits": gettext_lazy("“%(value)s” has digits that are not plain ones. Write the number out."),
    "two_marks": gettext_lazy(
        "This column has decimal commas and decimal points (%(value)s). Write all its numbers the same way."
    ),
    "other_mark": gettext_lazy("“%(value)s” has another decimal mark than its column. Write it the same way."),
    "may_be_two": gettext_lazy(
        "“%(value)s” may be two numbers. Say on the page of the columns whether decimals have a comma or a point."
    ),
    "other_unit": gettext_lazy("“%(value)s” is not in %(unit)s, the unit of the specification. Convert it."),
    "too_large": gettext_lazy("%(value)s is too large to be a reading."),
    "too_precise": gettext_lazy("%(value)s has more than %(most)s decimal places. Round it to what was measured."),
    "not_finite": gettext_lazy("“%(value)s” is not a finite number."),
    "decimal_comma": gettext_lazy("“%(value)s” has a comma. Write a decimal point."),
}


class Marks:
    """The decimal marks of the columns of a sheet: as somebody said for all, else each by all that stands in it.

    Where nothing in the file shows the mark, the reader's language decides 12.345; but not in a text with semicolons between
    its cells: programs write these where the comma is the decimal mark, and the point parts thousands. There it is asked.
    """

    def __init__(self, columns: Mapping[str, Iterable[Cell]], said: str = "", *, separator: str = ""):
        self._said = said if said in (POINT, COMMA) else ""
        self._found: dict[str, str | ReadingError] = {}
        for name, cells in columns.items():
            texts = [part for cell in cells if isinstance(cell, str) for part in notation.split_list(cell)]
            try:
                self._found[name] = notation.mark_of(texts)
            except ReadingError as error:
                self._found[name] = error
        shown = {mark for mark in self._found.values() if isinstance(mark, str) and mark}
        usual = "" if separator == ";" else str(get_format("DECIMAL_SEPARATOR"))
        self._usual = next(iter(shown)) if len(shown) == 1 else usual

    def of(self, name: str) -> tuple[str, str]:
        """The mark of a column, "" where it does not tell; and that which decides what either could be, "" where nothing does.
        Raises ReadingError."""
        found = self._said or self._found.get(name, "")
        if isinstance(found, ReadingError):
            raise found
        return found, self._usual


def reading(cell: Cell, c: Characteristic, mark: str = "", usual: str = POINT, said_unit: str = "") -> Decimal | None:
    """A reading in the unit of the characteristic, None for an empty cell. `said_unit` is that of numbers without one, as the
    title of the column has it. Raises CellError."""
    if is_blank(cell):
        return None
    if isinstance(cell, Formula | Fault):
        raise CellError.of(cell)
    if isinstance(cell, bool):
        raise CellError("not_a_number", _("This cell holds TRUE or FALSE, not a number."))
    if isinstance(cell, date | time):
        raise CellError("not_a_number", _("This is a date, not a number. Give the column the number format."))
    if isinstance(cell, int | float):
        cell = Number(repr(cell))
    text = as_shown(cell)
    try:
        if isinstance(cell, Number):
            mark = usual = POINT
        if said_unit and not notation.written(text).unit:
            text = f"{text} {said_unit}"
        value = notation.read(text, unit=c.unit, mark=mark, usual=usual)
    except ReadingError as error:
        detail = WORDS[error.code] % {"value": error.value, "unit": c.unit or _("the unit"), "most": MOST_DECIMALS}
        raise CellError(error.code, detail) from None
    if isinstance(cell, Number):
        _require_same(cell, text, value, c)
    return value


def _require_same(cell: Number, text: str, value: Decimal, c: Characteristic) -> None:
    """Refuse a cell whose format shows another number than it stores: in thousands, or without its sign; or one that would be
    judged otherwise with the digits that it does not show."""
    if cell.format.is_general:
        return
    shown = notation.written(text)
    stored = cell.stored.scaleb(2 * cell.format.percents)
    seen = Decimal(f"{shown.minus}{shown.digits.replace(COMMA, '')}{shown.exponent}")
    step = Decimal(1).scaleb(int(seen.as_tuple().exponent))
    factor = factors_to(c.unit).get(plain_unit(shown.unit), Decimal(1))
    exact = stored * factor
    if abs(seen - stored) > step / 2:
        detail = _("This cell shows %(shown)s and stores %(stored)s. Show the number itself.")
    elif is_within(value, c.lower, c.upper) != is_within(exact, c.lower, c.upper):
        detail = _(
            "This cell shows %(shown)s and stores %(stored)s; a limit lies between the two. Show all the digits."
        )
    else:
        return
    raise CellError("shown_otherwise", detail % {"shown": cell.shown, "stored": plain(cell.stored)})


def readings_of(
    cells: Sequence[Cell], c: Characteristic, name: str, marks: Marks, said_unit: str = ""
) -> list[Decimal | CellError | None]:
    """The cells of a column, each as a reading or as what is wrong with it."""
    found: list[Decimal | CellError | None] = []
    for cell in cells:
        try:
            mark, usual = marks.of(name)
            found.append(reading(cell, c, mark, usual, said_unit))
        except ReadingError as error:
            is_fine = is_blank(cell) or isinstance(cell, Number)
            found.append(
                reading(cell, c) if is_fine else CellError(error.code, WORDS[error.code] % {"value": error.value})
            )
        except CellError as error:
            found.append(error)
    return found


def reading_list(cell: Cell, c: Characteristic, name: str, marks: Marks, said_unit: str = "") -> list[Decimal | None]:
    """The readings of one cell, with spaces, semicolons or line ends between. A comma between digits is a decimal mark.

    Raises CellError.
    """
    parts = notation.split_list(cell) if isinstance(cell, str) and not isinstance(cell, Formula | Fault) else [cell]
    found = readings_of(parts, c, name, marks, said_unit)
    for value in found:
        if isinstance(value, CellError):
            raise value
    return [value for value in found if isinstance(value, Decimal)]

"""What is written in one cell: text, whole numbers, days. None and blank text are an empty cell."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.tables import Cell, Formula, is_blank

DAY_ORDERS = {
    "ymd": gettext_lazy("year, month, day: 2026-11-20"),
    "mdy": gettext_lazy("month, day, year: 11/20/2026"),
    "dmy": gettext_lazy("day, month, year: 20/11/2026"),
}


class CellError(ValueError):
    """What is wrong with one cell, in the reader's language. `value` is a word that somebody could explain."""

    def __init__(self, code: str, detail: str, value: str = ""):
        self.code, self.detail, self.value = code, detail, value
        super().__init__(detail)


def text(cell: Cell) -> str:
    """What is in a cell as one line of text; a whole number keeps no “.0”."""
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        raise CellError("formula", _("This is a formula. Paste it as a value."))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split())


def required_text(cell: Cell) -> str:
    if is_blank(cell):
        raise CellError("required", _("This cell is empty."))
    return text(cell)


def whole(cell: Cell) -> int | None:
    """A whole number; None for an empty cell. Thousands may have commas or spaces between."""
    written = text(cell)
    if not written:
        return None
    if isinstance(cell, date | bool):
        raise CellError("not_a_number", _("This is a date, not a number. Give the column the number format."))
    digits = re.sub(r"(?<=\d)[ ,](?=\d{3}(\D|$))", "", written)
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", digits):
        raise CellError("not_a_number", _("“%(value)s” is not a whole number.") % {"value": written[:40]})
    return int(digits)


def required_whole(cell: Cell) -> int:
    number = whole(cell)
    if number is None:
        raise CellError("required", _("This cell is empty."))
    return number


def day(cell: Cell) -> date | None:
    """A date; None for an empty cell. Text is year, month, day, as 2026-11-20, 2026/11/20, 2026.11.20 or 2026年11月20日."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    written = text(cell)
    if not written:
        return None
    if re.fullmatch(r"[0-9]{5}", written):
        raise CellError(
            "date_serial",
            _("%(value)s is a day as a spreadsheet counts them. Give the column a date format, or write 2026-11-20.")
            % {"value": written},
        )
    if found := re.fullmatch(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?", written):
        try:
            return date(*(int(part) for part in found.groups()))
        except ValueError:
            pass
    raise CellError("not_a_date", _("“%(value)s” is not a date. Write it as 2026-11-20.") % {"value": written[:40]})


def day_reader(order: str) -> Callable[[Cell], date | None]:
    """Reads a day, with or without a time behind it, written in an order of DAY_ORDERS."""

    def read(cell: Cell) -> date | None:
        if isinstance(cell, date | datetime) or cell is None:
            return day(cell)
        written = re.sub(r"[T\s]+\d{1,2}:\d{2}.*$", "", text(cell))
        found = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", written)
        if found is None:
            return day(written)
        if order == "ymd":
            detail = _("“%(value)s” may be two days. Say on the page of the columns how days are written.")
            raise CellError("ambiguous_date", detail % {"value": written})
        first, second, year = (int(part) for part in found.groups())
        month, number = (first, second) if order == "mdy" else (second, first)
        try:
            return date(year, month, number)
        except ValueError:
            detail = _("“%(value)s” is not a date, if it is written as %(order)s.")
            raise CellError("not_a_date", detail % {"value": written, "order": DAY_ORDERS[order]}) from None

    return read

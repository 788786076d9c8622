"""Days as people and programs write them. A column is read as a whole: one 16 in the month's place decides for all of it."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.texts import one_line
from imports.errors import CellError
from imports.values import Cell, Fault, Formula, Number, as_shown, is_blank

DAY_ORDERS = {
    "ymd": gettext_lazy("year, month, day: 2026-11-20"),
    "mdy": gettext_lazy("month, day, year: 11/20/2026"),
    "dmy": gettext_lazy("day, month, year: 20/11/2026"),
}
SPOKEN = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "cs",
    "hu",
    "ro",
    "sv",
    "id",
    "ms",
)  # whose names of months are read
_TIME = re.compile(r"(?:[T\s,]+|(?<=日)\s*)\d{1,2}[:.h时]\d{2}.*$", re.IGNORECASE)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,10}[.,]+\s+(?=\S)|(?:\s*(?:星期|周)[一二三四五六日天])$")


@cache
def _months() -> Mapping[str, int]:
    """Names and short names of the months; a name that means two is none."""
    found: dict[str, set[int]] = {}
    for language in SPOKEN:
        months = Locale(language).months
        for place in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[place][width].items():
                    found.setdefault(name.lower().rstrip("."), set()).add(number)
    found["sept"] = {9}
    return {name: next(iter(numbers)) for name, numbers in found.items() if len(numbers) == 1}


@lru_cache(maxsize=4096)
def days_of(written: str) -> Mapping[str, date]:
    """What a text may be: a day by each order in which its parts may stand. One that is plain stands under each; none: {}.

    A year of two digits may be the first part as well as the last.
    """
    text = _TIME.sub("", _WEEKDAY.sub("", one_line(written))).strip()
    if found := re.fullmatch(r"(\d{4})(?:\s*[-/.年]\s*)(\d{1,2})(?:\s*[-/.月]\s*)(\d{1,2})日?", text):
        return _plain(*found.groups())
    if found := re.fullmatch(r"(20\d{2}|19\d{2})(\d{2})(\d{2})", text):
        return _plain(*found.groups())
    if found := re.fullmatch(
        r"(\d{1,2})(?:st|nd|rd|th|\.)?[\s\-/.]*(?:de\s+)?([^\W\d_]+)\.?[\s\-/.,]*(?:de\s+)?(\d{4}|\d{2})", text
    ):
        return _named(found[1], found[2], found[3])
    if found := re.fullmatch(r"([^\W\d_]+)\.?[\s\-/.]*(\d{1,2})(?:st|nd|rd|th)?[\s,\-/.]+(\d{4}|\d{2})", text):
        return _named(found[2], found[1], found[3])
    if found := re.fullmatch(r"(\d{4})[\s\-/.]*([^\W\d_]+)\.?[\s\-/.]*(\d{1,2})", text):
        return _named(found[3], found[2], found[1])
    if found := re.fullmatch(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})", text):
        first, second, year = found[1], found[3], found[4]
        orders = {"mdy": (year, first, second), "dmy": (year, second, first)}
        if len(year) == 2:
            orders["ymd"] = (first, second, year)
        return {order: day for order, parts in orders.items() if (day := _day(*parts))}
    return {}


def _plain(year: str, month: str, day: str) -> dict[str, date]:
    found = _day(year, month, day)
    return dict.fromkeys(DAY_ORDERS, found) if found else {}


def _named(day: str, month: str, year: str) -> dict[str, date]:
    number = _months().get(month.lower())
    return _plain(year, str(number), day) if number else {}


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) < 3 else 0), int(month), int(day))
    except ValueError:
        return None


class DayReader:
    """Reads a cell as a day, None where it is empty. `order` is one of DAY_ORDERS; "ymd" says nothing of days that begin
    otherwise, which the other cells of a column may."""

    def __init__(self, order: str = "", shown: Iterable[str] = ()):
        self.order = order if order in ("mdy", "dmy") else ""
        self._possible = set(DAY_ORDERS)
        for text in shown:
            if days := days_of(text):
                self._possible &= days.keys()

    def for_column(self, cells: Iterable[Cell]) -> "DayReader":
        """A reader that knows what the whole column shows."""
        return DayReader(self.order, (cell for cell in cells if isinstance(cell, str) and not is_blank(cell)))

    def __call__(self, cell: Cell) -> date | None:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        if is_blank(cell):
            return None
        if isinstance(cell, Formula | Fault):
            raise CellError.of(cell)
        written = as_shown(cell)[:60]
        if (isinstance(cell, Number | int | float) and re.fullmatch(r"[0-9]{5}(\.\d+)?", written)) or re.fullmatch(
            r"[0-9]{5}", written.strip()
        ):
            raise CellError(
                "date_serial",
                _(
                    "%(value)s is a day as a spreadsheet counts them. Give the column a date format, or write 2026-11-20."
                )
                % {"value": written},
            )
        days = days_of(written)
        if not days:
            raise CellError(
                "not_a_date", _("“%(value)s” is not a date. Write it as 2026-11-20.") % {"value": written[:40]}
            )
        return self._decided(days, written)

    def _decided(self, days: Mapping[str, date], written: str) -> date:
        if len(set(days.values())) == 1 and (not self.order or self.order in days):
            return next(iter(days.values()))
        if self.order:
            if day := days.get(self.order):
                return day
            detail = _("“%(value)s” is not a date, if it is written as %(order)s.")
            raise CellError("not_a_date", detail % {"value": written, "order": DAY_ORDERS[self.order]})
        if len(self._possible) == 1:
            return days[next(iter(self._possible))]
        if not self._possible:
            detail = _("“%(value)s” may be two days, and the column has days in both orders. Write them as 2026-11-20.")
        else:
            detail = _("“%(value)s” may be two days. Say on the page of the columns how days are written.")
        raise CellError("ambiguous_date", detail % {"value": written})


def day_reader(order: str = "") -> Callable[[Cell], date | None]:
    """Reads a day, with or without a time behind it, written in an order of DAY_ORDERS."""
    return DayReader(order)


day = DayReader()

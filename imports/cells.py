"""What is written in one cell: text, whole numbers, days. None and blank text are an empty cell.

What a person sees in the cell is what is read. Where a spreadsheet shows something else than it stores, and the two mean different
things, the cell is refused.
"""

import re
from datetime import date, time
from decimal import Decimal

from django.utils.translation import gettext as _

from activity.texts import has_changed_digits, one_line
from imports.dates import DAY_ORDERS, day, day_reader
from imports.errors import CellError
from imports.formats import plain
from imports.values import Cell, Fault, Formula, Number, as_shown, is_blank

__all__ = ["DAY_ORDERS", "CellError", "day", "day_reader", "required_text", "required_whole", "shown", "text", "whole"]

# Counting words behind a quantity that say no more than "so many". A dozen or a carton would be another number.
PIECES = "pcs?|pieces?|units?|ea|each|sets?|件|个|個|只|隻|套|台|双|雙|条|條|把|支|枚|片|张|張|本|份|块|塊"


def text(cell: Cell) -> str:
    """What identifies something, or says it in a word: one line of text, with the zeros that a number format shows.

    Raises CellError for what a spreadsheet has made of a code: a day, TRUE, an error, a number whose last digits are lost.
    """
    if cell is None:
        return ""
    if isinstance(cell, Formula | Fault):
        raise CellError.of(cell)
    if isinstance(cell, bool):
        raise _not_text(_("This cell holds TRUE or FALSE."))
    if isinstance(cell, date | time):
        detail = _("A spreadsheet made the day %(shown)s of what was typed here.")
        raise _not_text(detail % {"shown": as_shown(cell)})
    if isinstance(cell, int | float):
        cell = Number(repr(cell))
    if isinstance(cell, Number):
        return _code_of(cell)
    # An apostrophe before a code is how it is typed as text.
    return re.sub(r"^'(?=[\w./-]+$)", "", one_line(cell))


def shown(cell: Cell) -> str:
    """What a person sees in a cell that says something to people only: a note."""
    if isinstance(cell, Formula):
        raise CellError.of(cell)
    return " ".join(as_shown(cell).split())


def _not_text(what: str) -> CellError:
    return CellError("not_text", _("%(what)s Format the column as text, and type it as it should be.") % {"what": what})


def _code_of(number: Number) -> str:
    """A number that stands for a code: its digits, with the zeros before and the letters around them that are shown."""
    stored, seen = number.stored, number.shown
    if not stored.is_finite() or not number.is_exact:
        detail = _("A spreadsheet keeps 15 digits of a number; the last ones of %(shown)s are lost.")
        raise _not_text(detail % {"shown": seen})
    digits = plain(stored)
    if seen == digits or seen.replace(",", "") == digits:
        return digits
    if re.sub(r"\D", "", seen).lstrip("0") == digits and re.fullmatch(r"[A-Za-z0-9._/-]+", seen):
        return seen  # with a decimal point it would be another number
    try:
        value = Decimal(seen)
    except ArithmeticError:
        value = None
    if value == stored and "E" not in seen:
        return seen
    if "E" in seen and stored == stored.to_integral_value():
        return digits
    detail = _("This cell shows %(shown)s and stores %(stored)s.")
    raise _not_text(detail % {"shown": seen, "stored": digits})


def required_text(cell: Cell) -> str:
    if is_blank(cell):
        raise CellError("required", _("This cell is empty."))
    return text(cell)


def whole(cell: Cell) -> int | None:
    """A whole number; None for an empty cell. Thousands may be marked, a word for pieces may stand behind it."""
    if is_blank(cell):
        return None
    if isinstance(cell, Formula | Fault):
        raise CellError.of(cell)
    if isinstance(cell, date | time | bool):
        raise CellError("not_a_number", _("This is a date, not a number. Give the column the number format."))
    if isinstance(cell, int | float):
        cell = Number(repr(cell))
    written = one_line(as_shown(cell))
    counted = "" if has_changed_digits(as_shown(cell)) else re.sub(rf"(?i)(?<=\d)\s*(?:{PIECES})\.?$", "", written)
    sign, digits = ("-", counted[1:]) if counted[:1] in "-−" and counted else ("", counted.removeprefix("+"))
    number = _whole_of(digits.strip())
    if number is None:
        raise CellError("not_a_number", _("“%(value)s” is not a whole number.") % {"value": written[:40]})
    number = -number if sign else number
    if isinstance(cell, Number) and cell.stored != number:
        detail = _("This cell shows %(shown)s and stores %(stored)s, which is not a whole number.")
        raise CellError("not_a_number", detail % {"shown": written, "stored": plain(cell.stored)})
    return number


def _whole_of(digits: str) -> int | None:
    """ "1000", "1,000", "1 000", "1'000", "1,000.0": decimals that are all zero say nothing, but 1.000 may be a thousand."""
    if re.fullmatch(r"\d{1,3}([, '’]\d{3})+(\.0+)?", digits) and len(set(re.findall(r"[, '’]", digits))) == 1:
        digits = re.sub(r"[, '’]", "", digits)
    elif re.fullmatch(r"\d{1,3}(\.\d{3}){2,}", digits):
        digits = digits.replace(".", "")
    if re.fullmatch(r"\d{1,3}\.\d{3}", digits) and not digits.startswith("0"):
        return None
    found = re.fullmatch(r"(\d{1,12})(?:\.0+)?", digits, re.ASCII)
    return int(found[1]) if found else None


def required_whole(cell: Cell) -> int:
    number = whole(cell)
    if number is None:
        raise CellError("required", _("This cell is empty."))
    return number

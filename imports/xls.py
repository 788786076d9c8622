"""Workbooks of Excel 97 to 2003 (.xls), read by xlrd: the one library that tells the number format of their cells."""

import struct
from collections.abc import Callable, Iterator
from typing import Any

import xlrd
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from xlrd.biffh import error_text_from_code

from activity.errors import InvalidInput
from imports.formats import format_of
from imports.sheets import Line, SheetOf, too_wide
from imports.values import MOST_COLUMNS, Cell, Fault, is_blank, refused
from imports.xlsx import value_of

# What reading a file that only looks like a workbook ends with.
BROKEN = (
    xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, ArithmeticError, AssertionError, AttributeError, LookupError,
    MemoryError, RuntimeError, TypeError, ValueError,
)  # fmt: skip


def open_old_workbook(content: bytes) -> list[SheetOf]:
    """The sheets of a workbook, hidden ones too. Raises InvalidInput, also for one with a password."""
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=_Silent())
        return [_sheet_of(book, sheet) for sheet in book.sheets()]
    except BROKEN:
        raise refused(
            "old_excel",
            _("This old Excel file (.xls) cannot be read; perhaps it has a password. Save it as .xlsx without one."),
        ) from None


class _Silent:
    """Where xlrd tells of its troubles."""

    def write(self, _text: str) -> None: ...

    def flush(self) -> None: ...


def _sheet_of(book: Any, sheet: Any) -> SheetOf:
    found = SheetOf(sheet.name, sheet.visibility != 0, lambda: iter(()))
    hidden = {column for column, info in sheet.colinfo_map.items() if info.hidden}
    found.lines = _lines_of(book, sheet, found, hidden)
    letters = xlrd.formula.cellname
    found.merged = [
        (top + 1, bottom, f"{letters(top, left)}:{letters(bottom - 1, right - 1)}")
        for top, bottom, left, right in sheet.merged_cells
    ]
    return found


def _lines_of(book: Any, sheet: Any, found: SheetOf, hidden: set[int]) -> Callable[[], Iterator[Line]]:
    epoch = CALENDAR_MAC_1904 if book.datemode else CALENDAR_WINDOWS_1900

    def lines() -> Iterator[Line]:
        for row in range(sheet.nrows):
            cells = [_read(book, cell, epoch) for cell in sheet.row(row)]
            for column in hidden:
                if column < len(cells) and not is_blank(cells[column]):
                    found.hidden_columns.add(xlrd.colname(column))
                    cells[column] = None
            while cells and is_blank(cells[-1]):
                cells.pop()
            if len(cells) > MOST_COLUMNS:
                raise too_wide(row + 1)
            known = sheet.rowinfo_map.get(row)
            if cells:
                yield Line(row + 1, cells, bool(known and known.hidden))

    return lines


def _read(book: Any, cell: Any, epoch: Any) -> Cell:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Fault(error_text_from_code.get(cell.value, "#N/A"))
    style = book.xf_list[cell.xf_index] if cell.xf_index is not None else None
    known = book.format_map.get(style.format_key) if style else None
    try:
        return value_of(repr(cell.value), format_of(known.format_str if known else "General"), epoch)
    except InvalidInput:
        raise
    except BROKEN:
        return Fault("########")

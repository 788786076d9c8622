"""Reading a CSV or XLSX file as rows of cells, and saying plainly why one cannot be read."""

import csv
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import islice
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

from activity.errors import InvalidInput

MOST_BYTES = 20 * 2**20
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_LINES = 2**20  # what a sheet of a spreadsheet has
MOST_UNPACKED = 300 * 2**20
MOST_SHARED_STRINGS = 60 * 2**20
DELIMITERS = ",;\t"
# What reading a file that only looks like a spreadsheet ends with.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Percent(float):
    """A number that its sheet shows as per cent: 0.05 where people see 5 %."""

    def __str__(self) -> str:
        return f"{(Decimal(repr(float(self))) * 100).normalize():f}%"


class Formula(str):
    """A cell that is calculated; what it comes to is not in the file for certain."""

    __slots__ = ()


Cell = str | int | float | bool | object | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it. `line` is its number in the file, from 1, as an editor or spreadsheet shows it."""

    line: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """The first row that is not empty, and those below it that are not."""

    header: list[str]
    header_line: int
    rows: list[Row]


def refused(code: str, detail: str) -> InvalidInput:
    return InvalidInput.one("file", code, detail)


def check_upload(file) -> None:
    """Raises InvalidInput for what its size and first bytes already show to be no table."""
    if not file.size:
        raise refused("empty", _("The file is empty."))
    if file.size > MOST_BYTES:
        raise refused(
            "too_large",
            _("The file has %(size)s MB; at most %(most)s MB are taken. Split it.")
            % {"size": -(-file.size // 2**20), "most": MOST_BYTES // 2**20},
        )
    file.seek(0)
    kind_of(file.read(4096))
    file.seek(0)


def kind_of(head: bytes) -> str:
    """ "xlsx" or "csv", by the first bytes. Raises InvalidInput for anything else."""
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused(
            "old_excel",
            _("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password."),
        )
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if head.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"Rar!", b"\x1f\x8b")) or (
        b"\0" in head and not is_utf16
    ):
        raise refused("unknown_content", _("This is neither a CSV nor an XLSX file, whatever its name says."))
    return "csv"


def read_table(file: BinaryIO) -> Table:
    """The whole table. Raises InvalidInput on `file` when there is none, or it is larger than we take."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise refused("too_large", _("The file is too large. Split it."))
    lines = read_xlsx(content) if kind_of(content[:4096]) == "xlsx" else read_csv(content)
    rows = (Row(line, cells) for line, cells in lines if any(not is_blank(cell) for cell in cells))
    header = next(rows, None)
    if header is None:
        raise refused("empty", _("The file is empty."))
    kept = []
    for row in rows:
        kept.append(row)
        if len(kept) > MOST_ROWS:
            raise refused(
                "too_many_rows", _("The file has more than %(most)s rows. Split it.") % {"most": f"{MOST_ROWS:,}"}
            )
    if not kept:
        raise refused("no_rows", _("Below the header there are no rows."))
    return Table(["" if is_blank(cell) else str(cell).strip() for cell in header.cells], header.line, kept)


def read_head(file: BinaryIO, *, rows: int = 3) -> Table:
    """The header and the first rows, without reading those below. Raises InvalidInput on `file` when there is none."""
    content = file.read(MOST_BYTES + 1)
    lines = read_xlsx(content) if kind_of(content[:4096]) == "xlsx" else read_csv(content)
    found = (Row(line, cells) for line, cells in lines if any(not is_blank(cell) for cell in cells))
    header = next(found, None)
    if header is None:
        raise refused("empty", _("The file is empty."))
    titles = ["" if is_blank(cell) else str(cell).strip() for cell in header.cells]
    return Table(titles, header.line, list(islice(found, rows)))


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read_csv(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip(DELIMITERS + " \r")), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise _too_wide(line)
            yield line, list(cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise refused(
            "broken_csv",
            _("Line %(line)s cannot be read: %(error)s. Is a quotation mark left open?")
            % {"line": line, "error": error},
        ) from None


def _decoded(content: bytes) -> str:
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            where = content.count(b"\n", 0, error.start) + 1
    raise refused(
        "unknown_encoding",
        _("Line %(line)s is written in an unknown way. Save the file as UTF-8 (in Excel: “CSV UTF-8”).")
        % {"line": where},
    )


def read_xlsx(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The first sheet."""
    from openpyxl import load_workbook  # late: takes a second to load, and only this needs it

    _check_archive(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        if not book.worksheets:
            raise refused("empty", _("The file is empty."))
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        if _has_merged_cells(content, sheet):
            raise refused(
                "merged_cells",
                _("The first sheet has merged cells. Undo the merging, so that each row has its own cells."),
            )
        yield from _cells_of(sheet.iter_rows())
    except BROKEN:
        raise _not_a_sheet() from None


def _cells_of(rows: Iterable[tuple]) -> Iterator[tuple[int, list[Cell]]]:
    for line, row in enumerate(rows, start=1):
        if line > MOST_LINES:
            raise _not_a_sheet()
        row = row[: MOST_COLUMNS + 1]  # a row may claim 16,384 cells
        if len(row) > MOST_COLUMNS and not is_blank(row[-1].value):
            raise _too_wide(line)
        cells = [_value_of(cell) for cell in row]
        while cells and is_blank(cells[-1]):
            cells.pop()
        yield line, cells


def _value_of(cell) -> Cell:
    if cell.data_type == "f":
        return Formula(str(cell.value))
    if isinstance(cell.value, int | float) and 0 < cell.value <= 1 and "%" in (cell.number_format or ""):
        return Percent(cell.value)
    return cell.value


def _check_archive(content: bytes) -> None:
    """Refuse what unpacks to more than any honest file of our limits, before any of it is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            strings = sum(m.file_size for m in members if m.filename.endswith("sharedStrings.xml"))
            if (
                sum(m.file_size for m in members) > MOST_UNPACKED
                or strings > MOST_SHARED_STRINGS
                or len(members) > 2000
            ):
                raise refused("too_large_unpacked", _("Unpacked, this file is far larger than a table of our limits."))
            if "[Content_Types].xml" not in archive.namelist():
                raise _not_a_sheet()
            for member in members:
                with archive.open(member) as part:
                    if b"<!DOCTYPE" in part.read(1024):  # no spreadsheet has one; entities in it can be made to explode
                        raise _not_a_sheet()
    except BROKEN:
        raise _not_a_sheet() from None


def _has_merged_cells(content: bytes, sheet) -> bool:
    """Whether the part of the sheet names merged cells; they stand at its end, which openpyxl does not read here."""
    with zipfile.ZipFile(BytesIO(content)) as archive, archive.open(sheet._worksheet_path) as part:
        before = b""
        while block := part.read(2**20):
            if b"<mergeCell " in before + block:
                return True
            before = block[-16:]
    return False


def _too_wide(line: int) -> InvalidInput:
    return refused(
        "too_many_columns", _("Line %(line)s has more than %(most)s columns.") % {"line": line, "most": MOST_COLUMNS}
    )


def _not_a_sheet() -> InvalidInput:
    return refused("unknown_content", _("This is neither a CSV nor an XLSX file that can be read."))

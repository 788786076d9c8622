"""Workbooks of Office Open XML (ISO/IEC 29500), Transitional and Strict, read part by part and never as a tree.

openpyxl tells neither what a cell shows, nor which rows are hidden, nor the cells of exports that put each into a `<row r="1">`
of its own, and reads no Strict file; so the four parts that matter here are read by themselves. See docs/decisions/reading-tables.md.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from io import BytesIO
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel
from openpyxl.utils.escape import unescape

from activity.errors import InvalidInput
from imports.formats import BUILTIN, GENERAL, Format, format_of
from imports.sheets import Line, SheetOf, too_wide
from imports.values import MOST_COLUMNS, Cell, Fault, Formula, Number, is_blank, refused

MOST_LINES = 2**20  # what a sheet of a spreadsheet has
MOST_UNPACKED = 300 * 2**20
MOST_SHARED_STRINGS = 60 * 2**20
MOST_MEMBERS = 2000
LONGEST_TEXT = 2**16  # twice what a cell may hold
BLOCK = 2**16
# What reading a file that only looks like a spreadsheet ends with.
BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, ArithmeticError, AttributeError, EOFError, LookupError,
    NotImplementedError, OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class _Reader:
    """Feeds a part of the archive to handlers of elements, told by their local names: prefixes and namespaces differ."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = lambda name, attributes: self.start(name.rpartition(":")[2], attributes)
        self.parser.EndElementHandler = lambda name: self.end(name.rpartition(":")[2])
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.buffer_text = True
        self.text: list[str] | None = None
        self.length = 0

    def refuse(self, *_args: object) -> None:
        raise ValueError("no spreadsheet has a document type")

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def characters(self, data: str) -> None:
        if self.text is not None:
            self.length += len(data)
            if self.length > LONGEST_TEXT:
                raise ValueError("too long a text")
            self.text.append(data)

    def take(self) -> str:
        text, self.text, self.length = "".join(self.text or ()), None, 0
        return text

    def read(self, archive: zipfile.ZipFile, name: str) -> None:
        for _block in self.blocks(archive, name):
            pass

    def blocks(self, archive: zipfile.ZipFile, name: str) -> Iterator[None]:
        """One step per block that was read."""
        with archive.open(name) as part:
            while block := part.read(BLOCK):
                self.parser.Parse(block, False)
                yield
            self.parser.Parse(b"", True)
            yield


class _Book(_Reader):
    """xl/workbook.xml: the sheets in their order, and from which day days are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, bool, str]] = []
        self.epoch = CALENDAR_WINDOWS_1900

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904
        elif name == "sheet":
            relation = next(value for key, value in attributes.items() if key.endswith(":id"))
            is_hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), is_hidden, relation))


class _Relations(_Reader):
    """Which part a relation names, and what it is."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes["Id"]] = (kind, attributes.get("Target", ""))


class _Strings(_Reader):
    """xl/sharedStrings.xml, without the readings of Japanese names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._parts: list[str] = []
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._phonetic += 1
        elif name == "t" and not self._phonetic:
            self.text = []

    def end(self, name: str) -> None:
        if name == "t" and self.text is not None:
            self._parts.append(self.take())
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            self.found.append(unescape("".join(self._parts)))


class _Styles(_Reader):
    """xl/styles.xml: the number format of each cell style."""

    def __init__(self) -> None:
        super().__init__()
        self._own: dict[int, str] = {}
        self._used: list[int] = []
        self._is_of_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and "numFmtId" in attributes:
            self._own[int(attributes["numFmtId"])] = attributes.get("formatCode", GENERAL)
        elif name == "cellXfs":
            self._is_of_cells = True
        elif name == "xf" and self._is_of_cells:
            self._used.append(int(attributes.get("numFmtId", 0)))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_of_cells = False

    @property
    def formats(self) -> list[Format]:
        return [format_of(self._own.get(number) or BUILTIN.get(number, GENERAL)) for number in self._used]


class _Sheet(_Reader):
    """A sheet: rows in `ready` as they are complete, `merged` ranges at the end."""

    def __init__(self, strings: list[str], formats: list[Format], epoch: datetime):
        super().__init__()
        self.strings, self.formats, self.epoch = strings, formats, epoch
        self.ready: list[Line] = []
        self.merged: list[tuple[int, int, str]] = []
        self.hidden_columns: set[str] = set()
        self._hidden: set[int] = set()
        self._cells: dict[int, Cell] = {}
        self._line, self._is_hidden = 0, False
        self._row, self._row_hides, self._column = 0, False, 0
        self._cell: dict[str, str] | None = None
        self._value: str | None = None
        self._parts: list[str] = []
        self._is_formula = False
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._row_hides = attributes.get("hidden") in ("1", "true")
            self._column = 0
            if self._row > MOST_LINES:
                raise ValueError("no such row")
        elif name == "c":
            self._cell, self._value, self._parts, self._is_formula = attributes, None, [], False
        elif name == "f":
            self._is_formula = True
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self._hidden |= set(range(int(attributes["min"]), min(int(attributes["max"]), MOST_COLUMNS) + 1))
        elif name == "rPh":
            self._phonetic += 1
        elif name == "v" or (name == "t" and self._cell is not None and not self._phonetic):
            self.text = []
        elif name == "mergeCell" and len(self.merged) < MOST_LINES:
            reference = attributes["ref"]
            _left, top, _right, bottom = range_boundaries(reference)
            self.merged.append((int(top or 1), int(bottom or MOST_LINES), reference))

    def end(self, name: str) -> None:
        if name == "v":
            self._value = self.take()
        elif name == "t" and self.text is not None:
            self._parts.append(self.take())
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "c" and self._cell is not None:
            self._put(self._cell)
            self._cell = None
        elif name == "sheetData":
            self._finish()

    def _put(self, attributes: dict[str, str]) -> None:
        """A cell goes where it says itself; those that say nothing follow one another."""
        row, column = self._row, self._column + 1
        if place := _PLACE.fullmatch(attributes.get("r", "")):
            row, column = int(place[2]), column_index_from_string(place[1])
        self._column = column
        cell = self._read(attributes)
        if is_blank(cell):
            return
        if column in self._hidden:
            self.hidden_columns.add(get_column_letter(column))
            return
        if row != self._line:
            if row < self._line:
                raise ValueError("rows in no order")
            self._finish()
            self._line, self._is_hidden = row, self._row_hides
        if column > MOST_COLUMNS:
            raise too_wide(row)
        self._cells[column] = cell

    def _finish(self) -> None:
        if self._cells:
            width = max(self._cells)
            cells = [self._cells.get(column) for column in range(1, width + 1)]
            self.ready.append(Line(self._line, cells, self._is_hidden))
            self._cells = {}

    def _read(self, attributes: dict[str, str]) -> Cell:
        kind, value = attributes.get("t", "n"), self._value
        if kind == "inlineStr":
            return unescape("".join(self._parts))
        if value is None or (not value.strip() and kind not in ("s", "str")):
            return Formula("=") if self._is_formula else None
        if kind == "s":
            return self.strings[int(value)]
        if kind == "str":
            return unescape(value)
        if kind == "e":
            return Fault(value)
        if kind == "b":
            return value.strip() in ("1", "true")
        if kind == "d":
            return datetime.fromisoformat(value)
        style = int(attributes.get("s", 0))
        shown = self.formats[style] if 0 <= style < len(self.formats) else format_of(GENERAL)
        return value_of(value.strip(), shown, self.epoch)


def value_of(written: str, shown: Format, epoch: datetime) -> Cell:
    """A number, or the day or the time that its format makes of it."""
    number = Number(written, shown)
    if not number.stored.is_finite():
        raise ValueError("no number")
    if not shown.is_day and not shown.is_time:
        return number
    try:
        found = from_excel(float(written), epoch)
    except (OverflowError, ValueError):
        return Fault("########")  # so a spreadsheet shows what is no day
    if isinstance(found, datetime) and not shown.is_day and float(written) < 1:
        return found.time()
    return found if isinstance(found, date | datetime | time) else number


def open_workbook(content: bytes) -> list[SheetOf]:
    """The sheets of a workbook, hidden ones too. Raises InvalidInput."""
    check_archive(content)
    try:
        return _open(zipfile.ZipFile(BytesIO(content)))
    except InvalidInput:
        raise
    except BROKEN:
        raise not_a_sheet() from None


def _open(archive: zipfile.ZipFile) -> list[SheetOf]:
    top = _relations_of(archive, "")
    main = next((target for kind, target in top.values() if kind == "officeDocument"), "xl/workbook.xml").lstrip("/")
    book = _Book()
    book.read(archive, main)
    relations = {
        key: (
            kind,
            posixpath.normpath(posixpath.join(posixpath.dirname(main), target)) if target[:1] != "/" else target[1:],
        )
        for key, (kind, target) in _relations_of(archive, main).items()
    }
    parts = dict(relations.values())
    strings, styles = _Strings(), _Styles()
    if parts.get("sharedStrings") in archive.namelist():
        strings.read(archive, parts["sharedStrings"])
    if parts.get("styles") in archive.namelist():
        styles.read(archive, parts["styles"])
    formats = styles.formats
    sheets = []
    for name, is_hidden, relation in book.sheets:
        kind, part = relations[relation]
        if kind == "worksheet":
            sheet = SheetOf(name, is_hidden, lambda: iter(()))
            sheet.lines = _lines_of(archive, part, sheet, lambda: _Sheet(strings.found, formats, book.epoch))
            sheets.append(sheet)
    return sheets


def _relations_of(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    relations = _Relations()
    if path in archive.namelist():
        relations.read(archive, path)
    return relations.found


def _lines_of(
    archive: zipfile.ZipFile, part: str, sheet: SheetOf, reader: Callable[[], _Sheet]
) -> Callable[[], Iterator[Line]]:
    def lines() -> Iterator[Line]:
        found = reader()
        try:
            for _block in found.blocks(archive, part):
                yield from found.ready
                found.ready.clear()
        except InvalidInput:
            raise
        except BROKEN:
            raise not_a_sheet() from None
        sheet.merged, sheet.hidden_columns = found.merged, found.hidden_columns

    return lines


def check_archive(content: bytes) -> None:
    """Refuse what unpacks to more than any honest file of our limits, before any of it is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            strings = sum(m.file_size for m in members if m.filename.endswith("sharedStrings.xml"))
            if (
                sum(m.file_size for m in members) > MOST_UNPACKED
                or strings > MOST_SHARED_STRINGS
                or len(members) > MOST_MEMBERS
            ):
                raise refused("too_large_unpacked", _("Unpacked, this file is far larger than a table of our limits."))
            if "[Content_Types].xml" not in archive.namelist():
                raise not_a_sheet()
    except BROKEN:
        raise not_a_sheet() from None


def not_a_sheet() -> InvalidInput:
    return refused("unknown_content", _("This is neither a CSV nor an XLSX file that can be read."))

"""Reading a file as a table: which sheet, which row is the header, which rows are data; and saying plainly why one cannot be read."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from imports import encodings, webpage
from imports.delimited import Text, lines_of, read_text, require_told, separator_of
from imports.encodings import ENCODINGS
from imports.sheets import Line, SheetOf
from imports.values import (
    MOST_BYTES,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Fault,
    Formula,
    Number,
    Row,
    as_shown,
    is_blank,
    refused,
)

__all__ = [
    "MOST_BYTES", "MOST_COLUMNS", "MOST_ROWS", "Cell", "Fault", "Formula", "Number", "Row", "Table", "as_shown", "is_blank",
    "read_head", "read_table", "refused",
]  # fmt: skip

LOOKED_AT = 30  # rows in which the header is looked for
LINES_NAMED = 20


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a row would do as the header: whether it names all that a kind of file needs, and how many known columns."""

    is_whole: bool = False
    known: int = 0


# Asked of the titles of a row.
Fits = Callable[[Sequence[str]], Fit]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not read, or was read in a way that should be seen. `line` is None for the file as a whole."""

    line: int | None
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Table:
    """The titles of the columns and the rows below them; `notes` say what of the file is not among these."""

    header: list[str]
    header_line: int
    rows: list[Row]
    sheet: str = ""
    notes: list[Note] = field(default_factory=list)
    separator: str = ""  # between the cells of a text


HEAD = 4096  # bytes that tell what a file is


def no_titles(_titles: Sequence[str]) -> Fit:
    return Fit()


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
    kind_of(file.read(HEAD))
    file.seek(0)


def kind_of(head: bytes) -> str:
    """ "xlsx", "xls", "html" or "csv", by the first bytes. Raises InvalidInput for anything else."""
    if head.startswith(b"PK\x03\x04"):
        if b"opendocument" in head[:200]:
            raise refused("open_document", _("This is an OpenDocument file. Save it as .xlsx or as CSV UTF-8."))
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if re.match(rb"<(!doctype html|html|table|head|body|meta)\b", start):
        return "html"
    if re.match(rb"<(!doctype|\?xml|workbook)|mime-version:", start):
        raise refused(
            "web_page",
            _(
                "This is a web archive or an XML file with the name of a table: what Excel shows of it is not what it holds. "
                "Open it in Excel, look it over and save it as .xlsx."
            ),
        )
    if head.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"Rar!", b"\x1f\x8b")) or (
        b"\0" in head and encodings.marked(head) is None
    ):
        raise refused("unknown_content", _("This is neither a CSV nor an XLSX file, whatever its name says."))
    return "csv"


def read_table(file: BinaryIO, fits: Fits = no_titles, options: Mapping[str, Any] | None = None) -> Table:
    """The whole table. `options` are `sheet` and `encoding`, where somebody chose them.

    Raises InvalidInput on `file` when there is none, it is larger than we take, or somebody has to choose.
    """
    options = options or {}
    sheets, text = _sheets_of(_content_of(file), options)
    if text is not None:
        require_told(text)
    sheet = _chosen(sheets, fits, str(options.get("sheet", "")), is_strict=True)
    return _table_of(sheet, sheets, text, fits)


def read_head(
    file: BinaryIO, fits: Fits = no_titles, options: Mapping[str, Any] | None = None, *, rows: int = 3
) -> Table:
    """The header and the first rows, without reading those below, of what is likeliest meant where somebody has to choose.

    Raises InvalidInput on `file` when there is none.
    """
    options = options or {}
    sheets, _text = _sheets_of(_content_of(file), options)
    sheet = _chosen(sheets, fits, str(options.get("sheet", "")), is_strict=False)
    head = _head_of(sheet)
    header = _header_of(head, fits)
    below = [line for line in head if line.number > header.number and not line.is_hidden]
    if below and _describes(below):
        below = below[1:]
    return Table(titles_of(header), header.number, [Row(line.number, line.cells) for line in below[:rows]], sheet.name)


def sheet_names(file: BinaryIO) -> list[str]:
    """The sheets among which somebody may choose; none of a file that has only one, or is no workbook."""
    sheets, _text = _sheets_of(_content_of(file), {})
    names = [sheet.name for sheet in sheets if not sheet.is_hidden and next(iter(_filled(sheet)), None)]
    return names if len(names) > 1 else []


def encodings_of(file: BinaryIO) -> list[tuple[str, str]]:
    """How a text that is no UTF may be read: encodings, likeliest first, with words in which a wrong one would be seen."""
    content = _content_of(file)
    kind = kind_of(content[:HEAD])
    if kind not in ("csv", "html"):
        return []
    text = read_text(content, webpage.encoding_said(content) if kind == "html" else "")
    return [(each.encoding, " ".join(encodings.examples(each.text))) for each in text.others]


def titles_of(line: Line) -> list[str]:
    return [" ".join(as_shown(cell).split()) for cell in line.cells]


def _content_of(file: BinaryIO) -> bytes:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise refused("too_large", _("The file is too large. Split it."))
    return content


def _sheets_of(content: bytes, options: Mapping[str, Any]) -> tuple[list[SheetOf], Text | None]:
    """The sheets of a workbook, or the one that a text is, with that text."""
    kind = kind_of(content[:HEAD])
    if kind == "xlsx":
        from imports.xlsx import open_workbook  # late: takes a second to load, and only this needs it

        return open_workbook(content), None
    if kind == "xls":
        from imports.xls import open_old_workbook  # late: takes a second to load, and only this needs it

        return open_old_workbook(content), None
    chosen = str(options.get("encoding", ""))
    if kind == "html":
        text = read_text(content, chosen or webpage.encoding_said(content))
        return webpage.tables_of(text.content), text
    text = read_text(content, chosen)
    return [SheetOf("", False, lambda: lines_of(text.content), separator=separator_of(text.content)[0])], text


def _filled(sheet: SheetOf) -> Iterator[Line]:
    return (line for line in sheet.lines() if any(not is_blank(cell) for cell in line.cells))


def _head_of(sheet: SheetOf) -> list[Line]:
    return list(islice((line for line in _filled(sheet) if not line.is_hidden), LOOKED_AT))


def _chosen(sheets: Sequence[SheetOf], fits: Fits, wanted: str, *, is_strict: bool) -> SheetOf:
    """The sheet that somebody chose, or the only one that can be meant. What is hidden is never read."""
    visible = [sheet for sheet in sheets if not sheet.is_hidden]
    named = ", ".join(f"“{sheet.name}”" for sheet in visible)
    if wanted and len(sheets) > 1:
        found = next((sheet for sheet in visible if sheet.name == wanted), None)
        if found is None:
            detail = _("There is no visible sheet “%(sheet)s”. There are: %(all)s.") % {
                "sheet": wanted[:60],
                "all": named,
            }
            raise refused("unknown_sheet", detail)
        return found
    heads = {sheet.name: (sheet, head) for sheet in visible if (head := _head_of(sheet))}
    if not heads:
        raise refused("empty", _("The file is empty. Sheets and rows that are hidden are not read."))
    fitting = [(sheet, head, _best(head, fits)) for sheet, head in heads.values()]
    known = [(sheet, head) for sheet, head, fit in fitting if fit.is_whole]
    known = [(sheet, head) for sheet, head in known if len(head) > 1] or known
    if not known:
        most = max(fit.known for _sheet, _head, fit in fitting)
        known = [(sheet, head) for sheet, head, fit in fitting if fit.known == most]
    if len(known) > 1 and is_strict:
        names = ", ".join(f"“{sheet.name}”" for sheet, _head in known)
        detail = _("More than one sheet may be meant: %(sheets)s. Choose one, and send the file again for the next.")
        raise refused("several_sheets", detail % {"sheets": names})
    return known[0][0]


def _best(head: Sequence[Line], fits: Fits) -> Fit:
    return max((fits(titles_of(line)) for line in head), key=lambda fit: (fit.is_whole, fit.known))


def _header_of(head: Sequence[Line], fits: Fits) -> Line:
    """The first row that names most of the known columns; else the first that is about as wide as the table."""
    best = _best(head, fits)
    if best.is_whole or best.known > 1:
        return next(line for line in head if fits(titles_of(line)) == best)
    widths = [sum(not is_blank(cell) for cell in line.cells) for line in head]
    return next(line for line, width in zip(head, widths, strict=True) if width * 2 >= max(widths))


def _describes(below: Sequence[Line]) -> bool:
    """Whether the first row below the header says what the columns are, as TikTok's exports have it: prose where others have
    data."""
    if _prose(below[0]) < 0.6:
        return False
    return all(_prose(line) < 0.4 for line in below[1:4])


def _prose(line: Line) -> float:
    filled = [cell for cell in line.cells if not is_blank(cell)]
    if len(filled) < 3:
        return 0
    texts = [cell for cell in filled if isinstance(cell, str) and not isinstance(cell, Fault | Formula)]
    prose = [text for text in texts if len(text.split()) > 2 or len(re.findall(r"[\u3040-\u9fff]", text)) > 5]
    return len(prose) / len(filled)


def _table_of(sheet: SheetOf, sheets: Sequence[SheetOf], text: Text | None, fits: Fits) -> Table:
    header = _header_of(_head_of(sheet), fits)
    notes = [*_about_sheets(sheet, sheets), *_about_text(text)]
    rows: list[Row] = []
    above, hidden, count = [], [], 0
    for line in _filled(sheet):
        if line.number < header.number:
            above.append(line.number)
        elif line.is_hidden:
            hidden.append(line.number)
        elif line.number > header.number:
            rows.append(Row(line.number, line.cells))
            count += sum(not is_blank(cell) for cell in line.cells)
            _check_size(rows, count)
    _refuse_merged(sheet, header.number)
    if sheet.hidden_columns:
        detail = _("Hidden columns are not read: %(columns)s. Show those that are needed.")
        letters = ", ".join(sorted(sheet.hidden_columns, key=lambda each: (len(each), each)))
        notes.append(Note(None, "hidden_columns", detail % {"columns": letters}))
    if above:
        notes.append(_passed(above[0], "above_header", _("Above the header, and not read: %(lines)s."), above))
    if hidden:
        words = ngettext(
            "%(count)s row is hidden in the file, and was not read: %(lines)s.",
            "%(count)s rows are hidden in the file, and were not read: %(lines)s.", len(hidden),
        )  # fmt: skip
        notes.append(_passed(hidden[0], "hidden_rows", words, hidden))
    if len(rows) > 1 and _describes([Line(row.line, row.cells) for row in rows[:4]]):
        first = rows.pop(0)
        detail = _("Line %(line)s tells what the columns are, and was not read.") % {"line": first.line}
        notes.append(Note(first.line, "describing_row", detail))
    if not rows:
        raise refused("no_rows", _("Below the header there are no rows."))
    return Table(titles_of(header), header.number, rows, sheet.name, notes, sheet.separator)


def _check_size(rows: Sequence[Row], count: int) -> None:
    if len(rows) > MOST_ROWS:
        raise refused(
            "too_many_rows", _("The file has more than %(most)s rows. Split it.") % {"most": f"{MOST_ROWS:,}"}
        )
    if count > MOST_CELLS:
        detail = _("The file has more than %(most)s cells with something in them. Delete columns that are not needed, or split it.")  # fmt: skip
        raise refused("too_many_cells", detail % {"most": f"{MOST_CELLS:,}"})


def _refuse_merged(sheet: SheetOf, header: int) -> None:
    """Merged cells above the header are a title; below it nobody knows which row they belong to."""
    for _top, bottom, name in sheet.merged:
        if bottom >= header:
            detail = _("The cells %(range)s are merged. Undo the merging, so that each row has its own cells.")
            raise refused("merged_cells", detail % {"range": name})


def _about_sheets(read: SheetOf, sheets: Sequence[SheetOf]) -> Iterator[Note]:
    left = [
        f"“{sheet.name}”" + (_(" (hidden)") if sheet.is_hidden else "") for sheet in sheets if sheet.name != read.name
    ]
    if left:
        detail = _("Read was the sheet “%(sheet)s”. Not read: %(left)s.")
        yield Note(None, "sheets", detail % {"sheet": read.name, "left": ", ".join(left)})


def _about_text(text: Text | None) -> Iterator[Note]:
    if text is not None and text.others:
        detail = _("Read as %(encoding)s: “%(example)s”. If that is not what is written, choose another encoding.")
        example = " ".join(encodings.examples(text.content))
        yield Note(None, "encoding", detail % {"encoding": ENCODINGS[text.encoding], "example": example})


def _passed(line: int, code: str, words: str, lines: Iterable[int]) -> Note:
    numbers = list(lines)
    named = ", ".join(map(str, numbers[:LINES_NAMED])) + (" …" if len(numbers) > LINES_NAMED else "")
    return Note(line, code, words % {"lines": _("line %(numbers)s") % {"numbers": named}, "count": len(numbers)})

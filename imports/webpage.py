"""Web pages that are named .xls: what many shops and ERP systems call an export to Excel. Each table is a sheet; what is hidden
is not seen."""

import re
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from imports.encodings import ENCODINGS
from imports.sheets import Line, SheetOf, too_wide
from imports.values import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Cell, refused

_ENCODING = re.compile(rb"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_HIDDEN = re.compile(r"(display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden)", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n]+")
_BREAKS = ("br", "p", "div", "li")
_UNSEEN = ("script", "style", "title")


# How pages call the encodings that we know, as browsers take them (WHATWG Encoding).
_NAMES = {
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "iso-8859-1": "cp1252", "euc-kr": "cp949",
    "iso-8859-2": "cp1250", "utf8": "utf-8",
}  # fmt: skip


def encoding_said(content: bytes) -> str:
    """The encoding of `encodings.ENCODINGS` that the page itself names, in its first kilobytes; empty for none."""
    found = _ENCODING.search(content[:4096])
    said = found[1].decode("ascii").lower() if found else ""
    said = _NAMES.get(said, said).replace("windows-", "cp")
    return said if said in ENCODINGS else ""


def tables_of(text: str) -> list[SheetOf]:
    """The tables of a page as sheets, each cell as the text that a browser shows. Raises InvalidInput."""
    reader = _Tables()
    reader.feed(text)
    reader.close()
    if not reader.sheets:
        raise refused("web_page", _("This is a web page without a table. Send the table itself, as .xlsx or CSV."))
    return reader.sheets


class _Tables(HTMLParser):
    """A cell that spans several is in the first of them, and is told as merged."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[SheetOf] = []
        self._rows: list[Line] = []
        self._row: list[Cell] | None = None
        self._cell: list[str] | None = None
        self._is_hidden, self._hides_cell = False, False
        self._depth, self._unseen, self._count = 0, 0, 0
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        is_hidden = "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")))
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._begin(is_hidden)
        elif self._depth != 1:
            return
        elif tag == "tr":
            self._end_row()
            self._row, self._is_hidden = [], is_hidden
        elif tag in ("td", "th"):
            self._end_cell()
            if self._row is None:
                self._row, self._is_hidden = [], False
            self._cell, self._hides_cell = [], is_hidden
            self._span = self._merged(attributes)
        elif tag in _BREAKS and self._cell is not None:
            self._cell.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "table" and self._depth:
            self._depth -= 1
            if not self._depth:
                self._end_row()
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
        elif self._depth == 1 and tag == "tr":
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._unseen:
            self._cell.append(_SPACES.sub(" ", data))

    def close(self) -> None:
        super().close()
        self._end_row()

    def _begin(self, is_hidden: bool) -> None:
        rows: list[Line] = []
        self._rows = rows
        name = _("Table %(number)s") % {"number": len(self.sheets) + 1}
        self.sheets.append(SheetOf(name, is_hidden, lambda: iter(rows)))

    def _merged(self, attributes: dict[str, str]) -> int:
        """How many columns a cell takes; noted where it is more than one of them, or of rows."""
        spans = [attributes.get(name, "1").strip() for name in ("colspan", "rowspan")]
        across, down = (min(int(each), MOST_COLUMNS) if each.isdecimal() and int(each) else 1 for each in spans)
        row, column = len(self._rows) + 1, len(self._row or ()) + 1
        if (across, down) != (1, 1) and self.sheets:
            self.sheets[-1].merged.append((row, row + down - 1, _("line %(numbers)s") % {"numbers": f"{row}:{column}"}))
        return across

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        lines = (line.strip() for line in "".join(self._cell).split("\n"))
        text = "\n".join(line for line in lines if line)
        self._row += [None if self._hides_cell or not text else text, *[None] * (self._span - 1)]
        self._cell = None
        self._count += bool(text)
        if len(self._row) > MOST_COLUMNS:
            raise too_wide(len(self._rows) + 1)
        if self._count > MOST_CELLS or len(self._rows) > 2 * MOST_ROWS:
            raise refused("too_large", _("The file is too large. Split it."))

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._rows.append(Line(len(self._rows) + 1, self._row, self._is_hidden))
            self._row = None

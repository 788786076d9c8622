"""Text files of tables: CSV, tab text and the like, in whatever encoding and with whatever separator they come."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _

from imports import encodings
from imports.encodings import ENCODINGS, Reading
from imports.sheets import Line, too_wide
from imports.values import MOST_COLUMNS, Cell, refused

SEPARATORS = ",;\t|"
LOOKED_AT = 2**16  # characters, to tell the separator
_SEP_LINE = re.compile(r'\ufeff?"?sep=(.)"?[;,\t|]*\r?\n?', re.IGNORECASE)
_AS_TEXT = re.compile(r'="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file. `is_told` says whether its encoding is certain; else `others` are what it may be as well."""

    content: str
    encoding: str
    is_told: bool
    others: tuple[Reading, ...] = ()


def read_text(content: bytes, encoding: str = "") -> Text:
    """Text in the encoding that somebody chose, or in that which the bytes show. Raises InvalidInput for what is none."""
    chosen = encoding or encodings.marked(content)
    if chosen:
        try:
            return _checked(Text(encodings.decode(content, chosen), chosen, True))
        except UnicodeDecodeError as error:
            raise _not_in(chosen, content, error.start) from None
    try:
        return _checked(Text(content.decode(), "utf-8", True))
    except UnicodeDecodeError as error:
        start = error.start
    if b"\0" in content:
        raise _has_nul(content.count(b"\n", 0, content.index(b"\0")) + 1)
    readings = encodings.readings_of(content)
    if not readings or readings[0].weight < 0.25:
        raise _unknown(content, start, [])
    return Text(readings[0].text, readings[0].encoding, encodings.is_told(readings), tuple(readings[:4]))


def _checked(text: Text) -> Text:
    if "\0" in text.content:
        raise _has_nul(text.content.count("\n", 0, text.content.index("\0")) + 1)
    return text


def _has_nul(line: int) -> Exception:
    detail = _("Line %(line)s holds a character that no text has (NUL). Save the file anew as CSV UTF-8.")
    return refused("null_character", detail % {"line": line})


def _not_in(encoding: str, content: bytes, start: int) -> Exception:
    detail = _("Line %(line)s is not written in %(encoding)s. Choose another encoding, or save the file as CSV UTF-8.")
    line = content.count(b"\n", 0, start) + 1
    return refused("unknown_encoding", detail % {"line": line, "encoding": ENCODINGS.get(encoding, encoding.upper())})


def _unknown(content: bytes, start: int, readings: list[Reading]) -> Exception:
    detail = _("Line %(line)s is written in an unknown way. Save the file as UTF-8 (in Excel: “CSV UTF-8”).")
    return refused("unknown_encoding", detail % {"line": content.count(b"\n", 0, start) + 1})


def require_told(text: Text) -> None:
    """Raises InvalidInput where the encoding of a text must be asked, with what it would say in each."""
    if text.is_told:
        return
    choices = "; ".join(
        f"{reading.encoding}: “{' '.join(encodings.examples(reading.text)) or reading.text[:30]}”"
        for reading in text.others
    )
    detail = _("It cannot be told in which encoding this file is written. Choose how it reads right: %(choices)s. Or save it as CSV UTF-8.")  # fmt: skip
    raise refused("which_encoding", detail % {"choices": choices})


def lines_of(text: str) -> Iterator[Line]:
    """The rows of a text, by the line on which each begins. Raises InvalidInput where a quotation mark is left open."""
    separator, skipped = separator_of(text)
    body = StringIO(text, newline="")
    for _line in range(skipped):
        body.readline()
    reader = csv.reader(body, delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                if any(cell.strip() for cell in cells[MOST_COLUMNS:]):
                    raise too_wide(line + skipped)
                del cells[MOST_COLUMNS:]
            yield Line(line + skipped, [_as_written(cell) for cell in cells])
            line = reader.line_num + 1
    except csv.Error as error:
        raise refused(
            "broken_csv",
            _("Line %(line)s cannot be read: %(error)s. Is a quotation mark left open?")
            % {"line": line + skipped, "error": error},
        ) from None


def _as_written(cell: str) -> Cell:
    """`="00123"` is how Excel is told to leave a text alone."""
    found = _AS_TEXT.fullmatch(cell.strip()) if cell[:1] in "= " else None
    return found[1] if found else cell


def separator_of(text: str) -> tuple[str, int]:
    """What stands between the cells, and how many lines say only that: `sep=;`, as Excel writes and reads it.

    Else it is the sign that most lines have equally often outside quotation marks.
    """
    if said := _SEP_LINE.match(text):
        return said[1], 1
    counts = _counts(text[:LOOKED_AT])
    best, most = ",", (0, 0)
    for separator in SEPARATORS:
        in_lines = Counter(count[separator] for count in counts if count[separator])
        if not in_lines:
            continue
        times, lines = max(in_lines.items(), key=lambda pair: (pair[1], pair[0]))
        if (lines, times) > most:
            best, most = separator, (lines, times)
    return best, 0


def _counts(text: str) -> list[Counter[str]]:
    """How often each separator stands outside quotation marks, for each line that has something in it."""
    counts: list[Counter[str]] = []
    count: Counter[str] = Counter()
    is_quoted, has_text = False, False
    for char in text + "\n":
        if char == '"':
            is_quoted = not is_quoted
            has_text = True
        elif is_quoted:
            continue
        elif char in SEPARATORS:
            count[char] += 1
        elif char in "\r\n":
            if has_text:
                counts.append(count)
            count, has_text = Counter(), False
        elif not char.isspace():
            has_text = True
    return counts

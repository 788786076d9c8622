"""The text of a paper, page by page: its text layer, or what optical recognition makes of its picture."""

import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from PIL import Image

from compliance.reading import pdf
from compliance.reading.spots import Word
from inspections.rules.pictures import PictureError, open_picture

FEWEST_LETTERS = 20  # of a text layer that is more than a page number or a stamp
MOST_GARBLED = 0.2
MOST_RECOGNISED = 40  # pages; 1 to 3 seconds each
RECOGNISE_WITHIN = 60
# Both always: with English alone Chinese headings come out as Latin rubbish, and a mixed manual passes as English.
LANGUAGES = "eng+chi_sim"
LONGEST_PAGE = 20_000
LONGEST_SIDE = 4000


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `source` is "text" (a text layer), "ocr" (recognised from the picture), "blank" (nothing is on it) or
    "none" (nothing readable). Where a picture covers a page, what is seen counts, not the layer that lies under it.
    `barcodes` are (kind, what it says) of those that were read in its picture, `words` those of a recognised page with
    their places; those of a text layer the file tells when they are asked."""

    number: int
    text: str
    source: str
    barcodes: Sequence[Sequence[str]] = ()
    words: Sequence[Word] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """What stands in a picture; nothing where nothing was recognised, tesseract is missing or it took too long."""

    text: str = ""
    words: Sequence[Word] = ()


def read(path: Path, content_type: str, *, most_pages: int) -> list[Page]:
    """The pages of a PDF or picture, the first `most_pages` of them. Raises pdf.PdfError where the file gives none."""
    if content_type != "application/pdf":
        return [_page(1, recognise(path))]
    pages, recognised = [], 0
    for number, (layer, shown) in enumerate(pdf.texts_of(path, most=most_pages), start=1):
        layer = tidy(layer)
        if shown == "nothing":
            pages.append(Page(number, "", "blank"))
        elif shown == "text" and is_readable(layer):
            pages.append(Page(number, layer[:LONGEST_PAGE], "text"))
        else:
            recognised += 1
            seen = _page(number, _recognise_page(path, number) if recognised <= MOST_RECOGNISED else Recognised())
            pages.append(seen if shown == "picture" or seen.source == "ocr" else replace(seen, text=layer))
    return pages


def _page(number: int, recognised: Recognised) -> Page:
    if not is_readable(recognised.text):
        return Page(number, recognised.text[:LONGEST_PAGE], "none")
    return Page(number, recognised.text[:LONGEST_PAGE], "ocr", words=recognised.words)


HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\ufe58\ufffe\u00ad"), "-")
LINE_END = "\x02"  # what pdfium makes of a hyphen at the end of a line, which it joins with the next one
BROKEN_WORD = re.compile(rf"(?<=[a-zà-ÿ]{{2}})(?:-\n|{LINE_END})(?=[a-zà-ÿ]{{2}})")


def tidy(text: str) -> str:
    """One kind of line end, space and hyphen; compatibility forms (full-width letters, ligatures) as plain ones; words
    that a line end breaks whole again."""
    text = unicodedata.normalize("NFKC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    lines = "\n".join(" ".join(line.split()) for line in text.translate(HYPHENS).split("\n"))
    return BROKEN_WORD.sub("", lines).replace(LINE_END, "-")


def is_readable(text: str) -> bool:
    """Whether there are letters enough, and real ones: a font without a table of characters gives private ones."""
    letters = sum(character.isalpha() for character in text)
    garbled = sum(unicodedata.category(character) in {"Co", "Cn", "Cc"} and character != "\n" for character in text)
    garbled += text.count("\ufffd")
    return letters >= FEWEST_LETTERS and garbled <= MOST_GARBLED * (letters + garbled)


def recognise(path: Path) -> Recognised:
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "picture.png")
        try:
            with path.open("rb") as file:
                image = open_picture(file)
                image.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
                image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
                image.convert("L").save(plain, "PNG")
        except (PictureError, OSError, ValueError, SyntaxError, EOFError):
            return Recognised()
        return _recognise_picture(plain)


def _recognise_page(path: Path, number: int) -> Recognised:
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "page.png")
        try:
            pdf.draw_page(path, number, to=picture)
        except pdf.PdfError:
            return Recognised()
        return _recognise_picture(picture)


@cache
def _layout() -> str:
    """1 finds out which way up a page is, 3 takes it as it stands, where the data for that are not installed."""
    program = shutil.which("tesseract") or ""
    try:
        done = subprocess.run([program, "--list-langs"], capture_output=True, timeout=10, check=True)  # noqa: S603 as below
    except (OSError, subprocess.SubprocessError):
        return "3"
    return "1" if b"osd" in done.stdout.split() else "3"


def _recognise_picture(picture: Path) -> Recognised:
    program = shutil.which("tesseract")
    if not program:
        return Recognised()
    written = picture.with_name("recognised")
    command: Sequence[str] = [
        program, str(picture), str(written), "-l", LANGUAGES, "--psm", _layout(),
        "-c", "tessedit_create_txt=1", "-c", "tessedit_create_tsv=1",
    ]  # fmt: skip
    try:
        subprocess.run(  # noqa: S603 the program that PATH names; the picture is ours
            command,
            capture_output=True,
            timeout=RECOGNISE_WITHIN,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # on two cores its own threads make it 3 times as slow
        )
        text = written.with_suffix(".txt").read_text(encoding="utf-8", errors="replace")
        table = written.with_suffix(".tsv").read_text(encoding="utf-8", errors="replace")
    except (subprocess.SubprocessError, OSError):
        return Recognised()
    return Recognised(tidy(text), list(_words(table)))


def _words(table: str) -> Iterator[Word]:
    """The words of tesseract's table, each in fractions of the page, which is its first row."""
    width = height = 0
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) != 12:
            continue
        left, top, across, down = (int(cell) for cell in cells[6:10])
        if cells[0] == "1":
            width, height = across, down
        elif cells[0] == "5" and cells[11].strip() and width and height:
            box = (left / width, top / height, (left + across) / width, (top + down) / height)
            yield cells[11].strip(), round(box[0], 4), round(box[1], 4), round(box[2], 4), round(box[3], 4)

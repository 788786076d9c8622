"""PDFs, opened at arm's length: each call is a process that a hostile file may end, and no more than that."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compliance.reading.spots import Word

WORKER = Path(__file__).with_name("pdf_worker.py")
INSPECT_WITHIN = 20
TEXT_WITHIN = 60
DRAW_WITHIN = 30
WORDS_WITHIN = 15


class PdfError(ValueError):
    """The file could not be opened within our limits of time and memory."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """`problems` are codes, see `pdf_worker.inspect`; `pages` is None where the file does not open."""

    problems: tuple[str, ...]
    pages: int | None


def inspect(path: Path) -> Inspected:
    """What is in the file besides pages. A file that ends the process is broken."""
    try:
        answer = _ask(INSPECT_WITHIN, do="inspect", path=str(path))
    except PdfError:
        return Inspected(("broken",), None)
    return Inspected(tuple(answer["problems"]), answer["pages"])


def texts_of(path: Path, *, most: int) -> list[tuple[str, str]]:
    """Of the first `most` pages the text layer, empty where a page has none, and what is seen: "text", "picture" (it covers
    most of the page, or stands for text that is not drawn) or "nothing". Raises PdfError."""
    answer = _ask(TEXT_WITHIN, do="text", path=str(path), most=most)
    return list(zip(answer["pages"], answer["shown"], strict=True))


@dataclass(frozen=True, slots=True)
class Placed:
    """The words of a page with their places, and the page's width and height in points."""

    size: tuple[float, float]
    words: list[Word]


def words_of(path: Path, pages: Sequence[int]) -> dict[int, Placed]:
    """Of these pages (from 1) of the text layer. Raises PdfError."""
    answer = _ask(WORDS_WITHIN, do="words", path=str(path), pages=list(pages))["pages"]
    return {
        int(number): Placed(tuple(page["size"]), [tuple(word) for word in page["words"]])
        for number, page in answer.items()
    }


def draw_page(path: Path, page: int, *, to: Path, dpi: int = 200) -> None:
    """Write page `page`, counted from 1, as a PNG of at most 4000 pixels a side. Raises PdfError."""
    _ask(DRAW_WITHIN, do="draw", path=str(path), page=page, dpi=dpi, to=str(to))


def barcodes_in(picture: Path) -> list[tuple[str, str]]:
    """(kind, what it says) of each barcode in a picture of ours. Raises PdfError."""
    return [(kind, code) for kind, code in _ask(DRAW_WITHIN, do="barcodes", path=str(picture))["barcodes"]]


def _ask(seconds: int, **request: Any) -> dict:
    try:
        done = subprocess.run(  # noqa: S603 our own program, and the request goes through its input
            [sys.executable, "-I", str(WORKER)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
        )
        return json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise PdfError(request["do"]) from None

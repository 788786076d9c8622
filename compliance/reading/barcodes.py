"""Barcodes in pictures: on a label, or on the artwork of one."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from compliance.reading import pdf
from compliance.reading.text import LONGEST_SIDE, Page
from inspections.rules.pictures import PictureError, open_picture

MOST_PAGES = 3
FEW_LETTERS = 150  # of an artwork; a certificate or a report has more on each page


def with_barcodes(pages: Sequence[Page], path: Path, content_type: str) -> list[Page]:
    """The pages, each with the barcodes that were read on it: of pictures, and of short files with little text."""
    if len(pages) > MOST_PAGES:
        return list(pages)
    return [replace(page, barcodes=_read(page, path, content_type)) if _may_have_one(page) else page for page in pages]


def _may_have_one(page: Page) -> bool:
    return page.source in ("ocr", "none") or len(page.text) < FEW_LETTERS


def _read(page: Page, path: Path, content_type: str) -> tuple[tuple[str, str], ...]:
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "picture.png")
        try:
            if content_type == "application/pdf":
                pdf.draw_page(path, page.number, to=picture)
            else:
                with path.open("rb") as file:
                    image = open_picture(file)
                    image.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
                    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
                    image.convert("L").save(picture, "PNG")
            return tuple((kind, code) for kind, code in pdf.barcodes_in(picture))
        except (pdf.PdfError, PictureError, OSError, LookupError, ValueError, SyntaxError, EOFError):
            return ()

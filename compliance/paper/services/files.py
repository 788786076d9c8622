"""Files that people upload as evidence: what they are by content, how large, and whether they are safe to show.

What cannot be evidence at all (empty, far too large, another kind of file) is refused. What a person may still have to
look at (encrypted, broken, with scripts or attachments) is kept with its problems named; none of these passes a check,
and those of ACTIVE are only ever offered as a download.
"""

import re
import struct
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from activity.errors import InvalidInput
from compliance.reading import pdf
from imports.files import content_type_of, sha256_of
from inspections.rules.pictures import PictureError, open_picture

LARGEST = 40 * 2**20
MOST_PAGES = 300
CONTENT_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/webp")
ACTIVE = frozenset({"scripts", "attachments", "not_fully_checked", "broken", "two_kinds"})
DRAFT = 1600  # pixels a side to which a JPEG is decoded to see that it is whole
PDF = re.compile(rb"%PDF-[12]\.\d")
UNREADABLE = frozenset({"encrypted", "broken", "too_many_pixels"})


@dataclass(frozen=True, slots=True)
class Checked:
    """An upload that is kept. `pages` is None where they cannot be counted; `problems` are codes, none is fine:

    encrypted (needs a password), protected (opens, but forbids copying), broken, scripts, attachments,
    not_fully_checked (its structure hides what is in it), too_many_pages (more than MOST_PAGES), animated (a picture of
    which only the first frame is read), too_many_pixels, two_kinds (it is a PDF or an archive too, for a program that looks for one).
    """

    content_type: str
    size: int
    sha256: str
    pages: int | None
    problems: tuple[str, ...]

    @property
    def may_be_shown(self) -> bool:
        """Whether a browser may show it in place; otherwise it is only downloaded."""
        return not ACTIVE.intersection(self.problems)


def check_upload(file: UploadedFile, field: str = "file") -> Checked:
    """What the file is. Raises InvalidInput on `field` for what is not kept. Takes at most some 20 seconds."""
    if not file.size:
        raise InvalidInput.one(field, "empty", _("“%(name)s” is empty.") % {"name": file.name})
    if file.size > LARGEST:
        raise InvalidInput.one(
            field,
            "too_large",
            _("“%(name)s” has %(size)s MB; at most %(most)s MB are taken. Send a smaller scan, or split it.")
            % {"name": file.name, "size": -(-file.size // 2**20), "most": LARGEST // 2**20},
        )
    content_type = content_type_of(file)
    if content_type not in CONTENT_TYPES:
        raise InvalidInput.one(
            field,
            "unknown_content",
            _("“%(name)s” is not a PDF, JPEG, PNG or WebP, whatever its name says.") % {"name": file.name},
        )
    is_pdf = content_type == "application/pdf"
    pages, problems = _inspect_pdf(file) if is_pdf else (1, _problems_of_picture(file))
    if _is_of_two_kinds(file, is_pdf=is_pdf):
        problems += ("two_kinds",)
    return Checked(content_type, file.size, sha256_of(file), pages, problems)


def _inspect_pdf(file: UploadedFile) -> tuple[int | None, tuple[str, ...]]:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        found = pdf.inspect(Path(copy.name))
    file.seek(0)
    problems = found.problems
    if found.pages and found.pages > MOST_PAGES:
        problems += ("too_many_pages",)
    return found.pages, problems


def _problems_of_picture(file: UploadedFile) -> tuple[str, ...]:
    """A picture that was cut off opens all the same: only reading all of it shows that."""
    try:
        image = open_picture(cast(BinaryIO, file))
        frames = getattr(image, "n_frames", 1)
        image.draft("L", (DRAFT, DRAFT))
        image.load()
    except PictureError as error:
        return ("too_many_pixels",) if error.code == "too_many_pixels" else ("broken",)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, struct.error):
        return ("broken",)
    finally:
        file.seek(0)
    return ("animated",) if frames > 1 else ()


def _is_of_two_kinds(file: UploadedFile, *, is_pdf: bool) -> bool:
    """Whether a program that looks for an archive finds one in it, or for a PDF in a picture."""
    content = cast(BinaryIO, file)
    content.seek(0)
    found = zipfile.is_zipfile(content)
    content.seek(0)
    found = found or (not is_pdf and PDF.search(content.read()) is not None)
    content.seek(0)
    return found

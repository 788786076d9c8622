"""Files that people upload as evidence: what they are by content, how large, and whether they are safe to show.

What cannot be evidence at all (empty, far too large, another kind of file) is refused. What a person may still have to
look at (encrypted, broken, with scripts or attachments) is kept with its problems named; none of these passes a check,
and those of ACTIVE are only ever offered as a download.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from activity.errors import InvalidInput
from compliance.reading import pdf
from inspections.pictures import PictureError, open_picture
from inspections.services.files import content_type_of, sha256_of

LARGEST = 40 * 2**20
MOST_PAGES = 300
CONTENT_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/webp")
ACTIVE = frozenset({"scripts", "attachments", "not_fully_checked", "broken"})
UNREADABLE = frozenset({"encrypted", "broken"})


@dataclass(frozen=True, slots=True)
class Checked:
    """An upload that is kept. `pages` is None where they cannot be counted; `problems` are codes, none is fine:

    encrypted (needs a password), protected (opens, but forbids copying), broken, scripts, attachments,
    not_fully_checked (its structure hides what is in it), too_many_pages (more than MOST_PAGES).
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
    try:
        open_picture(cast(BinaryIO, file))
    except PictureError:
        return ("broken",)
    finally:
        file.seek(0)
    return ()

"""Files that people send: checked by content and size."""

import hashlib
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from activity.errors import InvalidInput

LARGEST_FILE = 25 * 2**20
SIGNATURES = {
    "image/jpeg": (b"\xff\xd8\xff", 0),
    "image/png": (b"\x89PNG\r\n\x1a\n", 0),
    "image/webp": (b"WEBP", 8),
    "image/heic": (b"ftyp", 4),
    "application/pdf": (b"%PDF-", 0),
}


def content_type_of(file: UploadedFile) -> str | None:
    """The type that the first bytes show, whatever the name says; None for anything we do not take."""
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    for content_type, (signature, offset) in SIGNATURES.items():
        if head[offset : offset + len(signature)] == signature:
            return content_type
    return None


def sha256_of(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def check_file(file: UploadedFile, field: str, allowed: Sequence[str]) -> str:
    """The content type. Raises InvalidInput for a file that is empty, too large or not what we take."""
    if not file.size:
        raise InvalidInput.one(field, "empty", _("“%(name)s” is empty.") % {"name": file.name})
    if file.size > LARGEST_FILE:
        raise InvalidInput.one(
            field,
            "too_large",
            _("“%(name)s” has %(size)s MB; at most %(most)s MB are taken.")
            % {"name": file.name, "size": file.size // 2**20, "most": LARGEST_FILE // 2**20},
        )
    content_type = content_type_of(file)
    if content_type is None or content_type not in allowed:
        kinds = ", ".join(kind.split("/")[1].upper() for kind in allowed)
        raise InvalidInput.one(
            field,
            "unknown_content",
            _("“%(name)s” is not one of %(kinds)s, whatever its name says.") % {"name": file.name, "kinds": kinds},
        )
    return content_type

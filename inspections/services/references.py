"""Reference pictures of characteristics: what a good unit looks like."""

import hashlib
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from activity.errors import InvalidInput

LARGEST_FILE = 15 * 2**20
MOST_PIXELS = 64_000_000
SIDE = 1600
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


def store_reference_picture(file: UploadedFile, *, field: str = "picture") -> str:
    """Keep an upright copy of at most 1600 px without metadata, named by its content; return its name in the storage.

    The same picture is kept once. Raises InvalidInput unless the file is a whole JPEG, PNG or WebP of at most 15 MB and
    64 megapixels, whatever its name says.
    """
    if (file.size or 0) > LARGEST_FILE:
        raise InvalidInput.one(
            field, "too_large", _("“%(name)s” is larger than %(most)s MB.") % {"name": file.name, "most": 15}
        )
    try:
        content, extension = _upright_copy(file)
    except _TooManyPixels:
        raise InvalidInput.one(
            field, "too_large", _("“%(name)s” has more than 64 million pixels.") % {"name": file.name}
        ) from None
    except (
        OSError,
        SyntaxError,
        ValueError,
    ):  # what Pillow raises for files that are cut off, broken or of another kind
        raise InvalidInput.one(
            field,
            "unknown_content",
            _("“%(name)s” is not a whole JPEG, PNG or WebP picture, whatever its name says.") % {"name": file.name},
        ) from None
    digest = hashlib.sha256(content).hexdigest()
    name = f"references/{digest[:2]}/{digest}.{extension}"
    if default_storage.exists(name):
        return name
    return default_storage.save(name, ContentFile(content))


class _TooManyPixels(Exception):
    pass


def _upright_copy(file: UploadedFile) -> tuple[bytes, str]:
    try:
        picture = Image.open(file, formats=tuple(EXTENSIONS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _TooManyPixels from None
    if picture.width * picture.height > MOST_PIXELS:
        raise _TooManyPixels
    kind = picture.format or ""
    picture.draft("RGB", (SIDE, SIDE))
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    upright = upright.convert("RGB" if kind == "JPEG" or upright.mode in {"RGB", "L", "CMYK"} else "RGBA")
    upright.thumbnail((SIDE, SIDE))
    upright.info.clear()
    copy = BytesIO()
    upright.save(copy, kind, **({} if kind == "PNG" else {"quality": 85}))
    return copy.getvalue(), EXTENSIONS[kind]

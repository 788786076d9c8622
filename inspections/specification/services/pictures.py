"""Reference pictures of characteristics: what a good unit looks like."""

import hashlib
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from activity.errors import InvalidInput
from imports.files import check_file
from inspections.models import PhotoRefusal
from inspections.photo.services import PICTURE_TYPES
from inspections.rules.pictures import PictureError, process


def store_reference_picture(file: UploadedFile, *, field: str = "picture") -> str:
    """Keep an upright JPEG of at most 1600 px without metadata, named by its content; return its name in the storage.

    The same picture is kept once. Raises InvalidInput unless the file is a whole picture, whatever its name says.
    """
    check_file(file, field, PICTURE_TYPES)
    try:
        content = process(BytesIO(file.read())).large
    except PictureError as error:
        raise InvalidInput.one(field, error.code, PhotoRefusal(error.code).label) from None
    digest = hashlib.sha256(content).hexdigest()
    name = f"references/{digest[:2]}/{digest}.jpg"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(content))

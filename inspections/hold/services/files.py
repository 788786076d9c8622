"""The proof that goes with an answer, stored privately."""

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from activity.errors import InvalidInput
from imports.files import SIGNATURES, check_file, sha256_of
from inspections.models import HoldResponse, ResponseFile


def store_response_files(response: HoldResponse, files: Sequence[UploadedFile]) -> list[ResponseFile]:
    """Keep the proof of an answer. Raises InvalidInput naming the file."""
    if len(files) > 10:
        raise InvalidInput.one("files", "too_many", _("At most 10 files go with one answer."))
    checked = [(file, check_file(file, "files", tuple(SIGNATURES))) for file in files]
    return [
        ResponseFile.objects.create(
            response=response,
            name=(file.name or "")[-200:],
            content_type=content_type,
            sha256=sha256_of(file),
            file=file,
        )
        for file, content_type in checked
    ]

"""Photos: sent from the entry page, and served to those who may see the inspection."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import PageRequest
from activity.api import PROBLEM_JSON, problem_of
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from inspections.models import Inspection, InspectionStatus, Photo, PhotoStatus
from inspections.photo.page import SIZES, photo_response
from inspections.photo.services import add_photo


def as_json(photo: Photo) -> dict:
    """A photo for scripts. `url` and `thumbnail` are null until it is ready; `refusal` is in the reader's language."""
    is_ready = photo.status == PhotoStatus.READY
    urls = {size: reverse("photo-file", args=[photo.uid, size]) if is_ready else None for size in SIZES}
    return {
        "id": str(photo.uid),
        "characteristic": photo.characteristic.code if photo.characteristic else None,
        "unit_number": photo.unit_number,
        "status": photo.status,
        "refusal": photo.get_refusal_display() or None,
        "url": urls["large"],
        "thumbnail": urls["small"],
        "sha256": photo.sha256,
        "uploaded_at": photo.uploaded_at,
        "taken_at": photo.taken_at,
    }


@require_http_methods(["GET", "POST"])
def photo_create(request: PageRequest, uid: UUID) -> HttpResponse:
    """Add a photo to an inspection: `photo`, `characteristic` (code), `unit_number`. A GET lists them as JSON.

    A script that accepts JSON gets the photo, or problem+json; a plain form is sent back to the inspection.
    """
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user).select_related("batch"), uid=uid)
    if request.method == "GET":
        photos = inspection.photos.select_related("characteristic").order_by("id")
        return JsonResponse({"results": [as_json(photo) for photo in photos]})
    is_script = request.accepts("application/json") and not request.accepts("text/html")
    try:
        photo = add_photo(
            inspection=inspection,
            file=_file(request),
            characteristic=request.POST.get("characteristic", ""),
            unit_number=_unit_number(request.POST.get("unit_number", "")),
            actor=request.user,
            at=now(),
        )
    except RuleBroken as error:
        if is_script:
            answer = problem_of(error)
            return JsonResponse(answer.data, status=answer.status_code, content_type=PROBLEM_JSON)
        if isinstance(error, NotAllowed):
            raise PermissionDenied(str(error)) from None
        messages.error(request, str(error))
    else:
        if is_script:
            return JsonResponse(as_json(photo), status=201)
        messages.success(request, _("The photo has arrived and is being processed."))
    page = "inspection-record" if inspection.status == InspectionStatus.OPEN else "inspection-detail"
    return redirect(page, uid)


def _file(request: PageRequest) -> UploadedFile:
    file = request.FILES.get("photo")
    if file is None:
        raise InvalidInput.one("photo", "required", _("Choose a photo."))
    return file


def _unit_number(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isdecimal() and len(text) < 10):
        raise InvalidInput.one("unit_number", "invalid", _("Give the number of the unit, or leave it empty."))
    return int(text)


@require_GET
def photo_file(request: PageRequest, uid: UUID, size: str) -> FileResponse:
    """One of the two copies. There is no other way to the files."""
    photo = get_object_or_404(Photo.objects.visible_to(request.user), uid=uid, status=PhotoStatus.READY)
    if size not in SIZES:
        raise Http404
    return photo_response(photo, size)

"""Photos as pages show them."""

from django.db.models import QuerySet
from django.http import FileResponse

from accounts.models import User
from inspections.models import Photo

SIZES = ("large", "small")


def photo_response(photo: Photo, size: str) -> FileResponse:
    """A copy of a photo that is ready. Whoever calls this has checked that the reader may see it."""
    response = FileResponse(getattr(photo, size).open(), content_type="image/jpeg")
    response["Content-Disposition"] = f'inline; filename="{photo.uid}-{size}.jpg"'
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def reused_photos(user: User) -> QuerySet[Photo]:
    """Photos that were used before, in another inspection or on a sample, newest first, each with both. One statement.

    Empty for all but those who decide holds: a photo that was used twice is a doubt about a person. Narrow it with
    `.filter(inspection=...)` or `.filter(inspection__batch=...)`.
    """
    photos = Photo.objects.visible_to(user).filter(earlier_use__isnull=False)
    if not user.has_perm("inspections.decide_hold"):
        return photos.none()
    return photos.select_related(
        "inspection__batch", "finding__batch", "sample__product", "characteristic",
        "earlier_use__inspection__batch", "earlier_use__finding__batch", "earlier_use__sample__product",
    ).order_by("-id")  # fmt: skip

"""Photos: taken at once, processed later, compared with all that there are."""

import logging
from datetime import datetime, timedelta
from io import BytesIO
from typing import BinaryIO, cast

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import F, Func, IntegerField, Q
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput
from activity.operations import add_backlog
from activity.services import nudge_task, record_event
from activity.transactions import one_transaction
from imports.files import check_file, sha256_of
from inspections.doubt.services import doubt_photo
from inspections.models import (
    Characteristic,
    Finding,
    Inspection,
    InspectionStatus,
    Photo,
    PhotoRefusal,
    PhotoStatus,
)
from inspections.models.batch import lock_batch
from inspections.rules.pictures import SAME_WITHIN, Picture, PictureError, open_picture, process

logger = logging.getLogger(__name__)

PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic")
CLAIM_FOR = timedelta(minutes=5)
MOST_ATTEMPTS = 2
COMPARING = 0x70686F746F  # the advisory lock under which photos are compared: "photo"


@one_transaction()
def add_photo(
    *,
    inspection: Inspection,
    file: UploadedFile,
    actor: User,
    at: datetime,
    characteristic: str = "",
    unit_number: int | None = None,
    taken_at: datetime | None = None,
    original_sha256: str = "",
) -> Photo:
    """Take a photo of an inspection; it is processed later. One that comes when the inspection is closed is kept too,
    with the late finding that it shows, where there is one.

    `characteristic` is a code of the inspection's specification, `unit_number` counts from 1. `taken_at` and
    `original_sha256` are those of the camera's file, where a phone made it smaller and they were lost with it. Safe to send again: the
    same file for the same check and unit is the photo that is there already. Raises InvalidInput, NotAllowed.
    """
    require(actor, "inspections.inspect")
    check_picture(file, "photo")
    sha256 = sha256_of(file)
    batch = lock_batch(inspection.batch.number, actor)
    inspection = batch.inspections.select_related("specification").get(pk=inspection.pk)
    inspection.batch = batch
    check = _check_of(inspection, characteristic)
    _require_unit(inspection, check, unit_number)
    place = {"characteristic": check, "unit_number": unit_number, "sha256": sha256}
    if there := inspection.photos.filter(**place).first():
        return there
    photo = Photo(
        inspection=inspection,
        finding=_late_finding(inspection, check, unit_number),
        uploaded_at=at,
        uploaded_by=actor,
        taken_at=taken_at,
        original_sha256=original_sha256,
        **place,
    )
    photo.upload.save(str(photo.uid), file, save=False)
    photo.save()
    record_event(
        "photo.added",
        batch.stream,
        at=at,
        actor=actor,
        photo=str(photo.uid),
        inspection=str(inspection.uid),
        characteristic=characteristic,
        unit_number=unit_number,
        sha256=sha256,
        original_sha256=original_sha256,
    )
    transaction.on_commit(nudge)
    return photo


def _late_finding(inspection: Inspection, check: Characteristic | None, unit_number: int | None) -> Finding | None:
    """The newest finding that came for a closed inspection, on the same check and, where it names units, that unit."""
    if inspection.status == InspectionStatus.OPEN or not inspection.batch.finding_count:
        return None
    findings = inspection.findings.filter(late=True, characteristic=check).order_by("-id")
    return next((f for f in findings if unit_number is None or f.units is None or unit_number in f.units), None)


def check_picture(file: UploadedFile, field: str) -> None:
    """Raises InvalidInput for what its first bytes already show to be no picture that we take."""
    check_file(file, field, PICTURE_TYPES)
    try:
        open_picture(cast(BinaryIO, file))
    except PictureError as error:
        raise InvalidInput.one(field, error.code, PhotoRefusal(error.code).label) from None
    finally:
        file.seek(0)


def _check_of(inspection: Inspection, code: str) -> Characteristic | None:
    if not code:
        return None
    check = inspection.characteristic(code)
    if check is None:
        raise InvalidInput.one(
            "characteristic",
            "unknown_characteristic",
            _("The specification of this batch has no characteristic %(code)s.") % {"code": code},
        )
    return check


def _require_unit(inspection: Inspection, check: Characteristic | None, number: int | None) -> None:
    n = inspection.sample_sizes([check])[check.code] if check else inspection.sample_size
    if number is not None and not 1 <= number <= n:
        raise InvalidInput.one(
            "unit_number",
            "unknown_unit",
            _("There is no unit %(value)s: the sample has units 1 to %(n)s.") % {"value": number, "n": n},
        )


def nudge() -> None:
    nudge_task("inspections.photo.tasks.process_waiting_photos")


add_backlog(
    "photos", gettext_lazy("photos that are made smaller"), lambda: Photo.objects.filter(status=PhotoStatus.WAITING),
    since="uploaded_at", late=timedelta(minutes=10),
)  # fmt: skip


def process_next_photo(*, now: datetime) -> bool:
    """Process one waiting photo that no other worker has. False when there is none.

    No transaction is open while pixels are decoded. A worker that dies leaves the photo to whoever comes after its
    claim; a photo that two workers died of is refused, and its upload is kept. Any other trouble, such as a storage that
    does not answer, is tried again when the claim has run out, however often.
    """
    photo = _claim(now)
    if photo is None:
        return False
    if photo.attempts > MOST_ATTEMPTS:
        _refuse(photo, PhotoRefusal.GAVE_UP, at=now)
        return True
    try:
        with photo.upload.open() as upload:
            content = upload.read()
        _keep(photo, process(BytesIO(content)), at=now)
    except PictureError as error:
        _refuse(photo, error.code, at=now)
    except Exception:
        logger.exception("Processing photo %s failed", photo.uid)
        Photo.objects.filter(pk=photo.pk).update(attempts=F("attempts") - 1)
    return True


@transaction.atomic
def _claim(now: datetime) -> Photo | None:
    photo = (
        Photo.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(Q(claimed_until=None) | Q(claimed_until__lte=now), status=PhotoStatus.WAITING)
        .select_related("inspection__batch", "finding__batch", "sample__product")
        .order_by("id")
        .first()
    )
    if photo is not None:
        photo.attempts += 1
        photo.claimed_until = now + CLAIM_FOR
        photo.save(update_fields=["attempts", "claimed_until"])
    return photo


def _still_waits(photo: Photo) -> bool:
    """Lock the photo. False when another worker was quicker, after a claim that ran out."""
    return Photo.objects.select_for_update().filter(pk=photo.pk, status=PhotoStatus.WAITING).exists()


@transaction.atomic
def _keep(photo: Photo, picture: Picture, *, at: datetime) -> None:
    if not _still_waits(photo):
        return
    photo.large.save(f"{photo.uid}-large.jpg", ContentFile(picture.large), save=False)
    photo.small.save(f"{photo.uid}-small.jpg", ContentFile(picture.small), save=False)
    photo.width, photo.height = picture.width, picture.height
    if taken_at := picture.taken_at:
        photo.taken_at = make_aware(taken_at) if is_naive(taken_at) else taken_at
    photo.perceptual_hash = picture.hash
    photo.status = PhotoStatus.READY
    with connection.cursor() as cursor:  # of two photos processed at once, one has to see the other
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COMPARING])
    photo.earlier_use = _same_elsewhere(photo)
    photo.save()
    if photo.earlier_use:
        record_event(
            "photo.reused",
            photo.own_stream,  # not the batch's: its supplier reads that, and may not know the other
            at=at,
            actor=None,
            photo=str(photo.uid),
            earlier=str(photo.earlier_use.uid),
            same_file=photo.earlier_use.sha256 == photo.sha256,
        )
        if photo.inspection_id:
            doubt_photo(photo, differing_bits=getattr(photo.earlier_use, "bits", 0), compared=_compared(photo), at=at)


def _compared(photo: Photo) -> int:
    return Photo.objects.filter(status=PhotoStatus.READY).exclude(inspection=photo.inspection_id).count()


def _same_elsewhere(photo: Photo) -> Photo | None:
    """The photo of another inspection or sample that shows the same: the same file, or a hash SAME_WITHIN bits of its."""
    others = Photo.objects.filter(status=PhotoStatus.READY).order_by("id")
    if photo.inspection_id:
        others = others.exclude(inspection=photo.inspection_id).exclude(finding__inspection=photo.inspection_id)
    elif photo.finding:
        others = others.exclude(finding=photo.finding_id)
        if photo.finding.inspection_id:
            others = others.exclude(inspection=photo.finding.inspection_id)
    else:
        others = others.exclude(sample=photo.sample_id)
    if photo.perceptual_hash is None:
        return others.filter(sha256=photo.sha256).first()
    bits = Func(
        F("perceptual_hash").bitxor(photo.perceptual_hash),
        template="bit_count((%(expressions)s)::bigint::bit(64))",
        output_field=IntegerField(),
    )
    return others.annotate(bits=bits).filter(bits__lte=SAME_WITHIN).order_by("bits", "id").first()


@transaction.atomic
def _refuse(photo: Photo, refusal: str, *, at: datetime) -> None:
    if not _still_waits(photo):
        return
    photo.status, photo.refusal = PhotoStatus.REFUSED, refusal
    photo.save(update_fields=["status", "refusal"])
    record_event("photo.refused", photo.stream, at=at, actor=None, photo=str(photo.uid), refusal=str(refusal))


def discard_uploads() -> None:
    """Delete the uploads that are not needed any more: of what is processed, and of what no one can read."""
    done = Photo.objects.exclude(status=PhotoStatus.WAITING).exclude(refusal=PhotoRefusal.GAVE_UP)
    for photo in done.exclude(upload="").iterator():
        photo.upload.delete(save=False)
        Photo.objects.filter(pk=photo.pk).update(upload="")

"""Photos of samples; how they are processed is told in inspections/photo/services.py."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction
from imports.files import sha256_of
from inspections.models import SAMPLE_ASPECTS, Photo, Sample
from inspections.photo.services import check_picture, nudge
from inspections.sample.services.checks import characteristics_of, lock_sample_being_checked


@one_transaction()
def add_sample_photo(
    *,
    sample: Sample,
    file: UploadedFile,
    actor: User,
    at: datetime,
    check: str = "",
    drop_number: int | None = None,
    taken_at: datetime | None = None,
    original_sha256: str = "",
) -> Photo:
    """Take a photo while the sample is being checked; it is processed later.

    `check` is an aspect or the code of a characteristic, empty for the sample as a whole; `drop_number` is of the
    transport test; `taken_at` and `original_sha256` are those of the camera's file, as for a photo of an inspection. Safe to
    send again. Raises SampleIsChecked, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.check_sample")
    check_picture(file, "photo")
    sample = lock_sample_being_checked(sample)
    aspect = check if check in SAMPLE_ASPECTS else ""
    characteristic = None
    if check and not aspect:
        characteristic = next((c for c in characteristics_of(sample) if c.code == check), None)
        if characteristic is None:
            detail = _("A sample is not checked for %(check)s.") % {"check": check}
            raise InvalidInput.one("check", "unknown_check", detail)
    if drop_number is not None:
        test = getattr(sample, "transport_test", None)
        if test is None or drop_number not in [drop["number"] for drop in test.drops]:
            detail = _("The transport test of this sample has no drop %(number)s.") % {"number": drop_number}
            raise InvalidInput.one("drop", "unknown_drop", detail)
    place = {
        "aspect": aspect,
        "characteristic": characteristic,
        "drop_number": drop_number,
        "sha256": sha256_of(file),
    }
    if there := sample.photos.filter(**place).first():
        return there
    photo = Photo(
        sample=sample,
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
        sample.stream,
        at=at,
        actor=actor,
        photo=str(photo.uid),
        sample=str(sample.uid),
        characteristic=check,
        unit_number=None,
        drop=drop_number,
        sha256=photo.sha256,
    )
    transaction.on_commit(nudge)
    return photo

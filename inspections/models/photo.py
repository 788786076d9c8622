"""Photos of what was found."""

import uuid
from typing import Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inspections.models.finding import Finding
from inspections.models.inspection import Inspection
from inspections.models.sample import Sample
from inspections.models.specification import SAMPLE_ASPECTS, Characteristic
from suppliers.models import OwnedQuerySet, SupplierQuerySet


class PhotoStatus(models.TextChoices):
    WAITING = "waiting", _("being processed")
    READY = "ready", _("ready")
    REFUSED = "refused", pgettext_lazy("photo", "refused")


class PhotoRefusal(models.TextChoices):
    UNREADABLE = "unreadable", _("This is not a picture that can be read.")
    TOO_MANY_PIXELS = "too_many_pixels", _("The picture has too many pixels. Take it at a lower resolution.")
    DAMAGED = "damaged", _("The picture is damaged or was cut off on its way. Take it again.")
    GAVE_UP = "gave_up", _("Processing the picture failed twice. Take it again.")


class PhotoQuerySet(OwnedQuerySet):
    def owned_by(self, suppliers: SupplierQuerySet) -> Self:
        of_finding = Q(inspection=None, finding__in=Finding.objects.owned_by(suppliers))
        return self.filter(
            Q(inspection__batch__supplier__in=suppliers) | Q(sample__supplier__in=suppliers) | of_finding
        )


class Photo(models.Model):
    """A picture of what was found: in an inspection, as a finding on a batch, or on a sample.

    One that came for an inspection when that was closed also names the late finding that it shows, where there is one.

    What is kept are two upright JPEGs without EXIF, `large` (1600 px) and `small` (320 px), which Celery makes of the
    upload. The upload itself tells where the phone was, and is deleted then; its SHA-256 stays, in the event log too,
    so that whoever has the original can show that it is the one.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("inspection")
    )
    sample = models.ForeignKey(
        Sample, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("sample")
    )
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("finding")
    )
    characteristic = models.ForeignKey(
        Characteristic, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("characteristic")
    )
    unit_number = models.PositiveIntegerField(_("unit number"), null=True, blank=True)
    aspect = models.CharField(
        _("aspect"), max_length=11, choices=[(aspect.value, aspect.label) for aspect in SAMPLE_ASPECTS], blank=True
    )
    drop_number = models.PositiveSmallIntegerField(_("drop of the transport test"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=7, choices=PhotoStatus, default=PhotoStatus.WAITING)
    refusal = models.CharField(_("why it was refused"), max_length=15, choices=PhotoRefusal, blank=True)
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="How often processing began and ended neither well nor badly: the worker died"
    )
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then")
    sha256 = models.CharField(max_length=64, db_index=True, help_text="Of the upload, before anything touched it")
    original_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of the camera's file, where the phone made it smaller before it sent it"
    )
    perceptual_hash = models.BigIntegerField(
        null=True, blank=True, help_text="64-bit difference hash, signed; None for a picture too flat to be compared"
    )
    earlier_use = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("same picture in another inspection"),
    )
    upload = models.FileField(upload_to="uploads/%Y/%m/", blank=True)
    large = models.FileField(upload_to="photos/%Y/%m/", blank=True)
    small = models.FileField(upload_to="photos/%Y/%m/", blank=True)
    width = models.PositiveIntegerField(null=True, blank=True, help_text="Of the large copy")
    height = models.PositiveIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        indexes = [
            models.Index(fields=["id"], name="photo_waiting", condition=Q(status=PhotoStatus.WAITING)),
            models.Index(fields=["perceptual_hash"], name="photo_by_perceptual_hash"),
            models.Index(fields=["id"], name="photo_with_upload", condition=~Q(upload="")),
            models.Index(fields=["id"], name="photo_reused", condition=Q(earlier_use__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=PhotoStatus.READY) | (~Q(large="") & ~Q(small="")),
                name="photo_is_ready_when_it_has_both_copies",
            ),
            models.CheckConstraint(
                condition=Q(status=PhotoStatus.REFUSED, refusal__in=PhotoRefusal.values)
                | (~Q(status=PhotoStatus.REFUSED) & Q(refusal="")),
                name="photo_is_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(inspection__isnull=False, sample=None, aspect="", drop_number=None)
                | Q(inspection=None, sample__isnull=False, unit_number=None, finding=None)
                | Q(
                    inspection=None,
                    sample=None,
                    finding__isnull=False,
                    aspect="",
                    drop_number=None,
                    characteristic=None,
                    unit_number=None,
                ),
                name="photo_is_of_an_inspection_a_finding_or_a_sample",
            ),
            models.UniqueConstraint(
                fields=["finding", "sha256"], condition=Q(inspection=None), name="photo_is_once_per_finding"
            ),
            models.UniqueConstraint(
                "sample",
                "sha256",
                Coalesce("characteristic", 0),
                "aspect",
                Coalesce("drop_number", 0),
                name="photo_is_once_per_check_of_a_sample",
            ),
            models.UniqueConstraint(
                "inspection",
                "sha256",
                Coalesce("characteristic", 0),
                Coalesce("unit_number", 0),
                name="photo_is_once_per_check_and_unit",
            ),
        ]

    def __str__(self):
        return str(self.uid)

    @property
    def stream(self) -> str:
        """The story that it belongs to: the batch's, or for a sample the product's."""
        if self.inspection:
            return self.inspection.batch.stream
        return self.finding.batch.stream if self.finding else self._its_sample.stream

    @property
    def own_stream(self) -> str:
        """What suppliers do not read: "inspection:...", "finding:..." or "sample:..."."""
        if self.inspection:
            return f"inspection:{self.inspection.uid}"
        return f"finding:{self.finding.uid}" if self.finding else f"sample:{self._its_sample.uid}"

    @property
    def _its_sample(self) -> Sample:
        return cast(Sample, self.sample)  # by the constraint, where there is neither inspection nor finding

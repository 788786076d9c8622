"""Doubts about how an inspection was recorded, for the quality manager alone."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from inspections.models.inspection import Inspection
from inspections.models.photo import Photo
from inspections.models.specification import Characteristic
from inspections.rules import doubts


class DoubtKind(models.TextChoices):
    NEAR_LIMIT = doubts.NEAR_LIMIT, _("crowded inside a limit")
    RUN = doubts.RUN, _("a run of one value")
    BLOCK = doubts.BLOCK, _("the same values twice")
    DIGITS = doubts.DIGITS, _("favourite last digits")
    PACE = doubts.PACE, _("quicker than the clock allows")
    COPIED = doubts.COPIED, _("like the round before")
    DISAGREE = doubts.DISAGREE, _("two inspectors disagree")
    PHOTO = doubts.PHOTO, _("a photo used before")
    ABANDONED = doubts.ABANDONED, _("abandoned again and again")


class DoubtQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Nobody else is to know that there is one: a doubt is about a colleague."""
        return self if user.has_perm("inspections.see_doubts") else self.none()


class DoubtFlag(models.Model):
    """Something seen in an inspection that chance alone rarely does. It blocks nothing, and is written once."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="doubts", verbose_name=_("inspection"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=DoubtKind)
    characteristic = models.ForeignKey(
        Characteristic, models.PROTECT, null=True, related_name="+", verbose_name=_("characteristic")
    )
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="+", verbose_name=_("photo"))
    probability = models.FloatField(_("chance"), help_text="How often an honest inspection shows as much, 0 to 1")
    facts = models.JSONField(help_text="What was seen, as of inspections.rules.doubts")
    raised_at = models.DateTimeField(_("raised at"))
    objects = DoubtQuerySet.as_manager()

    class Meta:
        verbose_name = _("doubt")
        verbose_name_plural = _("doubts")
        permissions = [("see_doubts", "Sees doubts about inspections")]
        indexes = [models.Index(fields=["-raised_at"], name="doubt_newest")]
        constraints = [
            models.UniqueConstraint(
                "inspection",
                "kind",
                Coalesce("characteristic", 0),
                Coalesce("photo", 0),
                name="doubt_is_raised_once",
            ),
            models.CheckConstraint(condition=Q(probability__gte=0, probability__lte=1), name="doubt_has_a_probability"),
            models.CheckConstraint(
                condition=Q(kind=DoubtKind.PHOTO, photo__isnull=False)
                | (~Q(kind=DoubtKind.PHOTO) & Q(photo__isnull=True)),
                name="doubt_has_a_photo_exactly_when_it_is_about_one",
            ),
        ]

    def __str__(self):
        return f"{self.inspection} {self.kind}"

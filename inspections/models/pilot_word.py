"""What a second person signs of a pilot run that failed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.models.pilot import PilotRun


class PilotWordKind(models.TextChoices):
    INVALID_SAMPLE = "invalid_sample", _("its samples were invalid, it does not count")
    MENDED = "mended", _("what failed was mended, another run may follow")


class PilotWord(models.Model):
    """A signature under a run that failed, by nobody who had a part in it. Written once.

    Without one no further run of the product is planned, so that nobody repeats a run until it passes (R13).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.OneToOneField(PilotRun, models.PROTECT, related_name="word", verbose_name=_("pilot run"))
    kind = models.CharField(_("what is signed"), max_length=14, choices=PilotWordKind)
    reason = models.TextField(_("reason"))
    signature = models.CharField(
        _("signed how"), max_length=8, choices=[("password", _("password")), ("token", _("API token"))]
    )
    signed_at = models.DateTimeField(_("signed at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("signed by")
    )

    class Meta:
        verbose_name = _("word on a failed pilot run")
        verbose_name_plural = _("words on failed pilot runs")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="pilot_word_has_a_reason")]

    def __str__(self):
        return f"{self.run} {self.kind}"

"""A wrong key on a critical reading: named by who recorded it, settled by a second person."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inspections.models.hold import Disposition, Hold, HoldStatus
from inspections.models.inspection import Inspection
from inspections.models.specification import Characteristic
from suppliers.models import OwnedQuerySet


class TypingErrorState(models.TextChoices):
    WAITING = "waiting", _("waits for a signature")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")
    OVERTAKEN = "overtaken", _("decided otherwise")


class TypingErrorQuerySet(OwnedQuerySet):
    owner = "hold__batch__supplier"

    def waiting(self):
        return self.filter(disposition=None, refused_at=None, hold__status=HoldStatus.OPEN)


class TypingError(models.Model):
    """What was typed and what was read, of one unit. What it says never changes; it is settled once (R3, R6)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="typing_errors", verbose_name=_("inspection")
    )
    characteristic = models.ForeignKey(
        Characteristic, models.PROTECT, related_name="+", db_index=False, verbose_name=_("characteristic")
    )
    unit = models.PositiveIntegerField(_("unit"))
    typed = models.DecimalField(_("typed"), max_digits=21, decimal_places=9)
    read = models.DecimalField(_("read"), max_digits=21, decimal_places=9)
    note = models.TextField(_("note"), blank=True)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="typing_errors", verbose_name=_("hold"))
    named_at = models.DateTimeField(_("named at"))
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("named by")
    )
    disposition = models.ForeignKey(
        Disposition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="typing_errors",
        db_index=False,
        verbose_name=_("signed by"),
    )
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("refused by"),
    )
    refused_reason = models.TextField(_("why it was refused"), blank=True)
    objects = TypingErrorQuerySet.as_manager()

    class Meta:
        verbose_name = _("typing error")
        verbose_name_plural = _("typing errors")
        constraints = [
            models.CheckConstraint(condition=~Q(typed=F("read")), name="typing_error_is_another_reading"),
            models.CheckConstraint(
                condition=Q(refused_at=None, refused_by=None, refused_reason="")
                | (Q(refused_at__isnull=False, refused_by__isnull=False, disposition=None) & ~Q(refused_reason="")),
                name="typing_error_is_refused_with_a_reason_or_not_at_all",
            ),
        ]

    def __str__(self):
        return f"{self.characteristic.code} {self.unit}: {self.typed} / {self.read}"

    @property
    def state(self) -> TypingErrorState:
        if self.refused_at:
            return TypingErrorState.REFUSED
        if self.disposition_id:
            return TypingErrorState.ACCEPTED
        return TypingErrorState.WAITING if self.hold.status == HoldStatus.OPEN else TypingErrorState.OVERTAKEN

    def as_typed(self, value: Decimal) -> str:
        """A reading with its unit, as it was written."""
        return f"{value.normalize():f} {self.characteristic.unit}".strip()

"""What was found wrong with units of a batch, at whatever time, beside the results of its inspections."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.models.batch import Batch
from inspections.models.fields import ReadingsField
from inspections.models.hold import Hold
from inspections.models.inspection import Inspection
from inspections.models.specification import Characteristic, NonconformityClass
from suppliers.models import OwnedQuerySet, SupplierQuerySet


class FindingQuerySet(OwnedQuerySet):
    owner = "batch__supplier"

    def owned_by(self, suppliers: SupplierQuerySet) -> Self:
        """What holds their goods."""
        return super().owned_by(suppliers).filter(hold__isnull=False)


class Finding(models.Model):
    """A nonconformity on one or more units of a batch. Written once (R6), and never refused because something has closed.

    With an inspection that is open it counts in its class there, as a result does. Else it is `late`: it changes no
    verdict. A critical one holds what is left of the batch, in the transaction that stores it (R1).
    """

    uid = models.UUIDField(unique=True, editable=False, help_text="Made on the device: sent again, it is the same one")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="findings", verbose_name=_("batch"))
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name=_("inspection")
    )
    characteristic = models.ForeignKey(
        Characteristic,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("characteristic"),
    )
    asked_as = models.OneToOneField(
        Characteristic,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="finding",
        help_text="What re-inspections ask for it where no check of a specification does: it is on none, or graver than its own",
    )
    nonconformity_class = models.CharField(_("class"), max_length=8, choices=NonconformityClass)
    units = ArrayField(models.PositiveIntegerField(), null=True, blank=True, help_text="Numbers from 1, ascending")
    nonconforming = models.PositiveIntegerField(_("nonconforming units"))
    readings: "models.Field[list[Decimal | None] | None, list[Decimal | None] | None]" = ReadingsField(
        null=True, help_text="Of the units named, in their order, where the characteristic is measured"
    )
    note = models.TextField(_("note"), blank=True)
    late = models.BooleanField(_("late"), help_text="Arrived when its inspection was closed, or none was open")
    hold = models.ForeignKey(
        Hold, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name=_("hold")
    )
    set_aside = models.PositiveIntegerField(
        _("set aside"),
        default=0,
        db_default=0,
        help_text="Of what might ship, when it came late; what was told before waits for the acceptance",
    )
    found_at = models.DateTimeField(_("found at"), help_text="By the device's clock where it told one")
    received_at = models.DateTimeField(_("received at"))
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("found by")
    )
    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.CheckConstraint(condition=Q(nonconforming__gte=1), name="finding_is_of_a_unit_at_least"),
            models.CheckConstraint(
                condition=Q(set_aside__lte=models.F("nonconforming")), name="finding_sets_aside_what_it_found"
            ),
            models.CheckConstraint(
                condition=Q(units=None) | Q(units__len=models.F("nonconforming")),
                name="finding_counts_the_units_it_names",
            ),
            models.CheckConstraint(
                condition=Q(characteristic__isnull=False) | ~Q(note=""), name="finding_says_what_was_found"
            ),
            models.CheckConstraint(
                condition=Q(characteristic__isnull=False) | Q(asked_as__isnull=False),
                name="finding_is_asked_again",
            ),
            models.CheckConstraint(
                condition=Q(nonconformity_class=NonconformityClass.CRITICAL) | Q(hold=None),
                name="finding_that_holds_is_critical",
            ),
        ]

    def __str__(self):
        return f"{self.batch} / {self.nonconformity_class}"

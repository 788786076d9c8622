"""A characteristic that moved from batch to batch, and the batches that are its normal."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inspections.models.inspection import Inspection
from suppliers.models import OwnedQuerySet, Product


class DriftKind(models.TextChoices):
    MEAN = "mean", _("the mean")
    SPREAD = "spread", _("the spread")
    RATE = "rate", _("the share nonconforming")


class DriftEnding(models.TextChoices):
    MENDED = "mended", _("mended: it is back where it was")
    NEW_NORMAL = "new_normal", _("this is the new normal")


class DriftQuerySet(OwnedQuerySet):
    owner = "product__supplier"

    def open(self):
        return self.filter(ended_at=None)


class Drift(models.Model):
    """A signal that a characteristic of a product moved for the worse. It judges no batch.

    `since` is the first inspection after the move, `seen_in` the one at which it was noticed. `facts` are the figures as
    they were then: name and name_zh, unit, p, before, after, cpk_before and cpk_after (value, low, high, or null).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="drifts", verbose_name=_("product"))
    code = models.CharField(_("characteristic"), max_length=40)
    kind = models.CharField(_("what moved"), max_length=6, choices=DriftKind)
    since = models.ForeignKey(Inspection, models.PROTECT, related_name="+", verbose_name=_("since"))
    seen_in = models.ForeignKey(Inspection, models.PROTECT, related_name="+", verbose_name=_("noticed at"))
    facts = models.JSONField(_("figures"))
    noticed_at = models.DateTimeField(_("noticed at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ending = models.CharField(_("ending"), max_length=10, choices=DriftEnding, null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    objects = DriftQuerySet.as_manager()

    class Meta:
        verbose_name = _("drift")
        verbose_name_plural = _("drifts")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "code"], condition=Q(ended_at=None), name="drift_is_open_once_per_characteristic"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ending=None, note="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False, ending__isnull=False) & ~Q(note="")),
                name="drift_is_ended_exactly_when_someone_said_why",
            ),
        ]

    def __str__(self):
        return f"{self.product.sku} {self.code}"


class Baseline(models.Model):
    """Which batches are a characteristic's normal: control limits come from them. The newest row counts.

    `last` None: the usual number of batches from `first` on. Batches before `first` are shown and no longer compared.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="baselines", verbose_name=_("product"))
    code = models.CharField(_("characteristic"), max_length=40)
    first = models.ForeignKey(
        Inspection, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("batches", "from")
    )
    last = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=pgettext_lazy("batches", "to")
    )
    note = models.TextField(_("reason"))
    set_at = models.DateTimeField(_("set at"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")
        indexes = [models.Index(fields=["product", "code", "-id"], name="baseline_newest")]

    def __str__(self):
        return f"{self.product.sku} {self.code}"

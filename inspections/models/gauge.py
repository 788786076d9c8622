"""Studies of how far a measurement of a characteristic can be trusted."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suppliers.models import OwnedQuerySet, Product


class GaugeStudyQuerySet(OwnedQuerySet):
    owner = "product__supplier"

    def newest_of_each(self) -> Self:
        """The one that counts of each characteristic, in the order of their codes."""
        return self.order_by("product", "code", "-id").distinct("product", "code")


class GaugeStudy(models.Model):
    """One study of one characteristic of a product, written once; the newest counts.

    `rows` are what was read, [{"part", "operator", "values"}], `reference` is what each part is known to be, good or not, by
    part. `figures` are those of `rules.gauge.Crossed` or `Agreement`; limits and unit are those of that day.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="gauge_studies", verbose_name=_("product"))
    code = models.CharField(_("characteristic"), max_length=40)
    is_measured = models.BooleanField(_("measured"))
    gauge = models.CharField(_("gauge"), max_length=80)
    rows = models.JSONField(_("readings"))
    reference = models.JSONField(_("reference"), default=dict, blank=True)
    lower = models.DecimalField(_("lower limit"), max_digits=18, decimal_places=6, null=True, blank=True)
    upper = models.DecimalField(_("upper limit"), max_digits=18, decimal_places=6, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    figures = models.JSONField(_("figures"))
    done_on = models.DateField(_("done on"))
    note = models.TextField(_("note"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    objects = GaugeStudyQuerySet.as_manager()

    class Meta:
        verbose_name = _("gauge study")
        verbose_name_plural = _("gauge studies")
        indexes = [models.Index(fields=["product", "code", "-id"], name="gauge_study_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(lower=None) | Q(upper=None) | Q(lower__lte=F("upper")),
                name="gauge_study_limits_are_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.product.sku} {self.code}"

"""What customers complain about and why they send things back: one taxonomy for pilot runs and for the market."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from suppliers.models import BothLanguages, Category


class ReturnReason(models.TextChoices):
    QUALITY = "quality", _("quality")
    NOT_AS_DESCRIBED = "not_as_described", _("not as described")
    LOGISTICS = "logistics", _("logistics")
    USAGE = "usage", _("does not know how to use it")
    CHANGED_MIND = "changed_mind", _("changed mind")


class DamagePlace(models.TextChoices):
    PRODUCT = "product", _("product")
    INNER_BOX = "inner_box", _("inner box")
    CARTON = "carton", _("carton")


class ComplaintPoint(BothLanguages):
    """One thing customers complain about, in two levels: a group has no parent, a point has a group."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("group")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_closed = models.BooleanField(
        _("closed"), default=False, help_text=_("No longer offered for new entries; what names it keeps it.")
    )

    class Meta:
        verbose_name = _("complaint point")
        verbose_name_plural = _("complaint points")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="complaint_point_is_not_its_own_group"
            )
        ]


class NormStatus(models.TextChoices):
    ASSUMPTION = "assumption", _("assumption")
    MEASURED = "measured", pgettext_lazy("norm", "measured")


class ReturnNorm(models.Model):
    """The share of a category's returns that usually has this reason; without a category: where it has no own norm."""

    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    reason = models.CharField(_("reason"), max_length=16, choices=ReturnReason)
    share = models.DecimalField(_("share"), max_digits=6, decimal_places=5, help_text=_("A fraction: 0.3 is 30 %."))
    status = models.CharField(_("status"), max_length=10, choices=NormStatus, default=NormStatus.ASSUMPTION)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("norm of return reasons")
        verbose_name_plural = _("norms of return reasons")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "reason"], nulls_distinct=False, name="return_norm_is_once_per_category_and_reason"
            ),
            models.CheckConstraint(condition=Q(share__gt=0, share__lt=1), name="return_norm_is_a_share"),
        ]

    def __str__(self):
        return f"{self.category or '*'} {self.reason}"

"""What a product is made of, as its supplier declares it: read by that supplier and by those who may read formulas."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from compliance.models.evidence import PERSON, Document
from suppliers.models import Product, Supplier


class DeclarationKind(models.TextChoices):
    INGREDIENTS = "ingredient_declaration", _("ingredients")
    MATERIALS = "material_declaration", _("materials by part")


class DeclarationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The supplier's own, and all for those who may read formulas: being of the team is not enough."""
        if user.has_perm("suppliers.see_all") and user.has_perm("compliance.read_formulas"):
            return self
        if user.has_perm("suppliers.see_all"):
            return self.none()
        return self.filter(product__supplier__in=Supplier.objects.visible_to(user))


class Declaration(models.Model):
    """One whole declaration of a product. Written once; what changes is a new one with the next number.

    `document` is the sheet that stands for it among the papers: it tells number and fingerprint, not the formula.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="declarations", verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=25, choices=DeclarationKind)
    number = models.PositiveIntegerField(_("number"))
    document = models.OneToOneField(Document, models.PROTECT, related_name="declaration", verbose_name=_("document"))
    declared_by = models.ForeignKey(**PERSON, verbose_name=_("declared by"))
    declared_at = models.DateTimeField(_("declared at"))
    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        permissions = [("read_formulas", "Reads formulas and declarations of materials")]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind", "number"], name="declaration_is_numbered_once_per_product"
            )
        ]

    def __str__(self):
        return f"{self.product.sku} {self.get_kind_display()} {self.number}"


class DeclarationLine(models.Model):
    """One ingredient or material. Concentrations are per cent by weight, a range where `low` is not `high`."""

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="lines", verbose_name=_("declaration"))
    place = models.PositiveSmallIntegerField(_("line"))
    name = models.CharField(_("name"), max_length=250)
    cas = models.CharField(_("CAS number"), max_length=40, blank=True)
    ec = models.CharField(_("EC number"), max_length=40, blank=True)
    low = models.DecimalField(_("from %"), max_digits=12, decimal_places=8, null=True, blank=True)
    high = models.DecimalField(_("to %"), max_digits=12, decimal_places=8, null=True, blank=True)
    function = models.CharField(_("function"), max_length=120, blank=True)
    part = models.CharField(_("part"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("line of a declaration")
        verbose_name_plural = _("lines of declarations")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "place"], name="declaration_line_has_its_own_place"),
            models.CheckConstraint(
                condition=Q(low=None, high=None) | Q(low__isnull=False, high__isnull=False),
                name="declaration_line_has_both_ends_or_none",
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(low__gte=0, high__gte=F("low"), high__lte=1000),
                name="declaration_line_is_a_share",
            ),
        ]

    def __str__(self):
        return self.name

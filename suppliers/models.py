"""Who makes it and what it is: suppliers, their people, categories, products (SKU) and listings (product x market)."""

import re
from datetime import UTC, datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.identifiers import IdentifierField, looks_like_no_other, reads_like_no_other
from activity.languages import pick
from suppliers.markets import is_pattern, is_time_zone

CODE = r"[\w][\w.-]*"
code_validator = RegexValidator(
    rf"^{CODE}\Z", _("Use letters, digits, dots, hyphens and underscores, and begin with a letter or digit."), "code"
)


def is_code(text: str) -> bool:
    return re.match(rf"^{CODE}\Z", text) is not None


class BothLanguages(models.Model):
    """A name in English and, where there is one, in Chinese."""

    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.local_name

    @property
    def local_name(self) -> str:
        """The name in the reader's language, in another where that is missing."""
        return pick(en=self.name, zh=self.name_zh)


class SupplierQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """All for the team; for anyone else the suppliers that the user is a member of (R5)."""
        if user.has_perm("suppliers.see_all"):
            return self
        return self.filter(pk__in=Membership.objects.filter(user_id=user.pk).values("supplier_id"))


class OwnedQuerySet(models.QuerySet):
    """Records of suppliers: all for the team; for anyone else those of the suppliers that the user is a member of (R5)."""

    owner = "supplier"  # the way from a record to its supplier

    def visible_to(self, user: User) -> Self:
        if user.has_perm("suppliers.see_all"):
            return self
        return self.owned_by(Supplier.objects.visible_to(user))

    def owned_by(self, suppliers: SupplierQuerySet) -> Self:
        """What the suppliers' own people see of them."""
        return self.filter(**{f"{self.owner}__in": suppliers})


class Supplier(BothLanguages):
    code = IdentifierField(_("code"), max_length=40, unique=True, validators=[code_validator])
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    created_at = models.DateTimeField(_("created at"))
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="suppliers", verbose_name=_("members")
    )
    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [looks_like_no_other("supplier", "code"), reads_like_no_other("supplier", "code")]
        permissions = [
            ("see_all", "Sees the records of every supplier"),
            ("manage", "Creates and changes suppliers, products and listings"),
        ]


class Membership(models.Model):
    """A user who belongs to a supplier, sees its records and answers its holds."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="memberships", verbose_name=_("supplier"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["supplier", "user"], name="membership_is_once_per_supplier")]

    def __str__(self):
        return f"{self.user} @ {self.supplier.code}"


class Category(BothLanguages):
    code = models.SlugField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            looks_like_no_other("category", "code"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("id")), name="category_is_not_its_own_parent"
            ),
        ]


class Market(BothLanguages):
    """Where products are sold: everything that is true of one market and not of another, with no default."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    zone = models.CharField(
        _("time zone"),
        max_length=40,
        validators=[is_time_zone],
        help_text=_("Of several, the one in which a day ends first, so that no paper counts after its last day."),
    )
    country_names = models.TextField(
        _("names of the country"),
        validators=[is_pattern],
        help_text=_(
            "How addresses in papers name it: whole words with | between them, each of which may be a pattern."
        ),
    )
    voltage = models.PositiveSmallIntegerField(_("mains voltage"), help_text=_("Nominal, in V."))
    languages = ArrayField(
        models.CharField(max_length=3, validators=[RegexValidator(r"^[a-z]{2,3}\Z")]),
        verbose_name=_("languages"),
        help_text=_("Of which a manual or text needs one: codes such as de or fil, with commas between them."),
    )
    return_days = models.PositiveSmallIntegerField(
        _("return window in days"),
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("How long after delivery a customer may send goods back."),
    )
    return_days_source = models.CharField(
        _("source of the return window"), max_length=300, help_text=_("The law or the terms, or that it is assumed.")
    )

    class Meta:
        verbose_name = _("market")
        verbose_name_plural = _("markets")
        constraints = [
            looks_like_no_other("market", "code"),
            models.CheckConstraint(
                # PostgreSQL fails on a zone that it does not know.
                condition=Q(zone__contains="/")
                & Q(
                    models.lookups.IsNull(
                        models.Func(
                            models.F("zone"),
                            models.Value(datetime(2000, 1, 1, tzinfo=UTC)),
                            function="timezone",
                            output_field=models.DateTimeField(),
                        ),
                        False,
                    )
                ),
                name="market_has_a_known_time_zone",
            ),
            models.CheckConstraint(condition=~Q(country_names=""), name="market_has_names_of_its_country"),
            models.CheckConstraint(condition=Q(voltage__range=(100, 240)), name="market_has_a_mains_voltage"),
            models.CheckConstraint(condition=Q(languages__len__gte=1), name="market_has_a_language"),
            models.CheckConstraint(
                condition=Q(return_days__range=(1, 365)) & ~Q(return_days_source=""), name="market_has_a_return_window"
            ),
        ]


class ProductQuerySet(OwnedQuerySet):
    owner = "supplier"


class Product(BothLanguages):
    """A stock keeping unit, made by one supplier."""

    sku = IdentifierField(_("SKU"), max_length=60, unique=True, validators=[code_validator])
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="products", verbose_name=_("supplier"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="products", verbose_name=_("category"))
    merchandiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("merchandiser"),
    )
    model_code = models.CharField(
        _("model"),
        max_length=60,
        blank=True,
        validators=[code_validator],
        help_text=_("SKUs of one model are the same product made by several suppliers."),
    )
    created_at = models.DateTimeField(_("created at"))
    markets = models.ManyToManyField(Market, through="Listing", verbose_name=_("markets"))
    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [looks_like_no_other("product", "sku"), reads_like_no_other("product", "sku")]
        indexes = [models.Index(fields=["model_code"], condition=~Q(model_code=""), name="product_by_model")]


class ListingQuerySet(OwnedQuerySet):
    owner = "product__supplier"


class Listing(models.Model):
    """A product meant for one market."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="listings", verbose_name=_("product"))
    market = models.ForeignKey(Market, models.PROTECT, related_name="listings", verbose_name=_("market"))
    planned_on = models.DateField(_("planned go-live"), null=True, blank=True)
    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [models.UniqueConstraint(fields=["product", "market"], name="listing_is_once_per_market")]

    def __str__(self):
        return f"{self.product.sku} {self.market.code}"

"""What a good unit is: versioned specifications and their characteristics."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activity.identifiers import reads_like_no_other
from activity.languages import pick
from inspections.models.choices import ChoicesWithFacts
from inspections.rules.readings import is_within
from inspections.sampling import Scheme
from inspections.sampling.own import OwnRule
from inspections.sampling.schemes import VariablesRule
from suppliers.models import BothLanguages, OwnedQuerySet, Product, SupplierQuerySet, code_validator


class SpecificationStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    RETIRED = "retired", _("retired")


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectFacts:
    """`sample_help` says what is looked at on a sample; None where samples are not looked at for it.

    `catches` are the groups of complaints that a characteristic of this aspect is made for: what returns propose to add
    for such a complaint is of this aspect. It can catch those of `also_catches` too. What the aspect looks like on a
    sample is shown by the photos of `shown_by`; one that `shows_colour` has the sample's colour beside it.
    """

    sample_help: Promise | str | None = None
    catches: tuple[str, ...] = ()
    also_catches: tuple[str, ...] = ()
    shown_by: str = ""
    shows_colour: bool = False


class Aspect(ChoicesWithFacts):
    facts: AspectFacts

    DIMENSION = "dimension", AspectFacts(catches=("fit",)), _("dimension")
    TOLERANCE = "tolerance", AspectFacts(also_catches=("fit",)), _("tolerance")
    MATERIAL = "material", AspectFacts(catches=("material",), also_catches=("safety",)), _("material")
    COLOUR = (
        "colour",
        AspectFacts(also_catches=("appearance",), shown_by="appearance", shows_colour=True),
        _("colour"),
    )
    PERFORMANCE = "performance", AspectFacts(also_catches=("function", "safety")), _("performance")
    APPEARANCE = (
        "appearance",
        AspectFacts(
            sample_help=_("Surface, colour, seams, print: no scratches, stains, burrs."),
            catches=("appearance",),
            shows_colour=True,
        ),
        _("appearance"),
    )
    FUNCTION = (
        "function",
        AspectFacts(
            sample_help=_("Everything that it is made for, tried as a buyer would."), catches=("function", "safety")
        ),
        _("function"),
    )
    PACKAGING = (
        "packaging",
        AspectFacts(
            sample_help=_("Box, inlay, tape, carton marks: what keeps it whole and how it looks when opened."),
            catches=("packaging",),
        ),
        _("packaging"),
    )
    ACCESSORIES = (
        "accessories",
        AspectFacts(sample_help=_("Everything that belongs in the box, counted and tried."), catches=("completeness",)),
        _("accessories"),
    )
    MANUAL = (
        "manual",
        AspectFacts(
            sample_help=_("There, in the language of the market, and true to this product."), catches=("manual",)
        ),
        _("manual"),
    )
    LABEL = (
        "label",
        AspectFacts(
            sample_help=_("Marks, warnings, maker and barcode that the market asks for, readable and right."),
            catches=("description",),
        ),
        _("label"),
    )
    TRANSPORT = (
        "transport",
        AspectFacts(
            sample_help=_("How it survives the way: drops of the packed product, then looked at and tried."),
            also_catches=("packaging",),
        ),
        _("transport durability"),
    )


# What every sample is looked at for, whatever its specification says.
SAMPLE_ASPECTS = [aspect for aspect in Aspect if aspect.facts.sample_help is not None]


class NonconformityClass(models.TextChoices):
    """ISO 2859-1 clause 5: how serious it is when a unit does not conform."""

    CRITICAL = "critical", _("critical")
    MAJOR = "major", _("major")
    MINOR = "minor", _("minor")


class SpecificationQuerySet(OwnedQuerySet):
    owner = "product__supplier"

    def active(self) -> Self:
        """The version in force; at most one of a product."""
        return self.filter(status=SpecificationStatus.ACTIVE)

    def waiting_for_signature(self) -> Self:
        """Drafts that loosen what is in force."""
        return self.filter(status=SpecificationStatus.DRAFT, loosens=True)

    def owned_by(self, suppliers: SupplierQuerySet) -> Self:
        return super().owned_by(suppliers).exclude(status=SpecificationStatus.DRAFT)


class Specification(models.Model):
    """One version of what a product must be, and of the scheme its batches are sampled by.

    A draft may be edited; once active it never changes again (the database refuses), so an inspection that points to
    it is judged for ever by the limits, classes and plans it began with (R9).
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="specifications", verbose_name=_("product"))
    version = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=7, choices=SpecificationStatus, default=SpecificationStatus.DRAFT)
    scheme = models.JSONField(_("sampling scheme"))
    scheme_key = models.CharField(
        max_length=64, editable=False, help_text="Digest of the scheme: versions that share it share switching rules"
    )
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("drafted at"))
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    activated_at = models.DateTimeField(_("activated at"), null=True, blank=True)
    loosens = models.BooleanField(
        _("loosens what is in force"), default=False, help_text="Found by comparing, when drafted and when activated"
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("signed by")
    )
    signed_reason = models.TextField(_("reason"), blank=True)
    signature = models.CharField(
        _("signed how"), max_length=8, choices=[("password", _("password")), ("token", _("API token"))], blank=True
    )
    objects = SpecificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("specification")
        verbose_name_plural = _("specifications")
        permissions = [("specify", "Drafts and activates specifications")]
        constraints = [
            models.UniqueConstraint(fields=["product", "version"], name="specification_version_is_once_per_product"),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(status=SpecificationStatus.ACTIVE),
                name="specification_is_active_once_per_product",
            ),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(status=SpecificationStatus.DRAFT),
                name="specification_is_drafted_once_per_product",
            ),
            models.CheckConstraint(
                condition=Q(status=SpecificationStatus.DRAFT, activated_at=None, activated_by=None)
                | (~Q(status=SpecificationStatus.DRAFT) & Q(activated_at__isnull=False, activated_by__isnull=False)),
                name="specification_is_a_draft_until_someone_activates_it",
            ),
            models.CheckConstraint(
                condition=Q(loosens=False) | Q(status=SpecificationStatus.DRAFT) | Q(signed_by__isnull=False),
                name="specification_that_loosens_is_active_only_signed",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_reason="", signature="")
                | (
                    Q(signed_by__isnull=False, signature__in=["password", "token"])
                    & ~Q(signed_reason="")
                    & ~Q(signed_by=models.F("drafted_by"))
                ),
                name="specification_is_signed_by_another_than_its_drafter",
            ),
        ]

    def __str__(self):
        return f"{self.product.sku} v{self.version}"

    @property
    def waits_for_signature(self) -> bool:
        """A draft that loosens what is in force takes effect once a second person has signed it (R13)."""
        return self.status == SpecificationStatus.DRAFT and self.loosens

    def use_scheme(
        self, scheme: dict, variables: dict[str, dict] | None = None, sampling: dict[str, dict] | None = None
    ) -> None:
        """`variables` and `sampling` are the characteristics' own plans by code: they belong to what is agreed on.

        What a drift does is no part of the key: the switching rules go on when only that is changed.
        """
        self.scheme = scheme
        rules = {name: value for name, value in scheme.items() if name != "drift"}
        own = {name: plans for name, plans in (("variables", variables), ("sampling", sampling)) if plans}
        agreed = {"scheme": rules, **own} if own else rules
        self.scheme_key = hashlib.sha256(json.dumps(agreed, sort_keys=True).encode()).hexdigest()

    @property
    def sampling_scheme(self) -> Scheme:
        return Scheme.from_dict(self.scheme)


class VersionCount(models.Model):
    """The highest number that a version of a product's specification ever had, a draft that was thrown away included.

    The database counts it, and refuses a number that is not higher.
    """

    product = models.OneToOneField(Product, models.PROTECT, primary_key=True, related_name="+")
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("number of versions")
        verbose_name_plural = _("numbers of versions")

    def __str__(self):
        return f"{self.product_id} {self.last}"


class Characteristic(BothLanguages):
    """One thing to check on every unit of the sample: measured against limits, or conforming or not.

    One of no specification is what re-inspections of a batch ask for a finding (`Finding.asked_as`).
    """

    specification = models.ForeignKey(
        Specification, models.CASCADE, null=True, blank=True, related_name="characteristics"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=40, validators=[code_validator])
    aspect = models.CharField(_("aspect"), max_length=11, choices=Aspect)
    nonconformity_class = models.CharField(_("class"), max_length=8, choices=NonconformityClass)
    is_measured = models.BooleanField(_("measured"))
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=6, null=True, blank=True)
    lower = models.DecimalField(_("lower limit"), max_digits=18, decimal_places=6, null=True, blank=True)
    upper = models.DecimalField(_("upper limit"), max_digits=18, decimal_places=6, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    variables = models.JSONField(
        _("variables plan"), null=True, blank=True, help_text="VariablesRule.as_dict(); None: as the scheme says"
    )
    sampling = models.JSONField(
        _("sampling of its own"), null=True, blank=True, help_text="OwnRule.as_dict(); None: by the plan of its class"
    )
    method = models.TextField(_("method"), blank=True)
    method_zh = models.TextField(_("method in Chinese"), blank=True)
    picture = models.ImageField(_("reference picture"), upload_to="references/%Y/%m/", blank=True)

    class Meta:
        verbose_name = _("characteristic")
        verbose_name_plural = _("characteristics")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification", "code"], name="characteristic_code_is_once_per_specification"
            ),
            reads_like_no_other("characteristic", "code", "specification"),
            models.CheckConstraint(
                condition=Q(is_measured=True) & (Q(lower__isnull=False) | Q(upper__isnull=False))
                | Q(is_measured=False, target=None, lower=None, upper=None),
                name="characteristic_is_measured_exactly_when_it_has_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(variables__isnull=True) | Q(is_measured=True),
                name="characteristic_is_judged_by_variables_only_if_measured",
            ),
            models.CheckConstraint(
                condition=Q(variables__isnull=True) | Q(sampling__isnull=True),
                name="characteristic_is_judged_in_one_way_of_its_own",
            ),
            models.CheckConstraint(
                condition=Q(lower=None) | Q(upper=None) | Q(lower__lte=models.F("upper")),
                name="characteristic_limits_are_in_order",
            ),
        ]

    def variables_rule(self, scheme: Scheme) -> VariablesRule | None:
        """How its variables plan is found; None where it is counted, in its class or by a sampling of its own.

        The scheme's rule is for major and minor: what is critical accepts on zero unless it has a rule of its own.
        """
        if self.variables is not None:
            return VariablesRule.from_dict(self.variables)
        is_critical = self.nonconformity_class == NonconformityClass.CRITICAL
        return scheme.variables if self.is_measured and not is_critical and self.sampling is None else None

    @property
    def own_rule(self) -> OwnRule | None:
        """How a plan of its own is found; None where its class, or the scheme, judges it."""
        return None if self.sampling is None else OwnRule.from_dict(self.sampling)

    def ask_as(self, carried: Mapping[str, Any]) -> None:
        """Judge by the limits that it was found nonconforming with (`Inspection.carried`), in memory alone."""
        self.lower, self.upper = (
            None if carried[name] is None else Decimal(carried[name]) for name in ("lower", "upper")
        )
        if self.target is not None and not self.conforms(self.target):
            self.target = None

    @property
    def local_method(self) -> str:
        return pick(en=self.method, zh=self.method_zh)

    def conforms(self, reading) -> bool:
        """Whether one reading is within the limits; a reading on a limit is, and one that does not tell is not."""
        return is_within(reading, self.lower, self.upper) is True

"""Golden samples: what was received, what was found on it, and who approved it as the reference."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inspections.models.fields import ReadingsField
from inspections.models.inspection import Inspection
from inspections.models.specification import SAMPLE_ASPECTS, Characteristic, Specification
from inspections.rules.colours import is_possible
from inspections.rules.readings import summary
from suppliers.models import OwnedQuerySet, Product, Supplier


class SampleStatus(models.TextChoices):
    RECEIVED = "received", _("being checked")
    CHECKED = "checked", _("waits for a decision")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", _("cancelled")
    WITHDRAWN = "withdrawn", _("withdrawn")


SIGNED = [SampleStatus.APPROVED, SampleStatus.REFUSED, SampleStatus.WITHDRAWN]
DECIDED = [*SIGNED, SampleStatus.CANCELLED]
VERSIONS = [SampleStatus.APPROVED, SampleStatus.WITHDRAWN]  # those with a number of a golden sample


# Why a golden sample says nothing of a characteristic: `lacking` of Sample.
UNCHECKED, FAILS, OTHER_UNIT, UNSIGNED = "unchecked", "fails", "other_unit", "unsigned"


class SampleDoubt(models.TextChoices):
    """What an approval may lack: whoever approves is asked."""

    PHOTO = "photo", _("there is no photo of it")
    SIZE = "size", _("its size and weight were not measured")
    DROP_TEST = "drop_test", _("no drop test stands behind its transport durability")


class Protocol(models.TextChoices):
    ISTA_1A = "ista_1a", "ISTA 1A"
    ISTA_2A = "ista_2a", "ISTA 2A"
    ISTA_3A = "ista_3a", "ISTA 3A"


class PackageKind(models.TextChoices):
    SMALL = "small", _("small package")
    FLAT = "flat", _("flat package")
    ELONGATED = "elongated", _("elongated package")
    STANDARD = "standard", _("standard package")


class SampleQuerySet(OwnedQuerySet):
    owner = "supplier"

    def approved(self):
        return self.filter(status=SampleStatus.APPROVED)

    def golden(self):
        """Of each product the version in force: the newest, unless that was withdrawn. It may have run out."""
        newer = Sample.objects.filter(product=OuterRef("product"), version__gt=OuterRef("version"))
        return self.approved().filter(~Exists(newer))


class Sample(models.Model):
    """One sample of a product. Approved, it is version 1, 2, .. of the golden sample; then it is moved or withdrawn, no more.

    A series is what led to one decision for good: round 1, and a further round after each refusal. What the sample is
    checked for: the seven aspects, and the characteristics of `specification`, the version that was active when it was
    received or, while it is undecided, the newest one since. Measures are of the unpacked product. The colour is CIELAB under
    D65 for the 2° observer. `lacking` is what of the version `held_against` an approved one was not checked for or fails, as
    Lack.as_dict() of inspections/sample/services/standing.py.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="samples", verbose_name=_("product"))
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="samples", verbose_name=_("supplier"))
    specification = models.ForeignKey(
        Specification, models.PROTECT, null=True, related_name="samples", verbose_name=_("specification")
    )
    series = models.PositiveSmallIntegerField(_("series"))
    round = models.PositiveSmallIntegerField(_("round"))
    version = models.PositiveSmallIntegerField(_("version"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=SampleStatus, default=SampleStatus.RECEIVED)

    length_mm = models.DecimalField(_("length"), max_digits=9, decimal_places=2, null=True, blank=True)
    width_mm = models.DecimalField(_("width"), max_digits=9, decimal_places=2, null=True, blank=True)
    height_mm = models.DecimalField(_("height"), max_digits=9, decimal_places=2, null=True, blank=True)
    weight_g = models.DecimalField(_("weight"), max_digits=11, decimal_places=2, null=True, blank=True)
    lab_l = models.DecimalField("L*", max_digits=6, decimal_places=2, null=True, blank=True)
    lab_a = models.DecimalField("a*", max_digits=6, decimal_places=2, null=True, blank=True)
    lab_b = models.DecimalField("b*", max_digits=6, decimal_places=2, null=True, blank=True)
    barcode = models.CharField(_("barcode"), max_length=14, blank=True)
    label_text = models.TextField(_("text of the label"), blank=True)
    seal_number = models.CharField(_("seal number"), max_length=60, blank=True)
    kept_at = models.CharField(_("kept at"), max_length=120, blank=True)
    kept_until = models.DateField(_("kept until"), null=True, blank=True)
    note = models.TextField(_("internal note"), blank=True, help_text=_("The supplier does not see it."))

    received_at = models.DateTimeField(_("received at"))
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(pgettext_lazy("decision", "decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    signature = models.CharField(
        _("signed by"),
        max_length=8,
        choices=[("password", _("password")), ("token", _("API token"))],
        blank=True,
    )
    doubts = models.JSONField(
        _("approved without"), default=list, blank=True, help_text="List of SampleDoubt: what the approval lacked"
    )
    damage_note = models.TextField(
        _("who ships it in a package that is damaged by drops"), blank=True, help_text="Said with the approval."
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.TextField(_("why it was withdrawn"), blank=True)
    withdrawn_signature = models.CharField(_("withdrawal signed by"), max_length=8, blank=True)
    held_against = models.ForeignKey(
        Specification, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("held against")
    )
    lacking = models.JSONField(_("lacking"), default=list, blank=True)
    objects = SampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        permissions = [
            ("check_sample", "Receives and checks samples"),
            ("decide_sample", "Approves and refuses samples"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["product", "series", "round"], name="sample_round_is_once_per_series"),
            models.UniqueConstraint(fields=["product", "version"], name="sample_version_is_once_per_product"),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(status__in=[SampleStatus.RECEIVED, SampleStatus.CHECKED]),
                name="sample_is_undecided_once_per_product",
            ),
            models.CheckConstraint(
                condition=Q(status=SampleStatus.RECEIVED, checked_at=None, checked_by=None)
                | Q(status__in=[SampleStatus.REFUSED, SampleStatus.CANCELLED], checked_at=None, checked_by=None)
                | (~Q(status=SampleStatus.RECEIVED) & Q(checked_at__isnull=False, checked_by__isnull=False)),
                name="sample_is_checked_exactly_when_someone_checked_it",
            ),
            models.CheckConstraint(
                condition=(~Q(status__in=DECIDED) & Q(decided_at=None, decided_by=None, reason="", signature=""))
                | (
                    Q(status__in=SIGNED, decided_at__isnull=False, decided_by__isnull=False)
                    & Q(signature__in=["password", "token"])
                    & ~Q(reason="")
                )
                | (
                    Q(status=SampleStatus.CANCELLED, decided_at__isnull=False, decided_by__isnull=False, signature="")
                    & ~Q(reason="")
                ),
                name="sample_is_decided_exactly_when_someone_signed_it",
            ),
            models.CheckConstraint(
                condition=Q(status__in=VERSIONS, version__isnull=False, version__gte=1)
                | (~Q(status__in=VERSIONS) & Q(version=None)),
                name="sample_has_a_version_exactly_when_approved",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=SampleStatus.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & Q(withdrawn_signature__in=["password", "token"])
                    & ~Q(withdrawn_reason="")
                )
                | (
                    ~Q(status=SampleStatus.WITHDRAWN)
                    & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="", withdrawn_signature="")
                ),
                name="sample_is_withdrawn_exactly_when_someone_signed_it",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | Q(status=SampleStatus.CANCELLED)
                | Q(checked_by=None)
                | ~Q(decided_by=F("checked_by")),
                name="sample_is_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(lab_l=None, lab_a=None, lab_b=None)
                | Q(
                    lab_l__isnull=False,
                    lab_l__gte=0,
                    lab_l__lte=150,  # fluorescing surfaces send back more than falls on them at some wavelengths
                    lab_a__isnull=False,
                    lab_b__isnull=False,
                ),
                name="sample_colour_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(length_mm=None) | Q(length_mm__gt=0), name="sample_length_is_above_zero"
            ),
            models.CheckConstraint(condition=Q(width_mm=None) | Q(width_mm__gt=0), name="sample_width_is_above_zero"),
            models.CheckConstraint(
                condition=Q(height_mm=None) | Q(height_mm__gt=0), name="sample_height_is_above_zero"
            ),
            models.CheckConstraint(condition=Q(weight_g=None) | Q(weight_g__gt=0), name="sample_weight_is_above_zero"),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="sample_by_status")]

    def __str__(self):
        return self.code

    @property
    def code(self) -> str:
        """ "HL-KT17-W-S2.1": the first round of the product's second series. On the label of the physical sample."""
        return f"{self.product.sku}-S{self.series}.{self.round}"

    @property
    def stream(self) -> str:
        return f"product:{self.product.sku}"

    @property
    def is_decided(self) -> bool:
        return self.status in DECIDED

    @property
    def doubt_labels(self) -> list[str]:
        return [str(SampleDoubt(doubt).label) for doubt in self.doubts]

    @property
    def lab(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """L*, a*, b*, all three or none."""
        if self.lab_l is None or self.lab_a is None or self.lab_b is None:
            return None
        return self.lab_l, self.lab_a, self.lab_b


class SampleCheck(models.Model):
    """What was found on one aspect or one characteristic of a sample. No row means unanswered (R8)."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="checks", verbose_name=_("sample"))
    aspect = models.CharField(
        _("aspect"), max_length=11, choices=[(aspect.value, aspect.label) for aspect in SAMPLE_ASPECTS], blank=True
    )
    characteristic = models.ForeignKey(
        Characteristic,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sample_checks",
        verbose_name=_("characteristic"),
    )
    conforms = models.BooleanField(_("conforms"))
    readings: "models.Field[list[Decimal] | None, list[Decimal] | None]" = ReadingsField(
        null=True, help_text="Of a measured characteristic, as often as it was measured; in its unit"
    )
    note = models.TextField(_("what was seen"), blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Goes up with every change")
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("check of a sample")
        verbose_name_plural = _("checks of samples")
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "aspect"],
                condition=Q(characteristic=None),
                name="sample_check_is_once_per_aspect",
            ),
            models.UniqueConstraint(
                fields=["sample", "characteristic"], name="sample_check_is_once_per_characteristic"
            ),
            models.CheckConstraint(
                condition=Q(aspect__in=[aspect.value for aspect in SAMPLE_ASPECTS], characteristic=None, readings=None)
                | Q(aspect="", characteristic__isnull=False),
                name="sample_check_is_of_an_aspect_or_a_characteristic",
            ),
            models.CheckConstraint(
                condition=Q(conforms=True) | Q(readings__isnull=False) | ~Q(note=""),
                name="sample_check_that_fails_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.sample} {self.code}"

    @property
    def code(self) -> str:
        """Of the characteristic, or the name of the aspect."""
        return self.characteristic.code if self.characteristic else self.aspect

    @property
    def value(self) -> float | None:
        """The mean of the readings, in the characteristic's unit; None for what is not measured."""
        return summary(self.readings or ())["mean"]


class TransportTest(models.Model):
    """A named drop test of the packed sample. The drops to be done are frozen when it begins.

    The weight is that of the packed product; it decides the drop heights (see inspections/rules/transport.py).
    """

    sample = models.OneToOneField(Sample, models.PROTECT, related_name="transport_test", verbose_name=_("sample"))
    protocol = models.CharField(_("test"), max_length=7, choices=Protocol)
    package_weight_kg = models.DecimalField(_("weight of the package"), max_digits=6, decimal_places=3)
    package_length_mm = models.DecimalField(_("length"), max_digits=9, decimal_places=2, null=True, blank=True)
    package_width_mm = models.DecimalField(_("width"), max_digits=9, decimal_places=2, null=True, blank=True)
    package_height_mm = models.DecimalField(_("height"), max_digits=9, decimal_places=2, null=True, blank=True)
    kind = models.CharField(_("kind of package"), max_length=9, choices=PackageKind, blank=True)
    drops = models.JSONField(_("drops"), help_text="List of {number, height_mm, orientation}, in their order")
    begun_at = models.DateTimeField(_("begun at"))
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("transport test")
        verbose_name_plural = _("transport tests")
        constraints = [
            models.CheckConstraint(condition=Q(package_weight_kg__gt=0), name="transport_test_has_a_weight"),
            models.CheckConstraint(
                condition=~Q(protocol=Protocol.ISTA_3A) | Q(kind__in=[PackageKind.SMALL, PackageKind.STANDARD]),
                name="transport_test_by_3a_is_of_a_small_or_standard_package",
            ),
        ]

    def __str__(self):
        return f"{self.sample} {self.get_protocol_display()}"


class DropResult(models.Model):
    """What one drop did. No row means that it was not done."""

    test = models.ForeignKey(TransportTest, models.PROTECT, related_name="results", verbose_name=_("transport test"))
    number = models.PositiveSmallIntegerField(pgettext_lazy("drop", "number"))
    package_damaged = models.BooleanField(_("package damaged"))
    product_damaged = models.BooleanField(_("product damaged"))
    note = models.TextField(_("what was seen"), blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Goes up with every change")
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("drop")
        verbose_name_plural = _("drops")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["test", "number"], name="drop_is_once_per_test"),
            models.CheckConstraint(
                condition=Q(package_damaged=False, product_damaged=False) | ~Q(note=""),
                name="drop_that_damages_says_what",
            ),
        ]

    def __str__(self):
        return f"{self.test} {self.number}"


class FurtherCheck(models.Model):
    """What was found on a golden sample for a characteristic that was not required when it was approved.

    What does not conform counts at once; what conforms counts when a second person has signed it. Then it never changes.
    """

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="further_checks", verbose_name=_("sample"))
    characteristic = models.ForeignKey(
        Characteristic, models.PROTECT, related_name="further_checks", verbose_name=_("characteristic")
    )
    conforms = models.BooleanField(_("conforms"))
    readings: "models.Field[list[Decimal] | None, list[Decimal] | None]" = ReadingsField(null=True)
    note = models.TextField(_("what was seen"), blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Goes up with every change")
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signature = models.CharField(_("signed by"), max_length=8, blank=True)

    class Meta:
        verbose_name = _("further check of a golden sample")
        verbose_name_plural = _("further checks of golden samples")
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "characteristic"], name="further_check_is_once_per_characteristic"
            ),
            models.CheckConstraint(
                condition=Q(conforms=True) | Q(readings__isnull=False) | ~Q(note=""),
                name="further_check_that_fails_says_why",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None, signature="")
                | (
                    Q(signed_at__isnull=False, signed_by__isnull=False, signature__in=["password", "token"])
                    & ~Q(signed_by=F("recorded_by"))
                ),
                name="further_check_is_signed_by_a_second_person",
            ),
        ]

    def __str__(self):
        return f"{self.sample} {self.characteristic.code}"

    @property
    def required_by(self) -> int | None:
        """The version of the specification that asks for it."""
        specification = self.characteristic.specification
        return specification.version if specification else None


class SampleRecorder(models.Model):
    """Who ever recorded or corrected a check or a drop of a sample. The database writes it.

    A check names who saved it last; this is never taken back (R3).
    """

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="recorders", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("recorder of checks")
        verbose_name_plural = _("recorders of checks")
        constraints = [
            models.UniqueConstraint(fields=["sample", "user"], name="recorder_is_once_per_sample"),
        ]

    def __str__(self):
        return f"{self.sample} {self.user}"


class ReferenceComparison(models.Model):
    """Whether the units of an inspection look the same as the golden sample that lay beside them, and if not, how.

    The colour, where it was measured, is CIELAB under D65 for the 2° observer; `colour_difference` is its CIEDE2000
    from the golden sample's.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="comparisons")
    characteristic = models.ForeignKey(Characteristic, models.PROTECT, related_name="+")
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="comparisons", verbose_name=_("golden sample"))
    is_same = models.BooleanField(_("same as the golden sample"))
    difference = models.TextField(_("how it differs"), blank=True)
    lab_l = models.DecimalField("L*", max_digits=6, decimal_places=2, null=True, blank=True)
    lab_a = models.DecimalField("a*", max_digits=6, decimal_places=2, null=True, blank=True)
    lab_b = models.DecimalField("b*", max_digits=6, decimal_places=2, null=True, blank=True)
    colour_difference = models.FloatField(_("colour difference"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Goes up with every change")
    recorded_at = models.DateTimeField(_("recorded at"), help_text="By the device's clock where it told one")
    received_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("comparison with the golden sample")
        verbose_name_plural = _("comparisons with golden samples")
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "characteristic"], name="comparison_is_once_per_characteristic"
            ),
            models.CheckConstraint(
                condition=Q(is_same=True, difference="") | (Q(is_same=False) & ~Q(difference="")),
                name="comparison_that_differs_says_how",
            ),
            models.CheckConstraint(
                condition=Q(lab_l=None, lab_a=None, lab_b=None, colour_difference=None)
                | Q(lab_l__isnull=False, lab_a__isnull=False, lab_b__isnull=False),
                name="comparison_colour_is_whole",
            ),
        ]

    def __str__(self):
        return f"{self.inspection} {self.characteristic.code}"

    @property
    def is_beyond_surfaces(self) -> bool:
        """Whether only a surface that fluoresces has the colour, so that somebody looks at the numbers again."""
        if self.lab_l is None or self.lab_a is None or self.lab_b is None:
            return False
        return not is_possible((self.lab_l, self.lab_a, self.lab_b))

"""Pilot runs: 20 to 200 units of one product, really fulfilled, before it is sold in numbers."""

import uuid
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.identifiers import Look
from inspections.models.complaints import DamagePlace, ReturnReason
from inspections.models.fields import ReadingsField
from inspections.models.sample import Sample
from inspections.models.specification import Characteristic, NonconformityClass
from inspections.rules.pilots import CURTAILED, HIGHEST, LARGEST, SEQUENTIAL, SMALLEST
from suppliers.models import Category, Market, OwnedQuerySet, Product, SupplierQuerySet


def rate(label, **options) -> models.DecimalField:
    """A limit of a rate, as a fraction of the units."""
    return models.DecimalField(label, max_digits=6, decimal_places=5, **options)


class PilotLimit(models.Model):
    """The highest rates that a pilot run may prove a product to stay below, as fractions of the units.

    A product's own come first, then those of its category, then those of every product (neither product nor category).
    """

    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    damage = rate(_("damage rate"))
    complaint = rate(_("complaint rate"))
    return_rate = rate(_("return rate"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    is_waiting = models.BooleanField(
        _("waits for a second signature"), default=False, help_text="Looser than what is in force: judges nothing yet"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    asked_at = models.DateTimeField(_("asked for at"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed by")
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_reason = models.TextField(_("reason"), blank=True)
    signature = models.CharField(
        _("signed how"), max_length=8, choices=[("password", _("password")), ("token", _("API token"))], blank=True
    )

    class Meta:
        verbose_name = _("limits of pilot runs")
        verbose_name_plural = _("limits of pilot runs")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "category", "is_waiting"],
                nulls_distinct=False,
                name="pilot_limit_is_once_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(product=None) | Q(category=None), name="pilot_limit_is_of_a_product_or_a_category"
            ),
            models.CheckConstraint(
                condition=Q(damage__gt=0, damage__lt=1)
                & Q(complaint__gt=0, complaint__lt=1)
                & Q(return_rate__gt=0, return_rate__lt=1),
                name="pilot_limit_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(product=None)
                | Q(
                    damage__lte=HIGHEST["damage"],
                    complaint__lte=HIGHEST["complaint"],
                    return_rate__lte=HIGHEST["return"],
                ),
                name="pilot_limit_of_a_product_has_a_ceiling",
            ),
            models.CheckConstraint(
                condition=Q(is_waiting=False) | Q(product__isnull=False, asked_by__isnull=False, signed_by=None),
                name="pilot_limit_waits_only_for_a_product",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None, signed_reason="", signature="")
                | (
                    Q(signed_by__isnull=False, signed_at__isnull=False, asked_by__isnull=False)
                    & Q(signature__in=["password", "token"])
                    & ~Q(signed_reason="")
                    & ~Q(signed_by=F("asked_by"))
                ),
                name="pilot_limit_is_signed_by_another_than_who_asked",
            ),
        ]

    def __str__(self):
        return str(self.product or self.category or "*")


class PilotStatus(models.TextChoices):
    PLANNED = "planned", _("planned")
    RUNNING = "running", _("running")
    CONCLUDED = "concluded", _("concluded")
    STOPPED = "stopped", pgettext_lazy("pilot run", "stopped")


class PilotRuleKind(models.TextChoices):
    CURTAILED = CURTAILED, _("judged as the whole run would be")
    SEQUENTIAL = SEQUENTIAL, _("judged as the units come back")


class PilotVerdict(models.TextChoices):
    PASS = "pass", _("passed")
    FAIL = "fail", _("failed")
    UNDECIDED = "undecided", _("undecided")


class PilotRunQuerySet(OwnedQuerySet):
    owner = "product__supplier"

    def owned_by(self, suppliers: SupplierQuerySet) -> Self:
        return super().owned_by(suppliers).filter(status=PilotStatus.CONCLUDED)

    def confirming(self):
        """Passed, and without a reading of a critical or major characteristic beyond its limit: they confirm a sample."""
        beyond = PilotReading.objects.filter(
            run=OuterRef("pk"),
            nonconforming__gt=0,
            characteristic__nonconformity_class__in=[NonconformityClass.CRITICAL, NonconformityClass.MAJOR],
        )
        return self.filter(~Exists(beyond), verdict=PilotVerdict.PASS, failed_late_at=None)


class PilotRun(models.Model):
    """One run of one product. Size, limits and rule are frozen when it is planned, all of it once it is over.

    What became of its units is written while it runs. Its verdict is the one that the rule gives for what its units
    show (the database counts them again).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="pilot_runs", verbose_name=_("product"))
    ordinal = models.PositiveIntegerField(
        pgettext_lazy("pilot run", "number"), help_text=_("Counts the runs of a product from 1.")
    )
    sample = models.ForeignKey(
        Sample,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pilot_runs",
        verbose_name=_("golden sample"),
        help_text="The one that stood for the product when the run started",
    )
    size = models.PositiveSmallIntegerField(_("planned units"))
    reason = models.TextField(_("why so many"), blank=True)
    rule_kind = models.CharField(_("rule"), max_length=10, choices=PilotRuleKind, default=PilotRuleKind.CURTAILED)
    damage_limit = rate(_("highest damage rate"))
    complaint_limit = rate(_("highest complaint rate"))
    return_limit = rate(_("highest return rate"))
    limits_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who signed that the product's own limits may be looser; does not conclude the run as passed",
    )
    took_back_by = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        editable=False,
        verbose_name=_("who took back what was bad"),
        help_text="Users (ids), kept by the database; none of them concludes the run as passed",
    )
    backdated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("who let it begin earlier"),
        help_text="Whose file told that it was under way before it was started here; does not conclude the run as passed",
    )
    window_days = models.PositiveSmallIntegerField(
        _("return window in days"),
        help_text="Of the product's markets the longest: for units of which no market is known",
    )
    limits_source = models.CharField(_("where the limits come from"), max_length=200, blank=True)
    rule = models.JSONField(_("rule"), help_text="Rate -> pilot_rules.Boundary.as_dict(), frozen when planned")
    status = models.CharField(_("status"), max_length=9, choices=PilotStatus, default=PilotStatus.PLANNED)
    verdict = models.CharField(_("verdict"), max_length=9, choices=PilotVerdict, null=True, blank=True)
    planned_at = models.DateTimeField(pgettext_lazy("pilot run", "planned at"))
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    concluded_at = models.DateTimeField(_("concluded at"), null=True, blank=True)
    concluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    stopped_because = models.TextField(_("why it was stopped"), blank=True)
    failed_late_at = models.DateTimeField(
        _("failed afterwards at"), null=True, blank=True, help_text="When what came back late made its rule say fail"
    )
    objects = PilotRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("pilot run")
        verbose_name_plural = _("pilot runs")
        permissions = [("run_pilot", "Plans, records and concludes pilot runs")]
        constraints = [
            models.UniqueConstraint(fields=["product", "ordinal"], name="pilot_run_ordinal_is_once_per_product"),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(status__in=[PilotStatus.PLANNED, PilotStatus.RUNNING]),
                name="pilot_run_is_open_once_per_product",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=SMALLEST, size__lte=LARGEST), name="pilot_run_has_20_to_200_units"
            ),
            models.CheckConstraint(
                condition=Q(damage_limit__gt=0, damage_limit__lt=1)
                & Q(complaint_limit__gt=0, complaint_limit__lt=1)
                & Q(return_limit__gt=0, return_limit__lt=1),
                name="pilot_run_limits_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(status=PilotStatus.PLANNED, started_at=None, concluded_at=None)
                | Q(status=PilotStatus.RUNNING, started_at__isnull=False, concluded_at=None)
                | Q(
                    status=PilotStatus.CONCLUDED,
                    started_at__isnull=False,
                    concluded_at__isnull=False,
                    concluded_by__isnull=False,
                )
                | (
                    Q(status=PilotStatus.STOPPED, concluded_at__isnull=False, concluded_by__isnull=False)
                    & ~Q(stopped_because="")
                ),
                name="pilot_run_has_the_times_of_its_status",
            ),
            models.CheckConstraint(
                condition=Q(status=PilotStatus.CONCLUDED, verdict__isnull=False, verdict__in=PilotVerdict.values)
                | (~Q(status=PilotStatus.CONCLUDED) & Q(verdict=None)),
                name="pilot_run_has_a_verdict_exactly_when_concluded",
            ),
            models.CheckConstraint(
                condition=Q(limits_signed_by=None)
                | Q(verdict=None)
                | ~Q(verdict=PilotVerdict.PASS)
                | ~Q(concluded_by=F("limits_signed_by")),
                name="pilot_run_is_not_passed_by_who_signed_its_limits",
            ),
            models.CheckConstraint(
                condition=Q(backdated_by=None)
                | Q(verdict=None)
                | ~Q(verdict=PilotVerdict.PASS)
                | ~Q(concluded_by=F("backdated_by")),
                name="pilot_run_is_not_passed_by_who_let_it_begin_earlier",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[PilotStatus.PLANNED, PilotStatus.STOPPED]) | Q(sample__isnull=False),
                name="pilot_run_is_compared_with_a_golden_sample",
            ),
        ]
        indexes = [models.Index(fields=["product", "status", "-concluded_at"], name="pilot_run_latest")]

    def __str__(self):
        return self.code

    @property
    def code(self) -> str:
        return f"{self.product.sku}-P{self.ordinal}"

    @property
    def stream(self) -> str:
        return f"product:{self.product.sku}"

    @property
    def is_open(self) -> bool:
        return self.status in (PilotStatus.PLANNED, PilotStatus.RUNNING)

    @property
    def limits(self) -> dict[str, Decimal]:
        return {"damage": self.damage_limit, "complaint": self.complaint_limit, "return": self.return_limit}


class PilotOutcome(models.TextChoices):
    OK = "ok", _("delivered fine")
    DAMAGED = "damaged", _("damaged")
    COMPLAINED = "complained", _("complained")
    RETURNED = "returned", _("returned")


class PilotUnitQuerySet(models.QuerySet):
    def back(self):
        """Those whose outcome is known."""
        return self.exclude(outcome="")

    def damaged(self):
        return self.filter(DAMAGED)

    def complained(self):
        return self.filter(COMPLAINED)

    def returned(self):
        return self.filter(RETURNED)


# What counts towards which rate: a unit that was returned may have arrived damaged and been complained about as well.
DAMAGED = Q(outcome=PilotOutcome.DAMAGED) | (~Q(outcome="") & ~Q(damage=""))
COMPLAINED = Q(outcome=PilotOutcome.COMPLAINED) | (~Q(outcome="") & ~Q(complaints=[]))
RETURNED = Q(outcome=PilotOutcome.RETURNED)


class PilotUnit(models.Model):
    """One unit of a run, its order and what became of it. An empty outcome: not back yet (R8)."""

    run = models.ForeignKey(PilotRun, models.PROTECT, related_name="units", db_index=False)
    number = models.PositiveSmallIntegerField(pgettext_lazy("pilot run", "unit"))
    order_reference = models.CharField(_("order"), max_length=80, blank=True)
    market = models.ForeignKey(
        Market, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("market"), db_index=False
    )
    window_days = models.PositiveSmallIntegerField(
        _("return window in days"), null=True, blank=True, help_text="That of its market, when the market was told"
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=PilotOutcome, blank=True)
    damage = models.CharField(_("where damaged"), max_length=9, choices=DamagePlace, blank=True)
    complaints = ArrayField(
        models.SlugField(max_length=40), default=list, blank=True, help_text="Codes of complaint points, ascending"
    )
    return_reason = models.CharField(_("return reason"), max_length=16, choices=ReturnReason, blank=True)
    handling_days = models.PositiveSmallIntegerField(_("days of handling"), null=True, blank=True)
    transit_days = models.PositiveSmallIntegerField(_("days of transit"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    returned_on = models.DateField(_("returned on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    revision = models.PositiveSmallIntegerField(default=0, help_text="How often its outcome was recorded")
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    objects = PilotUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit of a pilot run")
        verbose_name_plural = _("units of pilot runs")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="pilot_unit_number_is_once_per_run"),
            models.UniqueConstraint(
                "run",
                Look("order_reference"),
                condition=~Q(order_reference=""),
                name="pilot_unit_order_is_once_per_run",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=LARGEST), name="pilot_unit_is_numbered_from_1"
            ),
            models.CheckConstraint(
                condition=Q(market=None, window_days=None) | Q(market__isnull=False, window_days__isnull=False),
                name="pilot_unit_has_a_window_of_its_own_with_a_market",
            ),
            models.CheckConstraint(
                condition=(~Q(outcome="") & Q(recorded_at__isnull=False, recorded_by__isnull=False))
                | Q(
                    outcome="",
                    damage="",
                    complaints=[],
                    return_reason="",
                    handling_days=None,
                    transit_days=None,
                    delivered_on=None,
                    returned_on=None,
                ),
                name="pilot_unit_has_facts_only_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["", *PilotOutcome.values],
                    damage__in=["", *DamagePlace.values],
                    return_reason__in=["", *ReturnReason.values],
                ),
                name="pilot_unit_has_a_known_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome=PilotOutcome.RETURNED) | Q(return_reason="", returned_on=None),
                name="pilot_unit_has_a_return_reason_only_when_returned",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=PilotOutcome.OK) | Q(damage="", complaints=[]),
                name="pilot_unit_delivered_fine_has_no_fault",
            ),
            models.CheckConstraint(
                condition=Q(returned_on=None) | Q(delivered_on=None) | Q(returned_on__gte=F("delivered_on")),
                name="pilot_unit_is_returned_after_delivery",
            ),
        ]

    def __str__(self):
        return f"{self.run_id} / {self.number}"


class PilotReading(models.Model):
    """What was measured on the units of a run, for one characteristic: the pilot's distribution on the ladder."""

    run = models.ForeignKey(PilotRun, models.PROTECT, related_name="readings", db_index=False)
    characteristic = models.ForeignKey(
        Characteristic,
        models.PROTECT,
        related_name="pilot_readings",
        help_text="As the version in force described it when the readings were taken last",
    )
    code = models.CharField(max_length=40, help_text="Of the characteristic, in whatever version")
    readings: "models.Field[list[Decimal | None], list[Decimal | None]]" = ReadingsField(
        help_text="One decimal per unit in unit order, None where a unit was not measured"
    )
    count = models.PositiveSmallIntegerField(help_text="Units that were measured")
    nonconforming = models.PositiveSmallIntegerField(help_text="Of those, beyond a limit of the characteristic")
    minimum = models.FloatField()
    maximum = models.FloatField()
    mean = models.FloatField()
    sd = models.FloatField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("readings of a pilot run")
        verbose_name_plural = _("readings of pilot runs")
        constraints = [
            models.UniqueConstraint(fields=["run", "code"], name="pilot_reading_is_once_per_code"),
            models.CheckConstraint(
                condition=Q(count__gte=1, nonconforming__lte=F("count")), name="pilot_reading_counts_what_it_holds"
            ),
        ]

    def __str__(self):
        return f"{self.run_id} {self.characteristic.code}"


class PilotCarryOver(models.Model):
    """A signed word that a run which passed counts for a newer golden sample too: it needs no run of its own."""

    run = models.ForeignKey(PilotRun, models.PROTECT, related_name="carried_over", db_index=False)
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="+", verbose_name=_("golden sample"))
    reason = models.TextField(_("reason"))
    signature = models.CharField(
        _("signed how"), max_length=8, choices=[("password", _("password")), ("token", _("API token"))]
    )
    signed_at = models.DateTimeField(_("signed at"))
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("pilot run that counts for a newer golden sample")
        verbose_name_plural = _("pilot runs that count for a newer golden sample")
        constraints = [
            models.UniqueConstraint(fields=["run", "sample"], name="pilot_carry_over_is_signed_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="pilot_carry_over_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.run_id} → {self.sample_id}"


class PilotLate(models.Model):
    """What came back of a unit, or was said of it, after its run was concluded. Written once; the verdict stays as it was."""

    unit = models.ForeignKey(
        PilotUnit, models.PROTECT, related_name="late", verbose_name=pgettext_lazy("pilot run", "unit")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=PilotOutcome)
    damage = models.CharField(_("where damaged"), max_length=9, choices=DamagePlace, blank=True)
    complaints = ArrayField(models.SlugField(max_length=40), default=list, blank=True)
    return_reason = models.CharField(_("return reason"), max_length=16, choices=ReturnReason, blank=True)
    returned_on = models.DateField(_("returned on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("late outcome of a pilot run")
        verbose_name_plural = _("late outcomes of pilot runs")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "outcome"], name="pilot_late_outcome_is_recorded_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=[PilotOutcome.DAMAGED, PilotOutcome.COMPLAINED, PilotOutcome.RETURNED]),
                name="pilot_late_outcome_is_a_bad_one",
            ),
        ]

    def __str__(self):
        return f"{self.unit_id} {self.outcome}"

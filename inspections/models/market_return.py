"""What came back from the market: returned and complained units, where they came from, and what should have caught them."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.identifiers import reads_like_no_other
from inspections.models.batch import Batch, Shipment
from inspections.models.complaints import ReturnReason
from inspections.models.inspection import Inspection
from suppliers.models import Market, OwnedQuerySet, Product, SupplierQuerySet


class ReturnKind(models.TextChoices):
    RETURNED = "returned", _("returned")
    COMPLAINED = "complained", _("complained")


class FoundBy(models.TextChoices):
    """How the batch of a returned unit was found."""

    STATED = "stated", _("named by the source")
    LOT_CODE = "lot_code", _("lot code on the unit")
    CARTON = "carton", _("carton")
    SHIPMENT = "shipment", _("shipment reference")
    SHIPPED_ON = "shipped_on", _("the only batch that shipped on the day")
    ONLY_BATCH = "only_batch", _("the only batch that had shipped")
    BY_HAND = "by_hand", _("named by hand")
    UNKNOWN = "unknown", _("batch unknown")


@models.SlugField.register_lookup
class AnyOf(models.Lookup):
    """complaint__any_of=OuterRef("complaints"): is one of an array's elements."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY {right}", [*left_values, *right_values]


class MarketReturnQuerySet(OwnedQuerySet):
    def owned_by(self, suppliers: SupplierQuerySet) -> Self:
        """Those of their batches, and of their products where the batch is unknown."""
        return self.filter(Q(batch__supplier__in=suppliers) | Q(batch=None, product__supplier__in=suppliers))

    def standing(self) -> Self:
        """Those that nobody has withdrawn: what is counted."""
        return self.filter(withdrawn_at=None)

    def with_doubts(self) -> Self:
        """Each with `is_early`, whether it came back before any unit of its batch had left, and `is_too_many`, whether more
        units came back of its batch than left. No further statement."""
        standing = MarketReturn.objects.standing().filter(kind=ReturnKind.RETURNED, batch=OuterRef("batch"))
        came_back = Subquery(standing.order_by().values("batch").annotate(n=Count("id")).values("n"))
        left = Shipment.objects.with_taken_back().filter(
            batch=OuterRef("batch"), away__gt=0, shipped_at__date__lte=OuterRef("happened_on")
        )
        is_traced = Q(batch__isnull=False)
        return self.annotate(
            is_early=ExpressionWrapper(is_traced & ~Exists(left), models.BooleanField()),
            is_too_many=Case(When(is_traced & Q(batch__shipped__lt=came_back), then=True), default=False),
        )

    def doubtful(self) -> Self:
        """Those that a person should look at again: more than left, or before it left."""
        counted = MarketReturn.objects.standing().filter(kind=ReturnKind.RETURNED, batch__isnull=False)
        by_batch = counted.order_by().values("batch").annotate(n=Count("id"))
        too_many = by_batch.filter(n__gt=F("batch__shipped")).values("batch")  # counted once, and not for each row
        return self.with_doubts().filter(Q(is_early=True) | Q(batch__in=too_many))

    def caught_by(self, code: str):
        """Those that a characteristic of their product should have caught."""
        return self.filter(models.Exists(_catches().filter(characteristic=code)))

    def escaped(self):
        """Nonconformities that got past the inspection that accepted their batch: what a characteristic should have
        caught, and what was returned for its quality."""
        is_catchable = models.Exists(_catches().exclude(characteristic=""))
        return self.filter(Q(reason=ReturnReason.QUALITY) | Q(is_catchable), inspection__isnull=False)


def _catches():
    return Catch.objects.filter(product=models.OuterRef("product"), complaint__any_of=models.OuterRef("complaints"))


class MarketReturn(models.Model):
    """One unit that a customer returned or complained about. Only its batch may become known later; what was said of it may
    be corrected, which `revision` counts and an event keeps, and it may be withdrawn, once and for a reason: it stays on
    the record and counts nowhere.

    A source (a shop, a platform, a service desk) calls it by one `reference`, so that a repeat is seen (R7); `ordinal` tells
    several units of one product under one reference apart.
    `inspection` is the one that had accepted the batch, None where the batch was freed by a signed disposition.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.SlugField(_("source"), max_length=40)
    reference = models.CharField(_("reference"), max_length=120)
    ordinal = models.PositiveSmallIntegerField(_("number of the unit"), default=1)
    fingerprint = models.BinaryField(max_length=32, editable=False, help_text="SHA-256 of what was sent")
    kind = models.CharField(_("kind"), max_length=10, choices=ReturnKind)
    product = models.ForeignKey(Product, models.PROTECT, related_name="market_returns", verbose_name=_("product"))
    market = models.ForeignKey(
        Market, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("market"), db_index=False
    )
    order_reference = models.CharField(_("order"), max_length=80, blank=True)
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="market_returns", verbose_name=_("batch")
    )
    found_by = models.CharField(_("how the batch was found"), max_length=10, choices=FoundBy)
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="market_returns", verbose_name=_("inspection")
    )
    reason = models.CharField(_("reason"), max_length=16, choices=ReturnReason, blank=True)
    complaints = ArrayField(
        models.SlugField(max_length=40), default=list, blank=True, help_text="Codes of complaint points, ascending"
    )
    lot_code = models.CharField(_("lot code"), max_length=60, blank=True)
    carton = models.CharField(_("carton"), max_length=60, blank=True)
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    shipment = models.CharField(_("shipment reference"), max_length=120, blank=True)
    shipped_on = models.DateField(_("shipped on"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    happened_on = models.DateField(_("returned or complained on"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    revision = models.PositiveSmallIntegerField(default=0, help_text="How often it was corrected or withdrawn")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("withdrawn by"),
    )
    withdrawn_because = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("recorded by")
    )
    objects = MarketReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("return from the market")
        verbose_name_plural = _("returns from the market")
        permissions = [("report_returns", "Records returns from the market and decides on what they propose")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "reference", "product", "ordinal"], name="market_return_is_once_per_source"
            ),
            models.CheckConstraint(condition=Q(ordinal__gte=1), name="market_return_is_numbered_from_1"),
            models.CheckConstraint(
                condition=Q(found_by=FoundBy.UNKNOWN, batch=None, inspection=None)
                | (~Q(found_by=FoundBy.UNKNOWN) & Q(batch__isnull=False)),
                name="market_return_has_a_batch_exactly_when_found",
            ),
            models.CheckConstraint(
                condition=Q(kind=ReturnKind.RETURNED, reason__in=ReturnReason.values)
                | (Q(kind=ReturnKind.COMPLAINED, reason="") & ~Q(complaints=[])),
                name="market_return_says_why",
            ),
            models.CheckConstraint(
                condition=Q(delivered_on=None) | Q(happened_on__gte=F("delivered_on")),
                name="market_return_is_after_delivery",
            ),
            models.CheckConstraint(
                condition=Q(shipped_on=None)
                | (Q(happened_on__gte=F("shipped_on")) & (Q(delivered_on=None) | Q(delivered_on__gte=F("shipped_on")))),
                name="market_return_is_after_shipping",
            ),
            models.CheckConstraint(condition=Q(found_by__in=FoundBy.values), name="market_return_is_found_somehow"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                name="market_return_is_withdrawn_by_someone_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["happened_on"], name="market_return_by_day"),
            models.Index(fields=["product", "happened_on"], name="market_return_by_product"),
        ]

    def __str__(self):
        return f"{self.source} {self.reference}"


class CodeKind(models.TextChoices):
    LOT = "lot", _("lot code on units")
    CARTON = "carton", _("carton")


class BatchCode(models.Model):
    """What stands on the units or the cartons of a batch, so that a returned one leads back to it."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="codes", verbose_name=_("batch"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=6, choices=CodeKind)
    code = models.CharField(_("code"), max_length=60)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("code of a batch")
        verbose_name_plural = _("codes of batches")
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["product", "kind", "code"], name="batch_code_leads_to_one_batch"),
            reads_like_no_other("batchcode", "code", "product", "kind"),
            models.CheckConstraint(condition=~Q(code=""), name="batch_code_is_not_empty"),
        ]

    def __str__(self):
        return f"{self.code} = {self.batch}"


class Catch(models.Model):
    """Which characteristic of a product should catch what customers complain about, by its code in any version.

    An empty `characteristic` says that none does. Without `set_by` it is what the program suggests.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="catches", verbose_name=_("product"))
    complaint = models.SlugField(_("complaint point"), max_length=40)
    characteristic = models.CharField(_("characteristic"), max_length=40, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("what should catch a complaint")
        verbose_name_plural = _("what should catch complaints")
        constraints = [models.UniqueConstraint(fields=["product", "complaint"], name="catch_is_once_per_complaint")]

    def __str__(self):
        return f"{self.product.sku} {self.complaint} -> {self.characteristic or '–'}"


class ProposalKind(models.TextChoices):
    RAISE_CLASS = "raise_class", _("raise the class")
    ADD_CHARACTERISTIC = "add_characteristic", _("add a characteristic")


class ProposalStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("to be decided", "open")
    ACCEPTED = "accepted", _("drafted")
    DONE = "done", _("in force")
    DISMISSED = "dismissed", _("dismissed")


class Proposal(models.Model):
    """A change of a specification that returns ask for. A person accepts it, which drafts a version, or dismisses it.

    Accepted is not done: it is done when a version with it is in force, and open again when its draft is replaced by one
    without it.

    `subject` is a characteristic's code, or for one that is to be added a complaint point's. `evidence` is that of
    `inspections.rules.escapes.Evidence`, as it was when it was proposed or seen again.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="proposals", verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=18, choices=ProposalKind)
    subject = models.CharField(_("subject"), max_length=40)
    class_from = models.CharField(max_length=8, blank=True)
    class_to = models.CharField(max_length=8)
    evidence = models.JSONField(pgettext_lazy("proposal", "evidence"))
    status = models.CharField(_("status"), max_length=9, choices=ProposalStatus, default=ProposalStatus.OPEN)
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_at = models.DateTimeField(pgettext_lazy("decision", "decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("decision", "decided by"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    drafted_version = models.PositiveIntegerField(_("version that was drafted"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "kind", "subject"],
                condition=Q(status=ProposalStatus.OPEN),
                name="proposal_is_open_once_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(status=ProposalStatus.OPEN, decided_at=None, decided_by=None, drafted_version=None)
                | Q(
                    status__in=[ProposalStatus.ACCEPTED, ProposalStatus.DONE],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    drafted_version__isnull=False,
                )
                | (
                    Q(
                        status=ProposalStatus.DISMISSED,
                        decided_at__isnull=False,
                        decided_by__isnull=False,
                        drafted_version=None,
                    )
                    & ~Q(reason="")
                ),
                name="proposal_is_decided_by_someone_for_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.product.sku} {self.kind} {self.subject}"

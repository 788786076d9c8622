"""What is inspected and shipped: batches, their quantities, and shipments."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.errors import InvalidInput
from activity.identifiers import IdentifierField, looks_like_no_other, reads_like_no_other
from suppliers.models import OwnedQuerySet, Product, Supplier, code_validator

MAX_QUANTITY = 10**9


class BatchState(models.TextChoices):
    AWAITING = "awaiting", _("awaiting inspection")
    ON_HOLD = "on_hold", _("on hold")
    ACCEPTED = "accepted", pgettext_lazy("batch", "accepted")
    CLOSED = "closed", _("closed")


class BatchQuerySet(OwnedQuerySet):
    owner = "supplier"


class Batch(models.Model):
    """Units of one product made under the same conditions (the standard's lot), inspected and shipped as one.

    Every unit is in exactly one of seven places, and the seven always add up to `quantity`. `set_aside` are those that an
    inspection found nonconforming while it accepted the others.
    """

    number = IdentifierField(pgettext_lazy("batch", "number"), max_length=60, unique=True, validators=[code_validator])
    product = models.ForeignKey(Product, models.PROTECT, related_name="batches", verbose_name=_("product"))
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="batches", verbose_name=_("supplier"))
    po_number = models.CharField(_("purchase order"), max_length=60, blank=True)
    cartons = models.PositiveIntegerField(_("cartons"), null=True, blank=True)
    produced_on = models.DateField(_("production date"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    awaiting = models.PositiveIntegerField(_("awaiting"))
    available = models.PositiveIntegerField(_("available"), default=0)
    on_hold = models.PositiveIntegerField(_("on hold"), default=0)
    set_aside = models.PositiveIntegerField(_("set aside"), default=0)
    shipped = models.PositiveIntegerField(_("shipped"), default=0)
    returned = models.PositiveIntegerField(pgettext_lazy("to the supplier", "returned"), default=0)
    scrapped = models.PositiveIntegerField(_("scrapped"), default=0)
    hold_count = models.PositiveSmallIntegerField(_("holds placed"), default=0)
    finding_count = models.PositiveIntegerField(default=0, editable=False, help_text="Counted by the database")
    deviation_until = models.DateTimeField(
        _("deviation until"),
        null=True,
        blank=True,
        help_text=_("What is available was accepted on deviation, and ships until then."),
    )
    state = models.GeneratedField(
        expression=Case(
            When(on_hold__gt=0, then=Value("on_hold")),
            When(awaiting__gt=0, then=Value("awaiting")),
            When(Q(available__gt=0) | Q(set_aside__gt=0), then=Value("accepted")),
            default=Value("closed"),
        ),
        output_field=models.CharField(_("state"), max_length=8, choices=BatchState),
        db_persist=True,
    )
    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        permissions = [("register_batch", "Registers batches")]
        constraints = [
            looks_like_no_other("batch", "number"),
            reads_like_no_other("batch", "number"),
            models.CheckConstraint(
                condition=Q(
                    quantity=F("awaiting")
                    + F("available")
                    + F("on_hold")
                    + F("set_aside")
                    + F("shipped")
                    + F("returned")
                    + F("scrapped")
                ),
                name="batch_quantities_add_up",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY), name="batch_quantity_is_sensible"
            ),
            models.CheckConstraint(
                condition=Q(cartons=None) | Q(cartons__gte=1), name="batch_has_no_carton_count_of_zero"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="batch_by_state"),
            models.Index(fields=["product", "-id"], name="batch_by_product"),
            models.Index(fields=["supplier", "-id"], name="batch_by_supplier"),
            models.Index(fields=["id"], name="batch_with_units_set_aside", condition=Q(set_aside__gt=0)),
        ]

    def __str__(self):
        return self.number

    @property
    def stream(self) -> str:
        return f"batch:{self.number}"

    @property
    def quantities(self) -> dict[str, int]:
        return {
            "total": self.quantity,
            "shipped": self.shipped,
            "available": self.available,
            "on_hold": self.on_hold,
            "set_aside": self.set_aside,
            "awaiting": self.awaiting,
            "returned": self.returned,
            "scrapped": self.scrapped,
        }

    def move(self, quantity: int, *, source: str, to: str) -> None:
        """Move units from one place to another, in memory. Save QUANTITY_FIELDS afterwards."""
        setattr(self, source, getattr(self, source) - quantity)
        setattr(self, to, getattr(self, to) + quantity)
        if not self.available:
            self.deviation_until = None

    def save_quantities(self) -> None:
        self.save(update_fields=QUANTITY_FIELDS)
        self.state = self.state_now

    @cached_property
    def open_hold(self):
        """The open hold, or None, as it was when first asked for; services ask under the lock of the batch."""
        return self.holds.open().first() if self.hold_count else None

    @property
    def state_now(self) -> BatchState:
        """What the database computes as `state`, for an object whose quantities were just changed."""
        if self.on_hold:
            return BatchState.ON_HOLD
        if self.awaiting:
            return BatchState.AWAITING
        return BatchState.ACCEPTED if self.available or self.set_aside else BatchState.CLOSED


QUANTITY_FIELDS = (
    "awaiting",
    "available",
    "on_hold",
    "set_aside",
    "shipped",
    "returned",
    "scrapped",
    "deviation_until",
    "hold_count",
)


class ShipmentQuerySet(OwnedQuerySet):
    owner = "batch__supplier"

    def with_taken_back(self):
        """Each with `taken_back`, how many of its units are in the warehouse after all, and `away`, the others."""
        taken = Reversal.objects.filter(shipment=OuterRef("pk")).order_by().values("shipment")
        total = Coalesce(Subquery(taken.annotate(units=Sum("quantity")).values("units")), 0)
        return self.annotate(taken_back=total, away=F("quantity") - total)


class Shipment(models.Model):
    """Units that left. Inserting one is the only way out of a batch; the database moves the quantity or refuses (R2).

    It is never changed: what of it did not leave after all, or came back unopened, is a `Reversal`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="shipments", verbose_name=_("batch"))
    quantity = models.PositiveIntegerField(_("quantity"))
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    shipped_at = models.DateTimeField(_("shipped at"))
    shipped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    objects = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        permissions = [("ship", "Ships quantities of batches")]
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="shipment_is_not_empty")]

    def __str__(self):
        return f"{self.batch} x {self.quantity}"


class ReversalKind(models.TextChoices):
    NOT_LEFT = "not_left", _("did not leave the warehouse")
    UNOPENED = "unopened", _("came back unopened")


class ReversalQuerySet(OwnedQuerySet):
    owner = "shipment__batch__supplier"


class Reversal(models.Model):
    """Units of a shipment that are in the warehouse after all. Written once, as the shipment is.

    Inserting one moves the units back, to where the rules have them now: the database writes that into `place`
    (R2 in rules_sql/). Under an open hold they are on hold; of a batch that is still accepted, or whose units signed dispositions freed,
    they are available; else they await inspection.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="reversals", verbose_name=_("shipment"))
    kind = models.CharField(_("what happened"), max_length=8, choices=ReversalKind)
    quantity = models.PositiveIntegerField(_("quantity"))
    reason = models.TextField(_("reason"))
    place = models.CharField(_("now"), max_length=9, editable=False, help_text="available, on_hold or awaiting")
    reversed_at = models.DateTimeField(_("taken back at"))
    reversed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    objects = ReversalQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment taken back")
        verbose_name_plural = _("shipments taken back")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="reversal_is_not_empty"),
            models.CheckConstraint(condition=~Q(reason=""), name="reversal_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.shipment} - {self.quantity}"


def lock_batch(number: str, actor: User, *, with_product: bool = False) -> Batch:
    """The batch under its lock, with `with_product` the product's first: a verdict counts for its switching rules.

    Raises InvalidInput when there is no such batch that the actor may see.
    """
    batch = (
        Batch.objects.visible_to(actor)
        .select_for_update(of=("product", "self") if with_product else ("self",), no_key=True)
        .select_related("product", "supplier")
        .filter(number=number)
        .first()
    )
    if batch is None:
        raise InvalidInput.one("batch", "unknown_batch", gettext("There is no batch %(number)s.") % {"number": number})
    return batch

"""The only way out (R2), and back where something did not leave after all."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.batch.services.batches import check_quantity
from inspections.inspection.services.planning import InspectionOpen
from inspections.models import Batch, InspectionStatus, Reversal, ReversalKind, Shipment


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why units of a batch may not ship. `code` is stable."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Shippable:
    """The answer for a warehouse: how many units may ship now, how many may not, and what stops them."""

    quantity: int
    stopped: int
    reasons: list[Obstacle]
    is_held: bool

    def allows(self, asked: int | None) -> bool:
        """Whether so many units may ship. Where nobody says how many: whether something may, and nothing is on hold."""
        return self.quantity > 0 and (not self.is_held if asked is None else asked <= self.quantity)


class BatchNotShippable(RuleBroken):
    code = "batch_not_shippable"
    detail = gettext_lazy("This quantity of the batch may not ship.")

    def __init__(self, reasons: list[Obstacle]):
        super().__init__(
            " ".join(reason.detail for reason in reasons) or None,
            reasons=[{"code": reason.code, "detail": reason.detail} for reason in reasons],
        )


def shippable(batch: Batch, *, at: datetime) -> Shippable:
    """What may ship now. Anything that is not plainly available may not."""
    reasons = []
    quantity = batch.available
    stopped = batch.on_hold + batch.awaiting + batch.set_aside
    if batch.on_hold:
        reasons.append(Obstacle("on_hold", _("%(n)s units are on hold.") % {"n": f"{batch.on_hold:,}"}))
    elif batch.open_hold:
        reasons.append(Obstacle("on_hold", _("Something critical was found: whatever comes back of it is on hold.")))
    if batch.awaiting:
        reasons.append(Obstacle("not_accepted", _("%(n)s units are not accepted yet.") % {"n": f"{batch.awaiting:,}"}))
    if batch.set_aside:
        text = ngettext(
            "%(n)s unit is set aside: it was found nonconforming.",
            "%(n)s units are set aside: they were found nonconforming.",
            batch.set_aside,
        )
        reasons.append(Obstacle("set_aside", text % {"n": f"{batch.set_aside:,}"}))
    if quantity and batch.deviation_until and batch.deviation_until <= at:
        reasons.append(
            Obstacle(
                "deviation_expired",
                _("The deviation that %(n)s units were accepted on has expired.") % {"n": f"{quantity:,}"},
            )
        )
        quantity, stopped = 0, stopped + quantity
    if not reasons and not quantity:
        reasons.append(Obstacle("nothing_left", _("Nothing of this batch is left.")))
    return Shippable(quantity, stopped, reasons, is_held=batch.open_hold is not None)


def not_enough(asked: int, available: int) -> Obstacle:
    """Why the answer is no where fewer may ship than were asked for."""
    words = _("%(asked)s units were asked for, %(available)s may ship.")
    return Obstacle("not_enough", words % {"asked": f"{asked:,}", "available": f"{available:,}"})


@one_transaction()
def ship(*, batch: Batch, quantity: int, actor: User, at: datetime, reference: str = "") -> Shipment:
    """Take units out of a batch. Raises BatchNotShippable with the reasons, InvalidInput, NotAllowed.

    The insert moves the quantity: a trigger of the database does it, and refuses what is not available.
    """
    require(actor, "inspections.ship")
    check_quantity("quantity", quantity)
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    answer = shippable(batch, at=at)
    if quantity > answer.quantity:
        raise BatchNotShippable([*answer.reasons, not_enough(quantity, answer.quantity)])
    shipment = Shipment.objects.create(
        batch=batch, quantity=quantity, reference=reference, shipped_at=at, shipped_by=actor
    )
    record_event(
        "batch.shipped",
        batch.stream,
        at=at,
        actor=actor,
        shipment=str(shipment.uid),
        quantity=quantity,
        reference=reference,
    )
    return shipment


class AllTakenBack(RuleBroken):
    code = "all_taken_back"
    detail = gettext_lazy("All of this shipment was taken back already.")


@one_transaction()
def take_back(*, shipment: Shipment, kind: str, quantity: int, reason: str, actor: User, at: datetime) -> Reversal:
    """Record that units of a shipment did not leave, or came back unopened. Its `place` says where they are now.

    The shipment itself stays as it was written. Raises AllTakenBack, InspectionOpen, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.ship")
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=shipment.batch_id)
    most = Shipment.objects.with_taken_back().get(pk=shipment.pk).away
    if not most:
        raise AllTakenBack
    errors = []
    if kind not in ReversalKind.values:
        choices = ", ".join(ReversalKind.values)
        errors.append(FieldError("kind", "invalid_choice", _("Choose one of %(all)s.") % {"all": choices}))
    if not 1 <= quantity <= most:
        detail = _("1 to %(most)s units of this shipment can be taken back.") % {"most": f"{most:,}"}
        errors.append(FieldError("quantity", "out_of_range", detail))
    if not reason.strip():
        errors.append(FieldError("reason", "required", _("Say what happened; it is kept for good.")))
    if errors:
        raise InvalidInput(errors)
    if batch.inspections.filter(status=InspectionStatus.OPEN).exists():
        raise InspectionOpen
    reversal = Reversal.objects.create(
        shipment=shipment, kind=kind, quantity=quantity, reason=reason.strip(), reversed_at=at, reversed_by=actor
    )
    reversal.refresh_from_db(fields=["place"])
    record_event(
        "shipment.reversed",
        batch.stream,
        at=at,
        actor=actor,
        shipment=str(shipment.uid),
        reference=shipment.reference,
        quantity=quantity,
        what=kind,
        reason=reversal.reason,
        place=reversal.place,
    )
    return reversal

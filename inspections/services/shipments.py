"""The only way out (R2)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activity.errors import RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.errors import require
from inspections.models import Batch, Shipment
from inspections.services.batches import check_quantity


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why units of a batch may not ship. `code` is stable."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Shippable:
    """The answer for a warehouse: how many units may ship now, and what stops the others."""

    quantity: int
    reasons: list[Obstacle]

    def __bool__(self) -> bool:
        return self.quantity > 0


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
    if batch.on_hold:
        reasons.append(Obstacle("on_hold", _("%(n)s units are on hold.") % {"n": f"{batch.on_hold:,}"}))
    if batch.awaiting:
        reasons.append(Obstacle("not_accepted", _("%(n)s units are not accepted yet.") % {"n": f"{batch.awaiting:,}"}))
    if quantity and batch.deviation_until and batch.deviation_until <= at:
        reasons.append(
            Obstacle(
                "deviation_expired",
                _("The deviation that %(n)s units were accepted on has expired.") % {"n": f"{quantity:,}"},
            )
        )
        quantity = 0
    if not reasons and not quantity:
        reasons.append(Obstacle("nothing_left", _("Nothing of this batch is left.")))
    return Shippable(quantity, reasons)


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
        too_many = Obstacle(
            "not_enough",
            _("%(asked)s units were asked for, %(available)s may ship.")
            % {"asked": f"{quantity:,}", "available": f"{answer.quantity:,}"},
        )
        raise BatchNotShippable([*answer.reasons, too_many])
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

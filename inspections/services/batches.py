"""Registering batches."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.errors import require
from inspections.models import MAX_QUANTITY, Batch, HoldReason, SpecificationStatus
from inspections.services.holds import stop_batch
from inspections.services.switching import where_it_stands
from suppliers.models import Product
from suppliers.services import require_code


def check_quantity(field: str, value: int) -> int:
    if not 1 <= value <= MAX_QUANTITY:
        raise InvalidInput.one(
            field,
            "out_of_range",
            _("Give a whole number of units from 1 to %(max)s.") % {"max": f"{MAX_QUANTITY:,}"},
        )
    return value


class DuplicateNumber(InvalidInput):
    def __init__(self, number: str):
        detail = _("There is a batch %(number)s already. Numbers are used once.") % {"number": number}
        super().__init__([FieldError("number", "duplicate", detail)])


@one_transaction()
def register_batch(
    *,
    number: str,
    product: Product,
    quantity: int,
    actor: User,
    at: datetime,
    po_number: str = "",
    cartons: int | None = None,
    produced_on: date | None = None,
) -> Batch:
    """A batch, all of it awaiting inspection; on hold while inspection of the product is discontinued (9.4).

    Raises InvalidInput (duplicate number, impossible quantity), NotAllowed."""
    require(actor, "inspections.register_batch")
    number = require_code("number", number, max_length=60)
    check_quantity("quantity", quantity)
    if cartons is not None and not 1 <= cartons <= quantity:
        raise InvalidInput.one(
            "cartons", "out_of_range", _("There are at least 1 and at most as many cartons as units.")
        )
    product = Product.objects.select_for_update().get(pk=product.pk)
    if Batch.objects.filter(number=number).exists():
        raise DuplicateNumber(number)
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                number=number,
                product=product,
                supplier_id=product.supplier_id,
                quantity=quantity,
                awaiting=quantity,
                po_number=po_number,
                cartons=cartons,
                produced_on=produced_on,
                created_at=at,
                created_by=actor,
            )
    except IntegrityError:  # registered for another product at the same moment
        raise DuplicateNumber(number) from None
    events = [happened("batch.registered", batch.stream, at=at, actor=actor, product=product.sku, quantity=quantity)]
    specification = product.specifications.filter(status=SpecificationStatus.ACTIVE).select_related("product").first()
    if specification and where_it_stands(specification).state.discontinued:
        _hold, stopped = stop_batch(batch, reason=HoldReason.DISCONTINUED, finding={}, at=at, actor=None)
        events += stopped
    record_events(events)
    return batch

"""Registering batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.looks import reading_of
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.hold.services.holds import stop_batch
from inspections.models import MAX_QUANTITY, Batch, HoldReason, Specification, SpecificationStatus
from inspections.switching.services import where_it_stands
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


@dataclass(frozen=True, slots=True)
class Registration:
    """A batch that is to be registered, as it was sent."""

    number: str
    product: Product
    quantity: int
    po_number: str = ""
    cartons: int | None = None
    produced_on: date | None = None


def _duplicate(index: int, number: str, there: str) -> FieldError:
    detail = _("There is a batch %(number)s already. Numbers are used once.")
    if number != there:
        detail = _("%(number)s looks the same as batch %(there)s, which exists. Numbers are used once.")
    return FieldError(f"{index}.number", "duplicate", detail % {"number": number, "there": there})


def _checked_number(registration: Registration) -> str:
    """Raises InvalidInput for what is wrong with one registration by itself."""
    number = require_code("number", registration.number, max_length=60)
    check_quantity("quantity", registration.quantity)
    if registration.cartons is not None and not 1 <= registration.cartons <= registration.quantity:
        raise InvalidInput.one(
            "cartons", "out_of_range", _("There are at least 1 and at most as many cartons as units.")
        )
    return number


@one_transaction()
def register_batches(*, registrations: Sequence[Registration], actor: User, at: datetime) -> list[Batch]:
    """Batches, all of them awaiting inspection; on hold while inspection of the product is discontinued (9.4).

    The number of statements does not grow with the batches. Raises InvalidInput naming `INDEX.FIELD` of everything that
    is wrong (duplicate number, impossible quantity), NotAllowed.
    """
    require(actor, "inspections.register_batch")
    errors: list[FieldError] = []
    numbers: dict[str, int] = {}
    seen: dict[str, str] = {}
    for index, registration in enumerate(registrations):
        try:
            number = _checked_number(registration)
        except InvalidInput as error:
            errors += [replace(each, field=f"{index}.{each.field}") for each in error.errors]
            continue
        if there := seen.get(reading_of(number)):
            errors.append(_duplicate(index, number, there))
        seen.setdefault(reading_of(number), number)
        numbers.setdefault(number, index)
    product_ids = {registration.product.pk for registration in registrations}
    products = {p.pk: p for p in Product.objects.select_for_update().filter(pk__in=product_ids).order_by("pk")}
    errors += _taken(numbers)
    if errors:
        raise InvalidInput(errors)
    batches = [
        Batch(
            number=number,
            product=products[sent.product.pk],
            supplier_id=products[sent.product.pk].supplier_id,
            quantity=sent.quantity,
            awaiting=sent.quantity,
            po_number=sent.po_number,
            cartons=sent.cartons,
            produced_on=sent.produced_on,
            created_at=at,
            created_by=actor,
        )
        for number, sent in zip(numbers, registrations, strict=True)
    ]
    try:
        with transaction.atomic():
            Batch.objects.bulk_create(batches)
    except IntegrityError:
        if errors := _taken(numbers):  # registered for another product at the same moment
            raise InvalidInput(errors) from None
        raise
    events = [
        happened("batch.registered", b.stream, at=at, actor=actor, product=b.product.sku, quantity=b.quantity)
        for b in batches
    ]
    active = Specification.objects.filter(product__in=product_ids, status=SpecificationStatus.ACTIVE)
    for specification in active.select_related("product"):
        if where_it_stands(specification).is_discontinued:
            for batch in batches:
                if batch.product_id == specification.product_id:
                    events += stop_batch(batch, reason=HoldReason.DISCONTINUED, finding={}, at=at, actor=None)[1]
    record_events(events)
    return batches


def _taken(numbers: Mapping[str, int]) -> list[FieldError]:
    sent = {reading_of(number): number for number in numbers}
    taken = Batch.objects.filter(number__reads_as=numbers).values_list("number", flat=True)
    return [_duplicate(numbers[number], number, there) for there in taken for number in [sent[reading_of(there)]]]


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
    """One batch; see `register_batches`. Raises InvalidInput naming the field, NotAllowed."""
    registration = Registration(number, product, quantity, po_number, cartons, produced_on)
    try:
        [batch] = register_batches(registrations=[registration], actor=actor, at=at)
    except InvalidInput as error:
        raise InvalidInput([replace(each, field=each.field.removeprefix("0.")) for each in error.errors]) from None
    return batch

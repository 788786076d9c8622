"""Which batch a returned unit came from: by what stands on it, on its carton, and by when it shipped."""

import re
from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Protocol

from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.identifiers import Reading
from activity.looks import reading_of
from activity.services import record_event
from activity.texts import one_line
from activity.transactions import one_transaction
from inspections.models import (
    Batch,
    BatchCode,
    CodeKind,
    FoundBy,
    Inspection,
    InspectionStatus,
    MarketReturn,
    Shipment,
    Verdict,
)
from inspections.rules.gs1 import lots_in
from suppliers.models import Product


class Traced(Protocol):
    """What is known of a unit: as it was sent, or as it is stored."""

    @property
    def lot_code(self) -> str: ...
    @property
    def carton(self) -> str: ...
    @property
    def shipment(self) -> str: ...
    @property
    def shipped_on(self) -> date | None: ...
    @property
    def delivered_on(self) -> date | None: ...
    @property
    def happened_on(self) -> date: ...


class ReturnWithdrawn(RuleBroken):
    code = "return_withdrawn"
    detail = gettext_lazy("This return was withdrawn: it stays on the record as it is, and counts nowhere.")


def _folded(code: str) -> str:
    """A code as it is compared: width and capitals do not matter, nor what nobody sees."""
    return one_line(code).casefold()


class Tracer:
    """Looks up batches of some products by all that leads to them. Five statements, however many units are asked for."""

    def __init__(self, product_ids: Collection[int]):
        self._codes: dict[tuple[int, str, str], int] = {
            (product, kind, code): batch
            for product, kind, code, batch in BatchCode.objects.filter(product__in=product_ids).values_list(
                "product_id", "kind", "code", "batch_id"
            )
        }
        # However they are written; where two differ in nothing else, neither is meant.
        self._alike: dict[tuple[int, str, str], set[int]] = defaultdict(set)
        for (product, kind, code), batch in self._codes.items():
            self._alike[product, kind, _folded(code)].add(batch)
        self._numbers = {
            (product, number): pk
            for pk, product, number in Batch.objects.filter(product__in=product_ids).values_list(
                "pk", "product_id", "number"
            )
        }
        self._references: dict[tuple[int, str], set[int]] = defaultdict(set)
        self._days: dict[tuple[int, date], set[int]] = defaultdict(set)
        self._first_shipped: dict[int, dict[int, date]] = defaultdict(dict)
        shipments = Shipment.objects.with_taken_back().filter(batch__product__in=product_ids, away__gt=0)
        shipments = shipments.order_by("shipped_at")
        for batch, product, reference, at in shipments.values_list(
            "batch_id", "batch__product_id", "reference", "shipped_at"
        ):
            day = localtime(at).date()
            if reference:
                self._references[product, reference].add(batch)
            self._days[product, day].add(batch)
            self._first_shipped[product].setdefault(batch, day)

    def number(self, product_id: int, number: str) -> int | None:
        """The batch of this number, if it is one of the product."""
        return self._numbers.get((product_id, number))

    def find(self, product_id: int, unit: Traced) -> tuple[int | None, FoundBy]:
        """The batch and what led to it: what stands on the unit first, then its carton, then when it shipped.

        Where two batches are as likely there is none: a wrong batch is worse than an unknown one.
        """
        for lot in lots_in(unit.lot_code):
            if batch := self._by_code(product_id, CodeKind.LOT, lot):
                return batch, FoundBy.LOT_CODE
        if unit.carton and (batch := self._by_code(product_id, CodeKind.CARTON, unit.carton)):
            return batch, FoundBy.CARTON
        if unit.shipment and (batch := _only(self._references.get((product_id, unit.shipment)))):
            return batch, FoundBy.SHIPMENT
        if unit.shipped_on:
            batch = _only(self._days.get((product_id, unit.shipped_on)))
            return (batch, FoundBy.SHIPPED_ON) if batch else (None, FoundBy.UNKNOWN)
        until = unit.delivered_on or unit.happened_on
        batch = _only({pk for pk, day in self._first_shipped[product_id].items() if day <= until})
        return (batch, FoundBy.ONLY_BATCH) if batch else (None, FoundBy.UNKNOWN)

    def _by_code(self, product_id: int, kind: CodeKind, code: str) -> int | None:
        """A code that was registered; or the batch's number, alone or with a carton's number behind it: B-042/17."""
        if batch := self._codes.get((product_id, kind, code)):
            return batch
        if batch := _only(self._alike.get((product_id, kind, _folded(code)))):
            return batch
        if batch := self._numbers.get((product_id, code)):
            return batch
        for mark in reversed(list(re.finditer(r"[\s/#:._-]+", code))):
            if batch := self._numbers.get((product_id, code[: mark.start()])):
                return batch
        return None


def _only(batches: set[int] | None) -> int | None:
    return next(iter(batches)) if batches and len(batches) == 1 else None


def accepting_inspections(batch_ids: Collection[int]) -> dict[int, int]:
    """Batch -> the inspection that accepted it: its last round, where that did. Two statements."""
    ended = Inspection.objects.filter(batch__in=batch_ids, status=InspectionStatus.SUBMITTED)
    last = ended.order_by().values("batch").annotate(last=Max("id")).values("last")
    accepted = Inspection.objects.filter(pk__in=last, verdict=Verdict.ACCEPTED)
    return dict(accepted.values_list("batch_id", "pk"))


def led_to_batches_since(product: Product, since: datetime) -> bool:
    """Whether a code or a shipment of the product became known since then, by which returns may be traced."""
    return (
        BatchCode.objects.filter(product=product, added_at__gte=since).exists()
        or Shipment.objects.filter(batch__product=product, shipped_at__gte=since).exists()
        or Batch.objects.filter(product=product, created_at__gte=since).exists()
    )


def trace_again(product: Product) -> int:
    """Look once more for the batches of a product's returns that are unknown. How many were found."""
    unknown = list(MarketReturn.objects.standing().filter(product=product, batch=None))
    if not unknown:
        return 0
    tracer = Tracer([product.pk])
    for each in unknown:
        each.batch_id, each.found_by = tracer.find(product.pk, each)
    found = [each for each in unknown if each.batch_id]
    accepted = accepting_inspections({each.batch_id for each in found if each.batch_id})
    for each in found:
        each.inspection_id = accepted.get(each.batch_id or 0)
    MarketReturn.objects.bulk_update(found, ["batch", "found_by", "inspection"], batch_size=1000)
    return len(found)


@one_transaction()
def name_batch(*, found: MarketReturn, number: str, actor: User, at: datetime) -> MarketReturn:
    """Say which batch a unit came from. Raises InvalidInput for one that is none of the product, NotAllowed."""
    require(actor, "inspections.report_returns")
    product = Product.objects.select_for_update(no_key=True).get(pk=found.product_id)
    found = MarketReturn.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if found.withdrawn_at:
        raise ReturnWithdrawn
    batch = Batch.objects.visible_to(actor).filter(product=product, number=number.strip()).first()
    if batch is None:
        raise InvalidInput.one("batch", "unknown_batch", no_such_batch(number, product.sku))
    before = found.batch.number if found.batch else None
    if before == batch.number:
        return found
    found.batch, found.found_by = batch, FoundBy.BY_HAND
    found.inspection_id = accepting_inspections([batch.pk]).get(batch.pk)
    found.save(update_fields=["batch", "found_by", "inspection"])
    record_event(
        "return.batch_named",
        f"product:{product.sku}",
        at=at,
        actor=actor,
        market_return=str(found.uid),
        batch=batch.number,
        before=before,
    )
    return found


def no_such_batch(number: str, sku: str) -> str:
    return _("Product %(sku)s has no batch %(number)s. Leave the batch out where it is not known.") % {
        "number": number[:60],
        "sku": sku,
    }


@one_transaction()
def add_batch_codes(*, batch: Batch, kind: str, codes: Collection[str], actor: User, at: datetime) -> int:
    """Say what stands on the units or the cartons of a batch; returns that are unknown are traced once more.

    How many of those were found. A code that is known for the batch already changes nothing. Raises InvalidInput for a
    code that leads to another batch of the product, NotAllowed.
    """
    require(actor, "inspections.report_returns")
    product = Product.objects.select_for_update(no_key=True).get(pk=batch.product_id)
    wanted = list(dict.fromkeys(one_line(code) for code in codes if one_line(code)))
    errors = []
    if kind not in CodeKind.values:
        errors.append(
            FieldError("kind", "invalid_choice", _("Choose one of %(all)s.") % {"all": ", ".join(CodeKind.values)})
        )
    if not wanted:
        errors.append(FieldError("codes", "required", _("Give at least one code.")))
    if any(len(code) > 60 for code in wanted):
        errors.append(FieldError("codes", "too_long", _("At most %(most)s characters are kept.") % {"most": 60}))
    reads = {reading_of(code): code for code in reversed(wanted)}
    alike = [(code, reads[reading_of(code)]) for code in wanted if reads[reading_of(code)] != code]
    known = (
        BatchCode.objects.filter(product=product, kind=kind)
        .annotate(reads=Reading("code"))
        .filter(reads__in=list(reads))
        .select_related("batch")
    )
    alike += [(code, each.code) for each in known if (code := reads[each.reads]) != each.code]
    for code, there in alike:
        detail = _("%(code)s looks the same as %(there)s, which exists. Use that, or another code.")
        errors.append(FieldError("codes", "duplicate", detail % {"code": code, "there": there}))
    for each in known:
        if each.batch_id != batch.pk and each.code in wanted:
            detail = _("%(code)s stands on batch %(batch)s already. A code leads to one batch.")
            errors.append(FieldError("codes", "taken", detail % {"code": each.code, "batch": each.batch.number}))
    if errors:
        raise InvalidInput(errors)
    new = [code for code in wanted if code not in {each.code for each in known}]
    if not new:
        return 0
    BatchCode.objects.bulk_create(
        BatchCode(batch=batch, product=product, kind=kind, code=code, added_at=at, added_by=actor) for code in new
    )
    found = trace_again(product)
    record_event(
        "batch.coded", batch.stream, at=at, actor=actor, code_kind=kind, codes=new[:50], count=len(new), found=found
    )
    return found

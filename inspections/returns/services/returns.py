"""Recording what customers return and complain about."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.zones import today_of
from activity.copying import copy_rows
from activity.errors import FieldError, InvalidInput
from activity.services import happened, record_events
from activity.transactions import at_the_end, one_transaction
from inspections.models import ComplaintPoint, FoundBy, MarketReturn, ReturnKind, ReturnReason
from inspections.returns.services.catches import suggest_catches
from inspections.returns.services.tracing import Tracer, accepting_inspections, no_such_batch
from suppliers.models import Market, Product

LONGEST_NOTE = 300
MOST_UNITS = 1000  # of one line of a return
TEXTS = {
    "reference": 120, "order_reference": 80, "lot_code": 60, "carton": 60, "carrier": 60, "shipment": 120,
    "note": LONGEST_NOTE, "batch": 60,
}  # fmt: skip
# What a source may correct of a return that it has told already.
CORRECTED = (
    "kind", "reason", "complaints", "market", "order_reference", "lot_code", "carton", "carrier", "shipment", "shipped_on",
    "delivered_on", "happened_on", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReturnInput:
    """One returned or complained unit as it was sent. `product` is a SKU, `market` a code, `batch` a number; `ordinal`
    tells several units of one product under one reference apart, from 1."""

    reference: str
    product: str
    happened_on: date
    kind: str = ReturnKind.RETURNED
    reason: str = ""
    complaints: Sequence[str] = ()
    market: str = ""
    order_reference: str = ""
    batch: str = ""
    lot_code: str = ""
    carton: str = ""
    carrier: str = ""
    shipment: str = ""
    shipped_on: date | None = None
    delivered_on: date | None = None
    note: str = ""
    ordinal: int = 1

    @property
    def key(self) -> tuple[str, str, int]:
        return self.reference, self.product, self.ordinal

    @property
    def fingerprint(self) -> bytes:
        sent = {each.name: getattr(self, each.name) for each in fields(self)} | {
            "complaints": sorted(set(self.complaints))
        }
        return hashlib.sha256(json.dumps(sent, default=str, sort_keys=True).encode()).digest()


Changes = Mapping[str, tuple[object, object]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the units that were sent, in their order: `created` are the indices of new ones, `corrected` has for
    others what changed, field: before and after."""

    rows: list[MarketReturn]
    created: frozenset[int]
    corrected: Mapping[int, Changes] = field(default_factory=dict)

    @property
    def new(self) -> int:
        return len(self.created)

    @property
    def repeated(self) -> int:
        return len(self.rows) - self.new - len(self.corrected)

    @property
    def unknown_batch(self) -> int:
        return sum(row.batch_id is None for row in self.rows)


class Checker:
    """Says everything that is wrong with units one by one. What they refer to was looked up for all of them."""

    def __init__(self, returns: Sequence[ReturnInput], actor: User, at: datetime):
        skus = {each.product for each in returns}
        self.products = Product.objects.visible_to(actor).in_bulk(skus, field_name="sku")
        self.markets = Market.objects.in_bulk({each.market for each in returns if each.market}, field_name="code")
        self.points = {p.code: p for p in ComplaintPoint.objects.exclude(parent=None).select_related("parent")}
        self.kept: frozenset[str] = frozenset()  # points that are closed, and named by what is corrected already
        self.today = max(localtime(at).date(), today_of(actor, at))  # a day that has begun where the actor is

    def errors(self, sent: ReturnInput, tracer: Tracer) -> list[FieldError]:
        errors: list[FieldError] = []

        def refuse(field: str, code: str, detail: str, /, **facts: object) -> None:
            errors.append(FieldError(field, code, detail % facts if facts else detail))

        if not sent.reference:
            refuse("reference", "required", _("Say by which number its source calls this return."))
        for name, most in TEXTS.items():
            if len(getattr(sent, name)) > most:
                refuse(name, "too_long", _("At most %(most)s characters are kept."), most=most)
        product = self.products.get(sent.product)
        if product is None:
            refuse("product", "unknown_product", _("There is no product %(sku)s."), sku=sent.product[:60])
        elif sent.batch and tracer.number(product.pk, sent.batch) is None:
            refuse("batch", "unknown_batch", no_such_batch(sent.batch, product.sku))
        if sent.market and sent.market not in self.markets:
            refuse("market", "unknown_market", _("There is no market %(code)s."), code=sent.market[:60])
        self._check_why(sent, refuse)
        self._check_days(sent, refuse)
        return errors

    def _check_why(self, sent: ReturnInput, refuse: Callable[..., None]) -> None:
        known = ", ".join(ReturnReason.values)
        if sent.kind not in ReturnKind.values:
            refuse("kind", "invalid_choice", _("Choose one of %(all)s."), all=", ".join(ReturnKind.values))
        elif sent.kind == ReturnKind.RETURNED and not sent.reason:
            refuse("reason", "required", _("Say why it was returned: one of %(all)s."), all=known)
        elif sent.kind == ReturnKind.COMPLAINED and sent.reason:
            refuse(
                "reason", "not_returned", _("Only a returned unit has a return reason. Name complaint points instead.")
            )
        elif sent.kind == ReturnKind.COMPLAINED and not sent.complaints:
            refuse("complaints", "required", _("Name at least one complaint point."))
        if sent.reason and sent.reason not in ReturnReason.values:
            refuse("reason", "unknown_reason", _("“%(reason)s” is no return reason. Known are: %(all)s."), reason=sent.reason[:40], all=known)  # fmt: skip
        for code in sent.complaints:
            if code not in self.points:
                refuse("complaints", "unknown_complaint", _("There is no complaint point %(code)s."), code=code[:40])
            elif self.points[code].is_closed and code not in self.kept:
                refuse("complaints", "closed_complaint", _("The complaint point %(code)s is closed for new entries."), code=code)  # fmt: skip

    def _check_days(self, sent: ReturnInput, refuse: Callable[..., None]) -> None:
        if sent.delivered_on and sent.happened_on < sent.delivered_on:
            refuse(
                "happened_on", "before_delivery",
                _("It came back on %(day)s, before it was delivered on %(delivered)s. Correct one of the dates."),
                day=sent.happened_on, delivered=sent.delivered_on,
            )  # fmt: skip
        if sent.shipped_on and sent.shipped_on > (sent.delivered_on or sent.happened_on):
            refuse("shipped_on", "after_delivery", _("It was shipped after it arrived. Correct one of the dates."))
        if sent.happened_on > self.today:
            refuse("happened_on", "in_the_future", _("%(day)s is still to come."), day=sent.happened_on)


def check_source(source: str) -> str:
    """Raises InvalidInput unless it is 1 to 40 letters, digits, hyphens and underscores."""
    try:
        validate_slug(source)
    except ValidationError:
        source = ""
    if not 1 <= len(source) <= 40:
        detail = _("Name the source with 1 to 40 letters, digits, hyphens and underscores, such as tiktok-us.")
        raise InvalidInput.one("source", "code", detail)
    return source


@one_transaction()
def record_returns(
    *, source: str, returns: Sequence[ReturnInput], correct: bool = False, actor: User, at: datetime
) -> Recorded:
    """Store units that came back, each with its batch, as far as that can be found, and the inspection that accepted it.

    All of them or none. A unit is known by its source, reference, product and ordinal; what the source has sent before with
    the same content is answered as it is (R7). With other content it is refused, or where `correct`, changed on the
    record. The number of statements does not grow with the units. Nothing is locked but what is corrected: with 50,000 of
    them in one transaction nobody else waits; see `trace_what_came_between`. Raises InvalidInput naming `INDEX.FIELD` of everything
    that is wrong (unknown product, batch, market, reason or complaint point; days out of order; a unit that was sent with
    other content), NotAllowed.
    """
    require(actor, "inspections.report_returns")
    check_source(source)
    checker = Checker(returns, actor, at)
    tracer = Tracer([product.pk for product in checker.products.values()])
    known = _recorded(source, returns, lock=correct)
    errors: list[FieldError] = []
    new: dict[Key, tuple[int, ReturnInput, bytes]] = {}
    changing: list[tuple[int, ReturnInput, bytes]] = []
    for index, sent in enumerate(returns):
        wrong = checker.errors(sent, tracer)
        fingerprint = sent.fingerprint
        first, before = new.get(sent.key), known.get(sent.key)
        if first is not None and first[2] != fingerprint:
            wrong.append(_reused(sent.reference))
        elif before is not None and bytes(before.fingerprint) != fingerprint:
            if correct:
                changing.append((index, sent, fingerprint))
            else:
                wrong.append(_reused(sent.reference))
        errors += [replace(each, field=f"{index}.{each.field}") for each in wrong]
        if first is None and before is None and not wrong:
            new[sent.key] = index, sent, fingerprint
    if errors:
        raise InvalidInput(errors)
    stored = [_row(source, sent, fingerprint, checker, tracer) for _index, sent, fingerprint in new.values()]
    accepted = accepting_inspections({row.batch_id for row in stored if row.batch_id})
    for row in stored:
        row.inspection_id = accepted.get(row.batch_id or 0)
        row.recorded_at, row.recorded_by = at, actor
    try:
        with transaction.atomic():
            copy_rows(stored)
    except IntegrityError:  # the same units at the same moment
        taken = _recorded(source, returns)
        if again := [
            replace(_reused(s.reference), field=f"{i}.reference") for i, s, _f in new.values() if s.key in taken
        ]:
            raise InvalidInput(again) from None
        raise
    corrected = write_over(changing, known, checker, tracer, actor=actor, at=at) if changing else {}
    told = [*stored, *(known[returns[index].key] for index in corrected)]
    at_the_end(suggest_catches, {(row.product_id, code, at) for row in told for code in row.complaints})
    skus = {product.pk: product.sku for product in checker.products.values()}
    counts = Counter(row.product_id for row in stored)
    unknown = Counter(row.product_id for row in stored if row.found_by == FoundBy.UNKNOWN)
    record_events(
        happened("returns.recorded", f"product:{skus[pk]}", at=at, actor=actor, source=source, count=count, unknown_batch=unknown[pk])
        for pk, count in sorted(counts.items())
    )  # fmt: skip
    rows = known | dict(zip(new, stored, strict=True))
    return Recorded([rows[sent.key] for sent in returns], frozenset(index for index, _s, _f in new.values()), corrected)


Key = tuple[str, str, int]


def _recorded(source: str, returns: Sequence[ReturnInput], *, lock: bool = False) -> dict[Key, MarketReturn]:
    references = {sent.reference for sent in returns}
    found = MarketReturn.objects.filter(source=source, reference__in=references).select_related("product", "market")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {(each.reference, each.product.sku, each.ordinal): each for each in found}


def write_over(
    changing: Sequence[tuple[int, ReturnInput, bytes]],
    known: Mapping[Key, MarketReturn],
    checker: Checker,
    tracer: Tracer,
    *,
    actor: User,
    at: datetime,
    by_hand: bool = False,
) -> dict[int, Changes]:
    """Write what is said now over what was said before; index -> what changed. The event keeps both (R6).

    A batch that somebody named by hand stays. `by_hand`: it is a person who corrects, and not the source.
    """
    changes: dict[int, Changes] = {}
    told = []
    for index, sent, fingerprint in changing:
        row = known[sent.key]
        now = _row(row.source, sent, fingerprint, checker, tracer)
        before_and_after = {
            name: (_plain(getattr(row, name)), _plain(getattr(now, name)))
            for name in CORRECTED
            if getattr(row, name) != getattr(now, name)
        }
        for name in (*CORRECTED, "fingerprint"):
            setattr(row, name, getattr(now, name))
        if row.found_by != FoundBy.BY_HAND and (now.batch_id or row.found_by != FoundBy.UNKNOWN):
            row.batch_id, row.found_by = now.batch_id, now.found_by
        row.revision += 1
        changes[index] = before_and_after
        told.append(
            happened(
                "return.corrected", f"product:{sent.product}", at=at, actor=actor, market_return=str(row.uid),
                reference=row.reference, by_hand=by_hand,
                before={name: before for name, (before, _after) in before_and_after.items()},
                after={name: after for name, (_before, after) in before_and_after.items()},
            )
        )  # fmt: skip
    rows = [known[sent.key] for _index, sent, _fingerprint in changing]
    accepted = accepting_inspections({row.batch_id for row in rows if row.batch_id})
    for row in rows:
        row.inspection_id = accepted.get(row.batch_id or 0)
    MarketReturn.objects.bulk_update(
        rows, [*CORRECTED, "fingerprint", "batch", "found_by", "inspection", "revision"], batch_size=1000
    )
    record_events(told)
    return changes


def _plain(value: object) -> object:
    """As an event keeps it."""
    if isinstance(value, Market):
        return value.code
    return value.isoformat() if isinstance(value, date) else value


def _reused(reference: str) -> FieldError:
    detail = _(
        "This source has sent %(reference)s before with other content. A return is written once; give another unit "
        "another reference."
    )
    return FieldError("reference", "reference_reused", detail % {"reference": reference})


def _row(source: str, sent: ReturnInput, fingerprint: bytes, checker: Checker, tracer: Tracer) -> MarketReturn:
    product = checker.products[sent.product]
    if sent.batch:
        batch, found_by = tracer.number(product.pk, sent.batch), FoundBy.STATED
    else:
        batch, found_by = tracer.find(product.pk, sent)
    facts: Mapping[str, object] = {
        name: getattr(sent, name)
        for name in (
            "reference", "ordinal", "kind", "reason", "order_reference", "lot_code", "carton", "carrier", "shipment", "shipped_on",
            "delivered_on", "happened_on", "note",
        )
    }  # fmt: skip
    return MarketReturn(
        source=source,
        fingerprint=fingerprint,
        product=product,
        market=checker.markets.get(sent.market),
        batch_id=batch,
        found_by=found_by,
        complaints=sorted(set(sent.complaints)),
        **facts,
    )

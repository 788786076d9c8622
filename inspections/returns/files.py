"""Exports of returns and complaints from the market."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.models import User
from activity.errors import FieldError, InvalidInput
from imports import cells
from imports.cells import day_reader
from imports.columns import Column, plain
from imports.kinds import DAYS, Kind, Link, Naming, Option, register
from imports.rows import CHANGED, Effect, ItemRefused, Parsed, RowError, RowNote, RowReader, Sheet
from imports.tables import Cell
from inspections.models import ReturnKind
from inspections.order.files import (
    COMPLAINTS,
    DELIVERED_ON,
    NOTE,
    PRODUCT_SOLD,
    QUANTITY,
    REASON,
    SHIPPED_ON,
    presets,
    text_of,
    with_titles,
)
from inspections.order.reads import (
    EMPTY,
    OUTCOMES,
    REASONS,
    Statuses,
    UnknownOutcome,
    Vocabulary,
    Why,
)
from inspections.order.reads.markets import Markets, no_such_market
from inspections.returns.services.returns import LONGEST_NOTE, MOST_UNITS, ReturnInput, check_source, record_returns
from inspections.returns.words import changed_words
from inspections.rules.orders import OK, RETURNED, UNDER_WAY, Unsettled
from inspections.rules.orders import returned as came_back
from suppliers.models import Product

AT_ONCE = 1000

COLUMNS = with_titles("market_returns", (
    Column(
        "reference", "退货单号", False, gettext_lazy("What the source calls this return; without it the order and the day are its name"),
        "R-48213",
        ("return id", "return order id", "rma", "rma number", "return number", "case id", "ticket", "license plate number", "售后单号", "退款编号"),
    ),
    PRODUCT_SOLD,
    replace(QUANTITY, meaning=gettext_lazy("How many units came back; one, where there is no such column"),
            also=("return quantity", "returned quantity", "qty", "units", "退货件数")),
    Column(
        "happened_on", "退货日期", True, gettext_lazy("Day of the return or the complaint"), "2026-11-18",
        ("return date", "returned on", "return time", "requested on", "request date", "time requested", "return requested time",
         "申请时间", "退货时间"),
    ),
    REASON,
    COMPLAINTS,
    Column(
        "outcome", "结果", False, gettext_lazy("Status of the return: completed and refunded ones came back, refused ones did not"),
        "Completed", ("return status", "refund status", "return request status", "status", "售后状态", "退款状态"),
    ),
    Column(
        "detail", "细分状态", False, gettext_lazy("A second, closer status of the return"), "Refunded",
        ("return sub status", "return substatus"),
    ),
    Column(
        "order_reference", "订单号", False, gettext_lazy("Order"), "5763-221",
        ("order", "order id", "order number", "order no", "订单编号"),
    ),
    Column("market", "市场", False, gettext_lazy("Market or country, by code or name"), "US", ("country", "site", "marketplace", "国家", "站点")),
    Column("batch", "批号", False, gettext_lazy("Number of the batch, where it is known"), "B-2611-042", ("batch number", "检验批")),
    Column("lot_code", "批次码", False, gettext_lazy("What stands on the unit"), "L77", ("lot", "lot number", "批次号")),
    Column("carton", "箱号", False, gettext_lazy("What stands on its carton"), "B-2611-042/17", ("carton number", "box")),
    Column("carrier", "承运商", False, gettext_lazy("Who carried it"), "USPS", ("shipping provider", "carrier name", "物流公司", "快递公司")),
    Column("shipment", "发运单号", False, gettext_lazy("Reference of the shipment that left your warehouse"), "SO-8101", ("shipment reference",)),
    SHIPPED_ON,
    DELIVERED_ON,
    NOTE,
))  # fmt: skip


def _check_source(value: str) -> Iterator[FieldError]:
    try:
        check_source(value)
    except InvalidInput as error:
        yield from error.errors


def _check_market(value: str) -> Iterator[FieldError]:
    if value and Markets().code_of(value) is None:
        yield FieldError("market", "unknown_market", no_such_market(value))


SOURCE = Option(
    name="source",
    order=10,
    form=lambda value: forms.CharField(
        label=_("Source"),
        help_text=_("The shop or platform, such as tiktok-us. A return is recorded once per source."),
        max_length=40,
        initial=value,
    ),
    api=lambda: serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="Of returns: the shop."
    ),
    check=_check_source,
)
MARKET = Option(
    name="market",
    order=20,
    form=lambda value: forms.CharField(
        label=_("Market of rows that name none"), max_length=60, required=False, initial=value
    ),
    api=lambda: serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Of rows of returns that name none: code or name."
    ),
    check=_check_market,
)


@dataclass(frozen=True, slots=True)
class ReturnsItem:
    """Some hundred returned units to record, with the line that each stands on; several where a row is about several."""

    source: str
    lines: Sequence[int]
    returns: Sequence[ReturnInput]

    @property
    def row_count(self) -> int:
        return len(set(self.lines))

    def carry_out(self, *, actor: User, at: datetime) -> Effect:
        """Raises ItemRefused, NotAllowed."""
        try:
            recorded = record_returns(source=self.source, returns=self.returns, correct=True, actor=actor, at=at)
        except InvalidInput as error:
            raise ItemRefused([self._row_error(e.field, e.code, str(e.detail)) for e in error.errors]) from None
        corrected = {self.lines[index]: changes for index, changes in recorded.corrected.items()}
        new = {self.lines[index] for index in recorded.created} - corrected.keys()
        notes = [RowNote(line, CHANGED, "changed", changed_words(changes)) for line, changes in corrected.items()]
        unchanged = self.row_count - len(corrected) - len(new)
        return Effect(new=len(new), changed=len(corrected), unchanged=unchanged, notes=notes)

    def _row_error(self, path: str, code: str, detail: str) -> RowError:
        index, _dot, name = path.partition(".")
        return RowError(self.lines[int(index)], name, code, detail) if name else RowError(None, "", code, detail)


class _Reader:
    """Reads the rows of a file of returns."""

    def __init__(self, sheet: Sheet, options: Mapping[str, Any]):
        self._sheet, self._options = sheet, options
        self._vocabulary = Vocabulary(options.get("reasons", {}))
        self._statuses = Statuses(options.get("outcomes", {}))
        self._read_day = day_reader(options.get("days", "ymd"))
        self._markets = Markets()
        self._is_named_by_order = is_title_of_orders(sheet.titles.get("reference", ""))
        skus = {text_of(read, "product") for read in sheet.rows()}
        self._known = set(Product.objects.filter(sku__in=skus).values_list("sku", flat=True))

    def row(self, read: RowReader) -> tuple[ReturnInput, int] | None:
        """What came back, and how many units; None for a row that is passed over, or wrong."""
        product = text_of(read, "product")
        if not product:
            read.pass_over("no_sku", _("The row names no SKU."))
            return None
        if product not in self._known:
            read.pass_over("other_product", _("%(sku)s is no product here.") % {"sku": product[:60]})
            return None
        kind = self._kind(read)
        if kind in (OK, UNDER_WAY):
            read.pass_over("not_returned" if kind == OK else "under_way", self._why_not(kind, read))
            return None
        quantity = read(cells.whole, "quantity")
        if quantity is not None and not 1 <= quantity <= MOST_UNITS:
            detail = _("%(count)s units cannot have come back under one number.")
            read.refuse("quantity", "out_of_range", detail % {"count": quantity})
        why, more = read(self._vocabulary.why, "reason", Why()), read(self._vocabulary.why, "complaints", Why())
        happened_on = read(self._read_day, "happened_on")
        if happened_on is None and read.is_good:
            read.refuse("happened_on", "required", _("This cell is empty."))
        texts = {
            name: read(cells.text, name, "")
            for name in ("order_reference", "batch", "lot_code", "carton", "carrier", "shipment")
        }
        note = read(cells.shown, "note", "")[:LONGEST_NOTE]
        days = {name: read(self._read_day, name) for name in ("shipped_on", "delivered_on")}
        market = read(self._market, "market", "")
        reference = self._reference(read, texts["order_reference"], happened_on)
        complaints = sorted({*why.complaints, *more.complaints})
        reason = (why.reason or more.reason or self._vocabulary.reason_of(complaints)) if kind == RETURNED else ""
        if kind == RETURNED and not reason and read.is_good:
            said = read(lambda _cell: self._vocabulary.unsaid(), "reason", Why())
            complaints = sorted({*complaints, *said.complaints})
            reason = said.reason or self._vocabulary.reason_of(complaints)
        if not read.is_good or happened_on is None:
            return None
        sent = ReturnInput(
            reference=reference,
            product=product,
            happened_on=happened_on,
            kind=ReturnKind.RETURNED if kind == RETURNED else ReturnKind.COMPLAINED,
            reason=reason,
            complaints=complaints,
            market=market,
            note=note,
            **texts,
            **days,
        )
        return sent, quantity or 1

    def _kind(self, read: RowReader) -> str:
        """returned, damaged, complained, ok where nothing came back, under_way. A file without a status tells of returns."""
        if not self._sheet.titles.get("outcome"):
            return RETURNED
        said = text_of(read, "outcome")
        status = read(
            lambda _cell: self._statuses.of_return(said) if said else self._statuses.explanation(EMPTY), "outcome", ""
        )
        if not read.is_good:
            return ""
        try:
            detail = self._statuses.of_return(text_of(read, "detail"))
        except UnknownOutcome:
            detail = ""  # the status alone says that it came back, or that it did not
        try:
            return came_back(status=status, detail=detail)
        except Unsettled:
            asked = f"{said} + {text_of(read, 'detail')}"
            return read(lambda _cell: self._statuses.explanation(asked), "outcome", "")

    def _why_not(self, kind: str, read: RowReader) -> str:
        names = (text_of(read, "reference") or text_of(read, "order_reference"), text_of(read, "outcome"))
        facts = dict(zip(("reference", "said"), (name[:60] for name in names), strict=True))
        if kind == OK:
            return _("%(reference)s did not come back: “%(said)s”.") % facts
        return _("%(reference)s has not come back yet: “%(said)s”.") % facts

    def _market(self, cell: Cell) -> str:
        return self._markets.read(cell, self._options.get("market", ""))

    def _reference(self, read: RowReader, order: str, day: date | None) -> str:
        """The number of the return; where it has none, its order and day, so that a second return of an order is another."""
        given = text_of(read, "reference")
        if given and not self._is_named_by_order:
            return given
        order = given or order
        if not order:
            read.refuse("reference", "required", _("This cell is empty, and no order is named either."))
        return f"{order}/{day}" if order and day else order


def is_title_of_orders(title: str) -> bool:
    """Whether a title names the number of an order and not of a return."""
    named = {column.name: {plain(name) for name in column.names} for column in COLUMNS}
    return plain(title) in named["order_reference"] - named["reference"]


# A second line with another one of these is another unit, not the first line corrected.
IDENTITY = ("order_reference", "batch", "lot_code", "carton", "shipment")


def parse(sheet: Sheet, options: Mapping[str, Any]) -> Parsed:
    """The units that came back, each row's under its number; what did not, and what is not of ours, is passed over.

    Where a source repeats a return within the file its last line counts.
    """
    reader = _Reader(sheet, options)
    found: dict[tuple[str, str], tuple[RowReader, ReturnInput, int]] = {}
    for read in sheet.rows():
        row = reader.row(read)
        if row is None:
            continue
        sent, quantity = row
        earlier = found.get((sent.reference, sent.product))
        if earlier is not None:
            before, first, _count = earlier
            facts = {"reference": sent.reference, "line": before.line}
            if any(getattr(first, name) and getattr(sent, name) not in ("", getattr(first, name)) for name in IDENTITY):
                read.refuse("reference", "duplicate_row", _("%(reference)s stands on line %(line)s already.") % facts)
                continue
            later = {"line": read.line}
            before.pass_over("repeated", _("Line %(line)s tells of it again.") % later)
        found[sent.reference, sent.product] = read, sent, quantity
    units = [
        (read.line, replace(sent, ordinal=ordinal))
        for read, sent, quantity in sorted(found.values(), key=lambda each: each[0].line)
        for ordinal in range(1, quantity + 1)
    ]
    source = options.get("source") or "import"
    chunks = (units[start : start + AT_ONCE] for start in range(0, len(units), AT_ONCE))
    items = [ReturnsItem(source, [line for line, _sent in chunk], [sent for _line, sent in chunk]) for chunk in chunks]
    return Parsed(items)


KIND = register(
    Kind(
        value="market_returns",
        label=gettext_lazy("returns and complaints from the market"),
        order=50,
        columns=COLUMNS,
        permission="inspections.report_returns",
        parse=parse,
        afterwards=lambda options: Link(url=reverse("return-week"), label=_("See the returns")),
        naming=Naming(
            options=(SOURCE, MARKET, DAYS), questions=(REASONS, OUTCOMES), either=(("reference", "order_reference"),)
        ),
        presets=presets("market_returns"),
    )
)

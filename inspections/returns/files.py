"""Exports of returns and complaints from the market."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
from imports.columns import Column
from imports.kinds import DAYS, Kind, Link, Naming, Option, register
from imports.rows import ItemRefused, Parsed, RowError, Sheet
from inspections.models import ReturnKind
from inspections.order.reads import (
    COMPLAINTS,
    DELIVERED_ON,
    NOTE,
    OUTCOME,
    PRODUCT_SOLD,
    REASON,
    REASONS,
    SHIPPED_ON,
    Vocabulary,
    outcome,
)
from inspections.returns.services.returns import ReturnInput, check_source, record_returns
from suppliers.models import Market

AT_ONCE = 1000

COLUMNS = (
    Column(
        "reference", "退货单号", True, gettext_lazy("What the source calls this return; it is recorded once"), "R-48213",
        ("return id", "return order id", "rma", "rma number", "return number", "case id", "ticket", "售后单号", "退款编号"),
    ),
    PRODUCT_SOLD,
    Column(
        "happened_on", "退货日期", True, gettext_lazy("Day of the return or the complaint"), "2026-11-18",
        ("return date", "returned on", "return time", "requested on", "request date", "return requested time", "申请时间",
         "退货时间"),
    ),
    REASON,
    COMPLAINTS,
    OUTCOME,
    Column(
        "order_reference", "订单号", False, gettext_lazy("Order"), "5763-221",
        ("order", "order id", "order number", "order no", "订单编号"),
    ),
    Column("market", "市场", False, gettext_lazy("Code of the market"), "US", ("country", "site", "国家", "站点")),
    Column("batch", "批号", False, gettext_lazy("Number of the batch, where it is known"), "B-2611-042", ("batch number", "检验批")),
    Column("lot_code", "批次码", False, gettext_lazy("What stands on the unit"), "L77", ("lot", "lot number", "批次号")),
    Column("carton", "箱号", False, gettext_lazy("What stands on its carton"), "B-2611-042/17", ("carton number", "box")),
    Column("carrier", "承运商", False, gettext_lazy("Who carried it"), "USPS", ("shipping provider", "carrier name", "物流公司", "快递公司")),
    Column("shipment", "发运单号", False, gettext_lazy("Reference of the shipment that left your warehouse"), "SO-8101", ("shipment reference",)),
    SHIPPED_ON,
    DELIVERED_ON,
    NOTE,
)  # fmt: skip


def _check_source(value: str) -> Iterator[FieldError]:
    try:
        check_source(value)
    except InvalidInput as error:
        yield from error.errors


def _check_market(value: str) -> Iterator[FieldError]:
    if value and not Market.objects.filter(code=value).exists():
        yield FieldError("market", "unknown_market", _("There is no market %(code)s.") % {"code": value[:10]})


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
        label=_("Market of rows that name none"), max_length=10, required=False, initial=value
    ),
    api=lambda: serializers.CharField(
        required=False, allow_blank=True, max_length=10, help_text="Of rows of returns that name none."
    ),
    check=_check_market,
)


@dataclass(frozen=True, slots=True)
class ReturnsItem:
    """Some hundred returns to record, with the line that each stands on."""

    source: str
    lines: Sequence[int]
    returns: Sequence[ReturnInput]

    @property
    def row_count(self) -> int:
        return len(self.lines)

    def carry_out(self, *, actor: User, at: datetime) -> None:
        """Raises ItemRefused, NotAllowed."""
        try:
            record_returns(source=self.source, returns=self.returns, actor=actor, at=at)
        except InvalidInput as error:
            raise ItemRefused([self._row_error(e.field, e.code, str(e.detail)) for e in error.errors]) from None

    def _row_error(self, path: str, code: str, detail: str) -> RowError:
        index, _dot, name = path.partition(".")
        return RowError(self.lines[int(index)], name, code, detail) if name else RowError(None, "", code, detail)


def parse(sheet: Sheet, options: Mapping[str, Any]) -> Parsed:
    """A return per row; rows whose outcome says that nothing came back are passed over."""
    vocabulary, read_day = Vocabulary(options.get("reasons", {})), day_reader(options.get("days", "ymd"))
    seen: dict[str, int] = {}
    good: list[tuple[int, ReturnInput]] = []
    passed_over = 0
    for read in sheet.rows():
        kind = read(outcome, "outcome", "") if sheet.titles.get("outcome") else ReturnKind.RETURNED
        if kind in (None, "ok"):
            passed_over += 1
            continue
        reference = read(cells.required_text, "reference", "")
        why, more = read(vocabulary.why, "reason"), read(vocabulary.why, "complaints")
        happened_on = read(read_day, "happened_on")
        product = read(cells.required_text, "product", "")
        texts = {
            name: read(cells.text, name, "")
            for name in ("order_reference", "market", "batch", "lot_code", "carton", "carrier", "shipment", "note")
        }
        days = {name: read(read_day, name) for name in ("shipped_on", "delivered_on")}
        if happened_on is None and read.is_good:
            read.refuse("happened_on", "required", _("This cell is empty."))
        if reference in seen and reference:
            detail = _("%(reference)s stands on line %(line)s already.")
            read.refuse("reference", "duplicate_row", detail % {"reference": reference, "line": seen[reference]})
        seen.setdefault(reference, read.line)
        if not read.is_good:
            continue
        complaints = sorted({*why.complaints, *more.complaints})
        is_returned = kind == ReturnKind.RETURNED
        texts["market"] = texts["market"] or options.get("market", "")
        sent = ReturnInput(
            reference=reference,
            product=product,
            happened_on=happened_on,
            kind=ReturnKind.RETURNED if is_returned else ReturnKind.COMPLAINED,
            reason=(why.reason or more.reason or vocabulary.reason_of(complaints)) if is_returned else "",
            complaints=complaints,
            **texts,
            **days,
        )
        good.append((read.line, sent))
    source = options.get("source") or "import"
    chunks = (good[start : start + AT_ONCE] for start in range(0, len(good), AT_ONCE))
    items = [ReturnsItem(source, [line for line, _sent in chunk], [sent for _line, sent in chunk]) for chunk in chunks]
    return Parsed(items, passed_over)


KIND = register(
    Kind(
        value="market_returns",
        label=gettext_lazy("returns and complaints from the market"),
        order=50,
        columns=COLUMNS,
        permission="inspections.report_returns",
        parse=parse,
        afterwards=lambda options: Link(url=reverse("return-week"), label=_("See the returns")),
        naming=Naming(options=(SOURCE, MARKET, DAYS), questions=(REASONS,)),
    )
)

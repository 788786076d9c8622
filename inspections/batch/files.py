"""Files of batches to register."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activity.errors import InvalidInput
from imports import cells
from imports.columns import Column
from imports.kinds import Kind, Link, register
from imports.rows import ItemRefused, Parsed, RowError, Sheet
from imports.tables import Cell
from inspections.batch.services.batches import Registration, register_batches
from inspections.inspection.files import BATCH
from suppliers.models import Product

AT_ONCE = 500


COLUMNS = (
    BATCH,
    Column("product", "货号", True, gettext_lazy("SKU of the product"), "HL-KT17-W", ("sku", "product sku", "产品", "产品编码")),
    Column("quantity", "数量", True, gettext_lazy("Units in the batch"), "1000", ("qty", "批量")),
    Column(
        "po_number", "采购订单", False, gettext_lazy("Number of the purchase order"), "PO-3412",
        ("po", "purchase order", "采购单号", "订单号"),
    ),
    Column("cartons", "箱数", False, gettext_lazy("Number of cartons"), "100"),
    Column(
        "produced_on", "生产日期", False, gettext_lazy("Production date: year, month, day"), "2026-11-20",
        ("production date", "date of production"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What one row says about one batch."""

    line: int
    number: str
    product: str
    quantity: int
    po_number: str = ""
    cartons: int | None = None
    produced_on: date | None = None


@dataclass(frozen=True, slots=True)
class BatchesItem:
    """Some hundred batches to register: one by one, tens of thousands would take many minutes."""

    rows: Sequence[BatchRow]

    @property
    def row_count(self) -> int:
        return len(self.rows)

    def carry_out(self, *, actor: User, at: datetime) -> None:
        """Raises ItemRefused, NotAllowed."""
        products = Product.objects.visible_to(actor).in_bulk({row.product for row in self.rows}, field_name="sku")
        known = [row for row in self.rows if row.product in products]
        errors = [
            RowError(row.line, "product", "unknown_product", _("There is no product %(sku)s.") % {"sku": row.product})
            for row in self.rows
            if row.product not in products
        ]
        registrations = [
            Registration(row.number, products[row.product], row.quantity, row.po_number, row.cartons, row.produced_on)
            for row in known
        ]
        try:
            register_batches(registrations=registrations, actor=actor, at=at)
        except InvalidInput as error:
            for each in error.errors:
                index, name = each.field.split(".")
                column = BATCH.name if name == "number" else name
                errors.append(RowError(known[int(index)].line, column, each.code, str(each.detail)))
        if errors:
            raise ItemRefused(errors)


def parse(sheet: Sheet, options: Mapping[str, Any]) -> Parsed:
    rows = list(_rows(sheet, cells.day_reader(options.get("days", ""))))
    return Parsed([BatchesItem(rows[start : start + AT_ONCE]) for start in range(0, len(rows), AT_ONCE)])


def _rows(sheet: Sheet, read_day: Callable[[Cell], date | None]) -> Iterator[BatchRow]:
    seen: dict[str, int] = {}
    for read in sheet.rows():
        item = BatchRow(
            line=read.line,
            number=read(cells.required_text, BATCH.name),
            product=read(cells.required_text, "product"),
            quantity=read(cells.required_whole, "quantity"),
            po_number=read(cells.text, "po_number"),
            cartons=read(cells.whole, "cartons"),
            produced_on=read(read_day, "produced_on"),
        )
        if read.is_good and len(item.po_number) > 60:
            read.refuse("po_number", "too_long", _("At most %(most)s characters are kept.") % {"most": 60})
        if item.number and item.number in seen:
            detail = _("Batch %(batch)s stands on line %(line)s already.")
            read.refuse(BATCH.name, "duplicate_row", detail % {"batch": item.number, "line": seen[item.number]})
        seen.setdefault(item.number, read.line)
        if read.is_good:
            yield item


KIND = register(
    Kind(
        value="batches",
        label=gettext_lazy("batches"),
        order=10,
        columns=COLUMNS,
        permission="inspections.register_batch",
        parse=parse,
        afterwards=lambda options: Link(url=reverse("batch-list"), label=_("See the batches")),
        repeated=gettext_lazy("Every batch of this file is registered already, so there is nothing left to import."),
    )
)

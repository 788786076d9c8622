"""What the columns of an import file are called, and how their cells are written."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.imports.tables import Cell, Formula, is_blank
from inspections.models import ImportKind
from inspections.readings import ReadingError, parse_reading


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called in the templates, the other names that are understood, and what belongs in it."""

    name: str
    name_zh: str
    is_required: bool
    meaning: str | Promise
    example: str
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.name_zh, *self.also)


BATCH = Column(
    "batch", "批号", True, gettext_lazy("Number of the batch"), "B-2611-042",
    ("number", "batch number", "batch no", "lot", "lot number", "检验批", "批次", "批次号", "检验批号"),
)  # fmt: skip
ROUND = Column(
    "round", "检验轮次", False,
    gettext_lazy("1 for a first inspection (also when empty), 2 and up for a re-inspection"), "1", ("轮次",),
)  # fmt: skip
BATCH_COLUMNS = (
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
CHECK_COLUMNS = (
    BATCH,
    ROUND,
    Column("characteristic", "检验项目", True, gettext_lazy("Code of the characteristic"), "HEIGHT", ("check", "检验项目代码", "特性")),
    Column(
        "readings", "测量值", False,
        gettext_lazy("Measured: all readings in the order of the units, with spaces between"), "50.1 49.9 50.2", ("reading",),
    ),
    Column(
        "nonconforming_units", "不合格品序号", False,
        gettext_lazy("Not measured: the numbers of the nonconforming units, or “none”"), "3 17", ("nonconforming units",),
    ),
    Column(
        "nonconforming", "不合格品数", False,
        gettext_lazy("Not measured, unit numbers unknown: how many units are nonconforming"), "2", ("defectives",),
    ),
    Column(
        "nonconformities", "不合格数", False,
        gettext_lazy(
            "How many nonconformities there are in all; alone in its row, each is taken to be on a unit of its own"
        ),
        "4", ("defects",),
    ),
)  # fmt: skip
UNIT_COLUMNS = (
    BATCH,
    ROUND,
    Column("unit", "样品序号", True, gettext_lazy("Number of the unit in the sample, from 1"), "1", ("unit number", "样品号", "件号")),
)  # fmt: skip
PRODUCT_SOLD = Column(
    "product", "货号", True, gettext_lazy("SKU of the product"), "HL-KT17-W",
    ("sku", "product sku", "seller sku", "merchant sku", "产品", "产品编码", "商家编码"),
)  # fmt: skip
DELIVERED_ON = Column(
    "delivered_on", "签收日期", False, gettext_lazy("Day of delivery"), "2026-11-14",
    ("delivered", "delivery date", "delivered time", "delivered at", "签收时间", "送达时间"),
)  # fmt: skip
SHIPPED_ON = Column(
    "shipped_on", "发货日期", False, gettext_lazy("Day it left the warehouse"), "2026-11-10",
    ("shipped", "ship date", "shipped time", "shipped at", "发货时间"),
)  # fmt: skip
REASON = Column(
    "reason", "原因", False,
    gettext_lazy("Why: a return reason or a complaint point, in words that you may explain to the program"),
    "Defective", ("return reason", "refund reason", "reason code", "退货原因", "售后原因"),
)  # fmt: skip
COMPLAINTS = Column(
    "complaints", "投诉点", False, gettext_lazy("Complaint points, with semicolons between"), "leaks; noisy",
    ("complaint", "complaint points", "customer comments", "投诉"),
)  # fmt: skip
OUTCOME = Column(
    "outcome", "结果", False, gettext_lazy("ok, damaged, complained or returned; rows without one are passed over"),
    "returned", ("status", "order status", "return status", "订单状态", "售后状态"),
)  # fmt: skip
NOTE = Column(
    "note", "备注", False, gettext_lazy("Anything else, within the team alone"), "", ("notes", "remark", "buyer note")
)
RETURN_COLUMNS = (
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
OUTCOME_COLUMNS = (
    Column(
        "order", "订单号", False, gettext_lazy("Order of the unit; needed unless units are numbered"), "5763-221",
        ("order id", "order number", "order no", "order reference", "订单编号"),
    ),
    Column("unit", "件号", False, gettext_lazy("Number of the unit in the run"), "17", ("unit number",)),
    replace(PRODUCT_SOLD, is_required=False, meaning=gettext_lazy("SKU; rows of other products are passed over")),
    replace(OUTCOME, is_required=True),
    REASON,
    Column("damage", "破损位置", False, gettext_lazy("Where it is damaged: product, inner_box or carton"), "carton", ("where damaged",)),
    COMPLAINTS,
    Column("ordered_on", "下单日期", False, gettext_lazy("Day of the order"), "2026-11-08", ("order date", "created time", "paid time", "下单时间", "付款时间")),
    SHIPPED_ON,
    DELIVERED_ON,
    Column("returned_on", "退货日期", False, gettext_lazy("Day of the return"), "2026-11-18", ("return date", "退货时间")),
    Column("handling_days", "备货天数", False, gettext_lazy("Days from the order until it left; else told by the days"), "2", ()),
    Column("transit_days", "运输天数", False, gettext_lazy("Days on the way; else told by the days"), "4", ()),
    NOTE,
)  # fmt: skip
COLUMNS: dict[str, Sequence[Column]] = {
    ImportKind.BATCHES: BATCH_COLUMNS,
    ImportKind.RESULTS_BY_CHECK: CHECK_COLUMNS,
    ImportKind.RESULTS_BY_UNIT: UNIT_COLUMNS,
    ImportKind.PILOT_OUTCOMES: OUTCOME_COLUMNS,
    ImportKind.MARKET_RETURNS: RETURN_COLUMNS,
}
# The columns of the others are named by the user, who says what the file holds.
TOLD_BY_COLUMNS = (ImportKind.BATCHES, ImportKind.RESULTS_BY_CHECK, ImportKind.RESULTS_BY_UNIT)
NONE_WORDS = {"none", "no", "-", "无"}
CONFORMING_WORDS = {"ok", "pass", "good", "合格", "良", "√", "✓"}
NONCONFORMING_WORDS = {"ng", "fail", "bad", "不合格", "不良", "×", "x", "✗"}


def plain(text: str) -> str:
    """How a header is compared: width, case, spaces, underscores and dots do not matter."""
    return re.sub(r"[\s_.]+", " ", unicodedata.normalize("NFKC", text)).strip().lower()


def kind_of(header: Sequence[str]) -> ImportKind | None:
    """The kind whose required columns are all there."""
    names = {plain(name) for name in header}
    for kind in TOLD_BY_COLUMNS:
        columns = COLUMNS[kind]
        if all(any(plain(name) in names for name in column.names) for column in columns if column.is_required):
            return ImportKind(kind)
    return None


class CellError(ValueError):
    """What is wrong with one cell, in the reader's language."""

    def __init__(self, code: str, detail: str):
        self.code, self.detail = code, detail
        super().__init__(detail)


def text(cell: Cell) -> str:
    """What is in a cell as one line of text; a whole number keeps no “.0”."""
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        raise CellError("formula", _("This is a formula. Paste it as a value."))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split())


def required_text(cell: Cell) -> str:
    if is_blank(cell):
        raise CellError("required", _("This cell is empty."))
    return text(cell)


def whole(cell: Cell) -> int | None:
    """A whole number; None for an empty cell. Thousands may have commas or spaces between."""
    written = text(cell)
    if not written:
        return None
    if isinstance(cell, date | bool):
        raise CellError("not_a_number", _("This is a date, not a number. Give the column the number format."))
    digits = re.sub(r"(?<=\d)[ ,](?=\d{3}(\D|$))", "", written)
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", digits):
        raise CellError("not_a_number", _("“%(value)s” is not a whole number.") % {"value": written[:40]})
    return int(digits)


def required_whole(cell: Cell) -> int:
    number = whole(cell)
    if number is None:
        raise CellError("required", _("This cell is empty."))
    return number


def day(cell: Cell) -> date | None:
    """A date; None for an empty cell. Text is year, month, day, as 2026-11-20, 2026/11/20, 2026.11.20 or 2026年11月20日."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    written = text(cell)
    if not written:
        return None
    if re.fullmatch(r"[0-9]{5}", written):
        raise CellError(
            "date_serial",
            _("%(value)s is a day as a spreadsheet counts them. Give the column a date format, or write 2026-11-20.")
            % {"value": written},
        )
    if found := re.fullmatch(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?", written):
        try:
            return date(*(int(part) for part in found.groups()))
        except ValueError:
            pass
    raise CellError("not_a_date", _("“%(value)s” is not a date. Write it as 2026-11-20.") % {"value": written[:40]})


def reading(cell: Cell) -> Decimal | None:
    """A reading; None for an empty cell."""
    if is_blank(cell):
        return None
    if isinstance(cell, date):
        raise CellError("not_a_number", _("This is a date, not a number. Give the column the number format."))
    try:
        return parse_reading(cell if isinstance(cell, int | float) else text(cell))
    except ReadingError as error:
        raise CellError(error.code, _("“%(value)s” is not a reading.") % {"value": error.value}) from None


def reading_list(cell: Cell) -> list[Decimal | None]:
    """Readings with spaces, semicolons or commas between."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return [reading(cell)]
    return [reading(part) for part in re.split(r"[\s;,、]+", text(cell)) if part]


def unit_list(cell: Cell) -> list[int]:
    """Numbers of units, ascending as written; “none” is none."""
    written = text(cell)
    if written.lower() in NONE_WORDS:
        return []
    return [required_whole(part) for part in re.split(r"[\s;,、]+", written) if part]


def answer(cell: Cell) -> int | None:
    """How many nonconformities a unit has: a word (ok, ng, 合格, 不合格) or a number; None where there is no answer."""
    written = text(cell).lower()
    if not written:
        return None
    if written in CONFORMING_WORDS:
        return 0
    if written in NONCONFORMING_WORDS:
        return 1
    if re.fullmatch(r"[0-9]{1,6}", written) and not isinstance(cell, date):
        return int(written)
    raise CellError(
        "unknown_answer",
        _("“%(value)s” is no answer. Write ok or ng, or the number of nonconformities of the unit.")
        % {"value": written[:40]},
    )

"""What the columns of an export about a pilot run are called."""

from dataclasses import replace

from django.utils.translation import gettext_lazy

from imports.columns import Column
from inspections.order.files import (
    COMPLAINTS,
    DELIVERED_ON,
    NOTE,
    PRODUCT_SOLD,
    QUANTITY,
    REASON,
    SHIPPED_ON,
    with_titles,
)

COLUMNS = with_titles("pilot_outcomes", (
    Column(
        "order", "订单号", False, gettext_lazy("Order of the unit; needed unless units are numbered"), "5763-221",
        ("order id", "order number", "order no", "order reference", "订单编号"),
    ),
    Column("unit", "件号", False, gettext_lazy("Number of the unit in the run"), "17", ("unit number",)),
    replace(PRODUCT_SOLD, is_required=False, meaning=gettext_lazy("SKU; rows of other products are passed over")),
    QUANTITY,
    Column(
        "outcome", "结果", True, gettext_lazy("Status of the order, or ok, damaged, complained, returned"), "Completed",
        ("status", "order status", "订单状态"),
    ),
    Column(
        "detail", "细分状态", False, gettext_lazy("A second, closer status: a substatus, or how it was fulfilled"), "Delivered",
        ("substatus", "order substatus", "fulfillment status", "delivery status", "物流状态"),
    ),
    Column(
        "return_type", "退货类型", False, gettext_lazy("What is said of its return or cancellation"), "Return/Refund",
        ("return type", "cancellation/return type", "return status", "refund status", "return/refund status", "after-sales status"),
    ),
    Column(
        "returned_quantity", "退货件数", False, gettext_lazy("How many of its units came back"), "1",
        ("returned quantity", "return quantity", "quantity returned", "returned qty", "qty returned"),
    ),
    Column(
        "refund", "退款额", False, gettext_lazy("Amount of money that went back"), "19.99",
        ("refund amount", "refunded amount", "amount refunded"),
    ),
    REASON,
    Column("damage", "破损位置", False, gettext_lazy("Where it is damaged: product, inner_box or carton"), "carton", ("where damaged",)),
    COMPLAINTS,
    Column("ordered_on", "下单日期", False, gettext_lazy("Day of the order"), "2026-11-08", ("order date", "created time", "paid time", "下单时间", "付款时间")),
    SHIPPED_ON,
    DELIVERED_ON,
    Column("cancelled_on", "取消日期", False, gettext_lazy("Day it was cancelled"), "", ("cancelled time", "canceled time", "cancelled at", "canceled at", "取消时间")),
    Column("returned_on", "退回日期", False, gettext_lazy("Day of the return"), "2026-11-18", ("return date", "returned at", "退货日期", "退货时间")),
    Column("handling_days", "备货天数", False, gettext_lazy("Days from the order until it left; else told by the days"), "2", ()),
    Column("transit_days", "运输天数", False, gettext_lazy("Days on the way; else told by the days"), "4", ()),
    Column(
        "market", "市场", False, gettext_lazy("Market or country, by code or name: for how long the unit can come back"), "US",
        ("country", "ship country", "ship-country", "shipping country", "site", "marketplace", "国家", "收货国家", "站点"),
    ),
    Column("line", "行号", False, gettext_lazy("Number of the line within the order"), "", ("order item id", "line id", "子订单编号")),
    NOTE,
))  # fmt: skip

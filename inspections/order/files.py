"""What exports of orders and of returns have in common: their columns, and what the shops call them.

The titles are data: `inspections/data/order_titles.csv` has them by shop, kind of file and language
(docs/decisions/shops-and-their-words.md says where they come from).
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy

from imports import cells
from imports.columns import Column
from imports.kinds import Preset
from imports.rows import RowReader

TITLES = Path(__file__).parents[1] / "data" / "order_titles.csv"

PRODUCT_SOLD = Column(
    "product", "货号", True, gettext_lazy("SKU of the product"), "HL-KT17-W",
    ("sku", "product sku", "seller sku", "merchant sku", "产品", "产品编码", "商家编码"),
)  # fmt: skip
QUANTITY = Column(
    "quantity", "数量", False, gettext_lazy("Units of the row; one, where there is no such column"), "1",
    ("qty", "units", "件数"),
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
    ("complaint", "complaint points", "投诉"),
)  # fmt: skip
NOTE = Column(
    "note", "备注", False, gettext_lazy("Anything else, within the team alone"), "",
    ("notes", "remark", "buyer note", "customer comments", "buyer comment"),
)  # fmt: skip


@cache
def _rows() -> Sequence[Mapping[str, str]]:
    with TITLES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def presets(kind: str) -> tuple[Preset, ...]:
    """The exports of the shops that are files of this kind."""
    exports: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in _rows():
        if row["kind"] == kind:
            exports.setdefault((row["shop"], row["language"]), []).append(row)
    return tuple(
        Preset(
            shop=shop,
            tells=tuple(row["title"] for row in rows if row["tells"]),
            titles={
                column: tuple(row["title"] for row in rows if row["column"] == column)
                for column in dict.fromkeys(row["column"] for row in rows)
            },
        )
        for (shop, _language), rows in exports.items()
    )


def with_titles(kind: str, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, called by all names that a shop has for them."""
    also: dict[str, list[str]] = {}
    for row in _rows():
        if row["kind"] == kind:
            also.setdefault(row["column"], []).append(row["title"])
    return tuple(replace(each, also=(*each.also, *also.get(each.name, ()))) for each in columns)


def text_of(read: RowReader, name: str) -> str:
    """A cell as text; empty where it cannot be read, which is noted."""
    return read(cells.text, name, "")

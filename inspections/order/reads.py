"""What exports of orders have in common: columns, and the words of shops for reasons and outcomes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.cells import CellError, text
from imports.columns import Column, plain
from imports.kinds import Question
from imports.tables import Cell
from inspections.models import ComplaintPoint, ReturnReason

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
# Words of platforms for reasons, beside our own codes and names. A complaint's code says more than a reason.
REASON_WORDS: Mapping[str, str] = {
    "defective": "quality", "faulty": "quality", "quality issue": "quality", "quality problem": "quality",
    "质量问题": "quality", "poor quality": "quality", "item defective": "quality", "product damaged": "quality",
    "does not work": "does_not_work", "doesn't work": "does_not_work", "item does not work": "does_not_work",
    "not as described": "not_as_described", "item not as described": "not_as_described", "与描述不符": "not_as_described",
    "inaccurate description": "not_as_described", "wrong item": "wrong_variant", "wrong item sent": "wrong_variant",
    "发错货": "wrong_variant", "missing parts": "part_missing", "missing item": "part_missing", "少件": "part_missing",
    "damaged in transit": "logistics", "damaged during shipping": "logistics", "package damaged": "logistics",
    "not received": "logistics", "late delivery": "late", "arrived too late": "late", "物流问题": "logistics",
    "no longer needed": "changed_mind", "no longer wanted": "changed_mind", "bought by mistake": "changed_mind",
    "changed my mind": "changed_mind", "不想要了": "changed_mind", "七天无理由": "changed_mind", "better price": "changed_mind",
    "did not know how to use": "usage", "too difficult to use": "usage", "不会用": "usage",
}  # fmt: skip
# What a complaint point makes of a return that gives no other reason, by its group.
REASON_OF_GROUP: Mapping[str, str] = {
    "packaging": ReturnReason.LOGISTICS, "delivery": ReturnReason.LOGISTICS, "description": ReturnReason.NOT_AS_DESCRIBED,
    "fit": ReturnReason.NOT_AS_DESCRIBED, "manual": ReturnReason.USAGE,
}  # fmt: skip
OUTCOME_WORDS: Mapping[str, str] = {
    "ok": "ok", "fine": "ok", "delivered": "ok", "delivered fine": "ok", "completed": "ok", "good": "ok", "完好": "ok",
    "已签收": "ok", "已完成": "ok", "交易成功": "ok",
    "damaged": "damaged", "broken": "damaged", "破损": "damaged",
    "complained": "complained", "complaint": "complained", "投诉": "complained",
    "returned": "returned", "return": "returned", "refunded": "returned", "returned and refunded": "returned",
    "退货": "returned", "已退货": "returned", "退货退款": "returned",
}  # fmt: skip
# Nothing to record: the unit is still on its way.
UNDER_WAY = {
    "", "shipped", "in transit", "processing", "pending", "unpaid", "cancelled", "canceled", "awaiting shipment", "运输中",
    "待发货", "已发货", "待付款", "已取消",
}  # fmt: skip


class UnknownWord(CellError):
    """A word for a reason that nobody has explained yet; `value` is what the file says."""

    def __init__(self, value: str):
        detail = _("It is not known what “%(value)s” means. Explain it on the page of the columns.")
        super().__init__("unknown_reason", detail % {"value": value[:60]}, value)


@dataclass(frozen=True, slots=True)
class Why:
    """What a cell says of a unit: a return reason, complaint points, or both."""

    reason: str = ""
    complaints: tuple[str, ...] = ()


@dataclass
class Vocabulary:
    """What words for reasons and complaints mean: those that users have explained, our codes and names, then those of
    platforms. One statement."""

    explained: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._points = {p.code: p for p in ComplaintPoint.objects.exclude(parent=None).select_related("parent")}
        words: dict[str, str] = dict(REASON_WORDS)
        for code, point in self._points.items():
            words |= {plain(name): code for name in (code, point.name, point.name_zh) if name}
        words |= {plain(str(name)): value for value, label in ReturnReason.choices for name in (value, label)}
        self._words = words | {plain(said): code for said, code in self.explained.items()}

    def why(self, cell: Cell) -> Why:
        """Raises UnknownWord. Several words may stand in a cell with semicolons, commas or bars between."""
        said = text(cell)
        if not said:
            return Why()
        if code := self._words.get(plain(said)):
            return self._as_why([code])
        codes = []
        for part in re.split(r"[;,|、；，/]+", said):
            if not part.strip():
                continue
            code = self._words.get(plain(part))
            if code is None:
                raise UnknownWord(said)
            codes.append(code)
        return self._as_why(codes)

    def _as_why(self, codes: Sequence[str]) -> Why:
        reason = next((code for code in codes if code in ReturnReason.values), "")
        return Why(reason, tuple(sorted({code for code in codes if code in self._points})))

    def reason_of(self, complaints: Sequence[str]) -> str:
        """The return reason that complaint points stand for; empty for none."""
        groups = [point.parent.code for code in complaints if (point := self._points[code]).parent]
        return REASON_OF_GROUP.get(groups[0], ReturnReason.QUALITY) if groups else ""


def outcome(cell: Cell) -> str | None:
    """One of ok, damaged, complained, returned; None where the unit is still under way."""
    said = plain(text(cell))
    if said in UNDER_WAY:
        return None
    if said in OUTCOME_WORDS:
        return OUTCOME_WORDS[said]
    detail = _("“%(value)s” is no outcome. Known are: ok, damaged, complained, returned.")
    raise CellError("unknown_outcome", detail % {"value": text(cell)[:60]})


def _meanings() -> list[tuple[Any, Any]]:
    """Return reasons, then complaint points by group."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for point in ComplaintPoint.objects.exclude(parent=None).select_related("parent"):
        if point.parent:
            groups.setdefault(point.parent.local_name, []).append((point.code, point.local_name))
    return [(_("Return reason"), list(ReturnReason.choices)), *groups.items()]


REASONS = Question(
    name="reasons",
    code="unknown_reason",
    meanings=_meanings,
    help_text="Word of the file: return reason or complaint point.",
)

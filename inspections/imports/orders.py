"""Exports of orders from shops and platforms: columns that the user names, days and reasons as they write them."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.imports.columns import COLUMNS, CellError, Column, day, plain, text
from inspections.imports.tables import Cell
from inspections.models import ComplaintPoint, ImportKind, ReturnReason

MAPPED = (ImportKind.PILOT_OUTCOMES, ImportKind.MARKET_RETURNS)
DAY_ORDERS = {
    "ymd": gettext_lazy("year, month, day: 2026-11-20"),
    "mdy": gettext_lazy("month, day, year: 11/20/2026"),
    "dmy": gettext_lazy("day, month, year: 20/11/2026"),
}
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


def fingerprint_of(header: Sequence[str]) -> str:
    """The same for exports with the same columns, in whatever order."""
    return hashlib.sha256("\n".join(sorted(plain(title) for title in header if title)).encode()).hexdigest()


def suggested_mapping(kind: str, header: Sequence[str]) -> dict[str, str]:
    """Column -> title of the file, for what is called by one of its names."""
    titles = {plain(title): title for title in reversed(header) if title}
    found = {}
    for column in COLUMNS[kind]:
        name = next((plain(name) for name in column.names if plain(name) in titles), None)
        if name:
            found[column.name] = titles[name]
    return found


def missing_columns(kind: str, mapping: Mapping[str, str]) -> list[Column]:
    """Columns that are needed and not named."""
    missing = [column for column in COLUMNS[kind] if column.is_required and not mapping.get(column.name)]
    if kind == ImportKind.PILOT_OUTCOMES and not mapping.get("order") and not mapping.get("unit"):
        missing.append(next(column for column in COLUMNS[kind] if column.name == "order"))
    return missing


def day_reader(order: str) -> Callable[[Cell], date | None]:
    """Reads a day, with or without a time behind it, written in an order of DAY_ORDERS."""

    def read(cell: Cell) -> date | None:
        if isinstance(cell, date | datetime) or cell is None:
            return day(cell)
        written = re.sub(r"[T\s]+\d{1,2}:\d{2}.*$", "", text(cell))
        found = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", written)
        if found is None:
            return day(written)
        if order == "ymd":
            detail = _("“%(value)s” may be two days. Say on the page of the columns how days are written.")
            raise CellError("ambiguous_date", detail % {"value": written})
        first, second, year = (int(part) for part in found.groups())
        month, number = (first, second) if order == "mdy" else (second, first)
        try:
            return date(year, month, number)
        except ValueError:
            detail = _("“%(value)s” is not a date, if it is written as %(order)s.")
            raise CellError("not_a_date", detail % {"value": written, "order": DAY_ORDERS[order]}) from None

    return read


class UnknownWord(CellError):
    """A word for a reason that nobody has explained yet; `value` is what the file says."""

    def __init__(self, value: str):
        self.value = value
        detail = _("It is not known what “%(value)s” means. Explain it on the page of the columns.")
        super().__init__("unknown_reason", detail % {"value": value[:60]})


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


def explanations(words: Mapping[str, Any]) -> dict[str, str]:
    """Those of a form that name a reason or a complaint point."""
    known = set(ReturnReason.values) | set(ComplaintPoint.objects.exclude(parent=None).values_list("code", flat=True))
    return {said: code for said, code in words.items() if code in known}

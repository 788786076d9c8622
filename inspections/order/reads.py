"""What the words of exports of orders mean: for reasons, and for what became of a unit."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from imports.cells import CellError, text
from imports.columns import plain
from imports.kinds import Question
from imports.tables import Cell
from inspections.models import ComplaintPoint, PilotOutcome, ReturnReason
from inspections.rules.orders import UNDER_WAY

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
WORDS = Path(__file__).parents[1] / "data" / "order_words.csv"
# What is asked of a row whose status is empty.
EMPTY = "(empty)"


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


class UnknownOutcome(CellError):
    """A word, or signs that contradict each other, of which nobody has said what became of the unit; `value` names them."""

    def __init__(self, value: str):
        detail = _(
            "It is not known what “%(value)s” says of the unit: ok, damaged, complained, returned, or still under way. "
            "Explain it on the page of the columns, once for all such rows."
        )
        super().__init__("unknown_outcome", detail % {"value": value[:60]}, value)


@cache
def _words(use: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The words of the shops, whole ones and how some begin, with their meaning in a file of `use`: order or return."""
    whole, begun = {}, {}
    with WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row[use]:
                word = plain(row["word"])
                into = begun if word.endswith("*") else whole
                into.setdefault(word.removesuffix("*"), row[use])
    return whole, begun


@dataclass
class Statuses:
    """What the words for what became of a unit mean, in the constants of `inspections.rules.orders`: those that users
    have explained first, then those of the shops (`inspections/data/order_words.csv`)."""

    explained: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._said = {plain(word): meaning for word, meaning in self.explained.items()}

    def of_order(self, said: str) -> str:
        return self._meaning("order", said)

    def of_return(self, said: str) -> str:
        """Of a return; also of what an order says of its return or cancellation."""
        return self._meaning("return", said)

    def explanation(self, sign: str) -> str:
        """What somebody said of signs that contradict each other. Raises UnknownOutcome."""
        if meaning := self._said.get(plain(sign)):
            return meaning
        raise UnknownOutcome(sign)

    def _meaning(self, use: str, said: str) -> str:
        """Empty for nothing. Raises UnknownOutcome."""
        word = plain(said)
        if not word or not word.strip("-–—/"):
            return ""
        if meaning := self._said.get(word):
            return meaning
        whole, begun = _words(use)
        meaning = whole.get(word) or next((begun[start] for start in begun if word.startswith(start)), "")
        if meaning:
            return meaning
        raise UnknownOutcome(said)


def is_amount(cell: Cell) -> bool:
    """Whether an amount other than nothing stands in a cell, in whatever notation."""
    return re.search(r"[1-9]", text(cell)) is not None


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

OUTCOMES = Question(
    name="outcomes",
    code="unknown_outcome",
    meanings=lambda: [*PilotOutcome.choices, (UNDER_WAY, _("nothing yet: under way, cancelled or undecided"))],
    help_text="Word of the file for what became of a unit: ok, damaged, complained, returned or under_way.",
)

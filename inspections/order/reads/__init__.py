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

DATA = Path(__file__).parents[2] / "data"
# What a complaint point makes of a return that gives no other reason, by its group.
REASON_OF_GROUP: Mapping[str, str] = {
    "packaging": ReturnReason.LOGISTICS, "delivery": ReturnReason.LOGISTICS, "description": ReturnReason.NOT_AS_DESCRIBED,
    "fit": ReturnReason.NOT_AS_DESCRIBED, "manual": ReturnReason.USAGE,
}  # fmt: skip
# What is asked of a row whose status is empty.
EMPTY = "(empty)"


def _table(name: str) -> list[dict[str, str]]:
    """Words of the shops, by word, language and shop (docs/decisions/shops-and-their-words.md)."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _reasons() -> Mapping[str, str]:
    """Words for reasons: a return reason or a complaint point; a complaint's code says more than a reason."""
    return {plain(row["word"]): row["means"] for row in _table("return_reasons.csv")}


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
        words = dict(_reasons())
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

    def unsaid(self) -> Why:
        """What somebody said of all rows that name no reason. Raises UnknownWord."""
        code = self._words.get(plain(EMPTY))
        if code is None:
            raise UnknownWord(EMPTY)
        return self._as_why([code])

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
    whole: dict[str, str] = {}
    begun: dict[str, str] = {}
    for row in _table("order_words.csv"):
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

"""What inspectors write for a unit that was looked at, in words or counts."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from imports import cells
from imports.cells import CellError
from imports.kinds import Question
from imports.tables import Cell

NONE_WORDS = {"none", "no", "-", "0", "无", "無"}
CONFORMING_WORDS = {
    "ok", "okay", "pass", "passed", "good", "fine", "conform", "conforms", "conforming", "conformed", "accept", "accepted", "acc",
    "合格", "良", "良品", "通过", "通過", "符合", "正常", "好", "√", "✓", "✔", "☑", "✅", "合",
}  # fmt: skip
NONCONFORMING_WORDS = {
    "ng", "fail", "failed", "bad", "defect", "defective", "nonconforming", "non-conforming", "not ok", "nok", "no good", "reject",
    "rejected", "rej", "不合格", "不良", "不良品", "不通过", "不通過", "未通过", "不符合", "异常", "坏", "×", "x", "✗", "✘", "✕", "❌", "☒",
}  # fmt: skip
# "Leaks: yes" and "tight: yes" say the opposite of each other.
EITHER_WORDS = {"y", "yes", "n", "no", "true", "false", "是", "否", "有", "无", "無", "o", "○", "〇"}
EITHER = Question(
    name="answers",
    code="either_answer",
    meanings=lambda: [("conforming", _("the unit conforms")), ("nonconforming", _("the unit does not conform"))],
    help_text="Of results by unit, where a word may mean either, `COLUMN: word`: conforming or nonconforming.",
)


def unit_list(cell: Cell) -> list[int]:
    """Numbers of units, ascending as written; “none” is none."""
    written = cells.text(cell)
    if written.lower() in NONE_WORDS:
        return []
    return [cells.required_whole(part) for part in re.split(r"[\s;,、]+", written) if part]


def answer(cell: Cell, column: str = "", explained: Mapping[str, str] | None = None) -> int | None:
    """How many nonconformities a unit has: a word (ok, ng, 合格, 不合格) or a number; None where there is no answer.

    `explained` says of words that may mean either what they mean in a column: "LEAK: yes" -> "nonconforming".
    """
    said = str(cell) if isinstance(cell, bool) else cells.text(cell)
    word = re.sub(r"[.!。！\ufe0f]+$", "", unicodedata.normalize("NFKC", said)).strip().lower()
    if not word:
        return None
    if word in CONFORMING_WORDS:
        return 0
    if word in NONCONFORMING_WORDS:
        return 1
    if word in EITHER_WORDS:
        asked = f"{column}: {word}"
        if meaning := (explained or {}).get(asked):
            return int(meaning == "nonconforming")
        detail = _(
            "“%(value)s” may mean that the unit conforms, or that it does not. Say which on the page of the columns."
        )
        raise CellError("either_answer", detail % {"value": said[:40]}, asked)
    if re.fullmatch(r"[0-9]{1,6}", word) and not isinstance(cell, date):
        return int(word)
    detail = _("“%(value)s” is no answer. Write ok or ng, or the number of nonconformities of the unit.")
    raise CellError("unknown_answer", detail % {"value": said[:40]})

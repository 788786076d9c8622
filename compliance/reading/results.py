"""What a report concludes, and the values of its tables beside their limits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FAIL = re.compile(
    r"(?<![\w-])fail(?:s|ed)?(?![\w-]|-safe)|\bnot\s+(?:pass(?:ed)?|compl(?:y|iant|ied)|conform(?:ing|s|ed)?|acceptable)\b"
    r"|\bdo(?:es)?\s+not\s+(?:pass|comply|conform|meet|fulfil)\b|\bnon-?\s?(?:compliant|conforming|conformity|compliance)\b"
    r"|不合格|不符合|不通过|未通过|不达标|nicht\s+(?:bestanden|konform|erfüllt)|non\s+conforme|no\s+(?:conforme|cumple)"
    r"|não\s+conforme|不適合|\b(?:above|exceeds?)\s+(?:the\s+)?limit|\bunacceptable\b|超标|tidak\s+(?:lulus|memenuhi)|không\s+đạt",
    re.IGNORECASE,
)
PASS = re.compile(
    r"(?<![\w-])pass(?:es|ed)?(?![\w-])|(?<!not )\bcompl(?:ies|ied|iant|y)\b|\bconform(?:s|ed|ing)?\b|\bmeets?\s+the\s+(?:require|limit)"
    r"|(?<![不未])(?:合格|符合|通过|达标)|(?<!nicht )(?:bestanden|konform|erfüllt)|(?<!non )(?<!não )(?<!no )\bconforme\b"
    r"|(?<!不)適合|\bcumple\b|(?<!tidak )\b(?:lulus|memenuhi)\b|(?<!không )\bđạt\b",
    re.IGNORECASE,
)
# Explains signs or speaks of what would be, and concludes nothing.
LEGEND = re.compile(
    r"possible|verdicts?:|criteri|legend|abbreviat|N/?A\b.{0,40}\bfail|pass\s*/\s*fail|fail\s*/\s*pass|合格\s*/\s*不合格|[PF]\s*\(\s*(?:pass|fail)"
    r"|=\s*(?:pass|fail)|\bif\b|\bshall\b|\bmust\b|\bshould\b|\bwhether\b|test object|若|如果|应当",
    re.IGNORECASE,
)
LONGEST_LINE = 240  # a conclusion is no paragraph


@dataclass(frozen=True, slots=True)
class Conclusion:
    is_pass: bool
    said: str
    quote: str


def conclusion(text: str) -> Conclusion | None:
    """A fail wherever one is printed, else the first pass; None where nothing is concluded."""
    passed = None
    for line in text.split("\n"):
        line = line.strip()
        if len(line) > LONGEST_LINE or LEGEND.search(line):
            continue
        if found := FAIL.search(line):
            return Conclusion(False, found[0], line)
        if passed is None and (found := PASS.search(line)):
            passed = Conclusion(True, found[0], line)
    return passed


HEADING = re.compile(r"limit|limite|限值|要求|grenzwert", re.IGNORECASE)
COLUMNS = {
    "limit": re.compile(r"limite?s?\b|限值|grenzwert|maximum|max\.", re.IGNORECASE),
    "value": re.compile(
        r"results?\b|结果|测试值|检测值|ergebnis|résultat|measured|content\b|concentration", re.IGNORECASE
    ),
    "other": re.compile(r"\bMDL\b|\bLOQ\b|\bLOD\b|\bRL\b|检出限|方法检出限", re.IGNORECASE),
}
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
CELL = re.compile(
    rf"(?<![\w.(-])(?:[<>≤≥]\s*)?{NUMBER}(?![\w)]|\.\d|-\d)|(?<!\w)(?:N\.?\s?D\.?|BDL|未检出|n\.n\.)(?!\w)|(?<=\s)--?(?=\s)",
    re.IGNORECASE,
)
UNIT = re.compile(r"mg/kg|ppm|mg/L|µg|μg|ug/|%|mg/m|ppb|\bN\b|\bmm\b|℃|°C", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Above:
    row: str
    value: str
    limit: str


def values_above_limit(text: str) -> list[Above]:
    """Rows of tables whose value lies above the limit beside it. A row that is not understood tells nothing."""
    return list(_above(text.split("\n")))


def _above(lines: list[str]) -> Iterator[Above]:
    order: list[str] = []
    for line in lines:
        columns = sorted((match.start(), name) for name, pattern in COLUMNS.items() if (match := pattern.search(line)))
        names = [name for _start, name in columns]
        if {"limit", "value"} <= set(names):
            order = names
            continue
        unit = UNIT.search(line)
        if not order or not unit:
            continue
        cells = CELL.findall(line[unit.end() :])
        if len(cells) != len(order):
            continue
        row = dict(zip(order, cells, strict=True))
        value, limit = _number(row["value"]), _number(row["limit"])
        if value is not None and limit is not None and value > limit:
            yield Above(line.strip(), row["value"], row["limit"])


def _number(cell: str) -> float | None:
    """None for what is not a value: not detected, or below a bound."""
    if re.match(r"[<>≥]", cell.strip()):
        return None
    found = re.search(NUMBER, cell)
    return float(found[0].replace(",", "")) if found else None

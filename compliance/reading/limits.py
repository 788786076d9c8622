"""The values of a report's tables beside the limits that stand with them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

COLUMNS = {
    "limit": re.compile(
        r"limite?s?\b|límites?|限值|限量|标准值|要求|基準|規格|grenzwert|höchst\w+|maximum|\bmax\.|permissible|allow(?:ed|able)|requirements?\b",
        re.IGNORECASE,
    ),
    "value": re.compile(
        r"results?\b|结果|測定|测试值|检测值|实测值?|messwert|ergebnis|résultat|resultado|risultato|measured|\bfound\b|content\b|concentration"
        r"|(?<!\w)0\d\d(?!\w)|#\s?\d\b|\bsample\s?\d\b|样品\s?\d",
        re.IGNORECASE,
    ),
    "other": re.compile(r"\bMDL\b|\bLOQ\b|\bLOD\b|\bRL\b|检出限|方法检出限|\buncertainty\b", re.IGNORECASE),
}
SENTENCE = re.compile(r"\b(?:the|is|are|was|were|with|der|die|sind|les|des|los|las)\b|[.。]$|[:：]", re.IGNORECASE)
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
UNITS = {
    "%": 1e-2, "‰": 1e-3, "g/kg": 1e-3, "mg/g": 1e-3, "mg/kg": 1e-6, "ppm": 1e-6, "µg/g": 1e-6, "ug/g": 1e-6, "µg/kg": 1e-9, "ug/kg": 1e-9,
    "ppb": 1e-9, "ng/g": 1e-9,
}  # fmt: skip
UNIT = (
    r"(?:mg/kg|mg/g|g/kg|[µμu]g/k?g|ng/g|ppm|ppb|[µμu]g/cm[²2](?:/week)?|mg/[Lm][³3²2]?|[µμu]g/[Lm][³3²2]?|[%‰]|[mkMG]?Ω|[mk]?A|[mk]?V|[mk]?W"
    r"|mm|cm|kPa|dB\w*|℃|°C|K|N|s|min(?!\.))(?![\w/])"
)
CELL = re.compile(
    rf"(?<![\w.(#-])(?P<sign>[<>≤≥]=?|\bmax\.?|\bmin\.?)?\s*(?P<number>{NUMBER})(?![\w]|[.)]\d|-\d)(?:\s*(?P<unit>{UNIT}))?"
    rf"|(?<!\w)(?:N\.?\s?D\.?|BDL|未检出|n\.n\.|n\.d\.)(?!\w)|(?<=\s)--?(?=\s|$)",
    re.IGNORECASE,
)
IN_NO_CELL = re.compile(rf"\d+-\d\d-\d(?!\d)|{NUMBER}\s*[-–~]\s*{NUMBER}")
CLAUSE = re.compile(r"^\s*\d+(?:\.\d+)*[.)]?\s+(?=[^\W\d_])")
IN_TEXT = re.compile(
    rf"(?:limite?|límite|限值|限量|grenzwert|(?:max(?:imum)?|min(?:imum)?)\.?\s+(?:permissible|allowed)|\((?=max|min))\D{{0,12}}?"
    rf"(?P<sign>[<>≤≥]=?|\bmax\.?|\bmin\.?)?\s*(?P<number>{NUMBER})(?!\w|\.\d)(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)
MEASURED = re.compile(
    rf"(?:result|measured|found|value|实测|结果|ergebnis|messwert|résultat)\D{{0,12}}?(?P<number>{NUMBER})(?!\w|\.\d)(?:\s*(?P<unit>{UNIT}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Above:
    """A row whose value lies beyond its limit: above the most, or below the least."""

    row: str
    value: str
    limit: str


def values_above_limit(text: str) -> list[Above]:
    """Rows of tables, and lines that name both, whose value lies beyond the limit. A row that is not understood tells nothing."""
    return list(_above(text.split("\n")))


def _above(lines: Sequence[str]) -> Iterator[Above]:
    order: list[str] = []
    units: dict[str, str] = {}
    for line in lines:
        columns = sorted((found.start(), name) for name, words in COLUMNS.items() for found in words.finditer(line))
        names = [name for place, (_start, name) in enumerate(columns) if not _is_same(columns, place)]
        is_heading = not (SENTENCE.search(line) or IN_TEXT.search(line) or re.search(rf"\d\s*{UNIT}", line))
        if is_heading and {"limit", "value"} <= set(names):
            order, units = names, _units_of(line, columns)
        elif found := _in_row(line, order, units) if order and not IN_TEXT.search(line) else _in_text(line):
            yield found


def _is_same(columns: Sequence[tuple[int, str]], place: int) -> bool:
    """A heading of two words: "Maximum limit"."""
    return place > 0 and columns[place - 1][1] == columns[place][1] == "limit"


def _units_of(heading: str, columns: Sequence[tuple[int, str]]) -> dict[str, str]:
    """Column -> the unit in brackets behind its name."""
    found = {}
    for place, (start, name) in enumerate(columns):
        end = columns[place + 1][0] if place + 1 < len(columns) else len(heading)
        if unit := re.search(rf"[(（,]\s*({UNIT})", heading[start:end]):
            found[name] = unit[1]
    return found


def _in_row(line: str, order: Sequence[str], units: dict[str, str]) -> Above | None:
    line = CLAUSE.sub("", line)
    plain = IN_NO_CELL.sub(lambda found: " " if re.match(r"\d+-\d\d-\d", found[0]) else " - ", line)
    behind = re.search(rf"(?<![\d.]\s)(?<![\d.])(?<!\w){UNIT}", plain)
    if not (behind or units or re.search(rf"\d\s*{UNIT}", plain)):
        return None
    for part in (plain[behind.end() :] if behind else "", plain):
        cells = list(CELL.finditer(part))
        if len(cells) != len(order):
            continue
        row = list(zip(order, cells, strict=True))
        limit = next(cell for name, cell in row if name == "limit")
        for value in (cell for name, cell in row if name == "value"):
            if _is_beyond(value, limit, units.get("value", ""), units.get("limit", "")):
                return Above(line.strip(), value[0].strip(), limit[0].strip())
        return None
    return None


def _in_text(line: str) -> Above | None:
    """Leakage current: 1.20 mA, limit 0.75 mA."""
    if not (limit := IN_TEXT.search(line)):
        return None
    others = [*CELL.finditer(line[: limit.start()]), *CELL.finditer(line[limit.end() :])]
    of_its_unit = [one for one in others if one["unit"] and limit["unit"] and _comparable(one["unit"], limit["unit"])]
    measured = MEASURED.search(line[: limit.start()]) or MEASURED.search(line[limit.end() :])
    value = of_its_unit[0] if len(of_its_unit) == 1 else measured
    if value and _is_beyond(value, limit, "", ""):
        return Above(line.strip(), value[0].strip(), limit["number"])
    return None


def _comparable(one: str, other: str) -> bool:
    one, other = one.replace("μ", "µ"), other.replace("μ", "µ")
    return one == other or (one in UNITS and other in UNITS)


def _is_beyond(value: re.Match[str], limit: re.Match[str], value_unit: str, limit_unit: str) -> bool:
    """Of what is not detected, below a bound, or in units that cannot be compared, nothing is known."""
    sign = limit["sign"] or ""
    if not value["number"] or not limit["number"] or (value.groupdict().get("sign") or "")[:1] in tuple("<>≤≥"):
        return False
    value_unit, limit_unit = value["unit"] or value_unit, limit["unit"] or limit_unit
    found, bound = _number(value["number"]), _number(limit["number"])
    if value_unit and limit_unit:
        if not _comparable(value_unit, limit_unit):
            return False
        found, bound = (
            found * UNITS.get(value_unit.replace("μ", "µ"), 1),
            bound * UNITS.get(limit_unit.replace("μ", "µ"), 1),
        )
    return found < bound if sign[:1] in (">", "≥") or sign.lower().startswith("min") else found > bound


def _number(text: str) -> float:
    plain = text.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) else text.replace(",", ".")
    return float(plain)

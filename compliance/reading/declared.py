"""Rows of a declaration, as people type, paste and import them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from compliance.reading.substances import Line
from compliance.reading.text import tidy

# Column -> what its heading may be, in plain letters.
HEADINGS = {
    "name": (
        "inci",
        "inciname",
        "ingredient",
        "ingredients",
        "name",
        "substance",
        "material",
        "材料",
        "成分",
        "名称",
        "物质",
        "原料",
    ),
    "cas": ("cas", "casno", "casnumber", "casrn", "cas号", "cas编号"),
    "ec": ("ec", "ecno", "ecnumber", "einecs", "ec号"),
    "percent": (
        "",
        "percent",
        "concentration",
        "concentrationpercent",
        "content",
        "ww",
        "含量",
        "浓度",
        "百分比",
        "含量百分比",
        "重量百分比",
    ),
    "ppm": ("ppm", "mgkg", "concentrationppm", "含量ppm"),
    "function": ("function", "purpose", "use", "功能", "用途", "作用"),
    "part": ("part", "partname", "component", "部件", "零件", "部位"),
}
USUAL = ("name", "cas", "percent", "function")
BALANCE = re.compile(
    r"^(?:q\.?\s?s\.?(?:\s*(?:to|ad)?\s*100\s*%?)?|balance|bal\.?|to\s*100\s*%?|ad\s*100\s*%?|余量|至100%?)$",
    re.IGNORECASE,
)
NUMBER = r"(\d+(?:[.,]\d+)?)"
EXACT = re.compile(rf"^{NUMBER}$")
BETWEEN = re.compile(rf"^{NUMBER}\s*(?:-|–|~|to|至)\s*{NUMBER}$", re.IGNORECASE)
BELOW = re.compile(rf"^(?:<|≤|<=|up to|max\.?|小于|不超过)\s*{NUMBER}$", re.IGNORECASE)
PPM = Decimal("0.0001")
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as text: what it says in each column."""

    name: str = ""
    cas: str = ""
    ec: str = ""
    percent: str = ""
    ppm: str = ""
    function: str = ""
    part: str = ""

    @property
    def is_blank(self) -> bool:
        return not any((self.name, self.cas, self.ec, self.percent, self.ppm, self.function, self.part))


def rows_of(cells: Sequence[Sequence[str]]) -> list[Row]:
    """Rows of a table with or without a heading. Without one the columns are name, CAS, %, function."""
    filled = [[tidy(str(cell)).strip() for cell in row] for row in cells]
    filled = [row for row in filled if any(row)]
    if not filled:
        return []
    columns = [_column(cell) for cell in filled[0]]
    if "name" in columns:
        filled = filled[1:]
    else:
        columns = list(USUAL)
    rows = [Row(**{name: value for name, value in zip(columns, row, strict=False) if name}) for row in filled]
    return [row for row in rows if not row.is_blank]


def _column(heading: str) -> str:
    plain = "".join(character for character in heading.casefold() if character.isalnum())
    if "%" in heading and plain in HEADINGS["percent"]:
        return "percent"
    return next((name for name, known in HEADINGS.items() if plain and plain in known), "")


def pasted(text: str) -> list[Row]:
    """Rows as they come from a spreadsheet (tabs), a list (semicolons, commas) or columns of a PDF (several spaces)."""
    lines = [line for line in text.splitlines() if line.strip()]
    separator = next((mark for mark in ("\t", ";", "|") if any(mark in line for line in lines)), None)
    if separator is None:
        separator = "," if sum(line.count(",") for line in lines) >= 2 * len(lines) else None
    split = [line.split(separator) if separator else re.split(r"\s{2,}", line.strip()) for line in lines]
    return rows_of(split)


def lines_of(rows: Sequence[Row]) -> tuple[list[Line], list[tuple[int, str]]]:
    """The lines, and for each that cannot be understood its place (from 1) and what is wrong with it, as a code:
    concentration. One line may say that it is the balance to 100 %."""
    errors = []
    shares: list[tuple[Decimal, Decimal] | None] = []
    balances = [place for place, row in enumerate(rows, start=1) if BALANCE.match(row.percent.strip())]
    for place, row in enumerate(rows, start=1):
        if place in balances:
            shares.append(None)
            continue
        try:
            shares.append(_share(row))
        except ValueError:
            shares.append(None)
            errors.append((place, "concentration"))
    if len(balances) > 1:
        errors += [(place, "second_balance") for place in balances[1:]]
    elif balances and not errors:
        shares[balances[0] - 1] = _balance(shares)
    lines = []
    for row, share in zip(rows, shares, strict=True):
        low, high = share if share else (None, None)
        lines.append(Line(row.name, _plain_number(row.cas), _plain_number(row.ec), low, high, row.function))
    return lines, errors


def _plain_number(text: str) -> str:
    return "" if text.strip() in {"-", "/", "—", "n/a", "N/A", "无"} else re.sub(r"\s*-\s*", "-", text.strip())


def _share(row: Row) -> tuple[Decimal, Decimal] | None:
    """(low, high) in per cent. Raises ValueError for anything but a number, a range or an upper bound."""
    text, factor = (row.ppm, PPM) if row.ppm and not row.percent else (row.percent, Decimal(1))
    text = text.strip()
    if text.lower().endswith("ppm"):
        text, factor = text[:-3].strip(), PPM
    text = text.removesuffix("%").strip().replace("%", "")
    if not text:
        return None
    for low, high in _ends(text):
        return low * factor, high * factor
    raise ValueError(text)


def _ends(text: str) -> Iterator[tuple[Decimal, Decimal]]:
    if match := EXACT.match(text):
        yield _decimal(match[1]), _decimal(match[1])
    elif match := BETWEEN.match(text):
        yield _decimal(match[1]), _decimal(match[2])
    elif match := BELOW.match(text):
        yield Decimal(0), _decimal(match[1])


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValueError(text) from None
    if value >= 1_000_000_000 or len(text) > 20:
        raise ValueError(text)
    return value


def _balance(shares: Sequence[tuple[Decimal, Decimal] | None]) -> tuple[Decimal, Decimal]:
    low = sum((share[0] for share in shares if share), Decimal(0))
    high = sum((share[1] for share in shares if share), Decimal(0))
    return max(WHOLE - high, Decimal(0)), max(WHOLE - low, Decimal(0))

"""Rows of a declaration, as people type, paste and import them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from compliance.reading.numbers import cas_expected
from compliance.reading.restrictions import Line
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
# The rest to 100 %: said outright, or as "enough" alone, which several lines may say of what sets the pH.
BALANCE = re.compile(
    r"^(?:(?:q\.?\s?s\.?\s?p?\.?|add?|up)?\s*(?:to|ad|for)?\s*100\s*%|balance(?:\s*to\s*100\s*%)?|bal\.?|rest|remainder"
    r"|余量|(?:补足|加|补)?至\s*100\s*%)$",
    re.IGNORECASE,
)
ENOUGH = re.compile(r"^(?:q\.?\s?s\.?(?:\s?p\.?)?|适量)$", re.IGNORECASE)
NUMBER = r"(\d+(?:[.,]\d+)?)"
EXACT = re.compile(rf"^{NUMBER}$")
BETWEEN = re.compile(rf"^{NUMBER}\s*(?:-|–|—|~|to|至|到)\s*{NUMBER}$", re.IGNORECASE)
BELOW = re.compile(rf"^(?:<|≤|<=|up to|max\.?|小于|不超过|低于)\s*{NUMBER}$", re.IGNORECASE)
ABOVE = re.compile(rf"^(?:>|≥|>=|min\.?|大于|不低于|不少于)\s*{NUMBER}$", re.IGNORECASE)
ABOUT = re.compile(rf"^{NUMBER}\s*(?:±|\+/-)\s*{NUMBER}$")
PER_CENT_OF = {
    "%": Decimal(1), "‰": Decimal("0.1"), "g/kg": Decimal("0.1"), "mg/g": Decimal("0.1"), "ppm": Decimal("0.0001"),
    "mg/kg": Decimal("0.0001"), "µg/g": Decimal("0.0001"), "ug/g": Decimal("0.0001"), "ppb": Decimal("0.0000001"),
    "µg/kg": Decimal("0.0000001"), "ug/kg": Decimal("0.0000001"),
}  # fmt: skip
UNIT = re.compile(r"%|‰|(?<![a-zµ])(?:mg/kg|mg/g|[µu]g/kg|[µu]g/g|g/kg|ppm|ppb)(?![a-z])", re.IGNORECASE)
BY_WEIGHT = re.compile(r"\(?\b(?:w/w|m/m|wt|by\s+weight)\b\.?\)?", re.IGNORECASE)
THOUSANDS = re.compile(r"(?<!\d)[1-9]\d{0,2}(?:,\d{3})+(?!\d)")
CAS_PREFIX = re.compile(r"^CAS(?:\s*(?:RN|No|Nr|号|编号|number))?\s*[.:#]*\s*", re.IGNORECASE)
DASHES = dict.fromkeys(map(ord, "—―ー–"), "-")
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
    concentration, separator, second_balance. One line may say that it is the balance to 100 %; of those that say "enough"
    beside it nothing is known."""
    errors = []
    shares: list[tuple[Decimal, Decimal] | None] = []
    said = [tidy(row.percent).strip() for row in rows]
    balances = [place for place, text in enumerate(said, start=1) if _is_balance(text)]
    enough = [place for place, text in enumerate(said, start=1) if ENOUGH.match(text)]
    if not balances and len(enough) == 1:
        balances, enough = enough, []
    for place, row in enumerate(rows, start=1):
        if place in balances or place in enough:
            shares.append(None)
            continue
        try:
            shares.append(_share(row))
        except ManyReadings:
            shares.append(None)
            errors.append((place, "separator"))
        except ValueError:
            shares.append(None)
            errors.append((place, "concentration"))
    if len(balances) > 1 or (enough and not balances):
        errors += [(place, "second_balance") for place in (balances or enough)[1:]]
    elif balances and not errors:
        shares[balances[0] - 1] = _balance(shares)
    lines = []
    for row, share in zip(rows, shares, strict=True):
        low, high = share if share else (None, None)
        lines.append(
            Line(
                tidy(row.name).strip(),
                _hyphenated(_plain_number(row.cas)),
                _plain_number(row.ec),
                low,
                high,
                row.function,
            )
        )
    return lines, errors


class ManyReadings(ValueError):
    """1,000 ppm: a thousand to one person, one to another."""


def _is_balance(text: str) -> bool:
    plain = text if text.endswith("%") or not text.endswith("100") else f"{text}%"
    return BALANCE.match(plain) is not None and plain not in ("100%", "100 %")


def _plain_number(text: str) -> str:
    """A CAS or EC number as the registry writes it: no prefix, plain hyphens, no spaces."""
    text = tidy(text).translate(DASHES).strip()
    return "" if text in {"-", "/", "n/a", "N/A", "无"} else re.sub(r"\s*-\s*", "-", CAS_PREFIX.sub("", text))


def _hyphenated(cas: str) -> str:
    """7732185 is 7732-18-5 where its last digit proves it."""
    number = f"{cas[:-3]}-{cas[-3:-1]}-{cas[-1:]}"
    return number if re.fullmatch(r"\d{5,10}", cas) and cas_expected(number) == number else cas


def _share(row: Row) -> tuple[Decimal, Decimal] | None:
    """(low, high) in per cent. Raises ValueError for anything but a number, a range or a bound."""
    text, unit = (f"{row.ppm} ppm", "") if row.ppm and not row.percent else (row.percent, "%")
    text = BY_WEIGHT.sub("", tidy(text)).strip()
    units = {found.lower() for found in UNIT.findall(text)} or {unit}
    if len(units) > 1:
        raise ValueError(text)
    factor = PER_CENT_OF[units.pop()]
    text = UNIT.sub("", text).strip()
    if not text:
        return None
    if factor < PER_CENT_OF["‰"] and THOUSANDS.search(text):
        raise ManyReadings(text)
    for low, high in _ends(text, WHOLE / factor):
        return low * factor, high * factor
    raise ValueError(text)


def _ends(text: str, whole: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
    if match := EXACT.match(text):
        yield _decimal(match[1]), _decimal(match[1])
    elif match := BETWEEN.match(text):
        yield _decimal(match[1]), _decimal(match[2])
    elif match := BELOW.match(text):
        yield Decimal(0), _decimal(match[1])
    elif match := ABOVE.match(text):
        yield _decimal(match[1]), max(_decimal(match[1]), whole)
    elif match := ABOUT.match(text):
        middle, by = _decimal(match[1]), _decimal(match[2])
        yield max(middle - by, Decimal(0)), middle + by


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

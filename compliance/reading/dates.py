"""Dates as papers print them, and what the words before them say they are."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from compliance.reading.text import Page

MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january jan januar janvier enero gennaio januari",
            "february feb februar février fevrier febrero febbraio februari",
            "march mar märz maerz mars marzo maret",
            "april apr avril abril aprile",
            "may mai mayo maggio mei",
            "june jun juni juin junio giugno",
            "july jul juli juillet julio luglio",
            "august aug août aout agosto agustus",
            "september sep sept septembre septiembre settembre",
            "october oct oktober okt octobre octubre ottobre",
            "november nov novembre noviembre",
            "december dec dezember dez décembre decembre diciembre dicembre desember",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"((?:19|20)\d\d)"
YEAR_FIRST = re.compile(rf"(?<!\d){_YEAR}\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})(?!\d)\s*日?")
DAY_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}})\s?([-/.])\s?(\d{{1,2}})\s?\2\s?{_YEAR}(?!\d)")
MONTH_FIRST = re.compile(rf"\b{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*{_YEAR}\b", re.IGNORECASE)
MONTH_WITHIN = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]*(?:de\s+|day\s+of\s+)?{_MONTH}[\s,/-]*(?:de\s+)?{_YEAR}\b",
    re.IGNORECASE,
)
YEAR_MONTH_NAMED = re.compile(rf"(?<!\d){_YEAR}[\s/.-]+{_MONTH}[\s/.-]*(\d{{1,2}})(?!\d)", re.IGNORECASE)
THAI_MONTHS = [
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
]
THAI = re.compile(rf"(\d{{1,2}})\s*({'|'.join(THAI_MONTHS)})\s*(?:พ\.ศ\.\s*)?(25\d\d)")  # in years of the Buddhist era
VIETNAMESE = re.compile(rf"(\d{{1,2}})\s*tháng\s*(\d{{1,2}})\s*năm\s*{_YEAR}", re.IGNORECASE)
# Only where a label says that it is a date: other numbers look the same.
COMPACT = re.compile(r"(?<![\d.-])(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\d.-])")
SHORT_YEAR = re.compile(r"(?<![\d./-])(\d{1,2})([-/.])(\d{1,2})\2(\d\d)(?![\d./-])")
SHORT_YEAR_NAMED = re.compile(rf"(?<!\d)(\d{{1,2}})[\s-]*{_MONTH}[\s-]*'?(\d\d)(?!\d)", re.IGNORECASE)
CHINESE = re.compile(
    r"([〇零○Oo一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
REIWA = re.compile(r"令和\s*(\d{1,2}|元)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
NUMERALS = {"〇": 0, "零": 0, "○": 0, "O": 0, "o": 0} | {
    numeral: n for n, numeral in enumerate("一二三四五六七八九", 1)
}
# The nearest of these before a date, on its line or the one above, says what it is.
LABELS = {
    "valid_to": re.compile(
        r"valid\s*(?:until|till|to|thru|through)|validity\s*(?:until|to|date)|expir(?:y|es|ed|ation)|date\s*of\s*expir|best before"
        r"|有效期(?:限?(?:至|到|截止))?|有效日期|失效日期|到期|截止|有効期限|gültig\s*bis|valable\s*jusqu|válido\s*hasta|valido\s*fino"
        r"|berlaku\s*(?:sampai|hingga)|hết\s*hạn|có\s*giá\s*trị\s*đến",
        re.IGNORECASE,
    ),
    "valid_from": re.compile(
        r"valid\s*from|effective\s*(?:date|from)|validity\s*from|生效|有效期(?:自|起)|gültig\s*(?:ab|von)|valable\s*du",
        re.IGNORECASE,
    ),
    "issued_on": re.compile(
        r"date\s*of\s*(?:first\s*)?(?:issue|certification)|issu(?:e|ed|ing|ance)\s*(?:date|on)?|report\s*date|\bdated\b|^\s*date\s*:"
        r"|签发|发证|颁发|报告日期|出具|批准日期|発行|ausstell|ausgestellt|date\s*d.(?:émission|établissement)|fecha\s*de",
        re.IGNORECASE | re.MULTILINE,
    ),
}
PERIOD = re.compile(r"(?<!in)valid|effective|有效|gültig|valable|válid|valido|berlaku", re.IGNORECASE)
THROUGH = re.compile(
    r"\s*\(?\s*(?:~|-|–|—|to|till|until|through|thru|bis|au|al|hasta|sampai|đến|至|到)\s*:?\s*", re.IGNORECASE
)
REACH = 60  # characters between a label and its date


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text. `readings` has more than one where day, month and year can be told apart in several ways.

    `label` is a key of LABELS or empty; `quote` the line that it stands on; `order` "dmy" or "mdy" where a date of
    numbers can only be read so.
    """

    readings: tuple[date, ...]
    label: str
    page: int
    quote: str
    order: str = ""


def dates_in(pages: Sequence[Page], *, order: str = "") -> list[Found]:
    """Every date in the order of the text. A paper that writes one date day first writes all of them so.

    `order`: "dmy" or "mdy", in which the issuer writes where the paper itself does not tell.
    """
    found = [one for page in pages for one in _on_page(page)]
    orders = {one.order for one in found if one.order} or {order}
    if orders == {"dmy"} or orders == {"mdy"}:
        place = 0 if orders == {"dmy"} else 1
        return [replace(one, readings=(one.readings[place],)) if len(one.readings) == 2 else one for one in found]
    return found


def _on_page(page: Page) -> Iterator[Found]:
    spans = sorted(_dates(page.text), key=lambda span: (span[0], -span[1]))
    labels = [_label(page.text[max(0, start - REACH) : start]) for start, _end, _readings, _order, _sure in spans]
    _label_columns(page.text, spans, labels)
    _label_periods(page.text, spans, labels)
    for (start, end, readings, order, is_sure), label in zip(spans, labels, strict=True):
        if is_sure or label:
            begins, ends = page.text.rfind("\n", 0, start) + 1, page.text.find("\n", end)
            quote = page.text[begins : None if ends < 0 else ends].strip()[:300]
            yield Found(readings, label, page.number, quote, order)


Span = tuple[int, int, tuple[date, ...], str, bool]


def _label_periods(text: str, spans: Sequence[Span], labels: list[str]) -> None:
    """Of "valid 2026-03-02 to 2027-03-01" the first is where it begins, the second where it ends."""
    for place, (one, other) in enumerate(pairwise(spans)):
        if THROUGH.fullmatch(text[one[1] : other[0]]) and PERIOD.search(text[max(0, one[0] - REACH) : one[0]]):
            labels[place], labels[place + 1] = "valid_from", "valid_to"


def _label_columns(text: str, spans: Sequence[Span], labels: list[str]) -> None:
    """A row of dates under a row of headings, as many of one as of the other."""
    rows: dict[int, list[int]] = {}
    for place, span in enumerate(spans):
        rows.setdefault(text.rfind("\n", 0, span[0]) + 1, []).append(place)
    for begins, places in rows.items():
        above = text[text.rfind("\n", 0, max(0, begins - 1)) + 1 : max(0, begins - 1)]
        ends = text.find("\n", begins)
        row = text[begins : len(text) if ends < 0 else ends]
        if len(places) < 2 or any(pattern.search(row) for pattern in LABELS.values()):
            continue
        headings = sorted((match.start(), label) for label, found in LABELS.items() for match in found.finditer(above))
        if len(headings) == len(places):
            for place, (_start, label) in zip(places, headings, strict=True):
                labels[place] = label


def _dates(text: str) -> Iterator[Span]:
    """(start, end, readings, order that it can only be read in, whether it is a date without any label)."""
    for match in YEAR_FIRST.finditer(text):
        yield from _at(match, [(match[1], match[2], match[3])])
    for match in DAY_FIRST.finditer(text):
        day_first, month_first = (match[4], match[3], match[1]), (match[4], match[1], match[3])
        # Points are only ever written day first.
        yield from _at(match, [day_first] if match[2] == "." else [day_first, month_first], is_ordered=match[2] != ".")
    for match in MONTH_FIRST.finditer(text):
        yield from _at(match, [(match[3], MONTHS[match[1].lower()], match[2])])
    for match in MONTH_WITHIN.finditer(text):
        yield from _at(match, [(match[3], MONTHS[match[2].lower()], match[1])])
    for match in YEAR_MONTH_NAMED.finditer(text):
        yield from _at(match, [(match[1], MONTHS[match[2].lower()], match[3])])
    for match in THAI.finditer(text):
        yield from _at(match, [(int(match[3]) - 543, THAI_MONTHS.index(match[2]) + 1, match[1])])
    for match in VIETNAMESE.finditer(text):
        yield from _at(match, [(match[3], match[2], match[1])])
    for match in CHINESE.finditer(text):
        year = "".join(str(NUMERALS[numeral]) for numeral in match[1])
        yield from _at(match, [(year, _numeral(match[2]), _numeral(match[3]))])
    for match in REIWA.finditer(text):
        yield from _at(match, [(2018 + (1 if match[1] == "元" else int(match[1])), match[2], match[3])])
    for match in COMPACT.finditer(text):
        yield from _at(match, [(match[1], match[2], match[3])], is_sure=False)
    for match in SHORT_YEAR.finditer(text):
        first, second, third = match[1], match[3], match[4]
        written = [(f"20{third}", second, first), (f"20{third}", first, second), (f"20{first:0>2}", second, third)]
        yield from _at(match, written[:1] if match[2] == "." else written, is_sure=False)
    for match in SHORT_YEAR_NAMED.finditer(text):
        yield from _at(match, [(f"20{match[3]}", MONTHS[match[2].lower()], match[1])], is_sure=False)


def _numeral(text: str) -> int:
    """A Chinese number below a hundred: 三十一 is 31."""
    tens, ten, ones = text.rpartition("十")
    return (NUMERALS.get(tens, 1) if ten else 0) * 10 + NUMERALS.get(ones, 0)


def _at(
    match: re.Match,
    written: Sequence[tuple[str | int, str | int, str | int]],
    *,
    is_ordered: bool = False,
    is_sure: bool = True,
) -> Iterator[Span]:
    readings: list[date] = []
    orders = []
    for place, (year, month, day) in enumerate(written):
        with suppress(ValueError):
            reading = date(int(year), int(month), int(day))
            orders.append(("dmy", "mdy", "ymd")[place])
            if reading not in readings:
                readings.append(reading)
    if readings:
        order = orders[0] if is_ordered and len(orders) == 1 else ""
        yield match.start(), match.end(), tuple(readings), order, is_sure


def _label(before: str) -> str:
    """The label that ends last before the date."""
    lines = before.split("\n")[-2:]
    ends = {
        label: max((match.end() for match in pattern.finditer("\n".join(lines))), default=-1)
        for label, pattern in LABELS.items()
    }
    label = max(ends, key=ends.__getitem__)
    return label if ends[label] >= 0 else ""

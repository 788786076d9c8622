"""Dates as papers print them, and what the words before them say they are."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from compliance.reading.text import Page

MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january jan januar janvier enero gennaio",
            "february feb februar février fevrier febrero febbraio",
            "march mar märz maerz mars marzo",
            "april apr avril abril aprile",
            "may mai mayo maggio",
            "june jun juni juin junio giugno",
            "july jul juli juillet julio luglio",
            "august aug août aout agosto",
            "september sep sept septembre septiembre settembre",
            "october oct oktober okt octobre octubre ottobre",
            "november nov novembre noviembre",
            "december dec dezember dez décembre decembre diciembre dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
MONTH_FIRST = re.compile(rf"\b{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*((?:19|20)\d\d)\b", re.IGNORECASE)
MONTH_WITHIN = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]*(?:de\s+)?{_MONTH}[\s,-]*(?:de\s+)?((?:19|20)\d\d)\b", re.IGNORECASE
)
# The nearest of these before a date, on its line or the one above, says what it is.
LABELS = {
    "valid_to": re.compile(
        r"valid\s*(?:until|till|to|thru|through)|validity\s*(?:until|to|date)|expir(?:y|es|ation)|date\s*of\s*expir|best before"
        r"|有效期(?:至|到|限至)?|失效日期|到期|截止|gültig\s*bis|valable\s*jusqu|válido\s*hasta|valido\s*fino",
        re.IGNORECASE,
    ),
    "valid_from": re.compile(
        r"valid\s*from|effective\s*(?:date|from)|validity\s*from|生效|有效期自|gültig\s*(?:ab|von)", re.IGNORECASE
    ),
    "issued_on": re.compile(
        r"date\s*of\s*issue|issu(?:e|ed|ing|ance)\s*(?:date|on)?|report\s*date|\bdated\b|^\s*date\s*:|签发|发证|颁发|报告日期|出具|批准日期"
        r"|ausstell|ausgestellt|date\s*d.(?:émission|établissement)|fecha\s*de",
        re.IGNORECASE | re.MULTILINE,
    ),
}
REACH = 60  # characters between a label and its date


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text. `readings` has two where day and month can be told either way. `label` is a key of LABELS or
    empty; `quote` the line that it stands on."""

    readings: tuple[date, ...]
    label: str
    page: int
    quote: str


def dates_in(pages: Sequence[Page]) -> list[Found]:
    """Every date in the order of the text."""
    found = []
    for page in pages:
        for start, end, readings in sorted(_dates(page.text)):
            begins, ends = page.text.rfind("\n", 0, start) + 1, page.text.find("\n", end)
            quote = page.text[begins : None if ends < 0 else ends].strip()[:300]
            found.append(Found(readings, _label(page.text[max(0, start - REACH) : start]), page.number, quote))
    return found


def _dates(text: str) -> Iterator[tuple[int, int, tuple[date, ...]]]:
    for match in YEAR_FIRST.finditer(text):
        yield from _at(match, (match[1], match[2], match[3]))
    for match in DAY_FIRST.finditer(text):
        day_first, month_first = (match[4], match[3], match[1]), (match[4], match[1], match[3])
        # Points are only ever written day first.
        yield from _at(match, day_first) if match[2] == "." else _at(match, day_first, month_first)
    for match in MONTH_FIRST.finditer(text):
        yield from _at(match, (match[3], str(MONTHS[match[1].lower()]), match[2]))
    for match in MONTH_WITHIN.finditer(text):
        yield from _at(match, (match[3], str(MONTHS[match[2].lower()]), match[1]))


def _at(match: re.Match, *written: tuple[str, str, str]) -> Iterator[tuple[int, int, tuple[date, ...]]]:
    readings = []
    for year, month, day in written:
        with suppress(ValueError):
            reading = date(int(year), int(month), int(day))
            if reading not in readings:
                readings.append(reading)
    if readings:
        yield match.start(), match.end(), tuple(readings)


def _label(before: str) -> str:
    """The label that ends last before the date."""
    lines = before.split("\n")[-2:]
    ends = {
        label: max((match.end() for match in pattern.finditer("\n".join(lines))), default=-1)
        for label, pattern in LABELS.items()
    }
    label = max(ends, key=ends.__getitem__)
    return label if ends[label] >= 0 else ""

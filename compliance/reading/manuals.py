"""Whether a manual holds what its product needs: the sections, the exact model number, a voltage that fits the market.

The sentence found is given with each section: a pattern that matched does not prove that the section is right, a person
who reads the sentence does.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from compliance.reading.findings import Finding, block, note, review
from compliance.reading.language import Judged, Line, Verdict, judge, name_of
from compliance.reading.local_sections import pattern_for
from compliance.reading.models import Named, find_model, same_pattern
from compliance.reading.text import Page

RANGE = re.compile(r"\b(\d{2,3})\s*V?\s*(?:-|–|~|/|to)\s*(\d{2,3})\s*V\b", re.IGNORECASE)
MAINS = re.compile(r"\b(?:\d{2,3}\s*V?\s*(?:-|–|~|/|to)\s*)?(\d{3})\s*V(?:olts?|AC)?\b", re.IGNORECASE)
RATING = re.compile(
    r"rated|rating|voltage|input|power supply|specification|nennspannung|tension|tensi.n|tensione", re.I
)
# What has another voltage than the product: the outlets of a country, and what is plugged between.
OF_THE_OUTLET = re.compile(
    r"\boutlets?\b|\bsockets?\b|\bconverter|\btransformer|\bin (?:the )?(?:US|USA|Europe|Japan|China)\b.{0,40}\bmains\b",
    re.IGNORECASE,
)
NOT_MEANT = r"(?:\bnot\s+(?:apply|applicable|for|valid|suitable|cover\w*|include)|\bexcept|\bother\s+than|\bunlike|\binstead\s+of|\breplaces)\b[^.\n]{0,60}"
NAMING_A_MODEL = (r"\bmodels?\b", r"\b(?:types?|items?|series)\b")  # of several, beside what the table has for one
NEAR = 400  # characters after the first words of a section, where its value has to stand if it is about an address
LONGEST_QUOTE = 300
FEWEST_OF_A_MANUAL = 200  # letters: below that there is nothing to judge a manual by, whatever it lacks
HEADING = 80  # characters at the most
CONTACT = re.compile(r"@|\+?\d[\d ()-]{7,}")  # says what it is about in its own line
BENEATH = 6  # lines under the heading of a section that tell in which language it goes on


@dataclass(frozen=True, slots=True)
class Section:
    """One section that manuals need, as the catalogue tells it. `severity` says what it is worth where it is missing: "block",
    "warn" (a person looks for it) or "note"."""

    key: str
    categories: Sequence[str]
    markets: Sequence[str]
    traits_any: Sequence[str]
    severity: str
    patterns_any: Sequence[str]
    value_patterns: Sequence[str]


@dataclass(frozen=True, slots=True)
class Place:
    """The market that a manual is for: its own code, the patterns by which addresses name its country (whole words, with
    | between them), the nominal voltage of its mains, and the languages that are spoken there."""

    market: str
    names: str
    volts: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom the manual is. `categories` and `markets` hold the own code and those above it ("EU-DE", "EU").

    `models` are the model numbers by which the product goes, empty where nobody said them. `traits` are those answered
    yes; `languages` those of which one is enough.
    """

    categories: frozenset[str]
    markets: frozenset[str]
    place: Place
    models: tuple[str, ...]
    traits: frozenset[str]
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True, slots=True)
class Match:
    line: Line
    quote: str


def check(
    pages: Sequence[Page], wanted: Wanted, sections: Iterable[Section], voltages: dict[str, str]
) -> list[Finding]:
    """What a manual says and lacks. `voltages`: market -> pattern of the ratings that fit it. No finding is no proof."""
    judged = _best([judge(pages, language) for language in wanted.languages])
    findings = [*read_from_pictures(pages), *language_findings(judged)]
    if judged.verdict is Verdict.OTHER or all(page.source in ("none", "blank") for page in pages):
        return findings
    if sum(line.weight for line in judged.lines) < FEWEST_OF_A_MANUAL:
        return [*findings, block("too_little_text", letters=round(sum(line.weight for line in judged.lines)))]
    findings += model_findings(judged.lines, wanted.models)
    applying = [section for section in sections if applies(section, wanted)]
    for section in applying:
        if "{market_voltage}" not in section.value_patterns:
            findings.append(_section_finding(section, judged, wanted))
    if any("{market_voltage}" in section.value_patterns for section in applying):
        findings.append(voltage_finding(judged.lines, wanted, voltages))
    return findings


def applies(section: Section, wanted: Wanted) -> bool:
    return (
        bool({"*", *wanted.categories}.intersection(section.categories))
        and bool({"*", *wanted.markets}.intersection(section.markets))
        and (not section.traits_any or bool(wanted.traits.intersection(section.traits_any)))
    )


def read_from_pictures(pages: Sequence[Page]) -> list[Finding]:
    """Pages without a text layer are never taken as read without a person who compares them."""
    findings = []
    if recognised := [page.number for page in pages if page.source == "ocr"]:
        findings.append(review("no_text_layer", page=recognised[0], pages=recognised))
    silent = [page.number for page in pages if page.source == "none"]
    if pages and all(page.source in ("none", "blank") for page in pages):
        silent = [page.number for page in pages]
    if silent:
        weight = block if len(silent) == len(pages) else review
        findings.append(weight("no_text", page=silent[0], pages=silent))
    return findings


def language_findings(judged: Judged) -> list[Finding]:
    first = judged.strange[0] if judged.strange else None
    said: dict[str, Any] = {
        "language": judged.wanted,
        "verdict": name_of(judged.verdict, judged.wanted),
        "shares": judged.shares,
    }
    where: dict[str, Any] = {"page": first.page, "quote": first.text[:LONGEST_QUOTE]} if first else {}
    match judged.verdict:
        case Verdict.NO_TEXT:
            return []
        case Verdict.OTHER:
            return [block("not_in_language", **said)]
        case Verdict.MIXED:
            return [review("mixed_language", **where, **said, changes=judged.changes)]
    return [note("language", **where, **said)]


def model_findings(lines: Sequence[Line], models: Sequence[str]) -> list[Finding]:
    """The exact model number has to occur, as a word of its own: HD-2200B is another one than HD-2200."""
    if not models:
        return [review("model_unknown")]
    named = "|".join(map(same_pattern, models))
    lines = [line for line in lines if not re.search(f"{NOT_MEANT}(?:{named})", line.text, re.IGNORECASE)]
    text, starts = _joined(lines)
    mentions = [(mention, model) for model in models if (mention := find_model(model, text))]
    if mentions:
        mention, model = min(mentions, key=lambda found: list(Named).index(found[0].named))
        quote, page = _sentence(text, mention.start, mention.end), lines[_line_at(starts, mention.start)].page
        if mention.named is Named.SAME:
            return [note("model_found", page=page, quote=quote, model=model)]
        return [review(f"model_{mention.named}", page=page, quote=quote, models=list(models))]
    other = _first(lines, r"\bmodel(?:\s*(?:no|number|name))?\b[.:# ]{1,3}\s*[A-Z0-9][\w./-]*\d[\w./-]*")
    where: dict[str, Any] = {"page": other.line.page, "quote": other.quote} if other else {}
    return [block("model_mismatch", **where, models=list(models))]


def voltage_finding(lines: Sequence[Line], wanted: Wanted, voltages: dict[str, str]) -> Finding:
    """Where lines speak of a rating, those count; a manual for 220 V does not fit because it warns of 120 V.

    A rating fits when it is the market's by pattern (by its nominal voltage where there is none), or a range that
    covers it.
    """
    nominal = wanted.place.volts
    market = next((code for code in sorted(wanted.markets) if code in voltages), wanted.place.market)
    fitting = voltages.get(market, rf"\b{nominal}\s*V")
    saying = [line for line in lines if MAINS.search(line.text) and _is_mains(line.text)]
    saying = [line for line in saying if not OF_THE_OUTLET.search(line.text)] or saying
    rating = [line for line in saying if RATING.search(line.text)] or saying
    for line in rating:
        if re.search(fitting, line.text, re.IGNORECASE) or _covers(line.text, nominal):
            return note("voltage_found", page=line.page, quote=line.text[:LONGEST_QUOTE], market=market, volts=nominal)
    if not rating:
        return block("voltage_missing", market=market, volts=nominal)
    first = rating[0]
    return block("voltage_mismatch", page=first.page, quote=first.text[:LONGEST_QUOTE], market=market, volts=nominal)


def _is_mains(text: str) -> bool:
    return any(90 <= int(match[1]) <= 260 for match in MAINS.finditer(text))


def _covers(text: str, nominal: int) -> bool:
    return any(int(match[1]) <= nominal <= int(match[2]) for match in RANGE.finditer(text))


def _section_finding(section: Section, judged: Judged, wanted: Wanted) -> Finding:
    if judged.wanted != "en":
        return _for_a_person(section, judged)
    found = find_section(section, judged.lines, wanted)
    if found and (other := _goes_on_in(found, judged)):
        quote = other.text[:LONGEST_QUOTE]
        return review(
            "section_in_another_language", page=other.page, quote=quote, section=section.key, language=other.language
        )
    if found:
        return note("section_found", page=found.line.page, quote=found.quote, section=section.key)
    weight = block if section.severity == "block" else review if section.severity == "warn" else note
    if weight is review and judged.verdict is Verdict.MIXED:
        weight = note  # a person reads it line by line as it is
    return weight("section_missing", section=section.key)


def _goes_on_in(found: Match, judged: Judged) -> Line | None:
    """The first line under a heading where what follows on its page is not in the wanted language. What takes turns all the
    way through was said of the whole."""
    if judged.verdict is Verdict.MIXED:
        return None
    place = next((place for place, line in enumerate(judged.everything) if line is found.line), None)
    if place is None or len(found.line.text) > HEADING or CONTACT.search(found.line.text):
        return None
    beneath = [line for line in judged.everything[place + 1 :] if line.language and line.page == found.line.page]
    beneath = beneath[:BENEATH]
    others = [line for line in beneath if line.language != judged.wanted]
    is_other = beneath and beneath[0] in others and sum(map(_weight, others)) > sum(map(_weight, beneath)) / 2
    return others[0] if is_other else None


def _weight(line: Line) -> float:
    return line.weight


def _for_a_person(section: Section, judged: Judged) -> Finding:
    """Sections are judged in English only. In another language a person reads where one may be, and says so of each;
    what only warns is shown as noted."""
    found = _local(section, judged)
    where: dict[str, Any] = {"page": found.line.page, "quote": found.quote} if found else {}
    weight = review if section.severity == "block" else note
    code = "section_to_confirm" if found else "section_not_judged"
    return weight(code, **where, section=section.key, language=judged.wanted)


def _local(section: Section, judged: Judged) -> Match | None:
    """Where the section may be; of an address, the line that gives one rather than the first that speaks of a maker."""
    pattern = pattern_for(judged.wanted, section.key)
    if pattern is None:
        return None
    as_heading = _first(judged.lines, rf"(?:{pattern})[^.:]{{0,20}}[::]") if section.key.endswith("-address") else None
    return as_heading or _first(judged.lines, pattern)


def find_section(section: Section, lines: Sequence[Line], wanted: Wanted) -> Match | None:
    """The sentence that opens the section, if all the values that it needs are there too."""
    values = [_filled(pattern, wanted, lines) for pattern in section.value_patterns]
    if section.key.endswith("-address"):
        return _first_near(section, lines, values)
    if not all(any(_searched(value, lines)) for value in values):
        return None
    patterns = [*section.patterns_any, *(NAMING_A_MODEL if "{model_number}" in section.value_patterns else ())]
    return next((found for pattern in patterns if (found := _first(lines, pattern))), None)


def _filled(pattern: str, wanted: Wanted, lines: Sequence[Line]) -> str:
    """A pattern for this product; how a model is written, `model_findings` judges."""
    text, _starts = _joined(lines)
    mentions = [mention for model in wanted.models if (mention := find_model(model, text))]
    models = "|".join(re.escape(text[mention.start : mention.end]) for mention in mentions) or r"(?!)"
    country = rf"\b(?:{wanted.place.names})\b"
    return pattern.replace("{model_number}", f"(?:{models})").replace("{market_country}", country)


def _first_near(section: Section, lines: Sequence[Line], values: Sequence[str]) -> Match | None:
    """An address follows its heading: a country elsewhere in the manual is none of the importer."""
    text, starts = _joined(lines)
    for pattern in section.patterns_any:
        for match in _compiled(pattern).finditer(_on_one_line(text)):
            after = text[match.start() : match.end() + NEAR]
            if all(re.search(value, after, re.IGNORECASE) for value in values):
                return Match(lines[_line_at(starts, match.start())], _sentence(text, match.start(), match.end()))
    return None


def _first(lines: Sequence[Line], pattern: str) -> Match | None:
    return next(_searched(pattern, lines), None)


def _searched(pattern: str, lines: Sequence[Line]) -> Iterator[Match]:
    text, starts = _joined(lines)
    for match in _compiled(pattern).finditer(_on_one_line(text)):
        yield Match(lines[_line_at(starts, match.start())], _sentence(text, match.start(), match.end()))


@cache
def _compiled(pattern: str) -> re.Pattern:
    return re.compile(pattern, re.IGNORECASE)


def _joined(lines: Sequence[Line]) -> tuple[str, list[int]]:
    """One text, so that a sentence broken over two lines is found, and where each line begins in it."""
    starts, length = [], 0
    for line in lines:
        starts.append(length)
        length += len(line.text) + 1
    return "\n".join(line.text for line in lines), starts


def _on_one_line(text: str) -> str:
    """For patterns that know spaces only: what stands in a paragraph is broken anywhere. Places stay the same."""
    return text.replace("\n", " ")


def _line_at(starts: Sequence[int], position: int) -> int:
    return bisect_right(starts, position) - 1


def _sentence(text: str, start: int, end: int) -> str:
    """The line or lines around a match, as the reader would point at them."""
    begins = text.rfind("\n", 0, start) + 1
    ends = text.find("\n", end)
    return text[begins : len(text) if ends < 0 else ends].replace("\n", " ")[:LONGEST_QUOTE]


def _best(judged: Sequence[Judged]) -> Judged:
    """Of the languages that would do, the one that the paper is best in."""
    order = [Verdict.ONLY, Verdict.AMONG_OTHERS, Verdict.MIXED, Verdict.OTHER, Verdict.NO_TEXT]
    return min(judged, key=lambda one: order.index(one.verdict))

"""Model numbers in texts: the same one, the same written otherwise, or one that a family may cover."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

LISTED = r"\s*[/,&+、]\s*"
THROUGH = r"\s*(?:~|-|to|through|bis|至)\s*"
SERIES = r"\s*(?:series|family|range|serie|系列)"
WILD = "xX*#□■○◯"
BETWEEN = r"[\s._/-]{0,2}"
FEWEST = 4  # letters and digits of a model that is looked for in another spelling


class Named(StrEnum):
    """How a text names a model. Only SAME needs nobody to look."""

    SAME = "same"
    OTHERWISE = "written_otherwise"
    FAMILY = "by_series"


@dataclass(frozen=True, slots=True)
class Mention:
    named: Named
    start: int
    end: int


@cache
def same_pattern(model: str) -> str:
    """As a word of its own: HD-2200B and HD-2200-2 are other models than HD-2200. A line may break after a hyphen."""
    return _word(r"\s*".join(re.escape(part).replace(r"\-", r"-\s?") for part in model.split()))


@cache
def spelled_pattern(model: str) -> str | None:
    """With other marks between its parts, or none: HD 2200, HD2200, HD/2200 for HD-2200."""
    parts = re.findall(r"[A-Za-z]+|\d+|[^\W\d_a-zA-Z]+", model)
    if sum(map(len, parts)) < FEWEST:
        return None
    return _word(BETWEEN.join(map(re.escape, parts)))


def _word(pattern: str) -> str:
    return rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9]|-[A-Za-z0-9])"


def find_model(model: str, text: str) -> Mention | None:
    """The best mention of a model in a text."""
    for named, pattern in ((Named.SAME, same_pattern(model)), (Named.OTHERWISE, spelled_pattern(model))):
        if pattern and (match := re.search(pattern, text, re.IGNORECASE)):
            return Mention(named, match.start(), match.end())
    return _family(model, text)


def _family(model: str, text: str) -> Mention | None:
    """Named by a pattern (HD-22XX), a list of endings (HD-2199/2200), a range (HD-2100~2300) or a series (HD-2000)."""
    found = _wild(model, text) or _listed(model, text) or _ranged(model, text)
    return Mention(Named.FAMILY, *found.span()) if found else None


def _wild(model: str, text: str) -> re.Match | None:
    for match in re.finditer(rf"[\w./-]+[{re.escape(WILD)}]+", text):
        word = match[0]
        stem = word.rstrip(WILD)
        if len(stem) >= 3 and len(word) == len(model) and model.upper().startswith(stem.upper()):
            return match
    return None


def _listed(model: str, text: str) -> re.Match | None:
    for place in range(2, len(model)):
        head, tail = re.escape(model[:place]), re.escape(model[place:])
        listed = rf"(?<![A-Za-z0-9]){head}[A-Za-z0-9]+(?:{LISTED}[A-Za-z0-9]+)*?{LISTED}{tail}(?![A-Za-z0-9])"
        if match := re.search(listed, text, re.IGNORECASE):
            return match
    return None


def _ranged(model: str, text: str) -> re.Match | None:
    parts = re.match(r"(.*?\D)(\d{2,})\D*$", model)
    if not parts:
        return None
    stem, digits = re.escape(parts[1]).replace(r"\-", r"[\s-]?"), parts[2]
    for match in re.finditer(rf"(?<![A-Za-z0-9]){stem}(\d+){THROUGH}(?:{stem})?(\d+)(?![A-Za-z0-9])", text, re.I):
        if len(match[1]) == len(digits) == len(match[2]) and match[1] <= digits <= match[2]:
            return match
    for match in re.finditer(rf"(?<![A-Za-z0-9]){stem}(\d+){SERIES}", text, re.I):
        if digits.startswith(match[1].rstrip("0")):
            return match
    return None

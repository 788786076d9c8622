"""Which requirements a paper is likely to be for, by what it is and what it cites: a proposal that a person confirms."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.reading.certificates import Paper
from compliance.reading.facts import About, State, facts_of
from compliance.reading.printed import DECLARATION, STANDARD
from compliance.reading.proposal import ACT
from compliance.reading.proposal import NUMBER as PRINTED_NUMBER
from compliance.reading.text import Page

HEAD = 500  # characters in which a paper says what it is
LEAST = 4  # points without which nothing is proposed
SURE = 6
# What papers of a kind call themselves, where they say so.
KINDS = {
    "test_report": r"report\b|检测报告|测试报告|检验报告|test\s+summary|测试概要|prüfbericht|rapport d.essai|safety data sheet",
    "declaration_of_conformity": rf"{DECLARATION.pattern}|certificate\s+of\s+(?:general\s+)?conformity|children.?s\s+product\s+certificate",
    "certification": r"certificate\b|certification\b|grant\s+of\s+equipment|证书|licen[cs]e",
    "manual": r"(?:user|owner|instruction|operat\w+)\W*s?\s*(?:manual|guide|instruction)|instructions?\s+for\s+use|说明书|bedienungsanleitung",
    "registration": r"regist(?:er|ration|rierung)|notification|EPR\b|注册|备案",
    "responsible_person": r"responsible\s+person|authori[sz]ed\s+representative|mandate\b|授权代表|责任人",
}
# What a fact that was found, or contradicted, says about which requirement the paper is for.
FOUND = {"standard": 3, "tests": 3, "act": 1, "kind": 1}
CONTRADICTED = {"standard": -4, "scope": -1, "kind": -2}
NOT_FOUND = {"standard": -2, "tests": -2, "act": -3}
WEIGHTS: Mapping[State, Mapping[str, int]] = {
    State.FOUND: FOUND, State.CONTRADICTED: CONTRADICTED, State.NOT_FOUND: NOT_FOUND
}  # fmt: skip
NUMBER, BASIS, WORD, MODEL, TITLE = 3, 1, 2, 1, 2
MOST_BASIS, MOST_WORDS, MOST_CITED = 2, 2, 4
PARTICULAR = re.compile(r"\^?[A-Z]{2}")
# Short names by which a requirement is known: of its name those in capitals, but for what half of all papers print.
ABBREVIATION = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])[A-Za-z]\w{1,9}(?:\.\d)?\b|\bUN\s?38\.3\b")
COMMON = frozenset({"USA", "CFR", "IEC", "ISO", "REACH", "EU", "US", "UK", "CE", "EN", "DE", "GB", "ID"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A requirement, as far as it tells what its papers look like; `models` of the products that want it."""

    key: str
    kind: str
    name: str
    legal_basis: str
    asks: Mapping[str, Any]
    number_pattern: str = ""
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Likely:
    """`points` count what speaks for it; from SURE on the paper says itself what it is."""

    key: str
    points: int

    @property
    def is_sure(self) -> bool:
        return self.points >= SURE


def likely(pages: Sequence[Page], candidates: Iterable[Candidate]) -> list[Likely]:
    """The requirements that a paper may be for, the likeliest first; none where nothing tells."""
    readable = [page for page in pages if page.source not in ("none", "blank")]
    text = "\n".join(page.text for page in readable)
    if not text:
        return []
    candidates = list(candidates)
    cited = [one.asks["cited_as"] for one in candidates if one.asks.get("cited_as")]
    rated = (Likely(one.key, _points(one, readable, text, cited)) for one in candidates)
    return sorted((one for one in rated if one.points >= LEAST), key=lambda one: (-one.points, one.key))


def _points(one: Candidate, pages: Sequence[Page], text: str, cited: Sequence[Sequence[str]]) -> int:
    """`cited` are the acts that other papers of the listing are asked by: a declaration that has to name them all does."""
    facts = facts_of(one.asks, Paper(), pages, About(models=one.models))
    points = sum(WEIGHTS[fact.state].get(fact.fact, 0) for fact in facts)
    points += any(_cites(text, act) for pair in one.asks.get("superseded", {}).items() for act in pair)
    points += _kind(one.kind, text[:HEAD])
    points += NUMBER * _has_number(one.number_pattern, text)
    points += TITLE * _is_titled(one.name, text[:HEAD])
    points += min(MOST_CITED, sum(any(_cites(text, act) for act in group) for group in cited if one.asks.get("cites")))
    points += min(MOST_BASIS, BASIS * sum(_cites(text, cited) for cited in _cited(one.legal_basis)))
    words = {word for word in ABBREVIATION.findall(one.name) if word.upper() not in COMMON}
    points += min(MOST_WORDS, sum(_is_in(text, word) for word in words)) * WORD
    return points + MODEL * any(_is_in(text, model) for model in one.models)


def _has_number(pattern: str, text: str) -> bool:
    """A number in this form: anywhere where the form begins with letters of its own, else behind what announces one."""
    if not pattern:
        return False
    if PARTICULAR.match(pattern):
        return re.search(rf"(?<![\w-])(?:{pattern.strip('^$')})(?![\w-])", text) is not None
    return any(re.fullmatch(pattern, found[1]) for found in PRINTED_NUMBER.finditer(text))


def _is_titled(name: str, head: str) -> bool:
    """Whether it bears the name of the requirement, up to the first addition: "Safety data sheet (MSDS/SDS)"."""
    title = re.split(r"[(,:+/]|\s+(?:for|or|of|and)\s", name)[0]
    return len(title.split()) > 1 and _is_in(head, title)


def _kind(kind: str, head: str) -> int:
    """Whether it calls itself what is asked for, or something else first."""
    places = {name: found.start() for name, words in KINDS.items() if (found := re.search(words, head, re.IGNORECASE))}
    if not places:
        return 0
    return 3 if min(places, key=places.__getitem__) == kind else 1 if kind in places else -2


def _cited(basis: str) -> set[str]:
    return {match[0] for pattern in (STANDARD, ACT) for match in pattern.finditer(basis)}


def _cites(text: str, cited: str) -> bool:
    return _is_in(text, re.sub(r"^\(E[UC]\)\s*|/E[UC]C?$|:\d{4}$", "", cited))


def _is_in(text: str, words: str) -> bool:
    plain = r"[\W_]*".join(map(re.escape, re.findall(r"[^\W_]+", words)))
    return bool(plain) and re.search(rf"(?<![A-Za-z0-9]){plain}(?![A-Za-z0-9])", text, re.IGNORECASE) is not None

"""Positive evidence: each thing that a requirement asks of a paper is found in it, contradicted by it, or not found.

What is asked is data, `Requirement.asks` (docs/how-to/say-what-a-paper-must-show.md):

    kind        "report": what the paper has to call itself
    standards   groups of standards, of each group one has to be cited: "EN 60335-1:2012" in that edition or a later one,
                "EN 18031*" in any of its parts
    parts       the particular parts that a general one is used with: {"EN 60335-1": ["EN 60335-2*"]}
    acts        groups of acts likewise: "2014/35/EU"
    superseded  what was replaced, and by what: {"2006/95/EC": "2014/35/EU"}
    result      true: a conclusion has to be printed, and none may say fail
    tests       groups of names of tests or substances, of each group one has to be printed
    issuer      true: who tested or certified has to be named
    person      {"role": key of ROLES, "in": codes of ISO 3166, or "EU"}: in which country somebody has to be
    signature   true: somebody has to have signed
    place       true, beside `signature`: where it was signed has to be said
    maker       true, beside `signature`: the company that declares has to be named
    of          "product": which product it is about has to be printed; "battery": the battery in it
    excludes    words that say that it covers something else
    cites       true: the acts have to be named by which other papers of the listing are asked, as their `cited_as` has them
    marks       of a label: {"ce_mark": {"en", "zh", "example", "words"}}, named in both languages, with an example, and
                patterns of words by which it is found in the text of the picture
    not_by      laboratories and certification bodies that an authority does not recognise any more

Only what is found passes by machine (R11).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from compliance.reading.certificates import Paper
from compliance.reading.findings import Finding, block, note, review
from compliance.reading.labels import are_marks
from compliance.reading.limits import values_above_limit
from compliance.reading.places import country_of, is_in
from compliance.reading.results import PARTIAL, UNTESTED, conclusion
from compliance.reading.signing import LEFT_BLANK, MAKER, PLACE, signatures_in
from compliance.reading.text import Page

LONGEST_QUOTE = 300


class State(StrEnum):
    FOUND = "found"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not_found"


WEIGHTS = {State.FOUND: note, State.CONTRADICTED: block, State.NOT_FOUND: review}


@dataclass(frozen=True, slots=True)
class Fact:
    """`fact` names what was asked, `wanted` what would have been right, `printed` what the paper says of it."""

    fact: str
    state: State
    wanted: str
    page: int | None = None
    quote: str = ""
    printed: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a paper should be about. `cited` are groups as `acts` has them, from what else the listing has to show;
    `elsewhere` the standards that other requirements ask for."""

    models: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    cited: tuple[tuple[str, ...], ...] = ()
    elsewhere: frozenset[str] = frozenset()


def facts_of(asks: Mapping[str, Any], paper: Paper, pages: Sequence[Page], about: About) -> list[Fact]:
    """Each thing that is asked, in the order of the docstring above."""
    text = Text(pages)
    found = [
        *_kind(asks, text),
        *_standards(asks, text, about),
        *_acts(asks, text, about),
        *_superseded(asks, text),
        *_result(asks, paper, text),
        *_tests(asks, text),
        *_issuer(asks, paper, text),
        *_person(asks, text),
        *_signature(asks, text),
        *_product(asks, text, about),
        *_scope(asks, text),
    ]
    return [fact for fact in found if fact]


def findings(facts: Iterable[Fact]) -> Iterator[Finding]:
    """What is contradicted stops the paper, what is not found is looked for by a person."""
    for fact in facts:
        said = {"fact": fact.fact, "state": fact.state.value, "wanted": fact.wanted, "printed": fact.printed}
        yield WEIGHTS[fact.state](f"{fact.fact}_{fact.state}", page=fact.page, quote=fact.quote, **said)


def problems_of(asks: Any) -> list[str]:
    """What of such data cannot be asked, by its path; empty where all of it can."""
    if not isinstance(asks, dict):
        return ["asks"]
    wrong = [key for key in asks if key not in SHAPES]
    return [*wrong, *(key for key, fits in SHAPES.items() if key in asks and not fits(asks[key]))]


def _words(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(word, str) and word.strip("* ") for word in value)


def _groups(value: Any) -> bool:
    return isinstance(value, list) and all(_words(group) for group in value)


def _pairs(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(new, str) and new.strip() and old.strip() for old, new in value.items()
    )


# Who has to be named, by the words that head the name.
ROLES = {
    "responsible_person": r"responsible\s+person|authori[sz]ed\s+representative|verantwortliche\s+person|personne\s+responsable"
    r"|persona\s+responsab(?:le|ile)|责任人|授权代表|欧代|英代",
    "responsible_party": r"responsible\s+party|U\.?S\.?\s+contact|责任方",
    "importer": r"importer\b[^:：\n]{0,60}(?:\n[^:：\n]{0,60})?[:：]|进口商|certifier\b",
    "agent": r"U\.?S\.?\s+agent|美国代理人",
    "administrator": r"domestic\s+administrator|国内管理人",
}

SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "kind": lambda value: value == "report",
    "standards": _groups,
    "parts": lambda value: isinstance(value, dict) and all(_words(group) for group in value.values()),
    "acts": _groups,
    "cites": lambda value: isinstance(value, bool),
    "cited_as": _words,
    "superseded": _pairs,
    "result": lambda value: isinstance(value, bool),
    "tests": _groups,
    "issuer": lambda value: isinstance(value, bool),
    "not_by": _words,
    "person": lambda value: (
        isinstance(value, dict) and set(value) == {"role", "in"} and value["role"] in ROLES and _words(value["in"])
    ),
    "signature": lambda value: isinstance(value, bool),
    "place": lambda value: isinstance(value, bool),
    "maker": lambda value: isinstance(value, bool),
    "of": lambda value: value in ("product", "battery"),
    "excludes": _words,
    "marks": are_marks,
}


class Text:
    """The readable pages of a paper, searched one after the other."""

    def __init__(self, pages: Sequence[Page]):
        self.pages = [page for page in pages if page.source not in ("none", "blank")]
        self.whole = "\n".join(page.text for page in self.pages)
        self.head = self.whole[:400]

    def find(self, pattern: str | re.Pattern[str]) -> tuple[Page, re.Match[str]] | None:
        wanted = re.compile(pattern, re.IGNORECASE) if isinstance(pattern, str) else pattern
        return next(((page, match) for page in self.pages if (match := wanted.search(page.text))), None)


def _where(found: tuple[Page, re.Match[str]] | None) -> dict[str, Any]:
    if found is None:
        return {}
    page, match = found
    begins, ends = page.text.rfind("\n", 0, match.start()) + 1, page.text.find("\n", match.end())
    quote = page.text[begins : None if ends < 0 else ends].replace("\n", " ")
    return {"page": page.number, "quote": quote[:LONGEST_QUOTE], "printed": match[0].strip()[:LONGEST_QUOTE]}


# -- what it is

REPORT = r"report\b|检测报告|测试报告|检验报告|鉴定书|评估报告|prüfbericht|rapport d.essai|informe de ensayo|rapporto di prova|試験成績書"
OTHER_KINDS = {
    "report": r"declaration\s+of\s+(?:\w+\s+)?(?:conformity|compliance)|\bcertificate\s+of\b|符合性声明|证书"
}  # fmt: skip


def _kind(asks: Mapping[str, Any], text: Text) -> Iterator[Fact]:
    if asks.get("kind") != "report":
        return
    if found := text.find(REPORT):
        yield Fact("kind", State.FOUND, "report", **_where(found))
    elif other := re.search(OTHER_KINDS["report"], text.head, re.IGNORECASE):
        yield Fact("kind", State.CONTRADICTED, "report", text.pages[0].number, other[0], other[0])
    else:
        yield Fact("kind", State.NOT_FOUND, "report")


# -- what it cites

PREFIX = re.compile(
    r"^(?:(?:BS|DIN|NF|UNE|EN|IEC|ISO|ETSI|CISPR|GB/T|GB|JIS|MS|SS|TIS|SNI|PNS)[\s/-]+)+(?=[A-Z]?\d)", re.IGNORECASE
)
BETWEEN = r"[\s/.()-]*"
NUMBERED_ACT = re.compile(r"\b(\d{2,4})/(\d{2,4})(?=/(?:EU|EC|EEC)\b|$)")


def _cited(wanted: str) -> tuple[str, int | None]:
    """(pattern, earliest year) of a standard or an act."""
    name, _colon, year = wanted.partition(":")
    if act := NUMBERED_ACT.search(name):
        return rf"(?<!\d){act[1]}\s*/\s*{act[2]}(?!\d)", None
    core = PREFIX.sub("", name.strip())
    is_family = core.endswith("*")
    words = re.findall(r"[^\W_]+", core.rstrip("*"))
    ends = r"(?!\d)" if is_family else r"(?![A-Za-z0-9]|[-.]\d{1,2}(?!\d))"
    return r"(?<![A-Za-z0-9.])" + BETWEEN.join(map(re.escape, words)) + ends, int(year) if year else None


def _find_cited(wanted: str, text: Text) -> tuple[State, dict[str, Any]] | None:
    """Whether one standard or act is cited, CONTRADICTED in an edition that is too old, NOT_FOUND where none is printed."""
    pattern, earliest = _cited(wanted)
    if not (found := text.find(pattern)):
        return None
    if not earliest:
        return State.FOUND, _where(found)
    edition = rf"{pattern}\s*(?:\([^)]*\)\s*)?[:-]\s*((?:19|20)\d\d)(?!\w|-(?!(?:0[1-9]|1[0-2])(?![-\w])))"
    editions = [(page, match) for page in text.pages for match in re.finditer(edition, page.text, re.IGNORECASE)]
    if not editions:
        return State.NOT_FOUND, _where(found)
    newest = max(editions, key=lambda one: int(one[1][1]))
    return (State.FOUND if int(newest[1][1]) >= earliest else State.CONTRADICTED), _where(newest)


def _group(fact: str, group: Sequence[str], text: Text, instead: tuple[Page, re.Match[str]] | None = None) -> Fact:
    """The best of what is cited of a group; nothing of it, and `instead` something else, contradicts it."""
    wanted = " / ".join(name.rstrip("*") for name in group)
    order = [State.FOUND, State.NOT_FOUND, State.CONTRADICTED]
    cited = sorted(filter(None, (_find_cited(name, text) for name in group)), key=lambda one: order.index(one[0]))
    if cited:
        state, where = cited[0]
        return Fact("edition" if state is not State.FOUND else fact, state, wanted, **where)
    if instead:
        return Fact(fact, State.CONTRADICTED, wanted, **_where(instead))
    return Fact(fact, State.NOT_FOUND, wanted)


def _standards(asks: Mapping[str, Any], text: Text, about: About) -> Iterator[Fact]:
    groups = asks.get("standards", [])
    own = {name.partition(":")[0] for group in groups for name in group}
    others = (text.find(_cited(name)[0]) for name in sorted(about.elsewhere - own))
    instead = next(filter(None, others), None) if groups else None
    yield from (_group("standard", group, text, instead) for group in groups)
    for general, particular in asks.get("parts", {}).items():
        if text.find(_cited(general)[0]):
            yield _group("standard", particular, text)


def _acts(asks: Mapping[str, Any], text: Text, about: About) -> Iterator[Fact]:
    yield from (_group("act", group, text) for group in [*asks.get("acts", []), *about.cited])


def _superseded(asks: Mapping[str, Any], text: Text) -> Iterator[Fact]:
    for old, new in asks.get("superseded", {}).items():
        if (found := text.find(_cited(old)[0])) and not text.find(_cited(new)[0]):
            yield Fact("superseded", State.CONTRADICTED, new, **_where(found))


# -- what it concludes


def _result(asks: Mapping[str, Any], paper: Paper, text: Text) -> Iterator[Fact]:
    if not asks.get("result"):
        return
    said = conclusion(paper.fields.get("result", ""))
    if said and not said.is_pass:
        yield Fact("result", State.CONTRADICTED, "pass", printed=said.quote, quote=said.quote)
        return
    passed = None
    for page in text.pages:
        if above := values_above_limit(page.text):
            yield Fact("limit", State.CONTRADICTED, above[0].limit, page.number, above[0].row, above[0].value)
            return
        if found := conclusion(page.text):
            if not found.is_pass:
                yield Fact("result", State.CONTRADICTED, "pass", page.number, found.quote, found.said)
                return
            passed = passed or (page.number, found)
    if passed:
        yield Fact("result", State.FOUND, "pass", passed[0], passed[1].quote, passed[1].said)
    else:
        yield Fact("result", State.NOT_FOUND, "pass")


def _tests(asks: Mapping[str, Any], text: Text) -> Iterator[Fact]:
    """What is said not to have been tested is named, and not there."""
    groups = asks.get("tests", [])
    missing = [group[0] for group in groups if not any(_is_tested(name, text) for name in group)]
    if missing:
        yield Fact("tests", State.NOT_FOUND, ", ".join(missing))
    elif groups:
        yield Fact("tests", State.FOUND, ", ".join(group[0] for group in groups))


def _is_tested(name: str, text: Text) -> bool:
    wanted = re.compile(_word(name), re.IGNORECASE)
    lines = (line for page in text.pages for line in page.text.split("\n"))
    return any(wanted.search(line) and not UNTESTED.search(line) for line in lines)


def _word(name: str) -> str:
    words = BETWEEN.join(map(re.escape, re.findall(r"[^\W_]+", name)))
    return rf"(?<![A-Za-z0-9]){words}(?![a-z0-9])" if name.isascii() else words


# -- who

ISSUER = re.compile(
    r"(?:test(?:ing)?\s+laborator(?:y|ies)|laborator(?:y|ies)(?:\s+name)?|lab\s+name|test\s+firm|issued\s+by|certification\s+body"
    r"|issuing\s+(?:body|authority)|on behalf of|tested\s+by|实验室|检测机构|检测单位|发证机构|签发机构|prüfstelle|laboratoire|laboratorio)"
    r"\s*[:：]?\s*\S{2,}"
    r"|\b(?:T[ÜU]V|SGS|Intertek|Bureau Veritas|UL (?:Solutions|LLC)|DEKRA|Eurofins|CTI|CQC|Nemko|VDE|BSI|KIWA|QIMA|JET|JQA)\b"
    r"|\b\w+ (?:Testing|Test|Laborator(?:y|ies)|Certification)\b[^\n]{0,40}(?:Co\b|Ltd|Inc|GmbH|Laborator|CNAS|A2LA|ISO/IEC 17025)",
    re.IGNORECASE,
)
NEXT_PART = re.compile(
    r"\n\s*(?:\d+\.\s|[A-Z][\w ]{2,30}:|(?:manufacturer|product|model|test report|signed|valid|date)\b)", re.IGNORECASE
)
WHOSE = r"(?:\b(?:the|UK|EU|U\.?S\.?|European|British)\s+)*"  # of the role, and no country of the address
ADDRESS = 220


def _issuer(asks: Mapping[str, Any], paper: Paper, text: Text) -> Iterator[Fact]:
    if not asks.get("issuer"):
        return
    said = paper.issuing_body or paper.fields.get("lab_name", "")
    found = (text.find(_word(said)) if said else None) or text.find(ISSUER)
    yield Fact("issuer", State.FOUND if found else State.NOT_FOUND, said, **_where(found))


def _person(asks: Mapping[str, Any], text: Text) -> Iterator[Fact]:
    """In the country of the address that stands behind the heading of the role, or before it in its sentence."""
    if not (person := asks.get("person")):
        return
    role = person["role"]
    allowed, wanted = frozenset(person["in"]), ", ".join(person["in"])
    elsewhere = None
    for page in text.pages:
        for heading in re.finditer(ROLES[role], page.text, re.IGNORECASE):
            behind = page.text[heading.end() : heading.end() + ADDRESS]
            behind = re.split(
                rf"{WHOSE}(?:{ROLES[role]})", NEXT_PART.split(behind, maxsplit=1)[0], flags=re.IGNORECASE
            )[0]
            country = country_of(behind)
            if country is None and heading.start() and not behind.lstrip().startswith((":", "：")):
                before = re.split(
                    r"\n\n|(?<=[a-z])\.\s", page.text[max(0, heading.start() - ADDRESS) : heading.start()]
                )[-1]
                country, behind = country_of(re.sub(rf"{WHOSE}$", "", before)), before
            if country is None:
                continue
            fact: dict[str, Any] = {
                "page": page.number,
                "quote": " ".join(behind.split())[:LONGEST_QUOTE],
                "printed": country,
            }
            if is_in(country, allowed):
                yield Fact(role, State.FOUND, wanted, **fact)
                return
            elsewhere = elsewhere or fact
    if elsewhere:
        yield Fact(role, State.CONTRADICTED, wanted, **elsewhere)
    else:
        yield Fact(role, State.NOT_FOUND, wanted)


def _signature(asks: Mapping[str, Any], text: Text) -> Iterator[Fact]:
    """Of a declaration also where it was signed, and who declares (768/2008/EC, annex III)."""
    if not asks.get("signature"):
        return
    found = next(((page, name) for page in text.pages for name in signatures_in(page.text)), None)
    blank = text.find(LEFT_BLANK)
    if found and not blank:
        yield Fact("signature", State.FOUND, "", **_where(found))
    else:
        yield Fact("signature", State.NOT_FOUND, "", **_where(blank))
    for name, pattern in (("place", PLACE), ("maker", MAKER)):
        if asks.get(name):
            found = text.find(pattern)
            yield Fact(name, State.FOUND if found else State.NOT_FOUND, "", **_where(found))


# -- about what

PRODUCT_LABEL = re.compile(
    r"(?:product(?:\s+name)?|name\s+of\s+(?:the\s+)?product|产品名称|产品)\s*[:：]\s*([^\n]{2,80})", re.IGNORECASE
)


def _product(asks: Mapping[str, Any], text: Text, about: About) -> Iterator[Fact]:
    if asks.get("of") != "product":
        return
    wanted = " / ".join(dict.fromkeys([*about.models, *about.names]))
    found = next(filter(None, (text.find(_word(name)) for name in [*about.models, *about.names] if name)), None)
    if found:
        yield Fact("product", State.FOUND, wanted, **_where(found))
    else:
        other = text.find(PRODUCT_LABEL)
        yield Fact("product", State.CONTRADICTED if other else State.NOT_FOUND, wanted, **_where(other))


def _scope(asks: Mapping[str, Any], text: Text) -> Iterator[Fact]:
    if asks.get("result") and (found := text.find(PARTIAL)):
        yield Fact("extent", State.NOT_FOUND, "", **_where(found))
    for words in asks.get("excludes", []):
        if found := text.find(_word(words)):
            yield Fact("scope", State.CONTRADICTED, "", **_where(found))
            return

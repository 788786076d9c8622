"""Certificates, reports, registrations and declarations: whether what the form says can be so, and whether the paper
says the same.

A paper that is complete and consistent may still be forged: that, only the public registers can tell.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compliance import rules
from compliance.reading.dates import Found, dates_in
from compliance.reading.findings import Finding, block, note, review
from compliance.reading.manuals import LONGEST_QUOTE
from compliance.reading.models import Mention, Named, find_model
from compliance.reading.numbers import NumberFormat, schemes_of, wrong_digit
from compliance.reading.text import Page

# Requirements that carry a number of their own, and the field in which the form has it; all others use `number`.
NUMBER_FIELD = {"cpsc_lab_id": "cpsc_lab_id", "nb_number": "notified_body_number", "un_number": "un_number"}
NUMBERED = frozenset({"certificate_number", "registration_number", "report_number"})
MODEL_FIELDS = frozenset({"model_number", "product_identification"})
# Fields of the catalogue that the form keeps in a place of its own.
TYPED = {
    "certificate_number": "number",
    "registration_number": "number",
    "report_number": "number",
    "issuing_body": "issuing_body",
    "lab_name": "issuing_body",
    "standard": "standard",
    "model_number": "model_numbers",
    "holder_name": "holder",
    "applicant_name": "holder",
    "registrant_name": "holder",
    "issue_date": "issued_on",
    "valid_from": "valid_from",
    "valid_to": "valid_to",
}
# Laboratories and certification bodies that the FCC withdrew or let expire: FCC release DOC-414369A1 (September 2025).
FCC_WITHDRAWN = (
    "CAICT", "China Academy of Information and Communications Technology", "Chongqing Academy", "TUV Rheinland-CCIC",
    "UL-CCIC", "CQC Internet of Vehicles", "CVC Testing", "CVC Shenzhen", "SIMT", "CCIC Southern", "CESI Guangzhou",
)  # fmt: skip
# Why a paper ends before the day, as `rules.Limit` says it.
ENDS = {
    "printed": "expired",
    "term": "term_over",
    "age": "too_old",
    "platform_age": "too_old_for_platform",
    "platform_remaining": "expires_too_soon_for_platform",
    "law": "law_over",
    "edition": "edition_superseded",
}
# Parts of 16 CFR that say how to test and certify, not what a product must fulfil: no certificate cites them.
PROCEDURE = frozenset({"1107", "1109", "1110", "1112"})
CFR_PART = re.compile(r"16\s*CFR\s*(?:(?:parts?|§+)\s*)?((?:\d{3,4}\b(?!\.\d)(?:\s*,\s*)?)+)", re.IGNORECASE)
STANDARD = re.compile(
    r"\b(?:(?:EN|IEC|ISO|UL|ASTM|BS|GB/T|GB|JIS|AS/NZS|CISPR|ANSI|ETSI)[\s/-]*(?:(?:EN|IEC|ISO|TS|TR|CISPR)[\s/-]+)?"
    r"[A-Z]?\d[\d.-]*(?::\d{4})?|16 CFR(?: part)? \d{3,4}|47 CFR(?: part)? \d+|FCC part \d+)",
    re.IGNORECASE,
)
NUMBER_LABEL = re.compile(
    r"(?:certificate|registration|report|notification|licen[cs]e|file|reference|approval)\s*(?:no|number|nr|id|#)?\.?\s*[:#]\s*"
    r"([A-Z0-9][A-Z0-9./_-]{3,40})|(?:证书编号|报告编号|注册号|编号)\s*[::]\s*([A-Z0-9][A-Z0-9./_-]{3,40})",
    re.IGNORECASE,
)
HOLDER_LABEL = re.compile(
    r"(?:applicant|holder(?:'s name)?|certificate holder|client|registrant|manufacturer|申请人|持证人|委托单位|制造商)(?:\s*name)?\s*[::]\s*"
    r"(.{3,100})",
    re.IGNORECASE,
)
ISSUER = re.compile(
    r"\b(?:T[ÜU]V\s+(?:S[ÜU]D|Rheinland|Nord)|SGS|Intertek|Bureau Veritas|UL Solutions|UL LLC|DEKRA|Eurofins|CTI|CQC|Nemko|VDE"
    r"|BSI|KIWA|QIMA|NPRA|BPOM|TISI|stiftung ear|OPSS|SABER)\b"
)


# A line of its own that says what became of a paper; a condition under which it may be withdrawn is a longer one.
REVOKED = re.compile(
    r"^\W*(?:(?:certificate\s*)?status\W+|this (?:certificate|document) (?:is|has been) )?"
    r"(?:revoked|withdrawn|cancel(?:l?ed)?|terminated|suspended|superseded|void|invalid|not valid|已?作废|已?撤销|已?注销|已?暂停|无效|吊销)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
NO_ORIGINAL = re.compile(
    r"^\W*(?:draft|specimen|sample (?:certificate|only)|for reference only|preliminary|草稿|样本|样张|样稿|仅供参考)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
DECLARATION = re.compile(
    r"declaration\s+of\s+(?:\w+\s+)?(?:conformity|compliance)|declares?\b|conformité\s+UE|(?:UE|CE)\s+de\s+conformité"
    r"|Konformitätserklärung|conformidad|conformità"
    r"|statement\s+of\s+compliance|符合性声明|符合声明|適合宣言",
    re.IGNORECASE,
)
ONLY_A_CERTIFICATE = re.compile(
    r"\bCE[\s-]+certificat|certificat\w*\s+(?:of|for)\s+CE\b|\bFCC[\s-]+(?:SDoC[\s-]+)?certificat|certificate\s+of\s+(?:CE\s+|FCC\s+)?(?:conformity|compliance)"
    r"|verification\s+of\s+(?:conformity|compliance)|(?:CE|FCC)\s*(?:符合性)?证书",
    re.IGNORECASE,
)
US_CERTIFICATE = re.compile(
    r"certificate\s+of\s+(?:general\s+)?conformity|general\s+(?:conformity\s+)?certificate|children.?s\s+product\s+certificate|\b[CG][PC]C\b",
    re.IGNORECASE,
)
US_CERTIFICATES = frozenset({"us-cpc", "us-gcc"})  # certificates by law, though their maker signs them
# Words of company names that tell nobody apart.
COMMON = frozenset(
    {
        "co", "ltd", "limited", "company", "corp", "corporation", "inc", "llc", "gmbh", "the", "and", "of", "group", "factory",
        "electric", "electrical", "electronic", "electronics", "appliance", "appliances", "technology", "tech", "industrial",
        "industry", "industries", "trading", "trade", "international", "manufacturing", "manufacture", "works", "products",
        "china", "shenzhen", "guangdong", "guangzhou", "dongguan", "ningbo", "zhejiang", "foshan", "yiwu", "shanghai",
    }
)  # fmt: skip
COMMON_CJK = re.compile(
    r"股份|有限|责任|公司|科技|电器|电子|实业|工业|贸易|制造|集团|深圳|广东|广州|东莞|宁波|浙江|佛山|义乌|上海|[省市县区厂]"
)


@dataclass(frozen=True, slots=True)
class Paper:
    """What the form says about a paper. `fields` holds the rest: field of the catalogue -> text."""

    number: str = ""
    issuing_body: str = ""
    standard: str = ""
    model_numbers: tuple[str, ...] = ()
    holder: str = ""
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    edition: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return bool(self.fields.get(name) or getattr(self, TYPED.get(name, ""), None))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a requirement asks of the paper of one product in one market.

    `wanted` are the catalogue's field names; `number_format` is None where the law gives no number. `models` are the
    product's, empty where nobody said them; `markets` the chain from the own code up. `cites` are the rules that apply
    to the product and that a certificate has to name. `day` is the planned go-live, or today. `makers` are the names of
    the product's supplier; `is_declaration`: the law wants the maker's own declaration, whatever a laboratory certifies.
    """

    key: str
    wanted: frozenset[str]
    rule: rules.Rule
    number_format: NumberFormat | None
    models: tuple[str, ...]
    markets: tuple[str, ...]
    cites: tuple[str, ...]
    today: date
    day: date
    makers: tuple[str, ...] = ()
    is_declaration: bool = False


def check(paper: Paper, asked: Asked, formats: Iterable[NumberFormat]) -> list[Finding]:
    """What cannot be right in the form, whatever the file says."""
    return [
        *_number(paper, asked, tuple(formats)),
        *_models(paper, asked),
        *_holder(paper, asked),
        *_dates(paper, asked),
        *_laboratory(asked, f"{paper.issuing_body}\n{paper.fields.get('lab_name', '')}"),
        *_citations(paper, asked),
        *_left_out(paper, asked),
    ]


def _number(paper: Paper, asked: Asked, formats: Sequence[NumberFormat]) -> Iterable[Finding]:
    scheme = asked.number_format
    name = NUMBER_FIELD.get(scheme.key, "number") if scheme else "number"
    number = (paper.number if name == "number" else paper.fields.get(name, "")).strip()
    if not number:
        if name == "number" and asked.wanted & NUMBERED:
            yield block("number_missing", field=name)
        return
    if scheme is None:
        return
    if not scheme.fits(number):
        others = schemes_of(number, [other for other in formats if other.key != scheme.key])
        foreign = [other for other in others if not other.markets.intersection({"*", *asked.markets})]
        if foreign:
            yield block("wrong_market", number=number, scheme=foreign[0].name, markets=sorted(foreign[0].markets))
        weight = block if scheme.on_mismatch == "block" else review
        yield weight("number_format", number=number, scheme=scheme.name, example=scheme.example_valid)
    elif expected := wrong_digit(scheme.check, number):
        weight = block if scheme.on_mismatch == "block" else note
        yield weight("check_digit", number=number, expected=expected, scheme=scheme.name)


def _models(paper: Paper, asked: Asked) -> Iterable[Finding]:
    if not asked.wanted & MODEL_FIELDS:
        return
    said = [*paper.model_numbers, *(paper.fields.get(name, "") for name in sorted(MODEL_FIELDS))]
    said = [text for text in said if text.strip()]
    if not said:
        yield block("model_missing", models=list(asked.models))
    elif not asked.models:
        yield review("model_unknown")
    elif mention := _mention(asked.models, "\n".join(said)):
        if mention.named is not Named.SAME:
            yield review(f"model_{mention.named}", models=list(asked.models), said=said)
    else:
        yield block("model_mismatch", models=list(asked.models), said=said)


def _mention(models: Iterable[str], text: str) -> Mention | None:
    """The best mention of any of these models."""
    order = list(Named)
    mentions = [mention for model in models if (mention := find_model(model, text))]
    return min(mentions, key=lambda mention: order.index(mention.named), default=None)


def _holder(paper: Paper, asked: Asked) -> Iterable[Finding]:
    if not asked.makers or not asked.wanted & {"holder_name", "applicant_name"} or not paper.holder:
        return
    if not any(same_company(maker, paper.holder) for maker in asked.makers):
        yield review("holder_is_another", holder=paper.holder, makers=list(asked.makers))


def same_company(one: str, other: str) -> bool:
    """Whether two names of companies have a word in common that is not in every such name."""
    words = [
        {word for word in re.findall(r"[^\W\d_]+", name.casefold()) if word.isascii() and len(word) > 1} - COMMON
        for name in (one, other)
    ]
    signs = ["".join(re.findall(r"[\u4e00-\u9fff]+", COMMON_CJK.sub("", name))) for name in (one, other)]
    shared = {signs[0][at : at + 2] for at in range(len(signs[0]) - 1)} & {
        signs[1][at : at + 2] for at in range(len(signs[1]) - 1)
    }
    return bool(words[0] & words[1] or shared)


def _dates(paper: Paper, asked: Asked) -> Iterable[Finding]:
    if paper.valid_from and paper.valid_to and paper.valid_to < paper.valid_from:
        yield block("date_order", valid_from=paper.valid_from.isoformat(), valid_to=paper.valid_to.isoformat())
        return
    dates = rules.Paper(paper.issued_on, paper.valid_from, paper.valid_to, paper.edition)
    if paper.issued_on and paper.issued_on > asked.today:
        yield block("date_in_future", issued_on=paper.issued_on.isoformat())
    for name in rules.dates_needed(asked.rule, dates):
        yield review("date_missing", field=name)
    validity = rules.validity(asked.rule, dates, asked.markets)
    if validity.first and validity.first > asked.day and not (paper.issued_on and paper.issued_on > asked.today):
        yield block("not_yet_valid", first=validity.first.isoformat(), day=asked.day.isoformat())
    for limit in validity.limits:
        if limit.last < asked.day:
            yield block(
                ENDS[limit.why], last=limit.last.isoformat(), day=asked.day.isoformat(), platform=limit.platform
            )


def _laboratory(asked: Asked, names: str, page: int | None = None) -> Iterable[Finding]:
    if not asked.key.startswith("us-fcc"):
        return
    for laboratory in FCC_WITHDRAWN:
        if found := re.search(rf"\b{_loose(laboratory)}\b", names, re.IGNORECASE):
            yield block("lab_not_recognised", page=page, quote=found[0] if page else "", laboratory=laboratory)
            return


def _loose(text: str) -> str:
    return r"[\s,.()-]*".join(map(re.escape, re.findall(r"\w+", text)))


def cfr_parts(text: str) -> set[str]:
    """The parts of title 16 that a text names: "16 CFR 1303" and "16 CFR 1615, 1616" give 1303, 1615 and 1616."""
    return {part for match in CFR_PART.finditer(text) for part in re.findall(r"\d{3,4}", match[1])}


def _citations(paper: Paper, asked: Asked) -> Iterable[Finding]:
    if "rules_cited" not in asked.wanted:
        return
    cited = cfr_parts(paper.fields.get("rules_cited", "")) | cfr_parts(paper.standard)
    for rule in asked.cites:
        if not cfr_parts(rule) <= cited:
            yield block("missing_rule", rule=rule)


def _left_out(paper: Paper, asked: Asked) -> Iterable[Finding]:
    missing = sorted(
        name
        for name in asked.wanted
        - NUMBERED
        - MODEL_FIELDS
        - {"valid_from", "valid_to", "issue_date", "notified_body_number"}
        if not paper.has(name)
    )
    if missing:
        yield note("fields_missing", fields=missing)


def compare(paper: Paper, asked: Asked, pages: Sequence[Page]) -> list[Finding]:
    """Where the file says something else than the form, and what it says where the form is silent."""
    pages = [page for page in pages if page.source != "none"]
    if not pages:
        return []
    return [
        *_standing_in_text(asked, pages),
        *_number_in_text(paper, asked, pages),
        *_models_in_text(asked, pages),
        *_dates_in_text(paper, dates_in(pages)),
        *_words_in_text(paper, pages),
        *_rules_in_text(paper, asked, pages),
        *(found for page in pages[:1] for found in _laboratory(asked, _all(pages), page.number)),
    ]


def _all(pages: Sequence[Page]) -> str:
    return "\n".join(page.text for page in pages)


def _standing_in_text(asked: Asked, pages: Sequence[Page]) -> Iterable[Finding]:
    """What the paper says about itself: that it is over, no original, or another kind of paper than the law wants."""
    if over := _first(REVOKED, pages):
        yield block("revoked_in_text", page=over[0], quote=over[2], said=over[1])
    if draft := _first(NO_ORIGINAL, pages):
        yield review("no_original", page=draft[0], quote=draft[2], said=draft[1])
    if not asked.is_declaration:
        return
    text = _all(pages)
    if asked.key in US_CERTIFICATES:
        if not US_CERTIFICATE.search(text):
            yield review("declaration_not_in_text")
        return
    # Its title tells what it is: a certificate speaks of the declaration, too, that the maker still has to sign.
    certificate, declaration = ONLY_A_CERTIFICATE.search(text), DECLARATION.search(text)
    if certificate and not (declaration and declaration.start() < certificate.start()):
        page, _said, quote = _first(ONLY_A_CERTIFICATE, pages) or (None, "", "")
        yield block("certificate_is_no_declaration", page=page, quote=quote)
    elif not declaration:
        yield review("declaration_not_in_text")


def _number_in_text(paper: Paper, asked: Asked, pages: Sequence[Page]) -> Iterable[Finding]:
    printed = _first(NUMBER_LABEL, pages)
    if not paper.number:
        if printed and asked.wanted & NUMBERED:
            yield note("found_number", page=printed[0], quote=printed[2], value=printed[1])
        return
    if found := _where(_as_printed(paper.number), pages):
        yield note("number_found", page=found[0], quote=found[1], number=paper.number)
    elif printed:
        yield block("number_mismatch", page=printed[0], quote=printed[2], number=paper.number, printed=printed[1])
    else:
        yield review("number_not_in_text", number=paper.number)


def _models_in_text(asked: Asked, pages: Sequence[Page]) -> Iterable[Finding]:
    if not asked.wanted & MODEL_FIELDS or not asked.models:
        return
    best: tuple[Mention, Page, str] | None = None
    for page in pages:
        for model in asked.models:
            mention = find_model(model, page.text)
            if mention and (best is None or list(Named).index(mention.named) < list(Named).index(best[0].named)):
                best = mention, page, model
    if best:
        mention, page, model = best
        where: dict[str, Any] = {"page": page.number, "quote": _line_of(page.text, mention.start, mention.end)}
        if mention.named is Named.SAME:
            yield note("model_found", **where, model=model)
        else:
            yield review(f"model_{mention.named}", **where, models=list(asked.models))
        return
    other = _where(r"(?:\b(?:model|type|item)s?\b|型号)[^\n]{0,40}?\b[A-Z0-9][\w/-]*\d", pages)
    page_of, quote = other if other else (None, "")
    yield block("model_not_in_text", page=page_of, quote=quote, models=list(asked.models))


def _dates_in_text(paper: Paper, found: Sequence[Found]) -> Iterable[Finding]:
    for name in ("issued_on", "valid_from", "valid_to"):
        said: date | None = getattr(paper, name)
        labelled = [one for one in found if one.label == name]
        if said:
            yield _date_in_text(name, said, labelled, found)
        elif labelled:
            weight = review if name == "valid_to" else note
            yield weight("date_left_out", **_printed(labelled[:1]), field=name)


def _date_in_text(name: str, said: date, labelled: Sequence[Found], found: Sequence[Found]) -> Finding:
    """A date that the paper prints as something else does not confirm it; one that can be read in two ways, nor."""
    params: dict[str, Any] = {"field": name, "said": said.isoformat()}
    elsewhere = [one for one in found if said in one.readings]
    agreeing = [one for one in labelled if said in one.readings] or ([] if labelled else elsewhere)
    if any(one.readings == (said,) for one in agreeing):
        others = [one for one in labelled if name == "valid_to" and max(one.readings) < said]
        if others:
            return review("dates_differ", **_printed(others), **params)
        one = next(one for one in agreeing if one.readings == (said,))
        return note("date_found", page=one.page, quote=one.quote, **params)
    if agreeing:
        return review("date_ambiguous", **_printed(agreeing[:1]), **params)
    if labelled:
        weight = review if elsewhere and name != "valid_to" else block
        return weight("date_mismatch", **_printed(labelled[:1]), **params)
    return review("date_not_in_text", **params)


def _printed(found: Sequence[Found]) -> dict[str, Any]:
    readings = [reading.isoformat() for one in found for reading in one.readings]
    return {"page": found[0].page, "quote": found[0].quote, "printed": list(dict.fromkeys(readings))}


def _words_in_text(paper: Paper, pages: Sequence[Page]) -> Iterable[Finding]:
    for name, said in (("issuing_body", paper.issuing_body), ("holder", paper.holder)):
        if said and not _where(_as_printed(said), pages):
            printed = _first(ISSUER if name == "issuing_body" else HOLDER_LABEL, pages)
            where: dict[str, Any] = {"page": printed[0], "quote": printed[2]} if printed else {}
            yield review(f"{name}_not_in_text", **where, said=said, printed=printed[1] if printed else "")
    for standard in filter(str.strip, re.split(r"[;,\n]", paper.standard)):
        if not _where(_as_printed(standard) + r"(?!-\d)", pages):
            yield review("standard_not_in_text", said=standard.strip())
    printed_standards = dict.fromkeys(match[0] for page in pages for match in STANDARD.finditer(page.text))
    if printed_standards and not paper.standard:
        yield note("found_standards", value=list(printed_standards)[:12])
    if not paper.issuing_body and (printed := _first(ISSUER, pages)):
        yield note("found_issuing_body", page=printed[0], quote=printed[2], value=printed[1])
    if not paper.holder and (printed := _first(HOLDER_LABEL, pages)):
        yield note("found_holder", page=printed[0], quote=printed[2], value=printed[1])


def _rules_in_text(paper: Paper, asked: Asked, pages: Sequence[Page]) -> Iterable[Finding]:
    """Rules that the form cites and the paper does not; what neither cites, `check` has named."""
    if "rules_cited" not in asked.wanted:
        return
    cited = cfr_parts(paper.fields.get("rules_cited", "")) | cfr_parts(paper.standard)
    for part in sorted(cited - cfr_parts(_all(pages))):
        yield review("rule_not_in_text", rule=f"16 CFR {part}")


def _as_printed(said: str) -> str:
    """What was typed, whatever stands between its words in the paper, and no part of a longer word or number."""
    words = re.findall(r"[^\W_]+", said)
    together = r"[\W_]*".join(map(re.escape, words))
    return rf"(?<![A-Za-z0-9]){together}(?![A-Za-z0-9])" if words else r"(?!)"


def _where(pattern: str, pages: Sequence[Page]) -> tuple[int, str] | None:
    found = _first(re.compile(pattern, re.IGNORECASE), pages)
    return (found[0], found[2]) if found else None


def _first(pattern: re.Pattern, pages: Sequence[Page]) -> tuple[int, str, str] | None:
    """(page, what was matched, its line)."""
    for page in pages:
        if match := pattern.search(page.text):
            value = next((group for group in match.groups() if group), match[0]).strip()
            return page.number, value, _line_of(page.text, match.start(), match.end())
    return None


def _line_of(text: str, start: int, end: int) -> str:
    begins, ends = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return text[begins : None if ends < 0 else ends].replace("\n", " ")[:LONGEST_QUOTE]

"""Whether a paper prints what its form says: number, models, dates, names, and what it says about itself."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from compliance.reading.certificates import (
    MODEL_FIELDS,
    NUMBERED,
    Asked,
    Paper,
    cfr_parts,
    laboratory_findings,
)
from compliance.reading.dates import Found, dates_in
from compliance.reading.findings import Finding, block, note, review
from compliance.reading.manuals import LONGEST_QUOTE
from compliance.reading.models import Mention, Named, find_model
from compliance.reading.text import Page

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
NO_PROOF = re.compile(
    r"(?:for\s+)?internal\s+(?:research|use|reference|purposes?)\s+only|not\s+for\s+public\s+use|no\s+legal\s+(?:effect|validity|force)"
    r"|(?:仅供|只供)[^\n。]{0,8}(?:内部|科研|教学|研发)|不具有?[^\n。]{0,6}证明(?:作用|效力)|不作为[^\n。]{0,10}(?:依据|证明)",
    re.IGNORECASE,
)
DECLARATION = re.compile(
    r"declaration\s+of\s+(?:\w+\s+)?(?:conformity|compliance)|declares?\b|conformité\s+UE|(?:UE|CE)\s+de\s+conformité"
    r"|Konformitätserklärung|conformidad|conformità"
    r"|statement\s+of\s+compliance|符合性声明|符合声明|適合宣言",
    re.IGNORECASE,
)
ONLY_A_CERTIFICATE = re.compile(
    r"\bCE[\s-]+certificat|certificat\w*\s+(?:of|for)\s+CE\b|\bFCC[\s-]+(?:SDoC[\s-]+)?certificat|certificate\s+of\s+(?:CE\s+|FCC\s+)?(?:conformity|compliance)"
    r"|(?:verification|attestation)\s+of\s+(?:conformity|compliance)|laborator\w*[^\n]{0,40}\bdeclares\b|(?:CE|FCC)\s*(?:符合性)?证书",
    re.IGNORECASE,
)
BETWEEN_DATES = timedelta(days=31)
US_CERTIFICATE = re.compile(
    r"certificate\s+of\s+(?:general\s+)?conformity|general\s+(?:conformity\s+)?certificate|children.?s\s+product\s+certificate|\b[CG][PC]C\b",
    re.IGNORECASE,
)
US_CERTIFICATES = frozenset({"us-cpc", "us-gcc"})  # certificates by law, though their maker signs them


def compare(paper: Paper, asked: Asked, pages: Sequence[Page]) -> list[Finding]:
    """Where the file says something else than the form, and what it says where the form is silent."""
    pages = [page for page in pages if page.source not in ("none", "blank")]
    if not pages:
        return []
    return [
        *_standing_in_text(asked, pages),
        *_number_in_text(paper, asked, pages),
        *_models_in_text(asked, pages),
        *_dates_in_text(paper, dates_in(pages, order=asked.date_order)),
        *_words_in_text(paper, pages),
        *_rules_in_text(paper, asked, pages),
        *(found for page in pages[:1] for found in laboratory_findings(asked, _all(pages), page.number)),
    ]


def _all(pages: Sequence[Page]) -> str:
    return "\n".join(page.text for page in pages)


def _standing_in_text(asked: Asked, pages: Sequence[Page]) -> Iterable[Finding]:
    """What the paper says about itself: that it is over, no original, or another kind of paper than the law wants."""
    if over := _first(REVOKED, pages):
        yield block("revoked_in_text", page=over[0], quote=over[2], said=over[1])
    if draft := _first(NO_ORIGINAL, pages):
        yield review("no_original", page=draft[0], quote=draft[2], said=draft[1])
    if internal := _first(NO_PROOF, pages):
        yield block("no_proof", page=internal[0], quote=internal[2], said=internal[1])
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
        others = [one for one in labelled if name != "valid_from" and _is_another(name, one, said)]
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


def _is_another(name: str, one: Found, said: date) -> bool:
    """An earlier end, or another day of issue than the few that lie between a report's date and its approval."""
    if name == "valid_to":
        return max(one.readings) < said
    return min(abs(reading - said) for reading in one.readings) > BETWEEN_DATES


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
        if not _where(_as_printed(standard) + r"(?!-\d)", pages) and not _where(_fcc_part(standard), pages):
            yield review("standard_not_in_text", said=standard.strip())
    printed_standards = dict.fromkeys(match[0] for page in pages for match in STANDARD.finditer(page.text))
    if printed_standards and not paper.standard:
        yield note("found_standards", value=list(printed_standards)[:12])
    if not paper.issuing_body and (printed := _first(ISSUER, pages)):
        yield note("found_issuing_body", page=printed[0], quote=printed[2], value=printed[1])
    if not paper.holder and (printed := _first(HOLDER_LABEL, pages)):
        yield note("found_holder", page=printed[0], quote=printed[2], value=printed[1])


def _fcc_part(standard: str) -> str:
    """As grants print it: 15C for 47 CFR Part 15 Subpart C."""
    part = re.search(
        r"(?:47\s*CFR|FCC)\s*(?:part\s*)?(\d+)\s*(?:,?\s*sub-?part\s*)?([A-Z])?\b", standard, re.IGNORECASE
    )
    return rf"(?<![\w.]){part[1]}\s*(?:,?\s*sub-?part\s*)?{part[2] or '[A-Z]?'}(?![\w.])" if part else r"(?!)"


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

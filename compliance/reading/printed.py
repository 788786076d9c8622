"""Whether a paper prints what its form says: number, models, dates, names, and what it says about itself."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from compliance.reading.certificates import (
    MODEL_FIELDS,
    NUMBER_FIELD,
    NUMBERED,
    Asked,
    Paper,
    cfr_parts,
    laboratory_findings,
)
from compliance.reading.dates import Found, dates_in
from compliance.reading.findings import Finding, block, note, review
from compliance.reading.manuals import LONGEST_QUOTE
from compliance.reading.models import Mention, Named, find_model, same_pattern
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
# A line of its own that says what became of a paper, or a sentence about this paper; a condition under which it may be
# withdrawn is neither.
OVER = (
    r"revoked|withdrawn|cancel(?:l?ed)?|terminated|suspended|superseded|void|invalid(?:ated)?|not valid|no longer valid|expired|inactive|annulled|rescinded"
    r"|ungültig|widerrufen|zurückgezogen|erloschen|annulée?|retirée?|révoquée?|anulad[oa]|revocad[oa]|annullat[oa]|revocat[oa]|ritirat[oa]"
    r"|已?作废|已?撤销|已?注销|已?暂停|已?失效|已?过期|无效|吊销|失効|取消"
)
REVOKED = re.compile(
    rf"^\W*(?:(?:certificate\s*|registration\s*|证书)?(?:status|状态)\W+|this (?:certificate|document|report) (?:is|has been) )?"
    rf"(?:{OVER})(?:\s+(?:on|since|as of|from|by|per|am|seit|le|el|depuis)\b[^\n]{{0,40}}|\W*[\d年月日./-]{{6,12}})?\W*$"
    rf"|\bthis (?:test )?(?:certificate|document|report|declaration|registration|licen[cs]e|listing|notification)\b[^\n.;]{{0,30}}?"
    rf"(?:\b(?:has|have) been|\bwas)\s+(?:\w+\s+)?(?:{OVER})"
    rf"|(?:本|该|此)(?:检测|测试|检验)?(?:报告|证书|声明|文件|备案)(?:现|业)?已(?:经|被|于[^\n，。]{{0,12}})?(?:作废|撤销|注销|暂停|失效|取消|吊销)",
    re.IGNORECASE | re.MULTILINE,
)
NOT_FINAL = r"draft|specimen|preliminary(?: report)?|provisional|entwurf|muster|projet|ébauche|borrador|bozza|rascunho|草稿|草案|初稿|征求意见稿|样本|样张|样稿|样板|下書き"
NO_ORIGINAL = re.compile(
    rf"^\W*(?:{NOT_FINAL}|sample (?:certificate|only|report)|for reference only|仅供参考)(?:\W*$|\s*[-–—:,/(（][^\n]{{0,40}}$|\s+(?:report|certificate|version|copy|only)\W*$)"
    rf"|[(（\[【]\s*(?:{NOT_FINAL})\s*[)）\]】]|\bthis is (?:only )?a (?:draft|specimen|sample)\b",
    re.IGNORECASE | re.MULTILINE,
)
NO_PROOF = re.compile(
    r"(?:for\s+)?internal\s+(?:research|use|reference|purposes?|information)\s+only|not\s+for\s+public\s+use"
    r"|\bno\s+(?:legal|social|certif\w+|evidential|proof\w*)\s+(?:effect|validity|force|function|value)"
    r"|\bfor\s+(?:the\s+)?(?:(?:client|customer|applicant)(?:['’]?s)?\s+)?(?:internal|research|scientific|teaching|R&D)\b[^\n.]{0,60}\bonly\b"
    r"|\bonly\s+(?:be\s+used\s+)?for\s+(?:the\s+)?(?:(?:client|customer|applicant)(?:['’]?s)?\s+)?(?:internal|research|scientific|teaching|R&D)\b"
    r"|\bthis\s+(?:test\s+)?(?:report|certificate|document)\s+is\s+(?:only\s+)?for\s+(?:your\s+|client\W*s?\s+)?(?:reference|information)\b"
    r"|\b(?:must|can|may|shall|is|are)\s*not\s+(?:to\s+)?(?:be\s+)?(?:used|valid|intended|suitable)\s+(?:for|as)\s+(?:a\s+)?(?:market|proof|evidence|certification|public)"
    r"|nur\s+(?:für\s+|zum\s+)?(?:internen?|den\s+internen)\s+(?:gebrauch|zweck)|usage\s+interne\s+uniquement|solo\s+(?:para\s+)?uso\s+interno"
    r"|(?:仅供|只供|仅作|仅用于|供)[^\n。]{0,8}(?:内部|科研|教学|研发)|不具有?[^\n。]{0,6}证明(?:作用|效力)|无[^\n。]{0,6}证明(?:作用|效力)|不(?:得|可|能)?(?:作为|用作|用于)[^\n。]{0,10}(?:依据|证明|认证)",
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
MODEL_REACH = 400  # characters of a list of models
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
    name = NUMBER_FIELD.get(asked.number_format.key, "") if asked.number_format else ""
    if (said := paper.fields.get(name, "").strip()) and not _where(_as_printed(said), pages):
        yield review("number_not_in_text", number=said)
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
    if not asked.models:
        return
    if not asked.wanted & MODEL_FIELDS:
        if (others := _labelled(pages)) and not _where("|".join(map(same_pattern, asked.models)), pages):
            yield review("model_aside", **others[0][0], models=list(asked.models), printed=others[0][1])
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
        if mention.named is Named.SAME and (aside := _named_aside(asked.models, pages)):
            yield review("model_aside", **where, models=list(asked.models), printed=aside)
        elif mention.named is Named.SAME:
            yield note("model_found", **where, model=model)
        else:
            yield review(f"model_{mention.named}", **where, models=list(asked.models))
        return
    other = _where(r"(?:\b(?:model|type|item)s?\b|型号)[^\n]{0,40}?\b[A-Z0-9][\w/-]*\d", pages)
    page_of, quote = other if other else (None, "")
    yield block("model_not_in_text", page=page_of, quote=quote, models=list(asked.models))


# What a paper says is its model, also in a second language.
MODEL_LABEL = re.compile(
    r"(?:\b(?:battery\s+)?model(?:s|\s*(?:no\b\.?|number|name|/\s*type))?|\btype\s+designation|\bmodell(?:nummer)?\b|\bmodèle|\bmodelo|\bmodello|型号|型番)"
    r"[ \t]*(?:[(（][^)）\n]{1,30}[)）]|[\u4e00-\u9fff]{1,8})?[ \t]*[:：#]?[ \t]*((?=[^\n\s]*\d)[A-Z0-9][^\n]{1,80})",
    re.IGNORECASE,
)
NOT_COVERED = re.compile(
    r"\bnot\s+(?:\w+\s+)?(?:covered|included|tested|applicable)|\bexcept\b|\bexclud|\bdiffers?\b(?! only| merely)|\bother than\b|\binstead of\b|不包括|不含|不适用|除外|不同于|区别"
    r"|\bnicht\b|\baußer\b|\bsauf\b|\bexcepto\b|\beccetto\b",
    re.IGNORECASE,
)


def _labelled(pages: Sequence[Page]) -> list[tuple[dict[str, Any], str]]:
    """Where the paper says what its model is, and what it says there."""
    return [
        ({"page": page.number, "quote": _line_of(page.text, found.start(), found.end())}, found[1].strip())
        for page in pages
        for found in MODEL_LABEL.finditer(page.text)
    ]


def _named_aside(models: Sequence[str], pages: Sequence[Page]) -> str:
    """What the paper calls its model instead, where ours stands nowhere near, or only as what is not covered."""
    labelled, same = _labelled(pages), re.compile("|".join(map(same_pattern, models)), re.IGNORECASE)
    lines = _all(pages).split("\n")
    aside = [line for line in lines if same.search(line) and NOT_COVERED.search(line)]
    covered = "\n".join(line for line in lines if line not in aside or _names_itself(line, same))
    if not same.search(covered):
        return aside[0] if aside else ""
    labels = [found.start() for found in MODEL_LABEL.finditer(covered)]
    if not labels or any(same.search(covered[at : at + MODEL_REACH]) for at in labels):
        return ""
    return labelled[0][1]


def _names_itself(line: str, same: re.Pattern[str]) -> bool:
    """Model: HD-2200 (HD-2300 is not covered)."""
    found, but = same.search(line), NOT_COVERED.search(line)
    return bool(found and but and re.search(r"[(（,;，；]", line[found.end() : but.start()]))


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
        known = (_as_printed(standard) + r"(?!-\d)", _european(standard), _fcc_part(standard))
        if not any(_where(pattern, pages) for pattern in known):
            yield review("standard_not_in_text", said=standard.strip())
    printed_standards = dict.fromkeys(match[0] for page in pages for match in STANDARD.finditer(page.text))
    if printed_standards and not paper.standard:
        yield note("found_standards", value=list(printed_standards)[:12])
    if not paper.issuing_body and (printed := _first(ISSUER, pages)):
        yield note("found_issuing_body", page=printed[0], quote=printed[2], value=printed[1])
    if not paper.holder and (printed := _first(HOLDER_LABEL, pages)):
        yield note("found_holder", page=printed[0], quote=printed[2], value=printed[1])


def _european(standard: str) -> str:
    """EN 60335-1 goes on as EN IEC 60335-1."""
    found = re.match(r"\s*EN\s+(?:IEC\s+|ISO\s+)?(?=\d)(.+)", standard, re.IGNORECASE)
    return rf"\bEN\s+(?:IEC\s+|ISO\s+)?{_as_printed(found[1])}(?!-\d)" if found else r"(?!)"


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

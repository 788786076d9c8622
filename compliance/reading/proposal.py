"""What a paper says, as the form asks for it, so that a person looks instead of typing.

A proposal and no proof: whether it is right is compared as if a person had typed it. What can be read in two ways is left to
the person.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from compliance.reading.dates import dates_in
from compliance.reading.models import Named, find_model
from compliance.reading.printed import STANDARD as NUMBERED_STANDARD
from compliance.reading.results import conclusion
from compliance.reading.text import Page

LONGEST_QUOTE = 300
MOST_STANDARDS = 12


@dataclass(frozen=True, slots=True)
class Read:
    """`value` as the form holds it: dates as YYYY-MM-DD, several models or standards with a comma or semicolon between."""

    value: str
    page: int
    quote: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form asks for: names of fields ("number", "issued_on", "fields.result"), the models that the paper may be
    about, the pattern of its number, the edition that counts, and the order of days and months where it is issued."""

    fields: frozenset[str]
    models: tuple[str, ...] = ()
    number_pattern: str = ""
    edition: str = ""
    date_order: str = ""


# Those of ETSI have a space in their number; by which a laboratory is accredited, the product is not tested.
STANDARD = re.compile(
    rf"(?!(?:EN\s+)?(?:ISO/)?(?:ISO|IEC)\s*17\d{{3}})(?:\bEN\s3\d\d\s\d{{3}}(?:-\d+)*(?:\s?V[\d.]+)?|{NUMBERED_STANDARD.pattern})",
    re.IGNORECASE,
)
# What a label says may follow in a second language, in brackets or not, before a colon or nothing.
AFTER = r"[ \t]*(?:\([^)\n]{1,30}\)|[（\u4e00-\u9fff）]{1,12})?[ \t]*[:：#]?[ \t]*"
NUMBER = re.compile(
    r"(?:(?:certificate|report|registration|notification|licen[cs]e|authori[sz]ation|reference|file|approval|grant)\s*"
    r"(?:no\b|number\b|nr\b|id\b|#)\.?|FCC\s+ID(?:ENTIFIER)?|(?:CPNP|SCPN)\s+reference|证书编号|报告编号|注册号|备案号)"
    rf"{AFTER}((?=[^\s]*\d)[A-Z0-9][A-Z0-9./_-]{{3,40}})",
    re.IGNORECASE,
)
COMPANY = r"[^\n:：]{2,90}?(?:Co\.?,?\s?Ltd\b\.?|\bLtd\b\.?|\bLLC\b|\bInc\b\.?|\bGmbH\b|Sdn\.? Bhd\.?|\bLimited\b|\bS\.?A\.?S?\b|\bB\.?V\.?\b|公司)"
HOLDER = re.compile(
    r"(?:applicant|certificate\s+holder|holder(?:'s\s+name)?|client|issued\s+to|name\s+of\s+grantee|registrant"
    rf"|manufacturer|申请人|持证人|委托单位|制造商){AFTER}({COMPANY})",
    re.IGNORECASE,
)
ISSUER = re.compile(
    r"(?:test(?:ing)?\s+laboratory|laboratory|certification\s+body|issuing\s+(?:body|authority)|issued\s+by|tested\s+by"
    rf"|Commission\s+By|发证机构|检测机构|实验室){AFTER}([^\n,，:：]{{3,80}})",
    re.IGNORECASE,
)
BODY = re.compile(
    r"\b(?:T[ÜU]V\s+(?:S[ÜU]D|Rheinland|Nord)(?:\s+PSB)?|SGS|Intertek|Bureau Veritas|UL Solutions|UL LLC|DEKRA|Eurofins|CTI"
    r"|CQC|Nemko|VDE|NPRA|BPOM|TISI|stiftung ear|OPSS)\b"
)
MODEL = re.compile(
    rf"(?:battery\s+model|model\s*(?:no\b\.?|number|name|/\s*type)?|type\s+designation|型号){AFTER}((?=[^\n]*\d)[A-Z0-9][\w/.-]{{1,30}})",
    re.IGNORECASE,
)
ACT = re.compile(r"(?:\(E[UC]\)\s*)?\b(?:19|20)\d\d/\d{1,4}(?:/E[UC]C?)?\b")
# Further fields: the rest of the line behind one of these labels, as it is printed.
LABELS = {
    "lab_accreditation": r"((?:CNAS\s+L?\d+|A2LA\s*[\d.]+|NVLAP\s*[\d-]+|UKAS\s*\d+|DAkkS[^\n]{0,20}))",
    "signatory_name": rf"(?:name\s+and\s+function|name\s+and\s+title|signed\s+by|signature|签名){AFTER}([^\n_:：]{{3,80}}?)(?=\s+signature|\s+签|\s*[:：_\n]|$)",
    "signed_place_date": rf"(?:place\s+and\s+date(?:\s+of\s+issue)?|signed\s+at){AFTER}([^\n_]{{3,80}})",
    "manufacturer_name_address": rf"(?:cell\s+manufacturer|manufacturer|制造商){AFTER}([^\n]{{5,160}})",
    "us_responsible_party_name_address_phone": rf"responsible\s+party{AFTER}([^\n]{{5,160}}(?:\n[^\n]*\+?\d[^\n]*)?)",
    "us_importer_name_address_phone": r"importer\b[^\n:：]{0,60}[:：]\s*([^\n]{5,160}(?:\n[^\n]*\+?\d[^\n]*)?)",
    "compliance_statement": r"compliance\s+statement\s*[:：]\s*([^\n]{5,300})",
    "test_report_number": rf"test\s+report(?:\s+(?:no|number)\.?)?{AFTER}((?=\S*\d)[A-Z0-9][A-Z0-9./_-]{{3,40}})",
    "lab_name": rf"(?:test(?:ing)?\s+laboratory|laboratory|实验室){AFTER}([^\n,，:：]{{3,80}})",
    "rp_name": rf"responsible\s+person{AFTER}({COMPANY})",
    "rp_address": rf"responsible\s+person{AFTER}{COMPANY},?\s*([^\n@]{{8,160}}?)(?:,\s*\S+@|\n|$)",
    "rp_email": r"([\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
    "product_name": rf"\b(?:product(?:\s+name)?|name\s+of\s+product|产品名称){AFTER}([^\n]{{3,80}})",
    "product_identification": rf"\b(?:product(?:\s+name)?(?!\s+certificate)|identification\s+of\s+the\s+product){AFTER}([^\n]{{3,80}})",
    "cell_or_battery_type": rf"(?:description|battery\s+type|cell\s+type){AFTER}([^\n]{{3,80}})",
    "mass": rf"(?:\bmass|\bweight|质量){AFTER}([\d.,]+\s*k?g)\b",
    "watt_hour_rating": rf"(?:watt-?hour\s+rating|rated\s+energy|额定能量){AFTER}([\d.,]+\s*Wh)\b",
    "manual_edition": r"(ST/SG/AC\.10/11/Rev\.\s?\d+[^\n]{0,30})",
    "scope": rf"(?:scope|范围){AFTER}([^\n]{{3,160}})",
}


def proposal_of(pages: Sequence[Page], wanted: Wanted) -> dict[str, Read]:
    """Field -> what the paper says for it, of the fields that are wanted and found."""
    readable = [page for page in pages if page.source not in ("none", "blank")]
    found = dict(_found(readable, wanted))
    return {name: found[name] for name in sorted(wanted.fields) if name in found and found[name].value}


def _found(pages: Sequence[Page], wanted: Wanted) -> Iterator[tuple[str, Read]]:
    pattern = re.compile(wanted.number_pattern.removeprefix("^").removesuffix("$")) if wanted.number_pattern else None
    for name, read in (
        ("number", (_first(pattern, pages) if pattern else None) or _first(NUMBER, pages)),
        ("holder", _first(HOLDER, pages)),
        ("issuing_body", _first(ISSUER, pages) or _first(BODY, pages)),
        ("model_numbers", _models(pages, wanted.models)),
        ("standard", _several(STANDARD, pages)),
        ("edition", _first(re.compile(re.escape(wanted.edition)), pages) if wanted.edition else None),
        ("fields.result", _result(pages)),
        ("fields.legislation_cited", _several(ACT, pages)),
        ("fields.rules_cited", _several(re.compile(r"16 CFR(?: part)? \d{4}", re.IGNORECASE), pages)),
        *((f"fields.{name}", _first(re.compile(label, re.IGNORECASE), pages)) for name, label in LABELS.items()),
    ):
        if read:
            yield name, read
    yield from _dates(pages, wanted.date_order).items()


def _dates(pages: Sequence[Page], order: str) -> Mapping[str, Read]:
    """Told apart by their labels; the only date of a paper is that of its issue, also without one."""
    dates = [one for one in dates_in(pages, order=order) if len(one.readings) == 1]
    found: dict[str, Read] = {}
    for one in dates:
        if one.label and one.label not in found:
            found[one.label] = _day(one.readings[0], one.page, one.quote)
    if "issued_on" not in found:
        others = [one for one in dates if not one.label]
        if len({one.readings[0] for one in others}) == 1:
            found["issued_on"] = _day(others[0].readings[0], others[0].page, others[0].quote)
    return found


def _day(day: date, page: int, quote: str) -> Read:
    return Read(day.isoformat(), page, quote[:LONGEST_QUOTE])


def _models(pages: Sequence[Page], models: Sequence[str]) -> Read | None:
    """Those of the product that it names; where it names none, what it calls its model, for a person to see."""
    named: dict[str, Read] = {}
    for page in pages:
        for model in models:
            mention = find_model(model, page.text)
            if model not in named and mention and mention.named is Named.SAME:
                named[model] = Read(model, page.number, _line(page.text, mention.start, mention.end))
    if named:
        first = next(iter(named.values()))
        return Read(", ".join(named), first.page, first.quote)
    return _first(MODEL, pages)


def _result(pages: Sequence[Page]) -> Read | None:
    found = [(page.number, said) for page in pages if (said := conclusion(page.text))]
    if not found:
        return None
    page, said = next(((page, said) for page, said in found if not said.is_pass), found[0])
    return Read(said.said, page, said.quote[:LONGEST_QUOTE])


def _several(pattern: re.Pattern[str], pages: Sequence[Page]) -> Read | None:
    said: dict[str, Read] = {}
    for page in pages:
        for match in pattern.finditer(page.text):
            said.setdefault(
                " ".join(match[0].split()), Read("", page.number, _line(page.text, match.start(), match.end()))
            )
    if not said:
        return None
    first = next(iter(said.values()))
    return Read("; ".join(list(said)[:MOST_STANDARDS]), first.page, first.quote)


def _first(pattern: re.Pattern[str], pages: Sequence[Page]) -> Read | None:
    for page in pages:
        if match := pattern.search(page.text):
            value = next((group for group in match.groups() if group), match[0])
            return Read(" ".join(value.split()).strip(" ,;"), page.number, _line(page.text, match.start(), match.end()))
    return None


def _line(text: str, start: int, end: int) -> str:
    begins, ends = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return text[begins : None if ends < 0 else ends].replace("\n", " ")[:LONGEST_QUOTE]

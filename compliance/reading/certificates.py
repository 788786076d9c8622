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
from compliance.reading.manuals import LONGEST_QUOTE, model_pattern
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
CFR_PART = re.compile(r"16\s*CFR\s*(?:part\s*)?((?:\d{3,4}\b(?!\.\d)(?:\s*,\s*)?)+)", re.IGNORECASE)
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
    to the product and that a certificate has to name. `day` is the planned go-live, or today.
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


def check(paper: Paper, asked: Asked, formats: Iterable[NumberFormat]) -> list[Finding]:
    """What cannot be right in the form, whatever the file says."""
    return [
        *_number(paper, asked, tuple(formats)),
        *_models(paper, asked),
        *_dates(paper, asked),
        *_laboratory(paper, asked),
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
    elif any(re.search(model_pattern(model), text, re.IGNORECASE) for model in asked.models for text in said):
        return
    elif any(_is_of_series(model, text) for model in asked.models for text in said):
        yield review("model_by_series", models=list(asked.models), said=said)
    else:
        yield block("model_mismatch", models=list(asked.models), said=said)


def _is_of_series(model: str, text: str) -> bool:
    """Whether a text names models by a pattern that this one fits: HD-22XX, HD-22** for HD-2200."""
    for word in re.findall(r"[\w*./-]+", text):
        stem = re.sub(r"[xX*]+$", "", word)
        if (
            len(stem) >= 3
            and len(stem) < len(word)
            and model.upper().startswith(stem.upper())
            and len(word) == len(model)
        ):
            return True
    return False


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


def _laboratory(paper: Paper, asked: Asked) -> Iterable[Finding]:
    if not asked.key.startswith("us-fcc"):
        return
    names = f"{paper.issuing_body}\n{paper.fields.get('lab_name', '')}"
    for laboratory in FCC_WITHDRAWN:
        if re.search(rf"\b{_loose(laboratory)}\b", names, re.IGNORECASE):
            yield block("lab_not_recognised", laboratory=laboratory)
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
        *_number_in_text(paper, asked, pages),
        *_models_in_text(paper, asked, pages),
        *_dates_in_text(paper, dates_in(pages)),
        *_words_in_text(paper, pages),
    ]


def _number_in_text(paper: Paper, asked: Asked, pages: Sequence[Page]) -> Iterable[Finding]:
    printed = _first(NUMBER_LABEL, pages)
    if not paper.number:
        if printed and asked.wanted & NUMBERED:
            yield note("found_number", page=printed[0], quote=printed[2], value=printed[1])
        return
    found = _where(r"[\s-]*".join(map(re.escape, re.split(r"[\s-]+", paper.number.strip()))), pages)
    if found:
        yield note("number_found", page=found[0], quote=found[1], number=paper.number)
    elif printed:
        yield block("number_mismatch", page=printed[0], quote=printed[2], number=paper.number, printed=printed[1])
    else:
        yield review("number_not_in_text", number=paper.number)


def _models_in_text(paper: Paper, asked: Asked, pages: Sequence[Page]) -> Iterable[Finding]:
    if not asked.wanted & MODEL_FIELDS or not asked.models:
        return
    for model in asked.models:
        if found := _where(model_pattern(model), pages):
            yield note("model_found", page=found[0], quote=found[1], model=model)
            return
    other = _where(r"(?:\b(?:model|type|item)s?\b|型号)[^\n]{0,40}?\b[A-Z0-9][\w/-]*\d", pages)
    where: dict[str, Any] = {"page": other[0], "quote": other[1]} if other else {}
    by_series = other and any(_is_of_series(model, other[1]) for model in asked.models)
    yield (review if by_series else block)("model_not_in_text", **where, models=list(asked.models))


def _dates_in_text(paper: Paper, found: Sequence[Found]) -> Iterable[Finding]:
    for name in ("issued_on", "valid_from", "valid_to"):
        said: date | None = getattr(paper, name)
        labelled = [one for one in found if one.label == name]
        agreeing = [one for one in labelled if said in one.readings] or [one for one in found if said in one.readings]
        if said and agreeing:
            yield note("date_found", page=agreeing[0].page, quote=agreeing[0].quote, field=name, said=said.isoformat())
        elif said and labelled:
            yield block(
                "date_mismatch",
                page=labelled[0].page,
                quote=labelled[0].quote,
                field=name,
                said=said.isoformat(),
                printed=[reading.isoformat() for reading in labelled[0].readings],
            )
        elif said:
            yield review("date_not_in_text", field=name, said=said.isoformat())
        elif labelled and name == "valid_to":
            yield review(
                "date_left_out",
                page=labelled[0].page,
                quote=labelled[0].quote,
                field=name,
                printed=[reading.isoformat() for reading in labelled[0].readings],
            )


def _words_in_text(paper: Paper, pages: Sequence[Page]) -> Iterable[Finding]:
    plain = _plain("\n".join(page.text for page in pages))
    for name, said in (("issuing_body", paper.issuing_body), ("holder", paper.holder)):
        if said and _plain(said) not in plain:
            printed = _first(ISSUER if name == "issuing_body" else HOLDER_LABEL, pages)
            where: dict[str, Any] = {"page": printed[0], "quote": printed[2]} if printed else {}
            yield review(f"{name}_not_in_text", **where, said=said, printed=printed[1] if printed else "")
    for standard in filter(str.strip, re.split(r"[;,\n]", paper.standard)):
        if _plain(standard) not in plain:
            yield review("standard_not_in_text", said=standard.strip())
    printed_standards = dict.fromkeys(match[0] for page in pages for match in STANDARD.finditer(page.text))
    if printed_standards and not paper.standard:
        yield note("found_standards", value=list(printed_standards)[:12])
    if not paper.issuing_body and (printed := _first(ISSUER, pages)):
        yield note("found_issuing_body", page=printed[0], quote=printed[2], value=printed[1])
    if not paper.holder and (printed := _first(HOLDER_LABEL, pages)):
        yield note("found_holder", page=printed[0], quote=printed[2], value=printed[1])


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _where(pattern: str, pages: Sequence[Page]) -> tuple[int, str] | None:
    found = _first(re.compile(pattern, re.IGNORECASE), pages)
    return (found[0], found[2]) if found else None


def _first(pattern: re.Pattern, pages: Sequence[Page]) -> tuple[int, str, str] | None:
    """(page, what was matched, its line)."""
    for page in pages:
        if match := pattern.search(page.text):
            begins, ends = page.text.rfind("\n", 0, match.start()) + 1, page.text.find("\n", match.end())
            value = next((group for group in match.groups() if group), match[0]).strip()
            return page.number, value, page.text[begins : None if ends < 0 else ends].replace("\n", " ")[:LONGEST_QUOTE]
    return None

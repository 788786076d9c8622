"""Certificates, reports, registrations and declarations: whether what the form says can be so. Whether the paper says the
same, `printed` tells.

A paper that is complete and consistent may still be forged: that, only the public registers can tell.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from compliance.reading.findings import Finding, block, note, review
from compliance.reading.models import Mention, Named, find_model
from compliance.reading.numbers import NumberFormat, schemes_of, wrong_digit
from compliance.rules import requirements as rules

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
    the product's supplier; `is_declaration`: the law wants the maker's own declaration, whatever a laboratory certifies;
    `not_by`: laboratories and certification bodies that an authority does not recognise any more; `date_order`: "dmy" or
    "mdy" where who issues such papers writes dates of numbers alone in that order.
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
    not_by: tuple[str, ...] = ()
    date_order: str = ""


def check(paper: Paper, asked: Asked, formats: Iterable[NumberFormat]) -> list[Finding]:
    """What cannot be right in the form, whatever the file says."""
    return [
        *_number(paper, asked, tuple(formats)),
        *_models(paper, asked),
        *_holder(paper, asked),
        *_dates(paper, asked),
        *laboratory_findings(asked, f"{paper.issuing_body}\n{paper.fields.get('lab_name', '')}"),
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


def laboratory_findings(asked: Asked, names: str, page: int | None = None) -> Iterable[Finding]:
    names = unaccented(names)
    for laboratory in asked.not_by:
        if found := re.search(rf"\b{_loose(laboratory)}\b", names, re.IGNORECASE):
            yield block("lab_not_recognised", page=page, quote=found[0] if page else "", laboratory=laboratory)
            return


def unaccented(text: str) -> str:
    """TUV for TÜV."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _loose(text: str) -> str:
    return r"[\s,.()/-]*".join(map(re.escape, re.findall(r"\w+", text)))


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

"""Examining papers: everything that the readers find in one, kept as findings for people to decide."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Q

from activity.services import happened, record_events
from activity.transactions import one_transaction
from compliance.models import (
    Declaration,
    Evidence,
    EvidenceState,
    Examination,
    Finding,
    FindingState,
    FindingWeight,
    ProductFacts,
    ProductTrait,
    Reading,
    ReadingStatus,
    RequirementKind,
)
from compliance.queries import reference
from compliance.reading import certificates, manuals, substances
from compliance.reading import findings as found
from compliance.reading.text import Page
from compliance.rules import day_in
from compliance.services.checklists import Chains, lock_products, refresh_checklists, rule_of, stream_of
from suppliers.models import Listing

DECLARATIONS = {RequirementKind.INGREDIENT_DECLARATION, RequirementKind.MATERIAL_DECLARATION}
# Problems of a file, as weights of findings; what cannot even be opened stops the paper.
OF_FILES = {
    "encrypted": found.block,
    "broken": found.block,
    "virus": found.block,
    "scripts": found.review,
    "attachments": found.review,
    "not_fully_checked": found.review,
    "too_many_pages": found.review,
    "protected": found.note,
}
STATEMENTS_ONLY = {"us-fcc-manual-statements": "fcc-"}


@one_transaction()
def examine_evidence(*, evidence: Evidence, at: datetime) -> None:
    """Compare a paper that nobody has decided on with what is asked, and keep what was found.

    Does nothing before its document is read. What people decided about a finding that is found again stays decided.
    """
    lock_products(list(evidence.listings.values_list("pk", flat=True)))
    related = ("document", "requirement")
    evidence = Evidence.objects.select_for_update(of=("self",)).select_related(*related).get(pk=evidence.pk)
    reading = Reading.objects.filter(document=evidence.document).exclude(status=ReadingStatus.WAITING).first()
    if evidence.state not in (EvidenceState.SUBMITTED, EvidenceState.CHECKED) or reading is None:
        return
    listings = list(
        evidence.listings.select_related("product", "product__category", "market", "product__facts").order_by("pk")
    )
    pages = [Page(**page) for page in reading.pages]
    everything = [
        *(OF_FILES.get(code, found.review)(f"file_{code}") for code in evidence.document.problems),
        *_used_elsewhere(evidence),
        *_by_listing(evidence, listings, pages, at),
    ]
    if reading.status == ReadingStatus.UNREADABLE and not evidence.document.problems:
        everything.append(found.block("file_unreadable"))
    _keep(evidence, listings, everything, at=at)


def _by_listing(
    evidence: Evidence, listings: Sequence[Listing], pages: Sequence[Page], at: datetime
) -> list[found.Finding]:
    """What is found for each of the listings, once; what is not so for all of them says for which."""
    lookup = _Lookup(listings, at)
    seen: dict[str, tuple[found.Finding, list[str]]] = {}
    for listing in listings:
        for one in _examined(evidence, listing, pages, lookup):
            seen.setdefault(_fingerprint(one), (one, []))[1].append(str(listing))
    merged = []
    for one, names in seen.values():
        params = dict(one.params) if len(names) == len(listings) else {**one.params, "listings": names}
        merged.append(found.Finding(one.code, one.weight, params, one.page, one.quote))
    return merged


class _Lookup:
    """What the listings have in common: the tables, the chains of codes, and the products' traits."""

    def __init__(self, listings: Sequence[Listing], at: datetime):
        self.at = at
        self.chains = Chains()
        self.traits: dict[int, set[str]] = {}
        rows = ProductTrait.objects.filter(product__in=[listing.product_id for listing in listings], answer=True)
        for product, key in rows.values_list("product", "trait__key"):
            self.traits.setdefault(product, set()).add(key)

    def markets(self, listing: Listing) -> tuple[str, ...]:
        return self.chains.markets[listing.market_id]

    def categories(self, listing: Listing) -> frozenset[str]:
        return frozenset(self.chains.categories[listing.product.category_id])

    def day(self, listing: Listing) -> tuple[date, date]:
        today = day_in(self.markets(listing), self.at)
        return today, max(today, listing.planned_on or today)


def facts_of(listing: Listing) -> ProductFacts | None:
    return getattr(listing.product, "facts", None)


def _models(listing: Listing) -> tuple[str, ...]:
    facts = facts_of(listing)
    said = [*(facts.model_numbers if facts else ()), listing.product.model_code]
    return tuple(dict.fromkeys(filter(None, said)))


def _examined(evidence: Evidence, listing: Listing, pages: Sequence[Page], lookup: _Lookup) -> Iterable[found.Finding]:
    kind = evidence.requirement.kind
    if kind == RequirementKind.MANUAL:
        return _manual(evidence, listing, pages, lookup)
    if kind in DECLARATIONS:
        return _declaration(evidence, listing, lookup)
    if kind == RequirementKind.LABEL:
        return []
    return _certificate(evidence, listing, pages, lookup)


def _manual(evidence: Evidence, listing: Listing, pages: Sequence[Page], lookup: _Lookup) -> list[found.Finding]:
    markets = lookup.markets(listing)
    # What the team wants everywhere is in English; what the law of a market wants is in that market's language.
    languages = ("en",) if evidence.requirement.markets == ["*"] else reference.languages(markets)
    if not languages:
        return [*manuals.read_from_pictures(pages), found.review("market_language_unknown", market=markets[0])]
    wanted = manuals.Wanted(
        categories=lookup.categories(listing),
        markets=frozenset(markets),
        models=_models(listing),
        traits=frozenset(lookup.traits.get(listing.product_id, ())),
        languages=languages,
    )
    sections = reference.sections()
    if only := STATEMENTS_ONLY.get(evidence.requirement.key):
        sections = [section for section in sections if section.key.startswith(only)]
    if not pages:
        return [found.block("no_text")]
    return manuals.check(pages, wanted, sections, reference.voltages())


def _declaration(evidence: Evidence, listing: Listing, lookup: _Lookup) -> list[found.Finding]:
    declaration = Declaration.objects.filter(document=evidence.document).first()
    if declaration is None:
        return [found.block("declaration_missing")]
    restrictions = reference.restrictions()
    if not restrictions:
        return [found.block("reference_missing")]
    lines = [
        substances.Line(line.name, line.cas, line.ec, line.low, line.high, f"{line.function} {line.part}".strip())
        for line in declaration.lines.all()
    ]
    facts = facts_of(listing)
    product = substances.Product(
        categories=lookup.categories(listing),
        markets=frozenset(lookup.markets(listing)),
        day=lookup.day(listing)[1],
        type=facts.cosmetic_type if facts else "",
    )
    is_whole = evidence.requirement.kind == RequirementKind.INGREDIENT_DECLARATION
    return substances.check(lines, product, restrictions, is_whole=is_whole)


def _certificate(evidence: Evidence, listing: Listing, pages: Sequence[Page], lookup: _Lookup) -> list[found.Finding]:
    requirement = evidence.requirement
    paper = certificates.Paper(
        number=evidence.number,
        issuing_body=evidence.issuing_body,
        standard=evidence.standard,
        model_numbers=tuple(evidence.model_numbers),
        holder=evidence.holder,
        issued_on=evidence.issued_on,
        valid_from=evidence.valid_from,
        valid_to=evidence.valid_to,
        edition=f"{evidence.edition} {evidence.standard}".strip(),
        fields=evidence.fields,
    )
    formats = reference.number_formats()
    today, day = lookup.day(listing)
    asked = certificates.Asked(
        key=requirement.key,
        wanted=frozenset(requirement.fields),
        rule=rule_of(requirement),
        number_format=next((one for one in formats if one.key == requirement.number_format), None),
        models=_models(listing),
        markets=lookup.markets(listing),
        cites=_rules_to_cite(listing) if "rules_cited" in requirement.fields else (),
        today=today,
        day=day,
    )
    read = manuals.read_from_pictures(pages)
    if pages and all(page.source == "none" for page in pages):
        read = [found.review("no_text", page=1)]
    return [*certificates.check(paper, asked, formats), *read, *certificates.compare(paper, asked, pages)]


def _rules_to_cite(listing: Listing) -> tuple[str, ...]:
    """The parts of 16 CFR by which the product has to be tested in this market."""
    bases = listing.checklist_items.filter(
        requirement__kind=RequirementKind.TEST_REPORT, requirement__legal_basis__contains="16 CFR"
    ).values_list("requirement__legal_basis", flat=True)
    parts = {part for basis in bases for part in certificates.cfr_parts(basis)} - certificates.PROCEDURE
    return tuple(f"16 CFR {part}" for part in sorted(parts))


def _used_elsewhere(evidence: Evidence) -> list[found.Finding]:
    """The same file, or the same number, in another paper that says otherwise. Names no other paper: it may be another
    supplier's."""
    others = Evidence.objects.exclude(pk=evidence.pk)
    same_file = others.filter(document__sha256=evidence.document.sha256)
    findings = []
    if same_file.exclude(document=evidence.document).exists():
        findings.append(found.review("duplicate_file", of="supplier"))
    elif evidence.number and same_file.exclude(number__in=["", evidence.number]).exists():
        findings.append(found.review("duplicate_file", of="number", number=evidence.number))
    if evidence.number:
        same_number = others.filter(number__iexact=evidence.number, requirement__kind=evidence.requirement.kind)
        differs = ~Q(issued_on=evidence.issued_on) | ~Q(valid_to=evidence.valid_to) | ~Q(holder__iexact=evidence.holder)
        other_dates = same_number.filter(state__in=["submitted", "checked", "accepted"]).filter(differs)
        if other_dates.exists():
            findings.append(found.review("duplicate_number", number=evidence.number))
    return findings


def _fingerprint(one: found.Finding) -> str:
    said = json.dumps([one.code, one.weight, one.params, one.page, one.quote], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _keep(evidence: Evidence, listings: Sequence[Listing], everything: list[found.Finding], *, at: datetime) -> None:
    is_first = not Examination.objects.filter(evidence=evidence).exists()
    unique = {_fingerprint(one): one for one in everything}
    evidence.findings.filter(state=FindingState.OPEN).exclude(fingerprint__in=unique).delete()
    evidence.findings.exclude(fingerprint__in=unique).update(is_current=False)
    there = set(evidence.findings.values_list("fingerprint", flat=True))
    evidence.findings.filter(fingerprint__in=unique).update(is_current=True)
    made = Finding.objects.bulk_create(
        Finding(
            evidence=evidence,
            code=one.code,
            weight=one.weight.value,
            params=one.params,
            page=one.page,
            quote=one.quote,
            fingerprint=fingerprint,
            is_ban=substances.is_ban(one),
            found_at=at,
        )
        for fingerprint, one in unique.items()
        if fingerprint not in there
    )
    Examination.objects.update_or_create(evidence=evidence, defaults={"examined_at": at})
    if is_first or any(finding.weight != FindingWeight.NOTE for finding in made):
        weights = [one.weight.value for one in unique.values()]
        record_events(
            happened(
                "evidence.examined",
                stream_of(listing),
                at=at,
                actor=None,
                product=listing.product.sku,
                market=listing.market.code,
                evidence=str(evidence.uid),
                requirement=evidence.requirement.key,
                name=evidence.requirement.name,
                name_zh=evidence.requirement.name_zh,
                number=evidence.number,
                block=weights.count("block"),
                review=weights.count("review"),
            )
            for listing in listings
        )
    if any(finding.is_ban for finding in made):  # what was waived is not any more
        refresh_checklists([listing.pk for listing in listings], at=at)

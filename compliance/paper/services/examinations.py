"""Examining papers: everything that the readers find in one, kept as findings for people to decide."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from activity.transactions import one_transaction
from compliance.checklist.services import Chains, lock_products, refresh_checklists, traits_by_product
from compliance.models import (
    Declaration,
    Evidence,
    EvidenceState,
    Examination,
    Finding,
    FindingState,
    FindingWeight,
    LookupResult,
    ProductFacts,
    Reading,
    ReadingStatus,
    RegisterLookup,
    Requirement,
    RequirementKind,
)
from compliance.paper.reads import Tables, battery_models_of, date_order, models_of
from compliance.paper.services.events import tell_of_paper
from compliance.paper.services.proposals import as_read
from compliance.reading import certificates, facts, labels, manuals, printed, restrictions, substances
from compliance.reading import findings as found
from compliance.reading.labels import elements_of
from compliance.reading.text import Page
from compliance.rules.requirements import day_in
from inspections.sample.reads import golden_sample
from suppliers.models import Listing

DECLARATIONS = {RequirementKind.INGREDIENT_DECLARATION, RequirementKind.MATERIAL_DECLARATION}
# Problems of a file, as weights of findings; what cannot even be opened stops the paper.
OF_FILES = {
    "encrypted": found.block,
    "broken": found.block,
    "virus": found.block,
    "too_many_pixels": found.block,
    "scripts": found.review,
    "attachments": found.review,
    "not_fully_checked": found.review,
    "too_many_pages": found.review,
    "animated": found.review,
    "two_kinds": found.review,
    "protected": found.note,
}
STATEMENTS_ONLY = {"us-fcc-manual-statements": "fcc-"}


# What the calendar does to an accepted paper, its checklist shows by itself.
BY_THE_CALENDAR = {*certificates.ENDS.values(), "not_yet_valid", "date_in_future"}
WAITING = (EvidenceState.SUBMITTED, EvidenceState.CHECKED)
OPEN_OR_ACCEPTED = (*WAITING, EvidenceState.ACCEPTED)
# Params that differ from day to day or with who is sure of a table, while what was found is the same.
NOT_TELLING = {"day", "is_sure"}


@one_transaction()
def examine_evidence(*, evidence: Evidence, at: datetime) -> None:
    """Compare a paper with what is asked, and keep what was found: one that waits, or an accepted one for which that is
    owed. An accepted paper that a new finding stops is put up for a new look.

    Does nothing before its document is read. What people decided about a finding that is found again stays decided.
    """
    evidence, listings = _locked(evidence)
    owed = Examination.objects.filter(evidence=evidence, due_at__isnull=False).first()
    reading = reading_of(evidence)
    if reading is None or not (evidence.state in WAITING or (owed and evidence.state == EvidenceState.ACCEPTED)):
        return
    everything = findings_of(evidence, listings, reading, Tables(), at)
    _keep(evidence, listings, everything, why=owed.due_why if owed else {}, at=at)


@one_transaction()
def note_failure(*, evidence: Evidence, at: datetime) -> None:
    """Comparing a paper failed here: it is left to a person, and stands in nobody else's way."""
    evidence, listings = _locked(evidence)
    if evidence.state in OPEN_OR_ACCEPTED:
        _keep(evidence, listings, [found.block("examination_failed")], why={}, at=at)


def _locked(evidence: Evidence) -> tuple[Evidence, list[Listing]]:
    """As it is now, under the lock of the products that it names."""
    lock_products(list(evidence.listings.values_list("pk", flat=True)))
    related = ("document", "requirement")
    evidence = Evidence.objects.select_for_update(of=("self",)).select_related(*related).get(pk=evidence.pk)
    return evidence, listings_of(evidence)


def listings_of(evidence: Evidence) -> list[Listing]:
    related = ("product__category", "product__supplier", "product__facts", "market")
    return list(evidence.listings.select_related(*related).order_by("pk"))


def reading_of(evidence: Evidence) -> Reading | None:
    """What was read in its document; None while that waits."""
    return Reading.objects.filter(document=evidence.document_id).exclude(status=ReadingStatus.WAITING).first()


def owe_examinations(papers: QuerySet[Evidence], *, why: Mapping[str, str], at: datetime) -> int:
    """Have papers that wait or are accepted compared anew by whichever worker is free. In the caller's transaction.

    `why` is told where an accepted one is put up for a new look; who may not read formulas sees it too.
    """
    examined = Examination.objects.filter(evidence__in=papers.filter(state__in=OPEN_OR_ACCEPTED).values("pk"))
    return examined.update(due_at=at, due_why=dict(why))


def findings_of(
    evidence: Evidence, listings: Sequence[Listing], reading: Reading, tables: Tables, at: datetime
) -> list[found.Finding]:
    """All that is found in a paper by these tables. Writes nothing."""
    pages = [Page(**page) for page in reading.pages]
    everything = [
        *(OF_FILES.get(code, found.review)(f"file_{code}") for code in evidence.document.problems),
        *_used_elsewhere(evidence),
        *_looked_up(evidence),
        *_by_listing(evidence, listings, pages, tables, at),
    ]
    if reading.status == ReadingStatus.UNREADABLE and not evidence.document.problems:
        everything.append(found.block("file_unreadable"))
    if evidence.state != EvidenceState.ACCEPTED:
        return everything
    return [*(one for one in everything if one.code not in BY_THE_CALENDAR), *_unseen_elements(evidence)]


def _looked_up(evidence: Evidence) -> list[found.Finding]:
    """What a public register said last about the paper, where that is not that it agrees."""
    last: dict[str, RegisterLookup] = {}
    for lookup in evidence.lookups.order_by("id"):
        last[lookup.register.casefold()] = lookup
    return [
        found.review("register_disagrees", register=lookup.register, number=lookup.number, result=lookup.result)
        for lookup in last.values()
        if lookup.result != LookupResult.FOUND
    ]


def _unseen_elements(evidence: Evidence) -> list[found.Finding]:
    """Of an accepted label, the elements that are wanted since then and that nobody looked for."""
    if evidence.requirement.kind != RequirementKind.LABEL:
        return []
    seen = set(evidence.label_checks.filter(is_there=True).values_list("element", flat=True))
    missing = [name for name in elements_of(evidence.requirement.fields) if name not in seen]
    return [found.block("label_elements_unseen", elements=missing)] if missing else []


def _by_listing(
    evidence: Evidence, listings: Sequence[Listing], pages: Sequence[Page], tables: Tables, at: datetime
) -> list[found.Finding]:
    """What is found for each of the listings, once; what is not so for all of them says for which."""
    lookup = _Lookup(listings, tables, at)
    seen: dict[str, tuple[found.Finding, list[str]]] = {}
    for listing in listings:
        for one in _examined(evidence, listing, pages, lookup):
            seen.setdefault(fingerprint_of(one), (one, []))[1].append(str(listing))
    merged = []
    for one, names in seen.values():
        params = dict(one.params) if len(names) == len(listings) else {**one.params, "listings": names}
        merged.append(found.Finding(one.code, one.weight, params, one.page, one.quote))
    return merged


# Trait -> the age in years from which children may use a product that has it.
FROM_AGE = {"child_under_3": 0, "child_under_6": 3, "child_12_under": 6}


class _Lookup:
    """What the listings have in common: the tables, the chains of codes, and the products' traits."""

    def __init__(self, listings: Sequence[Listing], tables: Tables, at: datetime):
        self.tables, self.at = tables, at
        self.chains = Chains()
        answers = traits_by_product({listing.product_id for listing in listings})
        self.denied = {pk: {key for key, answer in said.items() if answer is False} for pk, said in answers.items()}
        self.ages = {
            pk: min(FROM_AGE[key] for key in said if key in FROM_AGE and said[key])
            for pk, said in answers.items()
            if any(said[key] for key in said if key in FROM_AGE)
        }

    def traits(self, listing: Listing) -> frozenset[str]:
        """What sections of manuals turn on, but for what was answered no: unanswered is never no."""
        turned_on = {trait for section in self.tables.sections for trait in section.traits_any}
        return frozenset(turned_on - self.denied.get(listing.product_id, set()))

    def markets(self, listing: Listing) -> tuple[str, ...]:
        return self.chains.markets[listing.market_id]

    def categories(self, listing: Listing) -> frozenset[str]:
        return frozenset(self.chains.categories[listing.product.category_id])

    def day(self, listing: Listing) -> tuple[date, date]:
        today = day_in(self.chains.zones[listing.market_id], self.at)
        return today, max(today, listing.planned_on or today)


def facts_of(listing: Listing) -> ProductFacts | None:
    return getattr(listing.product, "facts", None)


def names_model(requirement: Requirement) -> bool:
    """Whether papers for it have to name the model."""
    return requirement.kind == RequirementKind.MANUAL or not certificates.MODEL_FIELDS.isdisjoint(requirement.fields)


def _examined(evidence: Evidence, listing: Listing, pages: Sequence[Page], lookup: _Lookup) -> Iterable[found.Finding]:
    kind = evidence.requirement.kind
    if kind == RequirementKind.MANUAL:
        return _manual(evidence, listing, pages, lookup)
    if kind in DECLARATIONS:
        return _declaration(evidence, listing, lookup)
    if kind == RequirementKind.LABEL:
        sample = golden_sample(listing.product)
        return labels.check(pages, evidence.requirement.asks.get("marks", {}), sample.barcode if sample else "")
    return _certificate(evidence, listing, pages, lookup)


def _manual(evidence: Evidence, listing: Listing, pages: Sequence[Page], lookup: _Lookup) -> list[found.Finding]:
    markets = lookup.markets(listing)
    # What the team wants everywhere is in English; what the law of a market wants is in that market's language.
    place = lookup.chains.places[listing.market_id]
    languages = ("en",) if evidence.requirement.markets == ["*"] else lookup.tables.languages(markets, place)
    if not languages:
        return [*manuals.read_from_pictures(pages), found.review("market_language_unknown", market=markets[0])]
    wanted = manuals.Wanted(
        categories=lookup.categories(listing),
        markets=frozenset(markets),
        place=place,
        models=models_of(listing.product),
        traits=lookup.traits(listing),
        languages=languages,
    )
    sections = lookup.tables.sections
    if only := STATEMENTS_ONLY.get(evidence.requirement.key):
        sections = [section for section in sections if section.key.startswith(only)]
    if not pages:
        return [found.block("no_text")]
    return manuals.check(pages, wanted, sections, lookup.tables.voltages)


def _declaration(evidence: Evidence, listing: Listing, lookup: _Lookup) -> list[found.Finding]:
    declaration = Declaration.objects.filter(document=evidence.document).first()
    if declaration is None:
        return [found.block("declaration_missing")]
    if not lookup.tables.restrictions:
        return [found.block("reference_missing")]
    lines = [
        restrictions.Line(line.name, line.cas, line.ec, line.low, line.high, f"{line.function} {line.part}".strip())
        for line in declaration.lines.all()
    ]
    facts = facts_of(listing)
    product = restrictions.Product(
        categories=lookup.categories(listing),
        markets=frozenset(lookup.markets(listing)),
        day=lookup.day(listing)[1],
        type=facts.cosmetic_type if facts else "",
        youngest=lookup.ages.get(listing.product_id),
    )
    is_whole = evidence.requirement.kind == RequirementKind.INGREDIENT_DECLARATION
    return substances.check(lines, product, lookup.tables.restrictions, is_whole=is_whole)


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
    asks, formats = requirement.asks, lookup.tables.number_formats
    models = battery_models_of(listing.product) if asks.get("of") == "battery" else models_of(listing.product)
    today, day = lookup.day(listing)
    asked = certificates.Asked(
        key=requirement.key,
        wanted=frozenset(requirement.fields),
        rule=requirement.rule,
        number_format=next((one for one in formats if one.key == requirement.number_format), None),
        models=models,
        markets=lookup.markets(listing),
        cites=_rules_to_cite(listing) if "rules_cited" in requirement.fields else (),
        today=today,
        day=day,
        makers=tuple(filter(None, (listing.product.supplier.name, listing.product.supplier.name_zh))),
        is_declaration=requirement.kind == RequirementKind.DECLARATION_OF_CONFORMITY,
        not_by=tuple(asks.get("not_by", ())),
        date_order=date_order(requirement),
    )
    read = manuals.read_from_pictures(pages)
    if pages and all(page.source == "none" for page in pages):
        read = [found.review("no_text", page=1)]
    return [
        *certificates.check(paper, asked, formats),
        *read,
        *printed.compare(paper, asked, pages),
        *facts.findings(_facts(evidence, listing, paper, pages, lookup)),
    ]


def _facts(
    evidence: Evidence, listing: Listing, paper: certificates.Paper, pages: Sequence[Page], lookup: _Lookup
) -> list[facts.Fact]:
    asks, product = evidence.requirement.asks, listing.product
    about = facts.About(
        models=models_of(product),
        names=tuple(filter(None, (product.name, product.name_zh))),
        cited=_acts_to_cite(listing) if asks.get("cites") else (),
        elsewhere=lookup.tables.standards,
    )
    return facts.facts_of(asks, paper, pages, about)


def _acts_to_cite(listing: Listing) -> tuple[tuple[str, ...], ...]:
    """The acts that apply to the product in this market: a declaration of conformity names every one."""
    asked = listing.checklist_items.filter(requirement__asks__has_key="cited_as")
    return tuple(sorted(tuple(asks["cited_as"]) for asks in asked.values_list("requirement__asks", flat=True)))


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


def fingerprint_of(one: found.Finding) -> str:
    params = {name: value for name, value in one.params.items() if name not in NOT_TELLING}
    said = json.dumps([one.code, one.weight, params, one.page, one.quote], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _keep(
    evidence: Evidence, listings: Sequence[Listing], everything: list[found.Finding], *, why: Mapping[str, str],
    at: datetime,
) -> None:  # fmt: skip
    is_first = not Examination.objects.filter(evidence=evidence).exists()
    if is_first and not evidence.as_read and (read := as_read(evidence.document, evidence.requirement, listings)):
        evidence.as_read = read
        evidence.save(update_fields=["as_read"])
    unique = {fingerprint_of(one): one for one in everything}
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
    examined: dict[str, Any] = {"examined_at": at, "due_at": None, "due_why": {}}
    Examination.objects.update_or_create(evidence=evidence, defaults=examined)
    if is_first or any(finding.weight != FindingWeight.NOTE for finding in made):
        weights = [one.weight.value for one in unique.values()]
        tell_of_paper(
            "evidence.examined",
            evidence,
            listings,
            at=at,
            actor=None,
            block=weights.count("block"),
            review=weights.count("review"),
        )
    stops = evidence.findings.standing_in_the_way().filter(weight=FindingWeight.BLOCK)
    if evidence.state == EvidenceState.ACCEPTED and stops.exists():
        _reopen(evidence, listings, why, at)
    elif any(finding.is_ban for finding in made):  # what was waived is not any more
        refresh_checklists([listing.pk for listing in listings], at=at)


def _reopen(evidence: Evidence, listings: Sequence[Listing], why: Mapping[str, str], at: datetime) -> None:
    """An accepted paper waits again, to be looked at, checked and accepted as if it were new; what rested on it is
    open. Who had accepted it, the events keep."""
    evidence.state = EvidenceState.SUBMITTED
    evidence.checked_by = evidence.checked_at = evidence.accepted_by = evidence.accepted_at = None
    evidence.reopened_at, evidence.reopened_why = at, dict(why)
    evidence.save()
    tell_of_paper("evidence.reopened", evidence, listings, at=at, actor=None, why=dict(why))
    refresh_checklists([listing.pk for listing in listings], at=at, is_told=True)

"""Which papers a change of the catalogue or of a table touches, and what it would newly find in them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from compliance.checklist.services import Chains
from compliance.models import (
    Declaration,
    Evidence,
    EvidenceState,
    FindingState,
    ReferenceEntry,
    ReferenceTable,
    Requirement,
    RequirementKind,
)
from compliance.paper.reads import Tables, restriction_of
from compliance.paper.services.examinations import (
    DECLARATIONS,
    OPEN_OR_ACCEPTED,
    findings_of,
    fingerprint_of,
    listings_of,
    reading_of,
)
from compliance.reading.findings import Weight
from compliance.reading.restrictions import Line
from compliance.reading.substances import may_concern
from suppliers.models import Product

Key = TypeVar("Key", int, str)
MOST_TRIED = 50  # papers that a preview compares at once, while somebody waits: a long manual takes 100 ms


@dataclass(frozen=True, slots=True)
class Affected:
    """Of the papers that a change touches: the accepted ones that would be put up for a new look, those that wait and
    would be stopped, and how many were touched and how many of these tried out."""

    reopened: tuple[Evidence, ...]
    stopped: tuple[Evidence, ...]
    touched: int
    tried: int


def touched_by_entry(before: ReferenceEntry, after: ReferenceEntry) -> QuerySet[Evidence]:
    """Papers for which what a table's entry says, or is to say, may matter."""
    papers = Evidence.objects.filter(state__in=OPEN_OR_ACCEPTED)
    said = (before.data, after.data)
    match ReferenceTable(before.table):
        case ReferenceTable.NUMBERS:
            return papers.filter(requirement__number_format=before.key)
        case ReferenceTable.LANGUAGES | ReferenceTable.VOLTAGES:
            manuals = papers.filter(requirement__kind=RequirementKind.MANUAL)
            return _of_listings(manuals, lambda categories, markets: before.key in markets)
        case ReferenceTable.SECTIONS:
            manuals = papers.filter(requirement__kind=RequirementKind.MANUAL)
            return _of_listings(
                manuals, lambda categories, markets: any(_named(one, categories, markets) for one in said)
            )
    return papers.filter(requirement__kind__in=DECLARATIONS, document__in=_documents_with(said))


def _named(data: Mapping[str, Any], categories: Iterable[str], markets: Iterable[str]) -> bool:
    return bool({"*", *categories}.intersection(data["categories"]) and {"*", *markets}.intersection(data["markets"]))


def _of_listings(
    papers: QuerySet[Evidence], is_so: Callable[[tuple[str, ...], tuple[str, ...]], bool]
) -> QuerySet[Evidence]:
    """Those that name a listing whose chains of categories and markets are so."""
    chains = Chains()
    rows = papers.order_by().values_list("pk", "listings__product__category", "listings__market").distinct()
    found = {pk for pk, category, market in rows if is_so(chains.categories[category], chains.markets[market])}
    return papers.filter(pk__in=found)


def _documents_with(said: Iterable[Mapping[str, Any]]) -> list[int]:
    """Of declarations with a line that one of these entries may be about."""
    return sorted(set().union(*documents_by_entry(dict(enumerate(said))).values()))


def documents_by_entry(said: Mapping[Key, Mapping[str, Any]]) -> dict[Key, set[int]]:
    """Each of these entries -> the documents of declarations with a line that it may be about."""
    entries = {key: restriction_of(data) for key, data in said.items()}
    found: dict[Key, set[int]] = {key: set() for key in entries}
    declarations = Declaration.objects.filter(document__evidence__state__in=OPEN_OR_ACCEPTED).distinct()
    for declaration in declarations.prefetch_related("lines") if entries else ():
        lines = [
            Line(line.name, line.cas, line.ec, None, None, f"{line.function} {line.part}")
            for line in declaration.lines.all()
        ]
        for key, entry in entries.items():
            if any(may_concern(entry, line) for line in lines):
                found[key].add(declaration.document_id)
    return found


def touched_by_requirement(requirement: Requirement) -> QuerySet[Evidence]:
    return Evidence.objects.filter(state__in=OPEN_OR_ACCEPTED, requirement=requirement)


def touched_by_product(product: Product, kinds: Iterable[str] = ()) -> QuerySet[Evidence]:
    """The papers of a product, those for requirements of these kinds alone where any are named."""
    papers = Evidence.objects.filter(state__in=OPEN_OR_ACCEPTED, names__listing__product=product)
    return (papers.filter(requirement__kind__in=kinds) if kinds else papers).distinct()


def preview_entry(before: ReferenceEntry, after: ReferenceEntry, *, at: datetime) -> Affected:
    """What an entry would newly stop if it said what `after`, which is not saved, says."""
    return _tried(touched_by_entry(before, after), Tables(instead=after), at)


def preview_requirement(before: Requirement | None, after: Requirement, *, at: datetime) -> Affected:
    papers = touched_by_requirement(before) if before else Evidence.objects.none()
    return _tried(papers, Tables(), at, requirement=after)


def _tried(
    papers: QuerySet[Evidence], tables: Tables, at: datetime, requirement: Requirement | None = None
) -> Affected:
    related = papers.select_related("document", "requirement").prefetch_related(
        "listings__product", "listings__market", "findings"
    )
    touched = papers.count()
    tried = list(related.order_by("-state", "pk")[:MOST_TRIED])
    stopped = [paper for paper in tried if _is_newly_stopped(paper, tables, at, requirement)]
    return Affected(
        tuple(paper for paper in stopped if paper.state == EvidenceState.ACCEPTED),
        tuple(paper for paper in stopped if paper.state != EvidenceState.ACCEPTED),
        touched,
        len(tried),
    )


def _is_newly_stopped(paper: Evidence, tables: Tables, at: datetime, requirement: Requirement | None) -> bool:
    reading = reading_of(paper)
    if reading is None:
        return False
    if requirement is not None:
        paper.requirement = requirement
    known = set(_known(paper))
    return any(
        one.weight == Weight.BLOCK and fingerprint_of(one) not in known
        for one in findings_of(paper, listings_of(paper), reading, tables, at)
    )


def _known(paper: Evidence) -> Iterator[str]:
    """What is found already: it stops the paper now, or somebody overruled it."""
    for finding in paper.findings.all():
        if finding.is_current or finding.state == FindingState.OVERRULED:
            yield finding.fingerprint

"""What changes in the next 12 months, and whom it touches: laws that begin or end, editions, restrictions, papers that end."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from activity.languages import pick
from compliance.board.page.calendar import papers_that_end
from compliance.checklist.services import Chains, paper_of, traits_by_product
from compliance.models import Document, Evidence, EvidenceState, ReferenceEntry, ReferenceTable, Requirement
from compliance.paper.services.recheck import documents_by_entry
from compliance.rules.requirements import applies, is_edition
from suppliers.models import Listing

DAYS = 366
KINDS = ("begins", "ends", "edition", "restricted", "paper")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise from `day` on. `listings` are those that it touches, of those that the reader sees."""

    day: date
    kind: str
    key: str
    what: str
    source: str
    is_sure: bool
    url: str
    listings: tuple[tuple[str, str], ...]

    @property
    def word(self) -> str:
        words = {
            "begins": _("begins to apply"),
            "ends": _("applies no more"),
            "edition": _("an older edition counts no more"),
            "restricted": _("a substance is restricted"),
            "paper": _("a paper ends"),
        }
        return words[self.kind]


def changes(user: User, *, at: datetime, days: int = DAYS) -> list[Change]:
    """All that changes within so many days, the first first. Suppliers: what touches their own products alone (R5)."""
    today = at.date()
    last = today + timedelta(days=days)
    listings = list(Listing.objects.visible_to(user).select_related("product", "market").order_by("pk"))
    found = [
        *_of_the_law(listings, today, last),
        *_restrictions(user, today, last),
        *_papers(user, today, last),
    ]
    if not user.has_perm("suppliers.see_all"):
        found = [one for one in found if one.listings]
    return sorted(found, key=lambda one: (one.day, KINDS.index(one.kind), one.what))


def _of_the_law(listings: Sequence[Listing], today: date, last: date) -> Iterator[Change]:
    """Requirements that begin, those that end, and editions that take over from older ones."""
    soon = Q()
    for name in ("applies_from", "applies_until", "edition_from"):
        soon |= Q(**{f"{name}__gte": today, f"{name}__lte": last})
    requirements = list(Requirement.objects.filter(soon).order_by("key"))
    chains, traits = Chains(), traits_by_product({listing.product_id for listing in listings})
    subjects = [(one, chains.subject(one, traits.get(one.product_id, {}))) for one in listings]
    older = _tested_to_older(requirements)
    for requirement in requirements:
        for kind, day, on in _days(requirement):
            if today <= on <= last and day <= last:
                touched = [listing for listing, subject in subjects if applies(requirement.rule, subject, on)]
                if kind == "edition":
                    touched = [listing for listing in touched if listing.pk in older[requirement.pk]]
                yield Change(
                    day=day,
                    kind=kind,
                    key=requirement.key,
                    what=requirement.local_name,
                    source=requirement.source,
                    is_sure=requirement.is_sure,
                    url=reverse("requirement-detail", args=[requirement.key]),
                    listings=_named(touched),
                )


def _days(requirement: Requirement) -> Iterator[tuple[str, date, date]]:
    """(what changes, from which day on, a day on which it can be told whom it touches)."""
    if requirement.applies_from:
        yield "begins", requirement.applies_from, requirement.applies_from
    if requirement.applies_until:
        yield "ends", requirement.applies_until + timedelta(days=1), requirement.applies_until
    if requirement.edition_from:
        yield "edition", requirement.edition_from, requirement.edition_from


def _tested_to_older(requirements: Iterable[Requirement]) -> dict[int, set[int]]:
    """Requirement -> the listings whose accepted paper is of another edition than the one that is to count."""
    editions = {one.pk: one.edition for one in requirements if one.edition_from}
    papers = Evidence.objects.filter(state=EvidenceState.ACCEPTED, requirement__in=editions)
    found: dict[int, set[int]] = defaultdict(set)
    for paper in papers.prefetch_related("names"):
        if not is_edition(editions[paper.requirement_id], paper_of(paper).edition):
            found[paper.requirement_id] |= {name.listing_id for name in paper.names.all()}
    return found


def _restrictions(user: User, today: date, last: date) -> Iterator[Change]:
    """Entries of the table of substances that begin to count, with the listings whose declarations may hold such a one."""
    soon = ReferenceEntry.objects.filter(
        table=ReferenceTable.SUBSTANCES,
        is_active=True,
        data__applies_from__gte=str(today),
        data__applies_from__lte=str(last),
    )
    entries = {entry.key: entry for entry in soon.order_by("key")}
    documents = documents_by_entry({key: entry.data for key, entry in entries.items()})
    readable = (
        set(Document.objects.readable_by(user).values_list("pk", flat=True)) if any(documents.values()) else set()
    )
    chains = Chains()
    for key, entry in entries.items():
        named = Listing.objects.filter(evidence__document__in=documents[key] & readable)
        markets = set(entry.data["markets"])
        touched = [
            one
            for one in named.select_related("product", "market").distinct()
            if "*" in markets or markets.intersection(chains.markets[one.market_id])
        ] if documents[key] & readable else []  # fmt: skip
        yield Change(
            day=date.fromisoformat(entry.data["applies_from"]),
            kind="restricted",
            key=key,
            what=pick(en=entry.data["name_en"], zh=entry.data.get("name_zh") or entry.data["name_en"]),
            source=entry.data["legal_basis"],
            is_sure=entry.is_sure,
            url=reverse("reference-detail", args=[entry.table, key]),
            listings=_named(touched),
        )


def _papers(user: User, today: date, last: date) -> Iterator[Change]:
    for one in papers_that_end(user, today, last):
        named = tuple(tuple(name.rsplit(" ", 1)) for name in one.where.split(", "))
        yield Change(one.day, "paper", one.uid, one.what, "", True, one.url, named)  # type: ignore[arg-type] # pairs


def _named(listings: Iterable[Listing]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((one.product.sku, one.market.code) for one in listings))

"""Working out the checklists of listings: what applies, why, where each item stands, and who acts next."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from compliance.loosening.services import LET_GO, Asked, Cause, Keeping
from compliance.models import (
    ActsNext,
    Checklist,
    ChecklistItem,
    Evidence,
    EvidenceListing,
    EvidenceState,
    Finding,
    ItemState,
    ProductTrait,
    Requirement,
    RequirementKind,
    Severity,
    Waiver,
    WaiverState,
)
from compliance.reading.manuals import Place
from compliance.rules.questions import with_settled
from compliance.rules.requirements import (
    Paper,
    Rule,
    Subject,
    applicable,
    day_in,
    joined,
    start_of,
    unanswered,
    validity,
)
from suppliers.models import Category, Listing, Market, Product

CHUNK = 1000
Row = TypeVar("Row", Category, Market)
# Who brings a paper: what somebody in the market has to do is the merchandiser's, everything else the maker's.
BROUGHT_BY_MERCHANDISER = {
    RequirementKind.RESPONSIBLE_PERSON,
    RequirementKind.REGISTRATION,
    RequirementKind.PLATFORM,
}
COLUMNS = (
    "state",
    "is_blocking",
    "group",
    "reason",
    "acts_next",
    "due_on",
    "valid_from",
    "valid_to",
    "evidence",
    "waiver",
    "loosening",
    "revision",
    "since",
)


def paper_of(evidence: Evidence) -> Paper:
    return Paper(
        issued_on=evidence.issued_on,
        valid_from=evidence.valid_from,
        valid_to=evidence.valid_to,
        edition=f"{evidence.edition} {evidence.standard}",
    )


def brought_by(requirement: Requirement) -> ActsNext:
    return ActsNext.MERCHANDISER if requirement.kind in BROUGHT_BY_MERCHANDISER else ActsNext.SUPPLIER


def _chains(rows: Iterable[Row]) -> dict[int, tuple[Row, ...]]:
    """Id -> itself, its parent, and so on."""
    known = {row.pk: row for row in rows}
    chains = {}
    for pk in known:
        chain: list[Row] = []
        at: int | None = pk
        while at is not None and known[at] not in chain:
            chain.append(known[at])
            at = known[at].parent_id
        chains[pk] = tuple(chain)
    return chains


def _codes(chain: Iterable[Category | Market]) -> tuple[str, ...]:
    return tuple(row.code for row in chain)


def place_of(chain: Sequence[Market]) -> Place:
    """What a reader of papers knows of a market; a member state's paper may name any country of the union."""
    own = chain[0]
    names = "|".join(market.country_names for market in chain)
    return Place(own.code, names, own.voltage, tuple(own.languages))


class Chains:
    """Category and market ids to their chains of codes, the own code first, and market ids to what else of a market
    decides. Two statements, however many are asked."""

    def __init__(self) -> None:
        categories, markets = Category.objects.only("code", "parent"), list(Market.objects.all())
        self.categories = {pk: _codes(chain) for pk, chain in _chains(categories).items()}
        chains = _chains(markets)
        self.markets = {pk: _codes(chain) for pk, chain in chains.items()}
        self.zones = {market.pk: market.zone for market in markets}
        self.places = {pk: place_of(chain) for pk, chain in chains.items()}

    def subject(self, listing: Listing, traits: Mapping[str, bool | None]) -> Subject:
        return Subject(self.categories[listing.product.category_id], self.markets[listing.market_id], traits)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands: the values of its columns, and the next day on which they differ by themselves."""

    values: dict[str, Any]
    changes_on: date | None


def standing_of(
    *,
    requirement: Requirement,
    rule: Rule,
    markets: Sequence[str],
    today: date,
    planned_on: date | None,
    papers: Sequence[Evidence],
    waiver: Waiver | None,
) -> Standing:
    """Where one requirement of one listing stands on a day in its market. `papers` are those that name the listing,
    the newest last; `waiver` the signed one."""
    spans = {
        paper.pk: (found.first, found.last)
        for paper in papers
        if paper.state == EvidenceState.ACCEPTED
        for found in [validity(rule, paper_of(paper), markets)]
    }
    accepted = [paper for paper in papers if paper.pk in spans]
    run = joined([span for span in spans.values() if span[1] is None or span[0] is None or span[0] <= span[1]], today)
    pending = next((p for p in papers if p.state == EvidenceState.CHECKED), None) or next(
        (p for p in papers if p.state == EvidenceState.SUBMITTED), None
    )
    bring, due = brought_by(requirement), planned_on
    values: dict[str, Any] = {"valid_from": None, "valid_to": None, "evidence_id": None, "waiver_id": None}
    changes: list[date | None] = []
    if run is not None:
        current = max(
            (p for p in accepted if _covers(spans[p.pk], today)), key=lambda p: (spans[p.pk][1] or date.max, p.pk)
        )
        values |= {"state": ItemState.ACCEPTED, "evidence_id": current.pk, "valid_from": run[0], "valid_to": run[1]}
        renew_on = run[1] and run[1] - timedelta(requirement.renewal_lead_days)
        due = renew_on
        bring = bring if renew_on and renew_on <= today else ActsNext.NOBODY
        changes += [run[1] and run[1] + timedelta(1), renew_on]
    elif waiver is not None and today <= waiver.expires_on:
        values |= {"state": ItemState.WAIVED, "waiver_id": waiver.pk, "valid_to": waiver.expires_on}
        due = waiver.expires_on
        changes.append(waiver.expires_on + timedelta(1) if waiver.expires_on < date.max else None)
    elif later := [p for p in accepted if (spans[p.pk][0] or today) > today]:
        # Accepted already, and it begins later: enough where it has begun by the day that is planned.
        current = min(later, key=lambda p: spans[p.pk][0] or date.max)
        first, last = spans[current.pk]
        values |= {"state": ItemState.ACCEPTED, "evidence_id": current.pk, "valid_from": first, "valid_to": last}
        due, bring = first, ActsNext.NOBODY
        changes.append(first)
    elif pending is not None:
        values |= {"state": ItemState(pending.state), "evidence_id": pending.pk}
    elif papers:
        values |= _ended(papers[-1], spans.get(papers[-1].pk))
    else:
        values["state"] = ItemState.MISSING
    if pending is not None:
        bring = ActsNext.MANAGER if pending.state == EvidenceState.CHECKED else ActsNext.QC
    values |= {
        "is_blocking": requirement.severity == Severity.BLOCK,
        "group": requirement.group,
        "acts_next": bring.value,
        "due_on": due,
    }
    return Standing(values, min((day for day in changes if day and day > today), default=None))


def _covers(span: tuple[date | None, date | None], day: date) -> bool:
    return (span[0] is None or span[0] <= day) and (span[1] is None or day <= span[1])


def _ended(paper: Evidence, span: tuple[date | None, date | None] | None) -> dict[str, Any]:
    """An item whose last paper has run out, was refused or was revoked."""
    if span is not None:
        return {"state": ItemState.EXPIRED, "evidence_id": paper.pk, "valid_from": span[0], "valid_to": span[1]}
    return {"state": ItemState.REFUSED, "evidence_id": paper.pk}


class Catalogue:
    """The requirements and what they come to, read once for many listings."""

    def __init__(self, requirements: Iterable[Requirement] | None = None) -> None:
        found = Requirement.objects.order_by("key") if requirements is None else requirements
        self.requirements = {requirement.key: requirement for requirement in found}
        self.rules = [requirement.rule for requirement in self.requirements.values()]
        self.rule = {rule.key: rule for rule in self.rules}
        begins = {rule.applies_from for rule in self.rules if rule.applies_from}
        # The days on which some rule begins, or is over.
        self.bounds = begins | {rule.applies_until + timedelta(1) for rule in self.rules if rule.applies_until}


def traits_by_product(products: Collection[int]) -> dict[int, dict[str, bool | None]]:
    """Product id -> trait key -> answer, of the traits that are answered, or settled by another's no."""
    found: dict[int, dict[str, bool | None]] = defaultdict(dict)
    rows = ProductTrait.objects.filter(product__in=products, answer__isnull=False)
    for product, key, answer in rows.values_list("product", "trait__key", "answer"):
        found[product][key] = answer
    return {product: with_settled(answers) for product, answers in found.items()}


def stream_of(listing: Listing) -> str:
    """Whose story a listing's events belong to. Product and market must be at hand."""
    return f"listing:{listing.product.sku}:{listing.market.code}"


def lock_products(listings: Collection[int]) -> None:
    """Lock the products of these listings, in order: their checklists wait for one another, and for a new category."""
    products = Product.objects.filter(pk__in=Listing.objects.filter(pk__in=listings).values("product"))
    list(products.order_by("pk").select_for_update(no_key=True).values_list("pk"))


@one_transaction()
def refresh_checklists(
    listings: Collection[int], *, at: datetime, is_told: bool = False, causes: Collection[Cause] = ()
) -> int:
    """Work out the checklists of these listings (ids) anew and store what differs. How many differed.

    About a dozen statements for each thousand of listings. Each listing that changed has an event, unless the caller
    has recorded one for each that says what happened (`is_told`). What asks less of a listing that is sold waits for a
    second signature (`compliance.loosening`); `causes` says who changed what, and hears what came of it. Without a catalogue nothing is worked out, so that an
    empty one never makes a checklist complete.
    """
    catalogue = Catalogue()
    if not catalogue.requirements:
        return 0
    chains = Chains()
    lock_products(listings)
    keeping = Keeping(causes, at)
    done = sum(_Work(chunk, at, catalogue, chains, keeping).done(is_told) for chunk in chunks(sorted(listings)))
    keeping.finish()
    return done


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def refresh_due(*, at: datetime) -> int:
    """Work out each checklist on which a day has begun that makes it differ. How many there were."""
    done = 0
    due = Checklist.objects.filter(changes_at__lte=at).order_by("listing")
    while ids := list(due.values_list("listing", flat=True)[:CHUNK]):
        refresh_checklists(ids, at=at)
        done += len(ids)
    return done


class _Work:
    """One chunk of listings: everything is read first, then each is worked out, then what differs is stored."""

    def __init__(
        self, ids: Sequence[int], at: datetime, catalogue: Catalogue, chains: Chains, keeping: Keeping
    ) -> None:
        self.at, self.catalogue, self.chains, self.keeping = at, catalogue, chains, keeping
        self.listings = list(Listing.objects.filter(pk__in=ids).select_related("product", "market").order_by("pk"))
        self.traits = traits_by_product({listing.product_id for listing in self.listings})
        self.checklists = {row.listing_id: row for row in Checklist.objects.filter(listing__in=ids)}
        self.items: dict[int, dict[int, ChecklistItem]] = defaultdict(dict)
        items = list(ChecklistItem.objects.filter(listing__in=ids).select_related("requirement", "loosening"))
        for item in items:
            self.items[item.listing_id][item.requirement_id] = item
        self.keeping.read(ids, items)
        self.papers: dict[tuple[int, int], list[Evidence]] = defaultdict(list)
        names = EvidenceListing.objects.filter(listing__in=ids).select_related("evidence").order_by("evidence_id")
        for name in names:
            self.papers[name.listing_id, name.evidence.requirement_id].append(name.evidence)
        signed = Waiver.objects.filter(listing__in=ids, state=WaiverState.SIGNED)
        banned = self._banned()
        self.waivers = {
            pair: waiver for waiver in signed if (pair := (waiver.listing_id, waiver.requirement_id)) not in banned
        }
        self.new: list[ChecklistItem] = []
        self.different: list[ChecklistItem] = []
        self.gone: list[int] = []
        self.rows: list[Checklist] = []
        self.events: list[Event] = []

    def _banned(self) -> set[tuple[int, int]]:
        """Listing and requirement of each newest paper that shows what is banned: no waiver covers that."""
        newest = {papers[-1].pk: pair for pair, papers in self.papers.items()}
        found = Finding.objects.current().filter(evidence__in=newest, is_ban=True)
        return {newest[pk] for pk in found.values_list("evidence", flat=True)}

    def done(self, is_told: bool) -> int:
        """Work out and store; how many listings changed."""
        for listing in self.listings:
            self._work_out(listing)
        ChecklistItem.objects.filter(pk__in=self.gone).delete()
        ChecklistItem.objects.bulk_create(self.new)
        ChecklistItem.objects.bulk_update(self.different, COLUMNS, batch_size=500)
        Checklist.objects.bulk_create(
            self.rows,
            update_conflicts=True,
            unique_fields=["listing"],
            update_fields=["unanswered", "refreshed_at", "changes_at"],
        )
        if self.events and not is_told:
            record_events(self.events)
        return len(self.events)

    def _work_out(self, listing: Listing) -> None:
        subject = self.chains.subject(listing, self.traits.get(listing.product_id, {}))
        today = day_in(self.chains.zones[listing.market_id], self.at)
        day = max(today, listing.planned_on or today)
        # A day that is planned moves on with the calendar once it is past.
        ahead = [bound for bound in self.catalogue.bounds if bound > day] + (
            [day + timedelta(1)] if day > today else []
        )
        stored = self.items[listing.pk]
        changes: dict[str, list[str | None]] = {}
        for key, asked in self._asked(listing, subject, day).items():
            requirement = asked.requirement
            standing = standing_of(
                requirement=requirement,
                rule=requirement.rule if asked.kept else self.catalogue.rule[key],
                markets=subject.markets,
                today=today,
                planned_on=listing.planned_on,
                papers=self.papers.get((listing.pk, requirement.pk), ()),
                waiver=self.waivers.get((listing.pk, requirement.pk)),
            )
            if standing.changes_on:
                ahead.append(standing.changes_on)
            values = {**standing.values, "reason": asked.reason, **(asked.kept or LET_GO)}
            item = stored.pop(requirement.pk, None)
            if item is None:
                self.new.append(ChecklistItem(listing=listing, requirement_id=requirement.pk, since=self.at, **values))
                changes[key] = [None, values["state"]]
                self.keeping.tell(listing, requirement, "came")
            elif any(getattr(item, name) != value for name, value in values.items()):
                changes[key] = [item.state, values["state"]]
                self._change(item, values)
        for item in stored.values():
            self.gone.append(item.pk)
            changes[item.requirement.key] = [item.state, None]
            self.keeping.tell(listing, item.requirement, "went")
        begins = min(ahead, default=None)
        self._tell(
            listing,
            changes,
            Checklist(
                listing=listing,
                unanswered=list(unanswered(self.catalogue.rules, subject, day)),
                refreshed_at=self.at,
                changes_at=start_of(begins, self.chains.zones[listing.market_id]) if begins else None,
            ),
        )

    def _asked(self, listing: Listing, subject: Subject, day: date) -> dict[str, Asked]:
        """Requirement key -> what of the catalogue applies, and what of the checklist is kept."""
        applying = applicable(self.catalogue.rules, subject, day).items()
        asked = {
            key: Asked(self.catalogue.requirements[key], asdict(reason) | {"traits": list(reason.traits)})
            for key, reason in applying
        }
        return asked | self.keeping.keep(listing, self.items[listing.pk].values(), asked, subject, day)

    def _change(self, item: ChecklistItem, values: dict[str, Any]) -> None:
        if item.state != values["state"]:
            item.since = self.at
        for name, value in values.items():
            setattr(item, name, value)
        self.different.append(item)

    def _tell(self, listing: Listing, changes: dict[str, list[str | None]], fresh: Checklist) -> None:
        stored = self.checklists.get(listing.pk)
        is_other = stored is None or bool(changes) or stored.unanswered != fresh.unanswered
        if is_other or (stored and stored.changes_at != fresh.changes_at):
            self.rows.append(fresh)
        if is_other:
            self.events.append(
                happened(
                    "checklist.changed",
                    stream_of(listing),
                    at=self.at,
                    actor=None,
                    product=listing.product.sku,
                    market=listing.market.code,
                    items=changes,
                    unanswered=len(fresh.unanswered),
                )
            )

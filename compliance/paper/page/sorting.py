"""Files that came in and that nobody said yet what they are for: which requirements each is likely to be for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.models import User
from compliance.models import ChecklistItem, Document, DocumentStatus, ItemState, Reading, ReadingStatus, Requirement
from compliance.paper.reads import Tables, battery_models_of, models_of
from compliance.paper.services.proposals import proposed
from compliance.reading.models import Named, find_model
from compliance.reading.proposal import Read
from compliance.reading.sorting import Candidate, Likely, likely
from compliance.reading.text import Page
from suppliers.models import Listing, Product, Supplier

MOST = 40  # files on one page
MOST_FOR_ONE = 3  # requirements that one file is proposed for
OPEN = (ItemState.MISSING, ItemState.REFUSED, ItemState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Place:
    """A requirement that a file may be for: how likely, the listings that want it and that the file names, what it says."""

    requirement: Requirement
    likely: Likely
    listings: list[Listing]
    read: dict[str, Read]


@dataclass(slots=True)
class Sorted:
    """A file and its places, the likeliest first; `is_read` false while it waits to be."""

    document: Document
    is_read: bool
    places: list[Place] = field(default_factory=list)


@dataclass(slots=True)
class Want:
    """A requirement and the listings that lack a paper for it."""

    requirement: Requirement
    listings: list[Listing] = field(default_factory=list)


def unsorted(user: User) -> QuerySet[Document]:
    """Files that are shown for nothing, the newest first, of those that the user may open."""
    found = Document.objects.readable_by(user).filter(status=DocumentStatus.READY, evidence=None)
    return found.filter(declaration=None).select_related("supplier", "reading").order_by("-id")


def wants_of(supplier: Supplier) -> dict[str, Want]:
    """Requirement -> what of a supplier's listings lacks a paper for it. One statement."""
    related = ("requirement", "listing__market", "listing__product__facts", "listing__product__supplier")
    items = ChecklistItem.objects.filter(listing__product__supplier=supplier, state__in=OPEN).select_related(*related)
    wants: dict[str, Want] = {}
    for item in items.order_by("requirement__key", "listing__product__sku", "listing__market__code"):
        wants.setdefault(item.requirement.key, Want(item.requirement)).listings.append(item.listing)
    return wants


def sort_out(documents: Iterable[Document]) -> list[Sorted]:
    """Each file with the requirements that it is likely to be for. Two statements for each supplier, and two more."""
    tables = Tables()
    patterns = {one.key: one.regex for one in tables.number_formats}
    wants: dict[int, dict[str, Want]] = {}
    candidates: dict[int, list[Candidate]] = {}
    found = []
    for document in documents:
        supplier = document.supplier
        if supplier.pk not in wants:
            wants[supplier.pk] = wants_of(supplier)
            candidates[supplier.pk] = [_candidate(want, patterns) for want in wants[supplier.pk].values()]
        reading = getattr(document, "reading", None)
        one = Sorted(document, reading is not None and reading.status != ReadingStatus.WAITING)
        if reading is not None and reading.status == ReadingStatus.DONE:
            one.places = _places(reading, wants[supplier.pk], candidates[supplier.pk], tables)
        found.append(one)
    return found


def _candidate(want: Want, patterns: dict[str, str]) -> Candidate:
    requirement = want.requirement
    products = {listing.product_id: listing.product for listing in want.listings}.values()
    return Candidate(
        key=requirement.key,
        kind=requirement.kind,
        name=requirement.name,
        legal_basis=requirement.legal_basis,
        asks=requirement.asks,
        number_pattern=patterns.get(requirement.number_format, ""),
        models=tuple(dict.fromkeys(model for product in products for model in _models(requirement, product))),
    )


def _models(requirement: Requirement, product: Product) -> tuple[str, ...]:
    return battery_models_of(product) if requirement.asks.get("of") == "battery" else models_of(product)


def _places(reading: Reading, wants: dict[str, Want], candidates: Sequence[Candidate], tables: Tables) -> list[Place]:
    pages = [Page(**page) for page in reading.pages]
    rated = likely(pages, candidates)
    text = "\n".join(page.text for page in pages)
    places = []
    for one in [one for place, one in enumerate(rated) if not place or one.is_sure][:MOST_FOR_ONE]:
        want = wants[one.key]
        listings = _named(want, text)
        places.append(Place(want.requirement, one, listings, proposed(pages, want.requirement, listings, tables)))
    return places


def _named(want: Want, text: str) -> list[Listing]:
    """The listings whose product a file names; all where it names none, as of a registration."""
    by_product: dict[int, list[Listing]] = defaultdict(list)
    for listing in want.listings:
        by_product[listing.product_id].append(listing)
    named = [
        listing
        for listings in by_product.values()
        if any(
            (mention := find_model(model, text)) and mention.named is Named.SAME
            for model in _models(want.requirement, listings[0].product)
        )
        for listing in listings
    ]
    return named or want.listings

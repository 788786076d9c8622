"""Reads for the pages of papers: what waits for whom, what a listing needs, where a document is used."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from compliance.loosening.page import loosenings_to_sign
from compliance.models import ActsNext, ChecklistItem, Document, Evidence, EvidenceState, Finding, ItemState
from compliance.waiver.page import waivers_to_sign
from suppliers.models import Listing

# Whose turn it is, by the role of who looks; it is never that of somebody without one.
TURN_OF: Mapping[Role | None, list[ActsNext]] = {
    Role.SUPPLIER: [ActsNext.SUPPLIER],
    Role.MERCHANDISER: [ActsNext.MERCHANDISER],
    Role.QC: [ActsNext.QC],
    Role.MANAGER: [ActsNext.MANAGER, ActsNext.QC],
    Role.ADMIN: [ActsNext.MANAGER, ActsNext.QC, ActsNext.MERCHANDISER],
}


UNMET = [ItemState.MISSING, ItemState.SUBMITTED, ItemState.CHECKED, ItemState.REFUSED, ItemState.EXPIRED]


def is_uuid(text: str) -> bool:
    """Whether it may name a record in an address or a form."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def papers(user: User) -> QuerySet[Evidence]:
    """Evidence with what a list shows of it, the newest first."""
    return (
        Evidence.objects.visible_to(user)
        .select_related("requirement", "document__supplier", "submitted_by", "checked_by", "accepted_by", "ended_by")
        .prefetch_related("listings__product", "listings__market")
        .order_by("-id")
    )


def to_check(user: User) -> QuerySet[Evidence]:
    """The papers that wait for this person: to be checked, or to be accepted by a second one; the oldest first.

    Never what the person brought, nor what blocks and the person has checked already.
    """
    if not user.has_perm("compliance.check_evidence"):
        return Evidence.objects.none()
    not_mine = ~Q(submitted_by=user) & ~Q(document__uploaded_by=user)
    checked_by_another = Q(state=EvidenceState.CHECKED) & (~Q(checked_by=user) | Q(is_blocking=False))
    return papers(user).filter(not_mine & (Q(state=EvidenceState.SUBMITTED) | checked_by_another)).order_by("id")


def with_clear(papers: QuerySet[Evidence]) -> QuerySet[Evidence]:
    """Adds `is_clear`: it was read, and nothing that was found stands in its way. What a label lacks it does not tell."""
    standing = Finding.objects.filter(evidence=OuterRef("pk")).standing_in_the_way()
    is_clear = Q(examination__isnull=False) & ~Exists(standing)
    return papers.annotate(is_clear=ExpressionWrapper(is_clear, output_field=BooleanField()))


def with_words(papers: QuerySet[Evidence], words: str) -> QuerySet[Evidence]:
    """Those whose number, requirement, file or product has the words as they stand."""
    return papers.filter(
        Q(number__icontains=words)
        | Q(requirement__key__icontains=words)
        | Q(requirement__name__icontains=words)
        | Q(requirement__name_zh__icontains=words)
        | Q(document__name__icontains=words)
        | Q(names__listing__product__sku__icontains=words)
    ).distinct()


def wanted(user: User) -> QuerySet[ChecklistItem]:
    """Items of checklists that this person has to bring something for: what blocks before what only warns, what is due first before the rest."""
    turns = [turn for turn in TURN_OF.get(user.role, []) if turn in (ActsNext.SUPPLIER, ActsNext.MERCHANDISER)]
    return (
        ChecklistItem.objects.visible_to(user)
        .filter(acts_next__in=turns)
        .select_related("listing__product", "listing__market", "requirement", "evidence")
        .order_by("-is_blocking", "due_on", "listing__product__sku", "listing__market__code", "requirement__key")
    )


def waiting_for(user: User) -> list[QuerySet]:
    """The papers, waivers and changes that wait for this person."""
    if user.role == Role.SUPPLIER:
        return [wanted(user).filter(is_blocking=True)]
    return [to_check(user), waivers_to_sign(user), loosenings_to_sign(user)]


def items_of(listing: Listing) -> list[ChecklistItem]:
    """A listing's items: what is still to do first, what blocks before what warns."""
    found = list(
        ChecklistItem.objects.filter(listing=listing)
        .select_related("requirement", "evidence", "waiver", "loosening")
        .order_by("requirement__key")
    )
    return sorted(found, key=lambda item: (item.state not in UNMET, not item.is_blocking))


def listings_wanting(user: User, listing: Listing, requirement_key: str) -> QuerySet[Listing]:
    """The listings of the same supplier that want the same paper, for one document to serve them all."""
    return (
        Listing.objects.visible_to(user)
        .filter(product__supplier=listing.product.supplier_id, checklist_items__requirement__key=requirement_key)
        .select_related("product", "market")
        .order_by("product__sku", "market__code")
    )


def named_like(documents: QuerySet[Document], words: str) -> QuerySet[Document]:
    """Those whose file or supplier has the words in its name, or which they name whole: a digest or a code."""
    return documents.filter(
        Q(name__icontains=words)
        | Q(sha256=words.lower())
        | Q(supplier__name__icontains=words)
        | Q(supplier__code__iexact=words)
    )


def documents(user: User) -> QuerySet[Document]:
    """Documents, the newest first; adds `uses`, how many papers show them."""
    found = Document.objects.visible_to(user).select_related("supplier", "uploaded_by")
    return found.annotate(uses=Count("evidence")).order_by("-id")

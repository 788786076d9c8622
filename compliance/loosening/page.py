"""Changes that wait for a second signature, as pages show them."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from compliance.loosening.words import papers_by_market, said_words
from compliance.models import Loosening, LooseningState
from suppliers.models import Listing, Product


def loosenings(user: User) -> QuerySet[Loosening]:
    return Loosening.objects.visible_to(user).select_related("asked_by", "decided_by").order_by("-id")


def loosenings_to_sign(user: User) -> QuerySet[Loosening]:
    if not user.has_perm("compliance.sign_waiver"):
        return Loosening.objects.none()
    return loosenings(user).filter(state=LooseningState.WAITING).exclude(changed_by__contains=[user.pk])


def waiting_for(user: User, *, product: Product | None = None, listing: Listing | None = None) -> QuerySet[Loosening]:
    """Those by which papers of a product, or of one of its listings, wait to go."""
    found = loosenings(user).filter(state=LooseningState.WAITING)
    if listing:
        return found.filter(items__listing=listing).distinct()
    return found.filter(items__listing__product=product).distinct()


def shown(loosening: Loosening) -> dict[str, Any]:
    return {"said": said_words(loosening.said), "papers": papers_by_market(loosening.papers)}

"""Checklists and papers as words, for templates."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.timezone import now

from compliance.checklist import words as paper_words
from compliance.checklist.reads import coming_to
from compliance.checklist.words import Names
from compliance.loosening.page import waiting_for
from compliance.models import Checklist, ItemState
from compliance.paper.page.papers import UNMET, items_of
from compliance.paper.reads import models_of
from compliance.paper.services.examinations import names_model
from compliance.rules.requirements import day_in
from suppliers.models import Listing

register = template.Library()
register.filter("field_label", paper_words.field_label)
register.filter("next_words", paper_words.next_words)
register.filter("limit_words", paper_words.limit_words)
register.filter("catalogue_words", paper_words.catalogue_words)
TONES = {
    ItemState.ACCEPTED: "accepted",
    ItemState.REFUSED: "stopped",
    ItemState.EXPIRED: "stopped",
    ItemState.WAIVED: "waived",
}


@register.filter
def item_tone(item) -> str:
    return TONES.get(item.state, "warning" if item.state == ItemState.MISSING and item.is_blocking else "waiting")


@register.inclusion_tag("compliance/checklist/checklist.html", takes_context=True)
def listing_checklist(context: RequestContext, listing: Listing) -> dict:
    """{% listing_checklist listing %}: what a listing needs, item by item, with the next step of each."""
    user = context["request"].user
    names = Names()
    items: list[Any] = items_of(listing)  # each with what its line says
    today = day_in(listing.market.zone, now())
    for item in items:
        item.why = paper_words.reason_words(item.reason, names)
        item.is_late = paper_words.is_late(item, today)
        item.is_met = item.state not in UNMET
    met_groups = {item.group for item in items if item.group and item.is_met}
    for item in items:
        item.met_by_group = item.group in met_groups and not item.is_met
    checklist = Checklist.objects.filter(listing=listing).first()
    coming = coming_to(listing, at=now())
    for later in coming:
        later.why = paper_words.reason_words(later.reason, names)
    blocking = [item for item in items if item.is_blocking]
    return {
        "request": context["request"],
        "perms": context["perms"],
        "listing": listing,
        "checklist": checklist,
        "loosenings": waiting_for(user, listing=listing),
        "items": items,
        "coming": coming,
        "lacks_model": any(names_model(item.requirement) for item in items) and not models_of(listing.product),
        "unanswered": [names.trait(key) for key in checklist.unanswered] if checklist else [],
        "met": sum(item.is_met or item.met_by_group for item in blocking),
        "total": len(blocking),
        "may_upload": user.has_perm("compliance.upload_evidence"),
        "may_waive": user.has_perm("compliance.sign_waiver"),
        "may_answer": user.has_perm("compliance.answer_traits"),
    }

"""What the merchandiser's first page shows of gates."""

from datetime import timedelta

from django import template
from django.db.models import Case, F, Q, When
from django.template.context import RequestContext
from django.utils.timezone import localdate

from accounts.models import User
from compliance.board.page.calendar import papers_that_end
from compliance.catalogue.reads import requirement_names
from compliance.gate.page import standing_chip, what_next
from compliance.models import Gate, Standing

register = template.Library()
SHOWN = 8
DAYS = 30
ORDER = (Standing.SUSPENDED, Standing.OPEN, Standing.CLOSED)


def _mine(user: User) -> Q:
    """What is of products that the user looks after, and of those that nobody does."""
    return Q(listing__product__merchandiser=user) | Q(listing__product__merchandiser=None)


@register.inclusion_tag("compliance/gate/home.html", takes_context=True)
def gate_home(context: RequestContext) -> dict:
    """{% gate_home %}: what waits for a decision or may not go live, the planned first, and papers that end within 30
    days. Three statements."""
    user, today = context["request"].user, localdate()
    found = Gate.objects.visible_to(user).filter(_mine(user), standing__in=ORDER)
    first = Case(*(When(standing=standing, then=place) for place, standing in enumerate(ORDER)))
    rows = found.order_by(first, F("planned_on").asc(nulls_last=True), "sku", "market").defer("words")[:SHOWN]
    names = requirement_names()
    ending = papers_that_end(user, today, today + timedelta(days=DAYS), only=_mine(user))
    return {
        "gates": [{"gate": gate, "chip": standing_chip(gate), "next": what_next(gate, names)} for gate in rows],
        "ending": ending[:SHOWN],
        "more": max(len(ending) - SHOWN, 0),
        "days": DAYS,
    }

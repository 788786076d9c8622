"""What the merchandiser's first page shows of gates."""

from datetime import timedelta

from django import template
from django.db.models import F, Q
from django.template.context import RequestContext
from django.utils.timezone import localdate

from accounts.models import User
from compliance.models import Gate, LiveState, Standing
from compliance.presented import SOON, standing_chip, what_next
from compliance.queries.gates import requirement_names

register = template.Library()
SHOWN = 8


def _of(user: User):
    """Of the products that the user looks after, and of those that nobody does."""
    mine = Q(listing__product__merchandiser=user) | Q(listing__product__merchandiser=None)
    return Gate.objects.visible_to(user).filter(mine).select_related("listing__product", "decision").defer("words")


@register.inclusion_tag("compliance/home_gates.html", takes_context=True)
def gate_home(context: RequestContext) -> dict:
    """{% gate_home %}: what is suspended or closed, the planned first, and what is live and ends soon. Three statements."""
    user, today = context["request"].user, localdate()
    closed = _of(user).filter(Q(standing=Standing.SUSPENDED) | Q(standing=Standing.CLOSED))
    ending = _of(user).filter(live=LiveState.LIVE, valid_until__lte=today + timedelta(days=SOON))
    names = requirement_names()
    rows = closed.order_by(F("live").desc(), F("planned_on").asc(nulls_last=True), "sku", "market")[:SHOWN]
    return {
        "closed": [{"gate": gate, "chip": standing_chip(gate), "next": what_next(gate, names)} for gate in rows],
        "ending": list(ending.order_by("valid_until", "sku", "market")[:SHOWN]),
    }

"""What came back from the market, wherever its batch, inspection, supplier or characteristics are shown."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from inspections.models import Batch, Inspection, Specification
from inspections.returns.page import escapes_by_characteristic, find_returns, tally, top_reasons
from suppliers.models import Supplier

register = template.Library()


@register.inclusion_tag("inspections/returns/came_back.html", takes_context=True)
def came_back(context: RequestContext, about: Batch | Inspection | Supplier) -> dict:
    """{% came_back batch %}: how many units came back, why, and how many an inspection had let pass; nothing for none."""
    query: dict[str, Any]
    if isinstance(about, Batch):
        query = {"batch": about.number}
    elif isinstance(about, Inspection):
        query = {"inspection": str(about.uid)}
    else:
        query = {"supplier": about.code}
    found = find_returns(context["request"].user, **query)
    counts = tally(found) if found.exists() else None
    records = f"{reverse('return-list')}?{urlencode(query)}"
    return {
        "tally": counts,
        "top": top_reasons(found, most=3) if counts else [],
        "url": records,
        "escaped_url": f"{records}&escaped=on",
        "is_inspection": isinstance(about, Inspection),
    }


@register.inclusion_tag("inspections/returns/escapes.html", takes_context=True)
def escapes_of(context: RequestContext, specification: Specification) -> dict:
    """{% escapes_of specification %}: what customers found that its characteristics should have caught."""
    product = specification.product
    counts = escapes_by_characteristic(product, context["request"].user)
    rows = [(each, counts[each.code]) for each in specification.characteristics.all() if counts.get(each.code)]
    return {"product": product, "rows": sorted(rows, key=lambda row: -row[1])}

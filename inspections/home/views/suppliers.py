"""The page of a supplier: what it makes, and how its batches have done."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import PageRequest
from inspections.batch.page import rows
from inspections.hold.page import find_holds
from inspections.home.page import tally_of
from inspections.models import Batch, HoldStatus
from suppliers.models import Supplier
from suppliers.queries import products_for_list
from suppliers.story import story_within_the_team

DAYS = 90
SHOWN = 20


@require_safe
def supplier_detail(request: PageRequest, code: str) -> HttpResponse:
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user), code=code)
    at = now()
    products = products_for_list(request.user).filter(supplier=supplier)
    context = {
        "supplier": supplier,
        "products": products[:SHOWN],
        "product_count": products.count(),
        "members": supplier.members.order_by("username"),
        "holds": find_holds(request.user, at=at).filter(status=HoldStatus.OPEN, batch__supplier=supplier),
        "batches": rows(Batch.objects.visible_to(request.user).filter(supplier=supplier))[:SHOWN],
        "story": story_within_the_team(request.user, f"supplier:{supplier.code}"),
        "stats": _stats(supplier, at=at),
    }
    return render(request, "inspections/home/supplier_detail.html", context)


def _stats(supplier: Supplier, *, at: datetime) -> list[dict]:
    """The numbers of the page, each with the list that it counts."""
    tally = tally_of(supplier, since=at - timedelta(days=DAYS))
    recent = _("in the last %(days)s days") % {"days": DAYS}

    def stat(label: str, value: int, url_name: str, note: str = "", **query: Any) -> dict:
        url = f"{reverse(url_name)}?{urlencode({'supplier': supplier.code} | query)}"
        return {"label": label, "value": intcomma(value), "note": note, "url": url}

    return [
        stat(_("On hold"), tally.on_hold, "batch-list", state="on_hold"),
        stat(_("Awaiting inspection"), tally.awaiting, "batch-list", state="awaiting"),
        stat(_("Batches registered"), tally.registered, "batch-list", recent),
        stat(_("Accepted at first"), tally.accepted_at_first, "inspection-list", recent, verdict="accepted"),
        stat(_("Rejected at first"), tally.rejected_at_first, "inspection-list", recent, verdict="rejected"),
    ]

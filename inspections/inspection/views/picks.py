"""Which units to pick: a page to print and to carry, and to draw the sample again by."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from inspections.charts.qr import qr_code
from inspections.inspection.page.picks import picks_of
from inspections.inspection.views.inspections import find


@require_safe
def inspection_picks(request: PageRequest, uid: UUID) -> HttpResponse:
    inspection = find(request, uid)
    require_page(request.user, "suppliers.see_all")  # a supplier that knew the cartons could fill them
    entry_url = request.build_absolute_uri(reverse("inspection-record", args=[uid]))
    context = {
        "inspection": inspection,
        "batch": inspection.batch,
        "picks": picks_of(inspection),
        "entry_url": entry_url,
        "qr_code": qr_code(entry_url),
    }
    return render(request, "inspections/inspection/picks.html", context)

"""The golden sample beside the camera: "same", or "differs" and how."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from accounts.requests import PageRequest
from activity.errors import RuleBroken
from inspections.inspection.services.comparisons import ComparisonInput, compare_with_reference
from inspections.inspection.views.inspections import find_to_record

SAME = {"same": True, "differs": False}


@require_http_methods(["GET", "POST"])
def inspection_compare(request: PageRequest, uid: UUID) -> HttpResponse:
    """Store one comparison of a plain form, and go back to its check. A GET comes from signing in on the way."""
    inspection = find_to_record(request, uid)
    if request.method == "GET":
        return redirect("inspection-record", uid)
    posted = request.POST
    code = posted.get("characteristic", "")
    colour = [posted.get(name, "") for name in ("colour_l", "colour_a", "colour_b")]
    sent = ComparisonInput(
        is_same=SAME.get(posted.get("same", "")), difference=posted.get("difference", ""), colour=colour
    )
    try:
        compare_with_reference(inspection=inspection, characteristic=code, sent=sent, actor=request.user, at=now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('inspection-record', args=[uid])}#check-{code}")

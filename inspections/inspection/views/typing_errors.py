"""Naming a typing error on the floor, and refusing one at the desk; it is signed where the hold is decided."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.errors import RuleBroken
from inspections.inspection.forms import TypingErrorForm, TypingErrorRefusalForm
from inspections.inspection.page.typing_errors import readings_that_hold
from inspections.inspection.services.typing_errors import name_typing_error, refuse_typing_error
from inspections.inspection.views.inspections import find_to_record
from inspections.models import InspectionStatus, TypingError


@require_http_methods(["GET", "POST"])
def typing_error_name(request: PageRequest, uid: UUID) -> HttpResponse:
    """Which reading it was, and what was read."""
    inspection = find_to_record(request, uid)
    if inspection.status != InspectionStatus.OPEN:
        return redirect("inspection-detail", uid)
    readings = readings_that_hold(inspection)
    form = TypingErrorForm(request.POST or None, readings=readings)
    if carried_out(
        form, request.user, lambda: name_typing_error(inspection=inspection, actor=request.user, at=now(), **form.named)
    ):
        messages.success(request, _("Named. The batch stays on hold until a quality manager has signed it."))
        return redirect(f"{reverse('inspection-record', args=[uid])}#check-{form.named['characteristic']}")
    context = {"inspection": inspection, "batch": inspection.batch, "form": form, "readings": readings}
    return render(request, "inspections/inspection/typing_error.html", context)


@require_http_methods(["GET", "POST"])
def typing_error_refuse(request: PageRequest, uid: UUID) -> HttpResponse:
    """A GET comes from signing in on the way."""
    named = get_object_or_404(TypingError.objects.visible_to(request.user).select_related("hold"), uid=uid)
    require_page(request.user, "inspections.decide_hold")
    if request.method == "POST":
        form = TypingErrorRefusalForm(request.POST)
        try:
            reason = form.cleaned_data["reason"] if form.is_valid() else ""
            refuse_typing_error(typing_error=named, reason=reason, actor=request.user, at=now())
        except RuleBroken as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Refused. What was typed counts again."))
    return redirect("hold-detail", named.hold.uid)

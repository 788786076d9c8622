"""Recording a finding on a phone: on any batch, at any time."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import InvalidInput, RuleBroken
from activity.forms import show_refusal
from inspections.finding.forms import ELSEWHERE, FindingForm
from inspections.finding.page import checks_to_name, rounds_to_name
from inspections.finding.services import add_finding_photo, record_finding
from inspections.models import Batch, Finding, HoldStatus, InspectionStatus


@require_http_methods(["GET", "POST"])
def finding_record(request: PageRequest, number: str) -> HttpResponse:
    """`inspection` and `characteristic` in the address say where one comes from."""
    batch = get_object_or_404(
        Batch.objects.visible_to(request.user).select_related("product", "supplier"), number=number
    )
    require_page(request.user, "inspections.inspect")
    rounds = rounds_to_name(batch)
    checks = checks_to_name(batch, rounds)
    is_open = bool(rounds) and rounds[0].status == InspectionStatus.OPEN
    initial = {
        "inspection": request.GET.get("inspection", str(rounds[0].uid) if is_open else ELSEWHERE),
        "characteristic": request.GET.get("characteristic", ""),
    }
    form = FindingForm(request.POST or None, request.FILES or None, checks=checks, rounds=rounds, initial=initial)
    if request.method == "POST" and form.is_valid():
        at = now()
        try:
            finding = record_finding(batch=batch, sent=form.finding, actor=request.user, at=at)
        except RuleBroken as refusal:
            show_refusal(form, named_as_in_the_form(refusal))
        else:
            messages.success(request, said_of(finding))
            for file in form.cleaned_data["photos"]:
                try:  # what was found stays, whatever a picture is like
                    add_finding_photo(finding=finding, file=file, actor=request.user, at=at)
                except RuleBroken as refusal:
                    messages.error(request, f"{file.name}: {refusal}")
            if finding.inspection and not finding.late:
                return redirect("inspection-record", finding.inspection.uid)
            return redirect(reverse("batch-detail", args=[number]) + "#findings")
    return render(request, "inspections/finding/record.html", {"batch": batch, "form": form})


FIELDS = {"class": "nonconformity_class"}


def named_as_in_the_form(refusal: RuleBroken) -> RuleBroken:
    if not isinstance(refusal, InvalidInput):
        return refusal
    return InvalidInput([replace(error, field=FIELDS.get(error.field, error.field)) for error in refusal.errors])


def said_of(finding: Finding) -> str:
    """What becomes of it."""
    if finding.hold and finding.hold.status == HoldStatus.OPEN:
        return _("The finding is recorded and %(number)s is stopped.") % {"number": finding.batch.number}
    if finding.late:
        return _("The finding is recorded. The quality manager is being told.")
    return _("The finding is recorded.")

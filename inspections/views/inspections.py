"""Inspections: the list, recording one, its result."""

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from activity.errors import InvalidInput, RuleBroken
from inspections.forms.entry import result_input
from inspections.forms.inspections import InspectionSearch
from inspections.models import Batch, Inspection, InspectionStatus
from inspections.queries.inspections import (
    SEVERITIES,
    Check,
    Sheet,
    Typed,
    inspections_with_batch,
    rounds_of,
    search_inspections,
    sheet_of,
)
from inspections.services.inspections import (
    InspectionOpen,
    abandon_inspection,
    plan_inspection,
    record_result,
    submit_inspection,
)
from inspections.views.entry_words import ENTRY_WORDS

PAGE_SIZE = 50


def find(request: HttpRequest, uid: UUID) -> Inspection:
    return get_object_or_404(inspections_with_batch(request.user), uid=uid)


def find_to_record(request: HttpRequest, uid: UUID) -> Inspection:
    """Not one's own is not there, one's own may still not be for oneself to record."""
    inspection = find(request, uid)
    if not request.user.has_perm("inspections.inspect"):
        raise PermissionDenied
    return inspection


@require_POST
def inspection_start(request: HttpRequest, number: str) -> HttpResponse:
    """Plan the next round of a batch, or go on with the one that is open."""
    batch = get_object_or_404(Batch.objects.visible_to(request.user), number=number)
    if not request.user.has_perm("inspections.inspect"):
        raise PermissionDenied
    try:
        inspection = plan_inspection(batch=batch, actor=request.user, at=now())
    except InspectionOpen:
        inspection = batch.inspections.get(status=InspectionStatus.OPEN)
    except RuleBroken as error:
        messages.error(request, str(error))
        return redirect("batch-detail", number)
    return redirect("inspection-record", inspection.uid)


@require_http_methods(["GET", "POST"])
def inspection_record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The entry page; a POST saves one check of it."""
    inspection = find_to_record(request, uid)
    if request.method == "GET":
        if inspection.status != InspectionStatus.OPEN:
            return redirect("inspection-detail", uid)
        return entry_page(request, sheet_of(inspection))
    sheet = sheet_of(inspection)
    code = request.POST.get("characteristic", "")
    check = next((check for check in sheet.checks if check.code == code), None)
    if check is None:
        return entry_page(request, sheet, error=_("There is no such check on this inspection."), status=400)
    try:
        sent = result_input(check.characteristic, request.POST)
        record_result(inspection=inspection, sent=sent, actor=request.user, at=now())
    except RuleBroken as error:
        sheet = sheet_of(find(request, uid))
        return entry_page(request, with_typed(sheet, code, request.POST, error), status=error.status)
    following = next((check for check in sheet.checks[check.number :] if not check.is_answered), None)
    target = following.code if following else code
    return redirect(f"{reverse('inspection-record', args=[uid])}#check-{target}")


def with_typed(sheet: Sheet, code: str, posted, error: RuleBroken) -> Sheet:
    """The sheet with what was typed into one check, and what is wrong with it."""
    said = [str(e.detail) for e in error.errors] if isinstance(error, InvalidInput) else [str(error)]
    typed = Typed.of(posted, said)
    checks: list[Check] = [replace(check, typed=typed) if check.code == code else check for check in sheet.checks]
    return replace(sheet, checks=checks)


def entry_page(request: HttpRequest, sheet: Sheet, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "sheet": sheet,
        "inspection": sheet.inspection,
        "batch": sheet.inspection.batch,
        "error": error,
        "words": ENTRY_WORDS,
    }
    return render(request, "inspections/inspection_record.html", context, status=status)


@require_POST
def inspection_submit(request: HttpRequest, uid: UUID) -> HttpResponse:
    inspection = find_to_record(request, uid)
    try:
        inspection = submit_inspection(inspection=inspection, actor=request.user, at=now())
    except RuleBroken as error:
        return entry_page(request, sheet_of(find(request, uid)), error=str(error), status=error.status)
    if inspection.status == InspectionStatus.OPEN:
        messages.warning(request, _("The sample does not decide. Take the next one and go on."))
        return redirect("inspection-record", uid)
    return redirect("inspection-detail", uid)


@require_http_methods(["GET", "POST"])
def inspection_abandon(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for the reason, and stop inspecting."""
    inspection = find_to_record(request, uid)
    context = {"inspection": inspection, "batch": inspection.batch, "reason": request.POST.get("reason", "")}
    if request.method == "GET":
        return render(request, "inspections/inspection_abandon.html", context)
    try:
        abandon_inspection(inspection=inspection, reason=context["reason"], actor=request.user, at=now())
    except RuleBroken as error:
        context["error"] = str(error)
        return render(request, "inspections/inspection_abandon.html", context, status=error.status)
    return redirect("inspection-detail", uid)


@require_GET
def inspection_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What was found and what was decided."""
    inspection = find(request, uid)
    return render(
        request,
        "inspections/inspection_detail.html",
        {
            "inspection": inspection,
            "batch": inspection.batch,
            "sheet": sheet_of(inspection),
            "severity_label": SEVERITIES.get(inspection.severity, inspection.severity),
            "rounds": list(rounds_of(inspection)),
        },
    )


@require_GET
def inspection_list(request: HttpRequest) -> HttpResponse:
    form = InspectionSearch(request.GET)
    found = search_inspections(request.user, **form.chosen)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = {name: value for name, value in form.chosen.items() if value}
    context = {
        "chosen": chosen,
        "page": page,
        "chips": state_chips(form.chosen),
        "previous": "?" + urlencode(chosen | {"page": page.previous_page_number()}) if page.has_previous() else "",
        "next": "?" + urlencode(chosen | {"page": page.next_page_number()}) if page.has_next() else "",
    }
    return render(request, "inspections/inspection_list.html", context)


def state_chips(chosen: dict[str, str]) -> list[dict]:
    """One chip per state, each keeping the other filters."""
    others = {name: value for name, value in chosen.items() if value and name not in ("status", "verdict")}
    chips = [("", "", _("All"), ""), ("status", "open", _("Open"), "waiting")]
    chips += [("verdict", "rejected", _("Rejected"), "stopped"), ("verdict", "accepted", _("Accepted"), "accepted")]
    chips += [("status", "abandoned", _("Abandoned"), "warning")]
    return [
        {
            "label": label,
            "url": "?" + urlencode(others | ({name: value} if name else {})),
            "state": tone,
            "current": chosen[name] == value if name else not (chosen["status"] or chosen["verdict"]),
        }
        for name, value, label, tone in chips
    ]

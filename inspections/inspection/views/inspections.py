"""Inspections: the list, recording one, its result."""

import re
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require_page
from accounts.models import User
from accounts.requests import PageRequest
from activity.errors import InvalidInput, RuleBroken
from activity.lists import ListPage, address
from inspections.calculator.words.sampling import SEVERITIES
from inspections.doubt.page import doubts_for
from inspections.finding.page import findings_on
from inspections.gauge.reads import studies_of
from inspections.hold.words import hold_sentence
from inspections.inspection.forms import InspectionFilters, StartForm, result_input, seen_before_handing_in
from inspections.inspection.page.checks import Check, Typed
from inspections.inspection.page.lists import inspections_with_batch, rounds_of
from inspections.inspection.page.picks import picks_of
from inspections.inspection.page.references import comparisons_of, references_of
from inspections.inspection.page.sheets import Sheet, sheet_of
from inspections.inspection.services.late import keep_late_result
from inspections.inspection.services.planning import InspectionOpen, plan_inspection
from inspections.inspection.services.recording import NotOpen, abandon_inspection, record_result, submit_inspection
from inspections.inspection.services.results import ResultInput
from inspections.inspection.words import ENTRY_WORDS
from inspections.models import Batch, DoubtKind, Inspection, InspectionStatus
from inspections.photo.page import reused_photos

INDENTED = re.compile(r"\n\s+")  # a tenth of what a phone on a slow line waits for


def find(request: PageRequest, uid: UUID) -> Inspection:
    return get_object_or_404(inspections_with_batch(request.user), uid=uid)


def find_to_record(request: PageRequest, uid: UUID) -> Inspection:
    """Not one's own is not there, one's own may still not be for oneself to record."""
    inspection = find(request, uid)
    require_page(request.user, "inspections.inspect")
    return inspection


@require_http_methods(["GET", "POST"])
def inspection_start(request: PageRequest, number: str) -> HttpResponse:
    """Ask how the units come, then plan the next round of a batch; or go on with the one that is open."""
    batch = get_object_or_404(
        Batch.objects.visible_to(request.user).select_related("product", "supplier"), number=number
    )
    require_page(request.user, "inspections.inspect")
    if under_way := batch.inspections.filter(status=InspectionStatus.OPEN).first():
        return redirect("inspection-record", under_way.uid)
    form = StartForm(request.POST or None)
    if not form.is_valid():
        return start_page(request, batch, form)
    try:
        inspection = plan_inspection(batch=batch, actor=request.user, at=now(), **form.said)
    except InspectionOpen:
        inspection = batch.inspections.get(status=InspectionStatus.OPEN)
    except InvalidInput as error:
        form.add_error("cartons", str(error))
        return start_page(request, batch, form)
    except RuleBroken as error:
        messages.error(request, str(error))
        return redirect("batch-detail", number)
    return redirect("inspection-record", inspection.uid)


def start_page(request: PageRequest, batch: Batch, form: StartForm) -> HttpResponse:
    known = batch.cartons if batch.awaiting + batch.on_hold == batch.quantity else None
    context = {
        "batch": batch,
        "cartons": form.data.get("cartons", known),
        "round": batch.inspections.counted().count() + 1,
        "error": " ".join(str(each) for each in form.errors.get("cartons", [])),
    }
    return render(request, "inspections/inspection/start.html", context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def inspection_record(request: PageRequest, uid: UUID) -> HttpResponse:
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
        if isinstance(error, NotOpen) and is_kept(inspection, sent, request.user):
            messages.warning(request, _("The inspection was closed before this arrived. It is kept as a late finding."))
            return redirect("inspection-detail", uid)
        sheet = sheet_of(find(request, uid))
        if check.is_closed:
            return entry_page(request, sheet, error=str(error), status=error.status)
        return entry_page(request, with_typed(sheet, code, request.POST, error), status=error.status)
    following = next((check for check in sheet.checks[check.number :] if not check.is_answered), None)
    target = following.code if following else code
    return redirect(f"{reverse('inspection-record', args=[uid])}#check-{target}")


def is_kept(inspection: Inspection, sent: ResultInput, actor: User) -> bool:
    """Whether a check that came when the inspection was closed showed more than is stored, which is kept then."""
    try:
        keep_late_result(inspection=inspection, sent=sent, actor=actor, at=now())
    except NotOpen:
        return False
    return True


def with_typed(sheet: Sheet, code: str, posted: QueryDict, error: RuleBroken) -> Sheet:
    """The sheet with what was typed into one check, and what is wrong with it."""
    said = [str(e.detail) for e in error.errors] if isinstance(error, InvalidInput) else [str(error)]
    typed = Typed.of(posted, said)
    checks: list[Check] = [replace(check, typed=typed) if check.code == code else check for check in sheet.checks]
    return replace(sheet, checks=checks)


def entry_page(request: PageRequest, sheet: Sheet, *, error: str = "", status: int = 200) -> HttpResponse:
    batch = sheet.inspection.batch
    hold = batch.open_hold
    if hold:
        hold.batch = batch
    context = {
        "hold": hold,
        "hold_shown": {"critical": hold.is_critical, "detail": hold_sentence(hold)} if hold else None,
        "sheet": sheet.for_entry,
        "closed_checks": sheet.closed_checks,
        "picks": picks_of(sheet.inspection),
        "inspection": sheet.inspection,
        "batch": batch,
        "references": references_of(sheet.inspection),
        "seen_findings": findings_seen(sheet.inspection),
        "error": error,
        "words": ENTRY_WORDS,
    }
    html = render_to_string("inspections/inspection/record.html", context, request)
    return HttpResponse(INDENTED.sub("\n", html), status=status)


def findings_seen(inspection: Inspection) -> list[UUID]:
    """Those of the inspection: a phone that hands it in later says that it knew of them. No statement where there are none."""
    return list(inspection.findings.values_list("uid", flat=True)) if inspection.finding_count else []


@require_http_methods(["GET", "POST"])
def inspection_submit(request: PageRequest, uid: UUID) -> HttpResponse:
    """Close the inspection with its verdict. A GET comes from signing in on the way."""
    inspection = find_to_record(request, uid)
    if request.method == "GET":
        return redirect("inspection-record", uid)
    try:
        seen = seen_before_handing_in(request.POST)
        inspection = submit_inspection(inspection=inspection, actor=request.user, at=now(), **seen)
    except NotOpen:  # pressed twice, or by two people: there is one verdict
        return redirect("inspection-detail", uid)
    except RuleBroken as error:
        return entry_page(request, sheet_of(find(request, uid)), error=str(error), status=error.status)
    if inspection.status == InspectionStatus.OPEN:
        messages.warning(request, _("The sample does not decide. Take the next one and go on."))
        return redirect("inspection-record", uid)
    return redirect("inspection-detail", uid)


@require_http_methods(["GET", "POST"])
def inspection_abandon(request: PageRequest, uid: UUID) -> HttpResponse:
    """Ask for the reason, and stop inspecting."""
    inspection = find_to_record(request, uid)
    reason = request.POST.get("reason", "")
    context = {
        "inspection": inspection,
        "batch": inspection.batch,
        "rejects": sheet_of(inspection).rejects,
        "reason": reason,
    }
    if request.method == "GET":
        return render(request, "inspections/inspection/abandon.html", context)
    try:
        abandon_inspection(inspection=inspection, reason=reason, actor=request.user, at=now())
    except RuleBroken as error:
        context["error"] = str(error)
        return render(request, "inspections/inspection/abandon.html", context, status=error.status)
    return redirect("inspection-detail", uid)


@require_GET
def inspection_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    """What was found and what was decided."""
    inspection = find(request, uid)
    return render(
        request,
        "inspections/inspection/detail.html",
        {
            "inspection": inspection,
            "batch": inspection.batch,
            "sheet": sheet_of(inspection),
            "severity_label": SEVERITIES.get(inspection.severity, inspection.severity),
            "rounds": list(rounds_of(inspection)),
            "findings": findings_on(request.user, inspection.batch, inspection=inspection),
            "doubts": list(doubts_for(request.user).filter(inspection=inspection).exclude(kind=DoubtKind.PHOTO)),
            "reused": list(reused_photos(request.user).filter(inspection=inspection)),
            "comparisons": comparisons_of(inspection),
            "gauges": studies_of(inspection.batch.product, request.user),
        },
    )


@require_GET
def inspection_list(request: PageRequest) -> HttpResponse:
    asked = InspectionFilters.of_page(request, inspections_with_batch(request.user).order_by("-id"))
    chosen = asked.chosen
    context = {
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "chips": state_chips(request, chosen),
        "list": ListPage(request, asked.qs),
        "without": {name: address(request, **{name: None}) for name in ("product", "supplier")},
    }
    return render(request, "inspections/inspection/list.html", context)


def state_chips(request: PageRequest, chosen: dict[str, str]) -> list[dict]:
    chips = [
        (_("All"), "", {}),
        (_("Open"), "waiting", {"status": "open"}),
        (_("Rejected"), "stopped", {"verdict": "rejected"}),
        (pgettext("inspection", "Accepted"), "accepted", {"verdict": "accepted"}),
        (_("Abandoned"), "warning", {"status": "abandoned"}),
    ]
    asked = {name: chosen[name] for name in ("status", "verdict") if chosen[name]}
    return [
        {
            "label": label,
            "url": address(request, **{"status": None, "verdict": None} | wanted),
            "state": tone,
            "current": wanted == asked,
        }
        for label, tone, wanted in chips
    ]

"""Waivers: asked for with one signature, given with another one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.lists import ListPage
from compliance.models import ChecklistItem, Waiver, WaiverState
from compliance.waiver.forms import EndForm, Signed, WaiverForm
from compliance.waiver.page import waivers
from compliance.waiver.services import end_waiver, last_day_of, request_waiver, sign_waiver


@require_safe
def waiver_list(request: PageRequest) -> HttpResponse:
    return render(request, "compliance/waiver/list.html", {"list": ListPage(request, waivers(request.user))})


def waiver_request(request: PageRequest, sku: str, market: str, key: str) -> HttpResponse:
    items = ChecklistItem.objects.visible_to(request.user).select_related(
        "listing__product", "listing__market", "requirement"
    )
    item = get_object_or_404(items, listing__product__sku=sku, listing__market__code=market, requirement__key=key)
    require_page(request.user, "compliance.sign_waiver")
    form = WaiverForm(request.POST or None, last_day=last_day_of(item.listing, at=now()))
    if carried_out(
        form,
        request.user,
        lambda: request_waiver(
            listing=item.listing,
            requirement=item.requirement,
            reason=form.cleaned_data["reason"],
            limit=form.cleaned_data["limit"],
            expires_on=form.cleaned_data["expires_on"],
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Signed by you. It counts once a second person has signed too."))
        return redirect("waiver-list")
    return render(request, "compliance/waiver/request.html", {"form": form, "item": item})


def _find(request: PageRequest, uid: UUID) -> Waiver:
    return get_object_or_404(waivers(request.user), uid=uid)


@require_safe
def waiver_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    return _render(request, _find(request, uid))


def _render(
    request: PageRequest, waiver: Waiver, *, sign: Signed | None = None, end: EndForm | None = None
) -> HttpResponse:
    may_act = request.user.has_perm("compliance.sign_waiver")
    context = {
        "waiver": waiver,
        "sign": sign or Signed(),
        "end": end or EndForm(),
        "may_sign": may_act and waiver.state == WaiverState.REQUESTED and waiver.requested_by_id != request.user.pk,
        "is_mine": may_act and waiver.state == WaiverState.REQUESTED and waiver.requested_by_id == request.user.pk,
        "may_end": may_act and waiver.state != WaiverState.ENDED,
    }
    return render(request, "compliance/waiver/detail.html", context)


@require_POST
def waiver_sign(request: PageRequest, uid: UUID) -> HttpResponse:
    waiver = _find(request, uid)
    require_page(request.user, "compliance.sign_waiver")
    form = Signed(request.POST)
    if carried_out(form, request.user, lambda: sign_waiver(waiver=waiver, actor=request.user, at=now())):
        messages.success(request, _("Signed by both. The requirement is waived until its last day."))
        return redirect("waiver-detail", uid)
    return _render(request, waiver, sign=form)


@require_POST
def waiver_end(request: PageRequest, uid: UUID) -> HttpResponse:
    waiver = _find(request, uid)
    require_page(request.user, "compliance.sign_waiver")
    form = EndForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: end_waiver(waiver=waiver, reason=form.cleaned_data["reason"], actor=request.user, at=now()),
    ):
        messages.success(request, _("The waiver has ended."))
        return redirect("waiver-detail", uid)
    return _render(request, waiver, end=form)

"""Changes that take papers from what is sold: looked at, and signed or refused by a second person."""

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
from compliance.loosening.forms import RefusalForm, SignatureForm
from compliance.loosening.page import loosenings, shown
from compliance.loosening.services import digest_of, refuse_loosening, sign_loosening
from compliance.models import Loosening, LooseningState


@require_safe
def loosening_list(request: PageRequest) -> HttpResponse:
    require_page(request.user, "suppliers.see_all")
    page = ListPage(request, loosenings(request.user))
    return render(request, "compliance/loosening/list.html", {"list": page})


def _find(request: PageRequest, uid: UUID) -> Loosening:
    return get_object_or_404(loosenings(request.user), uid=uid)


@require_safe
def loosening_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    return _render(request, _find(request, uid))


def _render(
    request: PageRequest, loosening: Loosening, *, sign: SignatureForm | None = None, refuse: RefusalForm | None = None
) -> HttpResponse:
    is_waiting = loosening.state == LooseningState.WAITING
    may_decide = is_waiting and request.user.has_perm("compliance.sign_waiver")
    had_a_part = request.user.pk in loosening.changed_by
    context = {
        "loosening": loosening,
        "digest": digest_of(loosening),
        "sign": sign or SignatureForm(),
        "refuse": refuse or RefusalForm(),
        "may_sign": may_decide and not had_a_part,
        "is_mine": is_waiting and had_a_part,
        "may_refuse": may_decide,
        **shown(loosening),
    }
    return render(request, "compliance/loosening/detail.html", context)


@require_POST
def loosening_sign(request: PageRequest, uid: UUID) -> HttpResponse:
    loosening = _find(request, uid)
    require_page(request.user, "compliance.sign_waiver")
    form = SignatureForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: sign_loosening(
            loosening=loosening,
            reason=form.cleaned_data["reason"],
            signature="password",
            digest=request.POST.get("digest", ""),
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Signed. These papers are needed no more."))
        return redirect("loosening-detail", uid)
    return _render(request, loosening, sign=form)


@require_POST
def loosening_refuse(request: PageRequest, uid: UUID) -> HttpResponse:
    loosening = _find(request, uid)
    require_page(request.user, "compliance.sign_waiver")
    form = RefusalForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: refuse_loosening(loosening=loosening, reason=form.cleaned_data["reason"], actor=request.user, at=now()),
    ):
        messages.success(request, _("Refused. These papers stay needed."))
        return redirect("loosening-detail", uid)
    return _render(request, loosening, refuse=form)

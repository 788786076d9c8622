"""One listing: its gate with every check, what it needs, and the decisions to go live."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_page
from accounts.models import User
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.errors import RuleBroken
from activity.forms import show_refusal
from activity.queries import story_of
from compliance.catalogue.reads import requirement_names
from compliance.gate.forms import GoLiveForm, PlanForm, TakeOffForm
from compliance.gate.page import SUPPLIERS_CHECKS, lines, standing_chip
from compliance.gate.services.go_live import digest_of, plan_go_live, take_live, take_off
from compliance.gate.words import short_day
from compliance.models import GateState, LiveState
from compliance.rules import gates
from compliance.rules.requirements import day_in
from inspections.ladder.reads import drifting_products
from inspections.ladder.words import drift_sentences, drift_title
from suppliers.models import Listing
from suppliers.story import told

STORY = 50


def find_listing(user: User, sku: str, market: str) -> Listing:
    listings = Listing.objects.visible_to(user).select_related(
        "product__supplier",
        "product__category",
        "product__merchandiser",
        "market",
        "gate__decision__decided_by",
    )
    return get_object_or_404(listings, product__sku=sku, market__code=market)


@require_safe
def listing_detail(request: PageRequest, sku: str, market: str) -> HttpResponse:
    return _page(request, find_listing(request.user, sku, market))


def _page(
    request: PageRequest,
    listing: Listing,
    *,
    go_live: GoLiveForm | None = None,
    off: TakeOffForm | None = None,
    plan: PlanForm | None = None,
) -> HttpResponse:
    gate, names = listing.gate, requirement_names()
    is_team = request.user.has_perm("suppliers.see_all")
    tone, standing = standing_chip(gate)
    today = day_in(listing.market.zone, now())
    context = {
        "listing": listing,
        "product": listing.product,
        "gate": gate,
        "is_team": is_team,
        "tone": tone,
        "standing": standing,
        "lines": lines(gate, names, gates.CODES if is_team else SUPPLIERS_CHECKS),
        "may_decide": request.user.has_perm("compliance.take_live"),
        "is_open": gate.state == GateState.OPEN,
        "is_live": gate.live == LiveState.LIVE,
        "is_suspended": gate.live == LiveState.SUSPENDED,
        "today": today,
        "digest": digest_of(gate),
        "go_live": go_live or GoLiveForm(initial={"on": max(gate.planned_on or today, today)}),
        "off": off or TakeOffForm(),
        "plan": plan or PlanForm(initial={"on": gate.planned_on}),
    }
    if is_team:
        drifts = drifting_products(request.user).filter(product=listing.product)
        context["drifts"] = [(drift, drift_title(drift), drift_sentences(drift)) for drift in drifts]
        context["decisions"] = listing.decisions.select_related("decided_by").order_by("-id")
        context["story"] = told(request.user, story_of(gate.stream).order_by("-id")[:STORY])
    return render(request, "compliance/gate/listing_detail.html", context)


@require_POST
def listing_go_live(request: PageRequest, sku: str, market: str) -> HttpResponse:
    listing = find_listing(request.user, sku, market)
    require_page(request.user, "compliance.take_live")
    form = GoLiveForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: take_live(
            listing=listing,
            on=form.cleaned_data["on"],
            note=form.cleaned_data["note"],
            signature="password",
            digest=request.POST.get("digest"),
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Signed: live from %(day)s.") % {"day": short_day(form.cleaned_data["on"])})
        return redirect("listing-detail", sku, market)
    return _page(request, listing, go_live=form)


@require_POST
def listing_take_off(request: PageRequest, sku: str, market: str) -> HttpResponse:
    listing = find_listing(request.user, sku, market)
    require_page(request.user, "compliance.take_live")
    form = TakeOffForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: take_off(listing=listing, reason=form.cleaned_data["reason"], actor=request.user, at=now()),
    ):
        messages.success(request, _("It is off the market. A new decision brings it back."))
        return redirect("listing-detail", sku, market)
    return _page(request, listing, off=form)


@require_POST
def listing_plan(request: PageRequest, sku: str, market: str) -> HttpResponse:
    listing = find_listing(request.user, sku, market)
    require_page(request.user, "compliance.take_live")
    form = PlanForm(request.POST)
    if form.is_valid():
        try:
            plan_go_live(listing=listing, on=form.cleaned_data["on"], actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The planned day is set; papers are judged on it."))
            return redirect("listing-detail", sku, market)
    return _page(request, listing, plan=form)

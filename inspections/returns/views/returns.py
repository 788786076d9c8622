"""What came back from the market: the week, the list, one unit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.zones import today_of
from activity.errors import InvalidInput, RuleBroken
from activity.forms import show_refusal
from activity.lists import ListPage, address
from inspections.models import MarketReturn, ReturnReason
from inspections.returns.forms import CorrectForm, NameBatchForm, ReturnFilters, ReturnForm, WeekForm, WithdrawForm
from inspections.returns.page import (
    DIMENSIONS,
    NONE,
    WEEK,
    Group,
    Span,
    find_returns,
    namer,
    week_by,
    week_totals,
)
from inspections.returns.services.corrections import CORRECTABLE, as_sent, correct_return, withdraw_return
from inspections.returns.services.returns import record_returns
from inspections.returns.services.tracing import name_batch
from inspections.returns.words import CHANGES, chance_words, doubts_of, rates_words

MOST_GROUPS = 40


@require_safe
def return_week(request: PageRequest) -> HttpResponse:
    """The most frequent reasons of a week by one dimension, and how they changed. Every number leads to its records."""
    require_page(request.user, "suppliers.see_all")
    today = today_of(request.user, now())
    monday, by, narrowed = WeekForm(request.GET).chosen(today)
    found, span = find_returns(request.user, **narrowed), Span.of(monday, today)
    groups = week_by(found, by, span, **narrowed)
    name = namer(by, [group.key for group in groups])
    days = {"since": span.since, "until": span.until}
    days_before = {"since": span.before.since, "until": span.before.until}
    kept = {key: value for key, value in narrowed.items() if value}

    def records(**query: Any) -> str:
        return f"{reverse('return-list')}?{urlencode(kept | {k: str(v) for k, v in query.items()})}"

    def row(group: Group) -> dict:
        return {
            "group": group,
            "label": _("none stated") if group.key == NONE else name(group.key),
            "url": records(**days, **{by: group.key}),
            "before_url": records(**days_before, **{by: group.key}),
            "only": address(request, **{by: group.key}) if by in narrowed and group.key != NONE else "",
            "change": CHANGES[group.change.verdict](),
            "chance": chance_words(group.change.chance),
            "rates": rates_words(group.change),
            "top": ReturnReason(group.top).label if group.top and group.top != NONE else "",
        }

    totals = week_totals(found, span)
    context = {
        "monday": monday,
        "sunday": monday + WEEK - timedelta(days=1),
        "span": span,
        "week": "{}-W{:02}".format(*monday.isocalendar()[:2]),
        "by": by,
        "heading": DIMENSIONS[by][1],
        "rows": [row(group) for group in groups[:MOST_GROUPS]],
        "left_out": max(len(groups) - MOST_GROUPS, 0),
        "totals": totals,
        "links": {
            "now": records(**days),
            "unknown_batch": records(**days, found_by="unknown"),
            "escaped": records(**days, escaped="on"),
            "doubtful": records(**days, doubtful="on"),
        },
        "tabs": [
            {"label": label, "url": address(request, by=key), "current": key == by}
            for key, (_field, label) in DIMENSIONS.items()
        ],
        "previous": address(request, day=monday - WEEK),
        "next": address(request, day=monday + WEEK) if monday + WEEK <= today else "",
        "narrowed": kept,
        "without": {key: address(request, **{key: None}) for key in kept},
    }
    return render(request, "inspections/returns/week.html", context)


@require_safe
def return_list(request: PageRequest) -> HttpResponse:
    """The records behind a number. A supplier sees its own, without orders, sources and notes."""
    returns = MarketReturn.objects.visible_to(request.user).select_related("product", "batch", "market").with_doubts()
    asked = ReturnFilters.of_page(request, returns.order_by("-happened_on", "-id"))
    rows = ListPage(request, asked.qs)
    name = namer("complaint", {code for each in rows.page for code in each.complaints})
    sees_all = request.user.has_perm("suppliers.see_all")
    context = {
        "list": rows,
        "rows": [(each, list(map(name, each.complaints)), doubts_of(each) if sees_all else []) for each in rows.page],
        "chips": [
            {"label": f"{_label(name)}: {'–' if value == NONE else value}", "url": address(request, **{name: None})}
            for name, value in asked.chosen.items()
            if value
        ],
    }
    return render(request, "inspections/returns/list.html", context)


def _label(name: str) -> str:
    labels = {
        "since": _("from"), "until": _("until"), "kind": _("kind"), "found_by": _("batch found by"),
        "characteristic": _("characteristic"), "inspection": _("inspection"), "escaped": _("escaped an inspection"),
        "doubtful": _("in doubt"), "withdrawn": _("withdrawn"),
    }  # fmt: skip
    return labels.get(name) or str(DIMENSIONS[name][1])


@require_http_methods(["GET", "HEAD", "POST"])
def return_create(request: PageRequest) -> HttpResponse:
    """One unit that came back, told by hand."""
    require_page(request.user, "inspections.report_returns")
    known: dict[str, Any] = {name: request.GET.get(name, "") for name in ("product", "batch")}
    known["happened_on"] = today_of(request.user, now())
    form = ReturnForm(request.POST or None, user=request.user, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            recorded = record_returns(source=form.SOURCE, returns=[form.sent], actor=request.user, at=now())
        except InvalidInput as refusal:
            show_refusal(form, InvalidInput([replace(e, field=e.field.removeprefix("0.")) for e in refusal.errors]))
        else:
            [found] = recorded.rows
            came_from = found.batch.number if found.batch else ""
            text = _("Recorded. It came from batch %(batch)s.") if came_from else _("Recorded. Its batch is unknown.")
            messages.success(request, text % {"batch": came_from})
            return redirect("return-detail", found.uid)
    return render(request, "inspections/returns/create.html", {"form": form}, status=400 if form.errors else 200)


def find_return(request: PageRequest, uid: UUID) -> MarketReturn:
    returns = MarketReturn.objects.visible_to(request.user).with_doubts()
    found = returns.select_related(
        "product__supplier", "batch", "market", "inspection", "recorded_by", "withdrawn_by"
    )  # fmt: skip
    return get_object_or_404(found, uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
def return_correct(request: PageRequest, uid: UUID) -> HttpResponse:
    """Say what was recorded wrongly; what was said before stays on the record."""
    found = find_return(request, uid)
    require_page(request.user, "inspections.report_returns")
    known = {name: getattr(sent := as_sent(found), name) for name in CORRECTABLE} | {"revision": found.revision}
    form = CorrectForm(request.POST or None, initial=known, kept=sent.complaints)
    status = 200
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        try:
            correct_return(found=found, facts=form.facts, revision=revision, actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Corrected; what was said before stays on the record."))
            return redirect("return-detail", uid)
    elif form.errors:
        status = 400
    return render(request, "inspections/returns/correct.html", {"found": found, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def return_withdraw(request: PageRequest, uid: UUID) -> HttpResponse:
    """Say that it should not be here, and why."""
    found = find_return(request, uid)
    require_page(request.user, "inspections.report_returns")
    form = WithdrawForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_return(found=found, reason=form.cleaned_data["reason"], actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Withdrawn: it stays on the record and counts nowhere."))
            return redirect("return-detail", uid)
    elif form.errors:
        status = 400
    return render(request, "inspections/returns/withdraw.html", {"found": found, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def return_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    """One unit; a POST names its batch."""
    found = find_return(request, uid)
    if request.method == "POST":
        require_page(request.user, "inspections.report_returns")
    form = NameBatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            named = name_batch(found=found, number=form.cleaned_data["batch"], actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("It came from %(batch)s.") % {"batch": named.batch})
            return redirect("return-detail", uid)
    name = namer("complaint", found.complaints)
    catches = dict(
        found.product.catches.filter(complaint__in=found.complaints).values_list("complaint", "characteristic")
    )
    context = {
        "found": found,
        "points": [(name(code), catches.get(code, "")) for code in found.complaints],
        "form": form,
        "may_report": request.user.has_perm("inspections.report_returns") and not found.withdrawn_at,
        "doubts": doubts_of(found) if request.user.has_perm("suppliers.see_all") else [],
    }
    return render(request, "inspections/returns/detail.html", context, status=400 if form.errors else 200)

"""Pilot runs: the list, the plan, the run itself, its start and its end."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.errors import RuleBroken
from activity.lists import ListPage, address
from inspections.models import (
    PilotLate,
    PilotOutcome,
    PilotRun,
    PilotStatus,
    PilotVerdict,
    PilotWord,
    Sample,
)
from inspections.pilot.forms.runs import (
    PilotFilters,
    PlanForm,
    StopForm,
)
from inspections.pilot.page import (
    back_of,
    complaint_pareto,
    damage_pareto,
    limits_sentence,
    rates_figure,
    reasons_pareto,
    rule_lines,
    run_title,
    size_rows,
    units_of,
)
from inspections.pilot.reads import (
    ages_of,
    arrivals,
    find_pilots,
    findings_of,
    judgement_of,
    last_window,
    story_of_run,
)
from inspections.pilot.services.failures import asks_for_word
from inspections.pilot.services.limits import (
    frozen_limits,
)
from inspections.pilot.services.runs import (
    conclude_pilot,
    plan_pilot,
    start_pilot,
    stop_pilot,
)
from inspections.pilot.views.find import find_product, find_run
from inspections.pilot.views.limits import limits_now
from inspections.pilot.words import (
    age_sentence,
    beyond_sentences,
    follow_up_size,
    judgement_sentence,
    promise_sentence,
    rate_sentence,
    size_sentence,
    window_sentence,
)
from inspections.sample.reads import golden_sample

TONES = {"planned": "waiting", "running": "waiting", "concluded": "", "stopped": "warning"}


@require_safe
def pilot_list(request: PageRequest) -> HttpResponse:
    asked = PilotFilters.of_page(request, find_pilots(request.user))
    chosen = asked.chosen
    chips = [{"label": _("All"), "url": address(request, status=None), "state": "", "current": not chosen["status"]}]
    if request.user.has_perm("suppliers.see_all"):
        chips += [
            {
                "label": str(status.label).capitalize(),
                "url": address(request, status=status.value),
                "state": TONES[status.value],
                "current": chosen["status"] == status.value,
            }
            for status in PilotStatus
        ]
    runs = ListPage(request, asked.qs)
    context = {"search": asked.form, "chosen": chosen, "chips": chips, "list": runs, "rows": rows_of(runs.page)}
    return render(request, "inspections/pilot/list.html", context)


def rows_of(runs: Iterable[Any]) -> list[dict]:
    """Each run with where it stands."""
    return [{"run": run, "title": run_title(run), "back": back_of(run.back, run.size)} for run in runs]


@require_safe
def product_pilots(request: PageRequest, sku: str) -> HttpResponse:
    """The tab of a product: its runs, what the next is judged by."""
    product = find_product(request.user, sku)
    runs = list(find_pilots(request.user).filter(product=product))
    sees_all = request.user.has_perm("suppliers.see_all")
    context = {
        "product": product,
        "rows": rows_of(runs),
        "latest": next((run for run in runs if run.status == PilotStatus.CONCLUDED), None),
        "open_run": next((run for run in runs if run.is_open), None),
        **(limits_now(product, request.user) if sees_all else {}),
        "may_plan": request.user.has_perm("inspections.run_pilot"),
        "may_limit": request.user.has_perm("inspections.specify"),
    }
    return render(request, "inspections/pilot/product.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_plan(request: PageRequest, sku: str) -> HttpResponse:
    product = find_product(request.user, sku)
    require_page(request.user, "inspections.run_pilot")
    form = PlanForm(request.POST or None, initial={"units": request.GET.get("units", "60")})

    def plan() -> None:
        data, at = form.cleaned_data, now()
        run = plan_pilot(
            product=product,
            size=data["units"],
            reason=data["reason"],
            rule_kind=data["rule"],
            orders=form.order_list,
            actor=request.user,
            at=at,
        )
        if data["start"]:
            start_pilot(run=run, actor=request.user, at=at)

    if carried_out(form, request.user, plan):
        run = product.pilot_runs.latest("ordinal")
        messages.success(request, _("Pilot run %(code)s is planned.") % {"code": run.code})
        return redirect("pilot-detail", run.uid)
    limits, source = frozen_limits(product)
    context = {
        "product": product,
        "form": form,
        "limits": limits_sentence(limits, source),
        "sizes": size_rows(limits),
        "example": size_sentence(60),
    }
    return render(request, "inspections/pilot/plan.html", context)


@require_safe
def pilot_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    run = find_run(request.user, uid)
    units = list(run.units.select_related("market"))
    judgement, findings = judgement_of(run), findings_of(run, units)
    sees_all = request.user.has_perm("suppliers.see_all")
    may_run = request.user.has_perm("inspections.run_pilot")
    rows = units_of(units) if sees_all else []
    shows_all = request.GET.get("units") == "all"
    age = ages_of(run, arrivals(run, units), at=now())
    context = {
        "run": run,
        "product": run.product,
        "title": run_title(run),
        "judgement": judgement,
        "now": judgement_sentence(judgement),
        "figure": rates_figure(judgement, with_limits=sees_all),
        "rates": [(rate, rate_sentence(rate)) for rate in judgement.rates],
        "complaints": complaint_pareto(findings),
        "damage": damage_pareto(findings),
        "reasons": reasons_pareto(findings, with_norm=sees_all),
        "norm": findings.norm,
        "against": findings.against,
        "promise": promise_sentence(findings.promises) if findings.promises else "",
        "age": age_sentence(age) if age else "",
        "size": size_sentence(run.size),
        "limits": limits_sentence(run.limits, run.limits_source) if sees_all else "",
        "rules": rule_lines(run) if sees_all else [],
        "units": rows,
        "listed": [row for row in rows if shows_all or row["details"] or row["unit"].note],
        "shows_all": shows_all,
        "unsaid": [u.number for u in units if u.outcome == PilotOutcome.RETURNED and not u.return_reason],
        "readings": run.readings.select_related("characteristic").order_by("characteristic__position"),
        "story": story_of_run(run) if sees_all else [],
        "follow_up": follow_up_size(judgement) if run.verdict == PilotVerdict.UNDECIDED else None,
        "sees_all": sees_all,
        "window": window_sentence(*last_window(run, units, at=now())) if run.status == PilotStatus.RUNNING else "",
        "beyond": beyond_sentences(judgement),
        "other_sample": other_sample(run),
        "may_carry_over": request.user.has_perm("inspections.decide_sample"),
        "word": PilotWord.objects.filter(run=run).select_related("signed_by").first() if sees_all else None,
        "asks_for_word": sees_all and asks_for_word(run),
        "may_sign_failure": request.user.has_perm("inspections.decide_hold"),
        "late": list(PilotLate.objects.filter(unit__run=run).select_related("unit")) if sees_all else [],
        "may_add_late": may_run and run.status == PilotStatus.CONCLUDED,
        "may_run": may_run and run.is_open,
        "may_conclude": may_run and run.status == PilotStatus.RUNNING and judgement.may_conclude,
        "is_decided": judgement.verdict != PilotVerdict.UNDECIDED,
    }
    return render(request, "inspections/pilot/detail.html", context)


def other_sample(run: PilotRun) -> Sample | None:
    """The golden sample in force, where the run passed with another one and nobody has signed that it counts for it."""
    golden = golden_sample(run.product) if run.verdict == PilotVerdict.PASS else None
    if golden is None or golden.pk == run.sample_id or run.carried_over.filter(sample=golden).exists():
        return None
    return golden


def _step(request: PageRequest, uid: UUID, service: Callable[..., Any], done: str) -> HttpResponse:
    """One press of a button: the service's refusal is shown on the page of the run."""
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.run_pilot")
    try:
        service(run=run, actor=request.user, at=now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("pilot-detail", uid)


@require_POST
def pilot_start(request: PageRequest, uid: UUID) -> HttpResponse:
    return _step(request, uid, start_pilot, _("The pilot run has begun."))


@require_POST
def pilot_conclude(request: PageRequest, uid: UUID) -> HttpResponse:
    return _step(request, uid, conclude_pilot, _("The pilot run is concluded; it stays as it is."))


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_stop(request: PageRequest, uid: UUID) -> HttpResponse:
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.run_pilot")
    form = StopForm(request.POST or None)
    if carried_out(
        form,
        request.user,
        lambda: stop_pilot(run=run, reason=form.cleaned_data["reason"], actor=request.user, at=now()),
    ):
        messages.success(request, _("The pilot run is stopped."))
        return redirect("pilot-detail", uid)
    return render(request, "inspections/pilot/stop.html", {"run": run, "form": form})

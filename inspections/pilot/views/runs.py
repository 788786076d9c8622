"""Pilot runs: the list, the plan, the run itself, and what became of its units."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require_page
from accounts.models import User
from accounts.requests import PageRequest
from accounts.signature import require_signature
from activity.errors import InvalidInput, RuleBroken
from activity.forms import show_refusal
from activity.lists import ListPage, address
from activity.transactions import one_transaction
from inspections.models import (
    Characteristic,
    PilotLate,
    PilotOutcome,
    PilotRun,
    PilotStatus,
    PilotVerdict,
    PilotWord,
    Sample,
    SpecificationStatus,
)
from inspections.pilot.forms.runs import (
    CarryOverForm,
    FailureForm,
    LimitsForm,
    MeasureForm,
    OutcomeForm,
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
    arrived_on,
    digest_of,
    find_pilots,
    findings_of,
    judgement_of,
    last_window,
    story_of_run,
)
from inspections.pilot.services.failures import asks_for_word, sign_failure
from inspections.pilot.services.late import record_late_outcomes
from inspections.pilot.services.outcomes import record_outcomes, record_pilot_readings
from inspections.pilot.services.runs import (
    carry_over_pilot,
    conclude_pilot,
    digest_of_limits,
    frozen_limits,
    limits_for,
    plan_pilot,
    set_limits,
    sign_limits,
    start_pilot,
    stop_pilot,
    waiting_limits,
)
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
from suppliers.models import Product

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


def find_product(user: User, sku: str) -> Product:
    return get_object_or_404(Product.objects.visible_to(user).select_related("supplier", "category"), sku=sku)


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
    if request.method == "POST" and form.is_valid():
        data, at = form.cleaned_data, now()
        try:
            with one_transaction():
                if form.claim(request.user):
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
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
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


def find_run(user: User, uid: UUID) -> PilotRun:
    runs = find_pilots(user).select_related("product__category", "product__supplier", "planned_by", "concluded_by")
    return get_object_or_404(runs.select_related("sample"), uid=uid)


@require_safe
def pilot_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    run = find_run(request.user, uid)
    units = list(run.units.all())
    judgement, findings = judgement_of(run), findings_of(run, units)
    sees_all = request.user.has_perm("suppliers.see_all")
    may_run = request.user.has_perm("inspections.run_pilot")
    rows = units_of(units) if sees_all else []
    shows_all = request.GET.get("units") == "all"
    arrived = [
        (day, unit.outcome == PilotOutcome.RETURNED) for unit in units if unit.outcome and (day := arrived_on(unit))
    ]
    age = ages_of(run, arrived, at=now())
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
        "age": age_sentence(age, run.window_days) if age else "",
        "size": size_sentence(run.size),
        "limits": limits_sentence(run.limits, run.limits_source) if sees_all else "",
        "rules": rule_lines(run) if sees_all else [],
        "units": rows,
        "listed": [row for row in rows if shows_all or row["details"] or row["unit"].note],
        "shows_all": shows_all,
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


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_carry_over(request: PageRequest, uid: UUID) -> HttpResponse:
    """Sign that the golden sample in force needs no run of its own."""
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.decide_sample")
    form = CarryOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            require_signature(actor=request.user, password=form.cleaned_data["password"])
            with one_transaction():
                if form.claim(request.user):
                    carry_over_pilot(
                        run=run,
                        reason=form.cleaned_data["reason"],
                        signature="password",
                        digest=request.POST.get("digest"),
                        actor=request.user,
                        at=now(),
                    )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Signed: the run counts for the golden sample in force."))
            return redirect("pilot-detail", uid)
    context = {"run": run, "form": form, "golden": golden_sample(run.product), "digest": digest_of(run)}
    return render(request, "inspections/pilot/carry_over.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_failure(request: PageRequest, uid: UUID) -> HttpResponse:
    """A second person signs what becomes of a run that failed."""
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.decide_hold")
    form = FailureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            require_signature(actor=request.user, password=said["password"])
            with one_transaction():
                if form.claim(request.user):
                    sign_failure(
                        run=run,
                        kind=said["kind"],
                        reason=said["reason"],
                        signature="password",
                        digest=request.POST.get("digest"),
                        actor=request.user,
                        at=now(),
                    )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Signed."))
            return redirect("pilot-detail", uid)
    return render(request, "inspections/pilot/failure.html", {"run": run, "form": form, "digest": digest_of(run)})


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_record(request: PageRequest, uid: UUID) -> HttpResponse:
    """What became of one unit or of several; on a phone beside the returned goods as at a desk."""
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.run_pilot")
    form = OutcomeForm(request.POST or None, initial={"units": request.GET.get("units", "")})
    if request.method == "POST" and form.is_valid():
        try:
            with one_transaction():
                is_new = form.claim(request.user)
                if is_new and run.status == PilotStatus.CONCLUDED:
                    record_late_outcomes(run=run, outcomes=form.outcomes, actor=request.user, at=now())
                elif is_new:
                    record_outcomes(
                        run=run,
                        outcomes=form.outcomes,
                        correct=form.cleaned_data["correct"],
                        actor=request.user,
                        at=now(),
                    )
        except RuleBroken as refusal:
            form.show_refusal(refusal)
        else:
            judgement = judgement_of(PilotRun.objects.get(pk=run.pk))
            messages.success(request, judgement_sentence(judgement))
            return redirect("pilot-detail" if judgement.may_conclude else "pilot-record", uid)
    units = list(run.units.all())
    context = {"run": run, "form": form, "judgement": judgement_of(run), "units": units_of(units)}
    return render(request, "inspections/pilot/record.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_measure(request: PageRequest, uid: UUID) -> HttpResponse:
    """Readings of the units, for the ladder."""
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.run_pilot")
    characteristics = list(
        Characteristic.objects.filter(
            specification__product=run.product, specification__status=SpecificationStatus.ACTIVE, is_measured=True
        ).order_by("position")
    )
    form = MeasureForm(request.POST or None, characteristics=characteristics)
    if request.method == "POST" and form.is_valid():
        try:
            with one_transaction():
                if form.claim(request.user):
                    record_pilot_readings(
                        run=run,
                        characteristic=form.cleaned_data["characteristic"],
                        readings=form.values,
                        actor=request.user,
                        at=now(),
                    )
        except RuleBroken as refusal:
            form.show_refusal(refusal) if isinstance(refusal, InvalidInput) else show_refusal(form, refusal)
        else:
            messages.success(request, _("Readings stored."))
            return redirect("pilot-detail", uid)
    context = {"run": run, "form": form, "characteristics": characteristics}
    return render(request, "inspections/pilot/measure.html", context)


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
    if request.method == "POST" and form.is_valid():
        try:
            with one_transaction():
                if form.claim(request.user):
                    stop_pilot(run=run, reason=form.cleaned_data["reason"], actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The pilot run is stopped."))
            return redirect("pilot-detail", uid)
    return render(request, "inspections/pilot/stop.html", {"run": run, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_limits(request: PageRequest, sku: str) -> HttpResponse:
    """The highest rates that a run of the product may show."""
    product = find_product(request.user, sku)
    require_page(request.user, "inspections.specify")
    current = limits_for(product)
    initial = {name: (getattr(current, name) * 100).normalize() for name in ("damage", "complaint", "return_rate")}
    form = LimitsForm(request.POST or None, initial={n: f"{value:f}" for n, value in initial.items()})
    if request.method == "POST" and form.is_valid():
        try:
            with one_transaction():
                if form.claim(request.user):
                    source = form.cleaned_data["source"]
                    set_limits(product=product, **form.limits, source=source, actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            if waiting_limits(product):
                messages.warning(request, _("Asked for. They judge a run once a second person has signed them."))
            else:
                messages.success(request, _("Limits set; runs that are planned keep theirs."))
            return redirect("product-pilots", sku)
    context = {"product": product, "form": form} | limits_now(product, request.user)
    return render(request, "inspections/pilot/limits.html", context)


def limits_now(product: Product, user: User) -> dict:
    """What judges a run planned now, and what waits for a signature."""
    waiting = waiting_limits(product)
    asked = {}
    if waiting:
        asked = {"damage": waiting.damage, "complaint": waiting.complaint, "return": waiting.return_rate}
    return {
        "limits": limits_sentence(*frozen_limits(product)),
        "waiting": waiting,
        "asked": limits_sentence(asked, "product") if waiting else "",
        "digest": digest_of_limits(waiting) if waiting else "",
        "may_sign": waiting is not None and user.has_perm("inspections.decide_hold") and waiting.asked_by_id != user.pk,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_limits_sign(request: PageRequest, sku: str) -> HttpResponse:
    """The second signature under limits that are looser than those in force."""
    product = find_product(request.user, sku)
    require_page(request.user, "inspections.decide_hold")
    form = CarryOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            require_signature(actor=request.user, password=form.cleaned_data["password"])
            with one_transaction():
                if form.claim(request.user):
                    sign_limits(
                        product=product,
                        reason=reason,
                        signature="password",
                        digest=request.POST.get("digest", ""),
                        actor=request.user,
                        at=now(),
                    )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Signed; runs that are planned from now on are judged by them."))
            return redirect("product-pilots", sku)
    context = {"product": product, "form": form} | limits_now(product, request.user)
    return render(request, "inspections/pilot/limits_sign.html", context)

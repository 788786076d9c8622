"""Sampling explained: what a plan is, what it is worth, and what the switching rules make of a history."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import PageRequest
from inspections.calculator import page as figures
from inspections.calculator.forms import (
    IntervalForm,
    LimitingQualityForm,
    PlanForm,
    RowForm,
    SearchForm,
    SwitchingForm,
    given,
)
from inspections.calculator.words import sampling as words
from inspections.calculator.words.sampling import SEVERITIES, units
from inspections.sampling import Plan, SamplingError, find_plan
from inspections.sampling.curves import Curve, curve_of, odds, single_curve
from inspections.sampling.intervals import clopper_pearson, lower_bound, upper_bound, wilson
from inspections.sampling.plans import UNITS
from inspections.sampling.schemes import ComputedRule
from inspections.sampling.search import find_single_plan, smallest_sample
from inspections.sampling.standard import AQLS
from inspections.sampling.standard import SEVERITIES as STRICTNESS
from inspections.sampling.switching import Lot, Step, what_ends

LETTERS = "abcd"
ACCEPTANCE_NUMBERS = (0, 1, 2, 3, 5, 7, 10)


def page(request: PageRequest, name: str, context: dict) -> HttpResponse:
    places = [
        ("sampling-plan", _("Plan")),
        ("sampling-compare", _("Compare")),
        ("sampling-limiting-quality", _("One-off batches")),
        ("sampling-search", _("How many units")),
        ("sampling-switching", _("Switching rules")),
        ("sampling-interval", _("How sure")),
    ]
    tabs = [{"label": label, "url": reverse(url), "current": url == name} for url, label in places]
    template = f"inspections/calculator/{name.removeprefix('sampling-').replace('-', '_')}.html"
    return render(request, template, {"tabs": tabs, "aqls": AQLS, **context})


@require_safe
def sampling_plan(request: PageRequest) -> HttpResponse:
    form = PlanForm.asked(request.GET)
    context: dict = {"form": form}
    if form.is_valid() and form.plan:
        context |= _plan_explained(form.plan, form.cleaned_data)
    return page(request, "sampling-plan", context)


def _plan_explained(plan: Plan, asked: dict) -> dict:
    lot_size, counts = asked["lot_size"], plan.counts
    explained = {
        "plan": plan,
        "take": words.take(plan, lot_size),
        "accept": words.accept(plan),
        "remarks": words.remarks(plan, lot_size, asked["kind"]),
        "source": words.source(plan),
        "compare_url": _compare_address(asked),
    }
    aql = figures.aql_of(plan)
    if plan.inspect_all or aql is None:
        return explained
    curve = figures.curve_for(plan, lot_size)
    name = _("AQL %(quality)s") % {"quality": plan.aql}
    in_lot = curve_of(plan, lot_size=lot_size)  # what goes out depends on the lot, however small the sample
    charts = [figures.oc_figure(curve, at=[(aql, name)]), figures.aoq_figure(in_lot)]
    if plan.stages:
        single = find_plan(**given({**asked, "kind": "single", "standard": plan.standard}))
        charts.append(figures.asn_figure(curve, single.sample_size))
    return explained | {
        "sentences": figures.sentences(plan, curve),
        "figures": charts,
        "rows": figures.quality_rows(curve, aql),
        "stats": _stats(curve, in_lot, aql, counts),
        "exactness": figures.how_exact(curve),
    }


def _stats(curve: Curve, in_lot: Curve, aql: float, counts: str) -> list[dict]:
    aoql, _worst = in_lot.aoql()
    inspected = words.units(round(float(in_lot.ati(aql))))
    shares = [(0.95, _("Accepted 95 times in 100")), (0.5, _("Accepted half of the time")),
              (0.1, _("Accepted 10 times in 100"))]  # fmt: skip
    return [
        {"label": _("Accepted at the AQL"), "value": words.percent(float(curve.pa(aql)))},
        *(
            {"label": label, "value": words.quality(p, counts)}
            for pa, label in shares
            if (p := curve.quality_at(pa)) is not None
        ),
        {"label": _("Worst outgoing quality (AOQL)"), "value": words.quality(aoql, counts)},
        {"label": _("Inspected at the AQL on average, rejected batches whole (ATI)"), "value": inspected},
    ]


def _compare_address(asked: dict) -> str:
    """The same batch under the three severities."""
    query = {
        f"{letter}-{name}": value
        for letter, severity in zip(LETTERS, STRICTNESS, strict=False)
        for name, value in given({**asked, "severity": severity}).items()
        if name != "counts"
    }
    return f"{reverse('sampling-compare')}?{urlencode(query)}"


@require_safe
def sampling_limiting_quality(request: PageRequest) -> HttpResponse:
    form = LimitingQualityForm.asked(request.GET)
    context: dict = {"form": form}
    if form.is_valid():
        context |= _limited(form.cleaned_data, form.compared)
    return page(request, "sampling-limiting-quality", context)


def _limited(asked: dict, compared: Plan | None) -> dict:
    lot_size, limit, risk = asked["lot_size"], Fraction(asked["lq"]), Fraction(asked["consumer_risk"]) / 100
    rules = {ac: ComputedRule("lq", UNITS, ac, limit, risk) for ac in {*ACCEPTANCE_NUMBERS, asked["ac"] or 0}}
    plans = {ac: rule.plan(lot_size, "normal") for ac, rule in rules.items()}
    plan = plans[asked["ac"] or 0]
    curve = curve_of(plan, lot_size=lot_size)
    # The first batch that is at least so bad: a batch has whole units.
    worst = max(1, ceil(lot_size * limit / 100)) / lot_size
    told = {
        "plan": plan,
        "take": words.take(plan, lot_size),
        "accept": words.accept(plan),
        "lowered": plan.acceptance < (asked["ac"] or 0),
        "answers": [
            {
                "plan": each,
                "passes": words.percent(float(curve_of(each, lot_size=lot_size).pa(worst))),
                "good": "" if (p := curve_of(each, lot_size=lot_size).quality_at(0.95)) is None else words.percent(p),
            }
            for ac, each in sorted(plans.items())
            if each.acceptance == ac
        ],
    }
    if not plan.inspect_all:
        even = curve.quality_at(0.5)
        told["sentences"] = [
            words.chance(odds(float(curve.pa(worst))), words.batch_with(worst), still=True),
            *([] if even is None else [words.even_odds(even, curve.counts)]),
        ]
        told["figure"] = figures.oc_figure(curve, at=[(worst, words.percent(worst))], points=())
    if compared and not compared.inspect_all and compared.counts == UNITS:
        chance = odds(float(figures.curve_for(compared, lot_size).pa(worst)))
        told["aql"] = {"plan": compared, "worth": words.chance(chance, words.batch_with(worst), still=True)}
    return told


EXAMPLE_OF_COMPARISON = {
    "a-lot_size": "1000", "a-aql": "2.5", "b-lot_size": "1000", "b-aql": "2.5", "b-severity": "tightened",
    "c-n": "32", "c-ac": "0",
}  # fmt: skip


@require_safe
def sampling_compare(request: PageRequest) -> HttpResponse:
    asked: dict[str, Any] = {
        name: value for name, value in request.GET.items() if name[:2] in {f"{letter}-" for letter in LETTERS}
    }
    forms = [RowForm.row(asked or EXAMPLE_OF_COMPARISON, letter) for letter in LETTERS]
    compared = [_compared(form) for form in forms if form.is_valid() and not form.is_empty]
    context: dict = {"rows": [(form.letter.upper(), form) for form in forms], "compared": compared}
    if compared:
        context["figure"] = figures.comparison_figure([(each["name"], each["curve"]) for each in compared])
    return page(request, "sampling-compare", context)


def _compared(form: RowForm) -> dict:
    data, plan = form.cleaned_data, form.plan
    if plan:
        curve, in_lot = figures.curve_for(plan, data["lot_size"]), curve_of(plan, lot_size=data["lot_size"])
        told = words.take(plan, data["lot_size"])
        detail = f"{SEVERITIES[plan.severity]} · {words.KINDS[plan.kind]} · AQL {plan.aql}"
    else:
        n, lot_size = data["n"], data["lot_size"]
        small = lot_size and n > lot_size * figures.LARGE_SHARE
        curve = single_curve(n, data["ac"], lot_size=lot_size if small else None)
        in_lot = single_curve(n, data["ac"], lot_size=lot_size or None)
        told, detail = _("Take %(units)s") % {"units": units(n)}, ""
    last = curve.stages[-1]
    aoql, _worst = in_lot.aoql()
    return {
        "name": form.letter.upper(),
        "curve": curve,
        "told": told,
        "detail": detail,
        "n": last.sample_size,
        "ac": last.rejection - 1,
        "qualities": [
            "" if (p := curve.quality_at(pa)) is None else words.quality(p, curve.counts) for pa in (0.95, 0.5, 0.1)
        ],
        "aoql": words.quality(aoql, curve.counts),
    }


@require_safe
def sampling_search(request: PageRequest) -> HttpResponse:
    form = SearchForm.asked(request.GET)
    context: dict = {"form": form}
    if form.is_valid():
        try:
            context |= _found(form.cleaned_data)
        except SamplingError as error:
            qualities = {name: words.percent(error.params[name]) for name in ("good", "bad") if name in error.params}
            form.refuse(error, **qualities)
    return page(request, "sampling-search", context)


def _found(asked: dict) -> dict:
    lot_size = asked["lot_size"]
    bad, bad_risk = float(asked["bad"]) / 100, 1 / asked["bad_in"]
    # The first batch that is at least so bad: a batch has whole units.
    worst = min(ceil(round(bad * lot_size, 9)) / lot_size, 1 - 1e-12) if lot_size else bad
    samples = [
        (ac, smallest_sample(ac=ac, quality=worst, risk=bad_risk, lot_size=lot_size)) for ac in ACCEPTANCE_NUMBERS
    ]
    answers = [_sample_row(n, ac, bad, lot_size) for ac, n in samples if n is not None]
    if asked["good"] is None:
        return {"found": answers[0] if answers else None, "answers": answers}
    good = float(asked["good"]) / 100
    n, ac = find_single_plan(
        good=good, producer_risk=1 / asked["good_in"], bad=worst, consumer_risk=bad_risk, lot_size=lot_size
    )
    found = _sample_row(n, ac, bad, lot_size)
    curve = found["curve"]
    found["sentences"] = [
        words.chance(odds(float(curve.pa(good))), words.batch_with(good)),
        words.chance(odds(float(curve.pa(bad))), words.batch_with(bad), still=True),
    ]
    found["figure"] = figures.oc_figure(curve, at=[(good, words.percent(good)), (bad, words.percent(bad))], points=())
    return {"found": found, "answers": answers, "both": True}


def _sample_row(n: int, ac: int, bad: float, lot_size: int | None) -> dict:
    curve = single_curve(n, ac, lot_size=lot_size)
    half = curve.quality_at(0.95)
    return {
        "n": n,
        "ac": ac,
        "curve": curve,
        "pa_bad": words.percent(float(curve.pa(bad))),
        "good": "" if half is None else words.percent(half),
        "figure": figures.oc_figure(curve, at=[(bad, words.percent(bad))], points=()),
        "sentences": [words.chance(odds(float(curve.pa(bad))), words.batch_with(bad), still=True)],
        "url": f"{reverse('sampling-compare')}?{urlencode({'a-n': n, 'a-ac': ac, 'a-lot_size': lot_size or ''})}",
    }


@require_safe
def sampling_switching(request: PageRequest) -> HttpResponse:
    form = SwitchingForm.asked(request.GET)
    context: dict = {"form": form}
    if form.is_valid():
        steps = [done for done, _lot in form.steps]
        context |= {
            "state": form.state,
            "status": SEVERITIES[form.state.status],
            "why": words.why_severity(form.state.reason),
            "ends": words.what_ends(what_ends(form.state)),
            "rows": [_step_row(done, lot) for done, lot in form.steps],
            "figure": figures.severity_figure(steps) if steps else None,
        }
    return page(request, "sampling-switching", context)


def _step_row(done: Step, lot: Lot) -> dict:
    told = []
    if lot.resubmitted:
        told.append(_("Resubmitted: it does not count for the rules."))
    if done.accepted is None:
        told.append(_("Not inspected: inspection is discontinued."))
    if done.before.status != done.after.status:
        told.append(words.why_severity(done.after.reason))
    return {
        "status": done.before.status,
        "severity": SEVERITIES[done.before.status],
        "plan": lot.plans["lot"],
        "found": " · ".join(map(str, lot.nonconforming["lot"])),
        "accepted": done.accepted,
        "score": done.score if done.before.status == "normal" else "",
        "told": " ".join(told),
    }


@require_safe
def sampling_interval(request: PageRequest) -> HttpResponse:
    form = IntervalForm.asked(request.GET)
    context: dict = {"form": form}
    if form.is_valid():
        try:
            context |= _interval(form.cleaned_data)
        except SamplingError as error:
            form.refuse(error)
    return page(request, "sampling-interval", context)


def _interval(asked: dict) -> dict:
    bad, n, confidence = asked["nonconforming"], asked["n"], float(asked["confidence"]) / 100
    if bad == n:
        bound = lower_bound(bad, n, confidence)
        one_sided = (bound, 1.0, _("Lower bound (one-sided)"))
    else:
        bound = upper_bound(bad, n, confidence)
        one_sided = (0.0, bound, _("Upper bound (one-sided)"))
    bounds: Sequence[tuple[float, float, str]] = [
        (*clopper_pearson(bad, n, confidence), _("Clopper-Pearson (exact)")),
        (*wilson(bad, n, confidence), _("Wilson")),
        one_sided,
    ]
    return {
        "sentence": words.interval_sentence(bad, n, bound, confidence),
        "rows": [{"name": name, "low": words.percent(low), "high": words.percent(high)} for low, high, name in bounds],
        "figure": figures.interval_figure(bounds, bad, n),
    }

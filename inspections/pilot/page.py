"""What the pages of pilot runs show: titles, pictures and rows, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.calculator.words.sampling import percent
from inspections.charts.pilot import Pareto, RateChart, pareto, rate_chart
from inspections.models import (
    ComplaintPoint,
    DamagePlace,
    PilotOutcome,
    PilotRun,
    PilotStatus,
    PilotUnit,
    ReturnReason,
)
from inspections.pilot.reads import Findings, rules_of
from inspections.pilot.story import RATE_NAMES
from inspections.pilot.words import at_most, error_sentence, haste_sentence, passing_sentence
from inspections.rules.pilot_figures import Judgement
from inspections.rules.pilots import UNDECIDED, most_passing
from inspections.sampling.intervals import upper_bound

SIZES = (20, 40, 60, 80, 100, 150, 200)
TONES = {"pass": "accepted", "fail": "stopped", "undecided": "warning"}
OUTCOME_TONES = {"ok": "accepted", "damaged": "stopped", "complained": "warning", "returned": "stopped"}
SOURCES = {
    "product": gettext_lazy("limits of the product"),
    "category": gettext_lazy("limits of its category"),
    "default": gettext_lazy("limits of every product, an assumption until somebody sets others"),
    "margin": gettext_lazy("returns by what the product can afford"),
}


def run_title(run: PilotRun) -> str:
    """ "HL-KT17-W-P2 passed"."""
    titles: dict[str, str] = {
        PilotStatus.PLANNED: _("%(code)s is planned"),
        PilotStatus.RUNNING: _("%(code)s is running"),
        PilotStatus.STOPPED: _("%(code)s was stopped"),
    }
    verdicts = {"pass": _("%(code)s passed"), "fail": _("%(code)s failed"), "undecided": _("%(code)s is undecided")}
    title = titles.get(run.status) or verdicts[run.verdict or UNDECIDED]
    return title % {"code": run.code}


def back_of(back: int, size: int) -> str:
    """ "31 of 80 back"."""
    return _("%(back)s of %(size)s back") % {"back": back, "size": size}


def limits_sentence(limits: Mapping[str, Decimal], source: str) -> str:
    """ "Damage at most 5 %, complaints at most 8 %, returns at most 10 % (limits of its category)."."""
    parts = [
        _("%(rate)s at most %(limit)s") % {"rate": RATE_NAMES[name], "limit": percent(float(limit))}
        for name, limit in limits.items()
    ]
    return _("%(limits)s (%(source)s).") % {
        "limits": capfirst(", ".join(parts)),
        "source": "; ".join(str(SOURCES[part]) for part in source.split(",") if part in SOURCES),
    }


def size_rows(limits: Mapping[str, Decimal]) -> list[dict]:
    """For each size: what it proves without a fault, and how many bad units of each kind it passes with."""
    return [
        {
            "size": size,
            "proves": at_most(upper_bound(0, size)),
            "most": [most_passing(size, float(limit)) for limit in limits.values()],
        }
        for size in SIZES
    ]


@dataclass(frozen=True, slots=True)
class Picture:
    """For inspections/pilot/rates.html and pareto.html beside it: what is drawn, and its words."""

    chart: RateChart | Pareto | None
    title: str
    desc: str


def rates_figure(judgement: Judgement, *, with_limits: bool) -> Picture:
    lines = []
    for rate in judgement.rates:
        label = capfirst(str(RATE_NAMES[rate.name]))
        value = _("%(bad)s of %(n)s") % {"bad": rate.bad, "n": rate.n}
        if rate.share is not None:
            value = f"{value} = {percent(rate.share, 2)}"
        limit = rate.limit if with_limits else None
        name = _("limit %(limit)s") % {"limit": percent(rate.limit)} if with_limits else ""
        tone = TONES[rate.decision] if with_limits else "waiting"
        lines.append((label, value, tone, *rate.interval, rate.share, limit, name))
    chart = rate_chart(lines, x_text=lambda share: percent(share))
    desc = " ".join(
        f"{label}: {value}, {percent(low, 2)} – {percent(high, 2)}." for label, value, _t, low, high, *_rest in lines
    )
    return Picture(chart, _("Rates with their 95 % bounds"), desc)


def _picture(chart: Pareto | None, title: str) -> Picture:
    rows = chart.rows if chart else ()
    return Picture(chart, title, " ".join(f"{row.label}: {row.count}." for row in rows))


def complaint_pareto(findings: Findings) -> Picture:
    """Points of complaint, the most frequent first; a unit counts at each of its points."""
    names = {point.code: point.local_name for point in ComplaintPoint.objects.filter(code__in=findings.complaints)}
    counts = [(names.get(code, code), count, None) for code, count in findings.complaints.items()]
    return _picture(pareto(counts), _("What customers complained about"))


def damage_pareto(findings: Findings) -> Picture:
    labels = dict(DamagePlace.choices)
    counts = [(str(labels.get(code, _("not stated"))), count, None) for code, count in findings.damage.items()]
    return _picture(pareto(counts), _("Where units were damaged"))


def reasons_pareto(findings: Findings, *, with_norm: bool) -> Picture:
    """Reasons of returns, each with the count that the norm would expect of as many returns."""
    expected = findings.against.expected if findings.against and with_norm else {}
    labels = dict(ReturnReason.choices)
    codes = [*findings.reasons, *(code for code in expected if code not in findings.reasons)]
    counts = [
        (str(labels.get(code, _("not stated"))), findings.reasons.get(code, 0), expected.get(code)) for code in codes
    ]
    return _picture(pareto(counts), _("Why units were returned"))


def rule_lines(run: PilotRun) -> list[tuple[str, str]]:
    """The frozen rule, rate by rate: what decides, and how likely it is wrong."""
    return [
        (passing_sentence(name, rule), f"{error_sentence(rule)} {haste_sentence(name, rule)}")
        for name, rule in rules_of(run).items()
    ]


def units_of(units: Iterable[PilotUnit]) -> list[dict]:
    """Each unit with its outcome in words."""
    names = {point.code: point.local_name for point in ComplaintPoint.objects.filter(parent__isnull=False)}
    rows = []
    for unit in units:
        details = [
            str(DamagePlace(unit.damage).label) if unit.damage else "",
            *(names.get(code, code) for code in unit.complaints),
            str(ReturnReason(unit.return_reason).label) if unit.return_reason else "",
        ]
        rows.append(
            {
                "unit": unit,
                "label": str(PilotOutcome(unit.outcome).label) if unit.outcome else _("not back yet"),
                "tone": OUTCOME_TONES.get(unit.outcome, "waiting"),
                "details": " · ".join(detail for detail in details if detail),
            }
        )
    return rows

"""What plans are worth, as sentences, charts and rows for a page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10, prod

from django.utils.translation import gettext as _

from inspections.calculator.words import sampling as words
from inspections.calculator.words.sampling import SEVERITIES
from inspections.charts.geometry import Chart, Frame, Point, interval_chart, line_chart, nice_ticks, step_chart
from inspections.sampling import Plan
from inspections.sampling.cartons import pa_of_alike_units, pa_of_whole_cartons
from inspections.sampling.curves import Curve, curve_of, odds
from inspections.sampling.picks import cartons_to_open
from inspections.sampling.plans import NONCONFORMITIES, UNITS
from inspections.sampling.switching import Step
from inspections.sampling.variables import VariablesPlan, chances_of_acceptance

SMALL = Frame(width=360, height=200, left=54, right=14, top=14, bottom=30)
# The lot matters where the sample takes more of it than this; below, the binomial is the same to the eye.
LARGE_SHARE = 0.1
# How alike the units of one carton are supposed to be where that is told.
ALIKE = 0.2
SEGMENTS = 80
BAD_QUALITIES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and the words around it, for components/chart.html."""

    chart: Chart
    title: str
    desc: str
    x_name: str = ""
    y_name: str = ""


def curve_for(plan: Plan, lot_size: int) -> Curve:
    """The curve of the plan for this batch: exact where the sample is a good part of it, else for any large batch."""
    return curve_of(plan, lot_size=lot_size if plan.sample_size > lot_size * LARGE_SHARE else None)


def aql_of(plan: Plan) -> float | None:
    """The AQL as a fraction, or as nonconformities per unit."""
    return None if plan.aql is None else float(plan.aql) / 100


def how_exact(curve: Curve) -> str:
    """Which distribution the figures come from."""
    if curve.counts == NONCONFORMITIES:
        return _("Figures by the Poisson distribution.")
    if curve.lot_size is None:
        return _("Figures by the binomial distribution: the batch is large beside the sample.")
    return _("Figures by the hypergeometric distribution, exact for a batch of %(units)s units.") % {
        "units": words.whole(curve.lot_size)
    }


def bad_quality(curve: Curve) -> float | None:
    """A round quality that had better not pass and still does now and then; None where there is none."""
    even, hardly = curve.quality_at(0.5), curve.quality_at(0.02)
    if even is None or hardly is None:
        return None
    magnitude = floor(log10(even))
    round_values = [factor * 10.0**power for power in (magnitude, magnitude + 1) for factor in (1, 2, 3, 4, 5, 6, 8)]
    between = [p for p in round_values if even < p < hardly]
    return min(between, key=lambda p: abs(float(curve.pa(p)) - 0.15), default=None)


def sentences(plan: Plan, curve: Curve) -> list[str]:
    """What the plan is worth in one to three sentences, the last on a bad batch. Nothing where every unit is inspected."""
    if plan.inspect_all:
        return []
    even = curve.quality_at(0.5)
    if even is None:
        return [_("Every batch passes: the acceptance number is not below the number of units looked at.")]
    lines = []
    aql = aql_of(plan)
    if aql is not None:
        at_aql = _("a batch at the AQL of %(quality)s") % {"quality": words.quality(aql, curve.counts)}
        lines.append(words.chance(odds(float(curve.pa(aql))), at_aql))
    lines.append(words.even_odds(even, curve.counts))
    bad = bad_quality(curve)
    if bad is not None:
        lines.append(words.chance(odds(float(curve.pa(bad))), words.batch_with(bad, curve.counts), still=True))
    return lines


def class_worth(plan: Plan, lot_size: int) -> str:
    """The sentence on a bad batch that the plan of a class still lets pass; empty where every unit is inspected."""
    return "" if plan.inspect_all else sentences(plan, curve_for(plan, lot_size))[-1]


def cartons_worth(plan: Plan, lot_size: int, *, cartons: int, rule: str) -> str:
    """What opening a part of the cartons costs where bad units lie together: empty where all of them are opened."""
    opened = min(cartons_to_open(cartons, rule), plan.sample_size)
    curve = curve_for(plan, lot_size)
    bad = bad_quality(curve)
    if plan.inspect_all or opened >= cartons or bad is None:
        return ""
    so, wide = (
        pa_of_whole_cartons(plan, bad, cartons=cartons, opened=number)
        for number in (opened, min(cartons, plan.sample_size))
    )
    alike = (
        ""
        if plan.counts != UNITS
        else _("Where units of one carton are merely more alike (correlation %(correlation)s), it is %(chance)s.")
        % {
            "correlation": words.significant(ALIKE),
            "chance": words.percent(pa_of_alike_units(plan, bad, opened=opened, correlation=ALIKE), 2),
        }
    )
    told = _(
        "These odds are of units drawn from all %(cartons)s cartons, and %(opened)s are opened. Where bad units lie together in "
        "whole cartons, a batch with %(quality)s of them passes with a chance of %(chance)s; with every carton opened it is "
        "%(wide)s. Open all of them to be safe."
    ) % {
        "cartons": words.whole(cartons),
        "opened": words.whole(opened),
        "quality": words.quality(bad, curve.counts),
        "chance": words.percent(so, 2),
        "wide": words.percent(wide, 2),
    }
    return f"{told} {alike}".rstrip()


def whole_worth(plans: Sequence[tuple[str, Plan]], lot_size: int, measured: Sequence[VariablesPlan] = ()) -> list[str]:
    """What all plans of an inspection are worth together, in sentences: nothing where a single one samples.

    `plans` are (name in a sentence, plan), `measured` the variables plans beside them. Faults are taken to fall on units
    independently of each other. Where a unit counts in one class alone the counts hold each other down, and the product of
    the chances is an upper bound (negative association of the multinomial distribution).
    """
    sampled = [(name, plan, curve_for(plan, lot_size)) for name, plan in plans if not plan.inspect_all]
    estimated = [plan for plan in measured if not plan.inspect_all]
    if len(sampled) + len(estimated) < 2:
        return []
    lines = []
    at_aql = [float(curve.pa(aql)) for _name, plan, curve in sampled if (aql := aql_of(plan)) is not None]
    at_aql += [chances_of_acceptance(plan, [float(plan.aql) / 100])[0] for plan in estimated]
    if len(at_aql) > 1:
        batch = _("a batch that is just at the AQL in each of them")
        lines.append(words.chance(odds(prod(at_aql)), batch))
    bad = [(name, curve, p) for name, _plan, curve in sampled if (p := bad_quality(curve)) is not None]
    if len(bad) > 1:
        named = [
            _("%(quality)s %(class)s") % {"quality": words.quality(p, curve.counts, 2), "class": name}
            for name, curve, p in bad
        ]
        batch = _("a batch that is bad in several at once (%(faults)s)") % {"faults": ", ".join(named)}
        lines.append(words.chance(odds(prod(float(curve.pa(p)) for _name, curve, p in bad)), batch, still=True))
    lines.append(
        _(
            "The sentence of a class supposes that all else is good: no batch passes the whole more often than one of its parts."
        )
    )
    return lines


def worth_words(plan: VariablesPlan) -> str:
    """How often a plainly bad batch passes it: "A batch with 10 % bad units still passes about 1 time in 8."

    The bad quality is the round one that comes nearest to passing 3 times in 20. Empty where every unit is measured.
    """
    if plan.inspect_all:
        return ""
    chances = dict(zip(BAD_QUALITIES, chances_of_acceptance(plan, BAD_QUALITIES), strict=True))
    bad = min(BAD_QUALITIES, key=lambda p: abs(chances[p] - 0.15))
    return words.chance(odds(chances[bad]), words.batch_with(bad), still=True)


def _axis_text(counts: str) -> Callable[[float], str]:
    if counts == NONCONFORMITIES:
        return lambda p: words.significant(p * 100)
    return words.percent


def _axis_name(counts: str) -> str:
    return _("Nonconformities per 100 units") if counts == NONCONFORMITIES else _("Nonconforming units in the batch")


def _reach(curve: Curve) -> float:
    """The quality at which hardly a batch passes and a picture may end: the last round value of its axis."""
    return nice_ticks(curve.quality_at(0.005) or 1.0)[-1]


def _grid(reach: float) -> list[float]:
    return [reach * n / SEGMENTS for n in range(SEGMENTS + 1)]


def _line(grid: Sequence[float], values: Iterable[float]) -> list[tuple[float, float]]:
    return [(p, float(value)) for p, value in zip(grid, values, strict=True)]


def oc_figure(
    curve: Curve,
    *,
    at: Sequence[tuple[float, str]] = (),
    points: Sequence[float] = (0.95, 0.5, 0.1),
    small: bool = False,
) -> Figure:
    """The operating characteristic. `at` marks qualities by (p, name), `points` the qualities of these chances."""
    marked = [(pa, p) for pa in points if (p := curve.quality_at(pa)) is not None]
    reach = max([_reach(curve), *(nice_ticks(p)[-1] for p, _name in at)])
    chart = line_chart(
        [curve.points(_grid(reach))],
        x_high=reach,
        y_high=1.0,
        x_text=_axis_text(curve.counts),
        y_text=words.percent,
        points=[Point(p, pa, words.quality(p, curve.counts, 2)) for pa, p in marked],
        at_x=at,
    )
    desc = " ".join(
        _("%(share)s of the batches with a quality of %(quality)s are accepted.")
        % {"share": words.percent(pa), "quality": words.quality(p, curve.counts)}
        for pa, p in marked
    )
    return Figure(chart, _("Chance that a batch is accepted"), desc, _axis_name(curve.counts), _("accepted"))


def comparison_figure(curves: Sequence[tuple[str, Curve]], *, small: bool = False) -> Figure:
    """Several plans on one chart, each named on its line at a height of its own."""
    reach = max(_reach(curve) for _name, curve in curves)
    counts = NONCONFORMITIES if any(curve.counts == NONCONFORMITIES for _name, curve in curves) else UNITS
    heights = [0.8, 0.6, 0.4, 0.2]
    chart = line_chart(
        [curve.points(_grid(reach)) for _name, curve in curves],
        x_high=reach,
        y_high=1.0,
        x_text=_axis_text(counts),
        y_text=words.percent,
        points=[
            Point(p, pa, name)
            for pa, (name, curve) in zip(heights, curves, strict=False)
            if (p := curve.quality_at(pa)) is not None
        ],
        frame=SMALL if small else None,
    )
    desc = " ".join(
        _("%(plan)s accepts half of the batches with %(quality)s.")
        % {"plan": name, "quality": words.quality(p, counts)}
        for name, curve in curves
        if (p := curve.quality_at(0.5)) is not None
    )
    return Figure(chart, _("Chance that a batch is accepted, per plan"), desc, _axis_name(counts), _("accepted"))


def aoq_figure(curve: Curve) -> Figure:
    """Average outgoing quality over incoming quality."""
    aoql, worst = curve.aoql()
    reach = _reach(curve)
    grid = _grid(reach)
    text = _axis_text(curve.counts)
    chart = line_chart(
        [_line(grid, curve.aoq(grid))],
        x_high=reach,
        y_high=aoql * 1.15,
        x_text=text,
        y_text=text,
        points=[Point(worst, aoql)],
        at_y=[(aoql, _("AOQL %(quality)s") % {"quality": words.quality(aoql, curve.counts)})],
    )
    desc = _("At worst %(aoql)s goes out, when %(worst)s comes in.") % {
        "aoql": words.quality(aoql, curve.counts),
        "worst": words.quality(worst, curve.counts),
    }
    return Figure(chart, _("Average outgoing quality"), desc, _("Quality that comes in"), _("goes out"))


def asn_figure(curve: Curve, single_sample: int) -> Figure:
    """Average sample number of a double or multiple plan, with the single plan's sample beside it."""
    reach = _reach(curve)
    grid = _grid(reach)
    numbers = [float(number) for number in curve.asn(grid)]
    chart = line_chart(
        [_line(grid, numbers)],
        x_high=reach,
        y_high=max(*numbers, single_sample) * 1.1,
        x_text=_axis_text(curve.counts),
        y_text=lambda n: words.whole(round(n)),
        at_y=[(single_sample, _("single plan: %(n)s") % {"n": words.whole(single_sample)})],
    )
    desc = _("On average at most %(most)s units are inspected; the single plan takes %(single)s.") % {
        "most": words.significant(max(numbers)),
        "single": words.whole(single_sample),
    }
    return Figure(chart, _("Average sample number"), desc, _axis_name(curve.counts), _("units"))


def quality_rows(curve: Curve, aql: float | None) -> list[dict]:
    """Rows of the table beside the charts: round qualities and the AQL, with what happens to such batches."""
    grid = sorted({*nice_ticks(_reach(curve)), *([] if aql is None else [aql])})
    grid = [p for p in grid if p <= 1 or curve.counts == NONCONFORMITIES]
    several = len(curve.stages) > 1
    return [
        {
            "quality": words.quality(p, curve.counts),
            "is_aql": p == aql,
            "pa": words.percent(float(pa)),
            "aoq": words.quality(float(aoq), curve.counts),
            "asn": words.significant(float(asn)) if several else "",
        }
        for p, pa, aoq, asn in zip(grid, curve.pa(grid), curve.aoq(grid), curve.asn(grid), strict=True)
    ]


LEVELS = ("reduced", "normal", "tightened", "discontinued")


def severity_figure(steps: Sequence[Step]) -> Figure:
    """Under which severity each batch was inspected, and how it fared."""
    fate = {True: ("accepted", _("accepted")), False: ("stopped", _("not accepted")), None: ("waiting", _("waits"))}
    chart = step_chart(
        [LEVELS.index(step.before.status) for step in steps],
        names=[str(SEVERITIES[level]) for level in LEVELS],
        labels=[fate[step.accepted][1] for step in steps],
        tones=[fate[step.accepted][0] for step in steps],
    )
    desc = _(
        "Inspection was normal for %(normal)s, tightened for %(tightened)s and reduced for %(reduced)s batches."
    ) % {level: sum(step.before.status == level for step in steps) for level in LEVELS}
    return Figure(chart, _("Severity from batch to batch"), desc, _("Batch"), "")


def interval_figure(intervals: Sequence[tuple[float, float, str]], nonconforming: int, n: int) -> Figure:
    """The intervals of a proportion over one axis."""
    chart = interval_chart(
        intervals, estimate=nonconforming / n, x_text=words.percent, estimate_text=words.percent(nonconforming / n)
    )
    desc = " ".join(f"{name}: {words.percent(low)} – {words.percent(high)}." for low, high, name in intervals)
    return Figure(chart, _("Where the true rate may be"), desc, _("Nonconforming units"), "")

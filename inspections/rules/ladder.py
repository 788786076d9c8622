"""One characteristic over the batches of a product: control limits, signals, what moved, capability. Pure."""

import logging
from dataclasses import dataclass, replace

import numpy as np
import scipy

from inspections.rules.drift import (
    SLOW,
    SLOW_BY_CHANCE,
    Change,
    Ewma,
    change_in_mean,
    change_in_rate,
    change_in_spread,
    ewma,
    slow_drift,
)
from inspections.sampling import SamplingError
from inspections.sampling.control_charts import (
    Chart,
    Signal,
    individuals_of,
    laney,
    nelson,
    p_chart,
    u_chart,
    western_electric,
    xbar_of_summaries,
)
from inspections.sampling.intervals import Capability, capability_of_summaries

MEASURED, UNITS, NONCONFORMITIES = "measured", "units", "nonconformities"
FEWEST_FOR_LIMITS = 8
ENOUGH_FOR_LIMITS = 20
BASE = 25
# Ranges lose little against standard deviations up to this size of subgroup (Montgomery, ch. 6).
LARGEST_FOR_RANGES = 10
ODD_BATCHES = 2
# A mean that moved by less than this part of the spread of the units is no news, however sure it is.
SMALLEST_MOVE = 0.25
SMALLEST_WIDENING = 1.1

SHORT, STEADY, IMPROVED, DRIFTING, UNCOMPUTED = "short", "steady", "improved", "drifting", "uncomputed"
# Why there is no capability: those of SamplingError, and a figure that failed.
FAILED = "failed"
COMPUTING = (ArithmeticError, ValueError, RuntimeError)  # what a numeric routine raises of numbers it cannot do

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What first inspections found of one characteristic, batch after batch.

    `values` are means of what was measured, else counts. `sds` (nan where one unit was read), `lows` and `highs` are
    of the units of each batch; `lower`, `upper` and `target` are what was agreed at the time, nan where nothing was.
    `base` are the indices of the batches that the control limits come from, `watched` those in which a change is looked
    for.
    """

    kind: str
    sizes: np.ndarray
    values: np.ndarray
    base: np.ndarray
    watched: np.ndarray
    is_base_chosen: bool = False
    sds: np.ndarray | None = None
    lows: np.ndarray | None = None
    highs: np.ndarray | None = None
    lower: np.ndarray | None = None
    upper: np.ndarray | None = None
    target: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def levels(self) -> np.ndarray:
        """What is drawn: means, or counts per unit."""
        return self.values if self.kind == MEASURED else self.values / self.sizes

    def limit(self, which: np.ndarray | None) -> float | None:
        """A limit as the newest batch has it."""
        return None if which is None or not len(which) or np.isnan(which[-1]) else float(which[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a series says. Without `chart` it is too short for control limits.

    `method` names where the limits come from, `charts` holds those of every method that applies. `changes` are the most
    likely ones of the mean or the rate, and of the spread, signals or not. `move` is the change in
    the mean or the rate, `spread_move` that in the spread within batches, both only where they are signals; `before` and
    `now` are the capabilities on both sides of the last of them, `before` None where nothing moved. `undefined` says why
    there is no capability now: a code of SamplingError, or FAILED.
    """

    state: str
    kind: str
    base: np.ndarray
    method: str = ""
    chart: Chart | None = None
    charts: dict[str, Chart]
    spread: Chart | None = None
    spread_method: str = ""
    ewma: Ewma | None = None
    signals: list[Signal]
    changes: dict[str, Change]
    move: Change | None = None
    spread_move: Change | None = None
    before: Capability | None = None
    now: Capability | None = None
    undefined: str = ""
    between: float | None = None  # how much more batches differ than their inner spread explains, where that matters

    @property
    def moves(self) -> list[tuple[str, Change]]:
        """What moved, the latest last: mean, spread or rate."""
        found = [("mean" if self.kind == MEASURED else "rate", self.move), ("spread", self.spread_move)]
        return sorted(((what, change) for what, change in found if change), key=lambda pair: pair[1].first)

    @property
    def since(self) -> int | None:
        """The first batch after what moved last."""
        return self.moves[-1][1].first if self.moves else None


def read(series: Series) -> Reading:
    """What a series says. It never raises: figures that cannot be computed are logged and are not there, so that one
    characteristic takes no other's ladder or drift with it.
    """
    try:
        return _read(series)
    except COMPUTING:
        logger.exception("a series of %s batches cannot be read", len(series))
        return Reading(
            state=UNCOMPUTED, kind=series.kind, base=series.base, charts={}, signals=[], changes={}, undefined=FAILED
        )


def _read(series: Series) -> Reading:
    changes = _changes(series)
    move, spread_move = _moves(series, changes)
    found = Reading(
        state=STEADY, kind=series.kind, base=series.base, charts={}, signals=[], changes=changes, move=move,
        spread_move=spread_move,
    )  # fmt: skip
    since = found.since
    if since is None:
        now, undefined = _capability(series, series.watched)
        found = replace(found, now=now, undefined=undefined)
    else:
        before, _why = _capability(series, series.watched[series.watched < since])
        now, undefined = _capability(series, series.watched[series.watched >= since])
        found = replace(found, before=before, now=now, undefined=undefined)
        found = replace(found, state=DRIFTING if _is_worse(found) else IMPROVED)
    earlier = series.base[series.base < since] if since is not None and not series.is_base_chosen else series.base
    base = earlier if len(earlier) >= FEWEST_FOR_LIMITS else series.base  # as it was before it moved
    if len(base) < FEWEST_FOR_LIMITS:
        return found if since is not None else replace(found, state=SHORT)
    if series.kind != MEASURED and not series.values[base].any():
        return replace(found, base=base)  # limits around nothing would call the first nonconforming unit a signal
    return _with_charts(replace(series, base=base), found)


def _changes(series: Series) -> dict[str, Change]:
    """The most likely change of the mean or the rate, and of the spread, with indices into the series."""
    kept = series.watched
    values, sizes = series.values[kept], series.sizes[kept]
    if series.kind == MEASURED:
        found = {"mean": change_in_mean(values)}
    else:
        found = {"rate": change_in_rate(values, sizes, several_per_unit=series.kind == NONCONFORMITIES)}
    changes = {what: replace(change, first=int(kept[change.first])) for what, change in found.items() if change}
    several = kept[series.sizes[kept] > 1]  # a batch of which one unit was read says nothing of the spread
    if series.sds is not None and (spread := change_in_spread(series.sds[several], series.sizes[several])):
        changes["spread"] = replace(spread, first=int(several[spread.first]))
    return changes


def _moves(series: Series, changes: dict[str, Change]) -> tuple[Change | None, Change | None]:
    """The changes of the level and of the spread that are signals, and large enough to matter."""
    signals = {what: change for what, change in changes.items() if change.is_signal}
    spread = signals.get("spread")
    typical = _typical_spread(series)
    move = signals.get("mean") or signals.get("rate") or _slow(series)
    if move and series.kind == MEASURED and typical and abs(move.size) < SMALLEST_MOVE * typical:
        move = None
    if spread and max(spread.before, spread.after) < SMALLEST_WIDENING * min(spread.before, spread.after):
        spread = None
    return move, spread


def _slow(series: Series) -> Change | None:
    """What the moving average sees that no split is marked enough for."""
    points, least = series.values, 0.0
    if series.kind != MEASURED:
        if series.values[series.base].sum() < max(len(series.base), 1):
            return None  # counts of less than one per batch are too far from normal
        chart = p_chart if series.kind == UNITS else u_chart
        points, least = chart(series.values, series.sizes, base=series.base).z, 1.0
    first = slow_drift(points, base=series.base, watched=series.watched, least=least)
    if first is None:
        return None
    before, after = (
        float((series.levels * series.sizes)[part].sum() / series.sizes[part].sum())
        if series.kind != MEASURED
        else float(series.values[part].mean())
        for part in (series.watched[series.watched < first], series.watched[series.watched >= first])
    )
    return Change(first, before, after, SLOW_BY_CHANCE, SLOW)


def _typical_spread(series: Series) -> float | None:
    """The standard deviation of units within batches; None where single units were read."""
    if series.sds is None:
        return None
    known = series.watched[series.sizes[series.watched] > 1]
    weights = series.sizes[known] - 1
    return float(np.sqrt((weights * series.sds[known] ** 2).sum() / weights.sum())) if len(known) else None


def _is_worse(found: Reading) -> bool:
    if found.spread_move and found.spread_move.size > 0:
        return True
    if not found.move:
        return False
    if found.before and found.now:
        before, now = (of.cpk or of.ppk for of in (found.before, found.now))
        return now.value < before.value
    return found.move.size > 0  # a rate; of a measure without capability nobody can say, so it is shown


def _capability(series: Series, part: np.ndarray) -> tuple[Capability | None, str]:
    """That of some batches, or why there is none; "" where none is asked for."""
    lower, upper = series.limit(series.lower), series.limit(series.upper)
    if series.kind != MEASURED or series.sds is None or (lower is None and upper is None):
        return None, ""
    try:
        return capability_of_summaries(
            series.values[part], series.sds[part], series.sizes[part], lower=lower, upper=upper
        ), ""  # fmt: skip
    except SamplingError as error:
        return None, error.code
    except COMPUTING:
        logger.exception("a capability of %s batches cannot be computed", len(part))
        return None, FAILED


def _with_charts(series: Series, found: Reading) -> Reading:
    spread, spread_method, between = None, "", None
    if series.kind != MEASURED:
        method, chart_of = ("p", p_chart) if series.kind == UNITS else ("u", u_chart)
        by_chance = chart_of(series.values, series.sizes, base=series.base)
        charts = {method: by_chance, f"{method}-laney": laney(by_chance, base=series.base)}
        between = _excess_of_counts(by_chance, series.base)
        method = f"{method}-laney" if between else method
    else:
        charts, spread = _charts_of_means(series)
        method = next(iter(charts))
        if method != "individuals":
            spread_method = method.replace("xbar", "spread")
            between = _excess_between(charts[method], charts["individuals"], series.base)
            method = "individuals" if between else method
    chart = charts[method]
    moving = ewma(chart)
    return replace(
        found,
        base=series.base,
        method=method,
        chart=chart,
        charts=charts,
        spread=spread,
        spread_method=spread_method,
        ewma=moving,
        signals=_all_signals(chart, moving),
        between=between,
    )


def _charts_of_means(series: Series) -> tuple[dict[str, Chart], Chart | None]:
    """The chart by ranges or standard deviations first, whichever is usual for the size; the chart of the latter."""
    sizes, base = series.sizes, series.base
    several = sizes[base][sizes[base] > 1]
    if series.sds is None or len(several) < FEWEST_FOR_LIMITS or np.any(np.isnan(series.sds[sizes > 1])):
        return {"individuals": individuals_of(series.values, base=base)}, None
    charts, spreads = {}, []
    if len(set(several)) == 1 and several[0] <= 25 and series.lows is not None and series.highs is not None:
        ranges = series.highs - series.lows
        charts["xbar-r"], by_range = xbar_of_summaries(series.values, ranges, sizes, of="range", base=base)
        spreads.append(by_range)
    charts["xbar-s"], by_sd = xbar_of_summaries(series.values, series.sds, sizes, base=base)
    spreads.append(by_sd)
    if len(charts) == 2 and several[0] > LARGEST_FOR_RANGES:
        charts = dict(reversed(charts.items()))
        spreads.reverse()
    within = None if len(set(sizes)) == 1 else next(iter(charts.values())).sigma
    return charts | {"individuals": individuals_of(series.values, base=base, within=within)}, spreads[0]


def _excess_between(within: Chart, single: Chart, base: np.ndarray) -> float | None:
    """How many times the means of the base vary as much as the spread within explains; None where chance may do so.

    By the moving range of the means, which a slow drift hardly widens; its degrees of freedom are about 0.62 (k - 1).
    """
    expected, seen = float(within.sigma[base].mean()), float(single.sigma[base].mean())
    if not expected or not seen:
        return None
    return _excess(seen / expected, len(within.points[base]))


def _excess_of_counts(by_chance: Chart, base: np.ndarray) -> float | None:
    """The same of shares or counts: how much more the standardized ones vary from batch to batch than chance explains."""
    if not np.any(by_chance.sigma > 0):
        return None
    z = by_chance.z[base]
    z = np.delete(z, np.argsort(np.abs(z))[-ODD_BATCHES:])  # one or two odd batches are told as such
    return _excess(float(np.abs(np.diff(z)).mean()) * np.sqrt(np.pi) / 2, len(z))


def _excess(ratio: float, batches: int) -> float | None:
    return ratio if scipy.stats.f.sf(ratio**2, 0.62 * (batches - 1), 1e6) < 0.001 else None


def _all_signals(chart: Chart, moving: Ewma) -> list[Signal]:
    """Nelson's tests, those of Western Electric that are none of them, and the EWMA; the newest first.

    Patterns of one rule that touch or overlap are one signal.
    """
    same = {"western-electric-1", "western-electric-2", "western-electric-3"}
    found = nelson(chart) + [signal for signal in western_electric(chart) if signal.rule not in same]
    found += [Signal("ewma", index, index) for index in moving.outside]
    merged: list[Signal] = []
    for signal in sorted(found, key=lambda each: (each.rule, each.first)):
        last = merged[-1] if merged else None
        if last and last.rule == signal.rule and signal.first <= last.last + 1:
            merged[-1] = Signal(signal.rule, last.first, max(last.last, signal.last))
        else:
            merged.append(signal)
    return sorted(merged, key=lambda signal: (-signal.last, signal.rule))

"""Geometry of a pilot run's pictures: rates against their limits, and what there was most of. Pure.

Coordinates are in units of the viewBox, y downwards, rounded to a tenth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inspections.charts.geometry import Frame, Scale, Text, Tick, nice_ticks

ROW = 54


@dataclass(frozen=True, slots=True)
class RateBar:
    """One rate: the line of its two-sided interval, the dot of what was seen (None of no units) and its limit."""

    label: str
    value: str
    tone: str
    y: float
    label_y: float
    low: float
    high: float
    seen: float | None
    limit: float | None
    limit_label: str


@dataclass(frozen=True, slots=True)
class RateChart:
    frame: Frame
    x_ticks: tuple[Tick, ...]
    bars: tuple[RateBar, ...]


def rate_chart(
    rates: Sequence[tuple[str, str, str, float, float, float | None, float | None, str]], *, x_text: Text
) -> RateChart:
    """`rates` are (label, value, tone, low, high, seen, limit, name of the limit), all shares as fractions.

    The axis ends where the widest interval or the highest limit does; nothing known reaches to 100 %.
    """
    frame = Frame(height=14 + ROW * len(rates) + 34, left=10, right=22, top=14, bottom=34)
    ticks = nice_ticks(max(max(high, limit or 0) for _l, _v, _t, _low, high, _s, limit, _n in rates), most=5)
    ticks = tuple(tick for tick in ticks if tick <= 1) or ticks
    x = Scale(0, ticks[-1], frame.left, frame.x_end)
    bars = tuple(
        RateBar(
            label,
            value,
            tone,
            frame.top + ROW * row + 34,
            frame.top + ROW * row + 16,
            x(low),
            x(high),
            None if seen is None else x(seen),
            None if limit is None else x(limit),
            name,
        )
        for row, (label, value, tone, low, high, seen, limit, name) in enumerate(rates)
    )
    return RateChart(frame, tuple(Tick(x(value), x_text(value)) for value in ticks), bars)


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """`width` of the bar, `norm` where the bar of the norm would end, `share` of all up to this row (a fraction)."""

    label: str
    count: int
    y: float
    label_y: float
    width: float
    norm: float | None
    cumulative: float


@dataclass(frozen=True, slots=True)
class Pareto:
    frame: Frame
    rows: tuple[ParetoRow, ...]
    total: int


def pareto(counts: Sequence[tuple[str, int, float | None]]) -> Pareto | None:
    """Bars of (label, count, expected count by a norm), the longest first. None where nothing was counted."""
    ordered = sorted(counts, key=lambda entry: -entry[1])
    total = sum(count for _label, count, _expected in ordered)
    if not total:
        return None
    frame = Frame(height=8 + 40 * len(ordered), left=0, right=60, top=8, bottom=0)
    longest = max(max(count, expected or 0) for _label, count, expected in ordered)
    x = Scale(0, longest, 0, frame.x_end)
    rows, so_far = [], 0
    for index, (label, count, expected) in enumerate(ordered):
        so_far += count
        top = frame.top + 40 * index
        rows.append(
            ParetoRow(
                label, count, top + 18, top + 12, x(count), None if expected is None else x(expected), so_far / total
            )
        )
    return Pareto(frame, tuple(rows), total)

"""The picture of one characteristic over the batches of a product. Pure.

From left to right: the golden sample, the pilot run, then a point per batch with the range of its units.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from inspections.charts.geometry import Frame, Guide, Scale, Text, Tick, nice_ticks
from inspections.rules.ladder import DRIFTING, MEASURED, Reading, Series

WIDE = Frame(width=1120, height=330, left=64, right=20, top=26, bottom=34)
PHONE = Frame(width=358, height=300, left=46, right=12, top=26, bottom=34)
SMALL = Frame(width=300, height=86, left=6, right=6, top=8, bottom=8)
GOLDEN_RATIO = 0.6180339887


class Mark(NamedTuple):
    """A batch: where it stands, its range, what it is, and the address behind it; flagged where there is more to say, and
    `beyond` the picture above or below where it lies far off all others."""

    x: float
    y: float
    top: float
    bottom: float
    tone: str
    label: str
    url: str
    is_flagged: bool = False
    beyond: str = ""


class Dot(NamedTuple):
    x: float
    y: float
    beyond: str = ""


class Line(NamedTuple):
    path: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`band` is the room between the limits, `limits` and `control` their lines; `start` is where the batches begin."""

    frame: Frame
    start: float
    marks: tuple[Mark, ...]
    line: str
    band: str = ""
    limits: tuple[str, ...] = ()
    target: str = ""
    centre: str = ""
    control: tuple[str, ...] = ()
    ewma: str = ""
    others: tuple[Line, ...] = ()
    golden: Dot | None = None
    pilot: tuple[Dot, ...] = ()
    golden_x: float = 0
    pilot_x: float = 0
    since: Guide | None = None
    x_ticks: tuple[Tick, ...] = ()
    y_ticks: tuple[Tick, ...] = ()

    @property
    def beyond(self) -> int:
        """How many batches lie outside of it."""
        return sum(bool(mark.beyond) for mark in self.marks)

    @property
    def radius(self) -> float:
        """Of a point: smaller where they stand closer."""
        room = (self.frame.x_end - self.start) / max(len(self.marks), 1)
        return round(min(4.0, max(1.2, room / 3)), 1)

    @property
    def since_ends(self) -> bool:
        """Whether the words beside the line have to end there, to stay within the picture."""
        return self.since is not None and self.since.x1 > self.frame.x_middle


def frame_room(frame: Frame) -> int:
    """How many of the newest batches a picture shows: all of them, but where there is no room for points to touch."""
    return {SMALL: 40, PHONE: 60}.get(frame, 10**6)


def picture(
    series: Series,
    reading: Reading,
    *,
    frame: Frame,
    numbers: Sequence[str],
    label: Callable[[int], str],
    url: Callable[[int], str],
    text: Text,
    flagged: Callable[[int], bool] = lambda _index: False,
    since_label: str = "",
    golden: float | None = None,
    pilot: Sequence[float] = (),
    others: Sequence[tuple[str, np.ndarray]] = (),
    with_ewma: bool = False,
) -> Picture:
    """`text` writes a value at the axis; `label` and `url` are those of a batch by its index. `others` are the levels of other suppliers, drawn so that the newest meet."""
    is_small = frame is SMALL
    first = max(len(series) - frame_room(frame), 0)
    y = _y_scale(series, reading, frame, first, golden, pilot, others, is_small=is_small)
    start: float = frame.left
    has_golden, has_pilot = golden is not None and not is_small, bool(len(pilot)) and not is_small
    step = 0.075 * frame.width + 8
    golden_x = start + step / 2 if has_golden else 0.0
    start += step if has_golden else 0
    pilot_x = start + step / 2 if has_pilot else 0.0
    start += step if has_pilot else 0
    x = Scale(first - 0.6, max(len(series) - 0.4, first + 3.4), start, frame.x_end)
    shown = range(first, len(series))
    at = x.many(np.arange(first, len(series)))
    levels, chart = series.levels, reading.chart
    highs, lows = (levels if ends is None else ends for ends in (series.highs, series.lows))
    heights = [y.many(values[first:]) for values in (levels, highs, lows)]

    def through(values: np.ndarray) -> str:
        return _path(list(zip(at, y.many(values[first:]), strict=True)))

    def steps(values: np.ndarray | None, left: float) -> str:
        """A line that is level but where the value changes; none where there is no value."""
        known = [] if values is None else [i for i in shown if not np.isnan(values[i])]
        if values is None or not known:
            return ""
        corners = [(left, y(float(values[known[0]])))]
        for before, i in pairwise(known):
            if values[i] != values[before]:
                corners += [(x(i - 0.5), y(float(values[before]))), (x(i - 0.5), y(float(values[i])))]
        return _path([*corners, (frame.x_end, y(float(values[known[-1]])))])

    since = None
    if reading.since is not None and reading.since >= first:
        line_x = x(reading.since - 0.5)
        since = Guide(line_x, frame.top - 4, line_x, frame.y_end, frame.top - 10, since_label)
    return Picture(
        frame=frame,
        start=start,
        marks=tuple(
            Mark(
                mark_x,
                mark_y,
                top,
                bottom,
                _tone(series, reading, i),
                label(i),
                url(i),
                flagged(i),
                _beyond(y, float(levels[i])),
            )
            for i, mark_x, mark_y, top, bottom in zip(shown, at, *heights, strict=True)
        ),
        line=through(levels),
        band=_band(series, x, y, frame, first),
        limits=tuple(filter(None, (steps(series.lower, frame.left), steps(series.upper, frame.left)))),
        target=steps(series.target, frame.left),
        centre="" if chart is None else f"M{start:g} {y(chart.centre)}H{frame.x_end}",
        control=() if chart is None or is_small else _control(chart.lower, chart.upper, steps, start, levels),
        ewma=through(reading.ewma.points) if with_ewma and reading.ewma else "",
        others=() if is_small else tuple(_other(name, values, x, y, len(series)) for name, values in others),
        golden=Dot(golden_x, y(golden), _beyond(y, golden)) if golden is not None and has_golden else None,
        pilot=tuple(
            Dot(round(pilot_x + ((k * GOLDEN_RATIO) % 1 - 0.5) * step * 0.7, 1), y(value))
            for k, value in enumerate(pilot)
        )
        if has_pilot
        else (),
        golden_x=golden_x,
        pilot_x=pilot_x,
        since=since,
        x_ticks=() if is_small else _x_ticks(numbers[first:], at, frame, start),
        y_ticks=() if is_small else _y_ticks(series, reading, y, text),
    )


def _control(
    lower: np.ndarray, upper: np.ndarray, steps: Callable[[np.ndarray, float], str], start: float, levels: np.ndarray
) -> tuple[str, ...]:
    """A limit at 0 that no point can go below is none."""
    lines = [steps(upper, start)]
    if np.any(lower > 0) or np.any(levels < 0):
        lines.append(steps(lower, start))
    return tuple(lines)


def _tone(series: Series, reading: Reading, index: int) -> str:
    """stopped: units or the batch beyond a limit; warning: since the drift began."""
    if series.kind == MEASURED:
        if _is_beyond(series.lows, series.lower, index) or _is_beyond(series.upper, series.highs, index):
            return "stopped"
    elif series.levels[index] > (0 if reading.chart is None else reading.chart.upper[index]):
        return "stopped"
    return "warning" if reading.state == DRIFTING and reading.since is not None and index >= reading.since else ""


def _is_beyond(smaller: np.ndarray | None, larger: np.ndarray | None, index: int) -> bool:
    """Whether what should be larger is smaller."""
    return smaller is not None and larger is not None and bool(smaller[index] < larger[index])


# Tukey's far-out fences, in interquartile ranges beyond a quartile; of fewer values than these none is far off.
FAR_OUT = 3
FEWEST_FOR_FENCES = 5


def _usual(values: np.ndarray, room: float) -> np.ndarray:
    """Without what lies far outside of all others (J. W. Tukey, Exploratory Data Analysis, 1977), and farther than `room`,
    the width of what is agreed."""
    values = values[np.isfinite(values)]
    if len(values) < FEWEST_FOR_FENCES:
        return values
    low, high = np.quantile(values, [0.25, 0.75])
    reach = max(FAR_OUT * (high - low), room)
    return values[(values >= low - reach) & (values <= high + reach)] if reach > 0 else values


def _beyond(y: Scale, value: float) -> str:
    return "above" if value > y.high else "below" if value < y.low else ""


def _y_scale(
    series: Series,
    reading: Reading,
    frame: Frame,
    first: int,
    golden: float | None,
    pilot: Sequence[float],
    others: Sequence[tuple[str, np.ndarray]],
    *,
    is_small: bool,
) -> Scale:
    """What is agreed and what batches usually show. One batch, sample or unit far off changes the scale of none."""
    agreed = [limits[first:] for limits in (series.lower, series.upper) if limits is not None]
    ends = np.concatenate(agreed) if agreed else np.array([])
    ends = ends[np.isfinite(ends)]
    room = float(ends.max() - ends.min()) if len(ends) else 0.0
    shown = [series.levels, *(extra for extra in (series.lows, series.highs) if extra is not None)]
    values = [ends, *(_usual(extra[first:], room) for extra in shown)]
    if not is_small:
        values += [_usual(levels, room) for _name, levels in others]
    if series.kind != MEASURED:
        values.append(np.zeros(1))
        if reading.chart is not None:
            values.append(_usual(reading.chart.upper, room))
    known = np.concatenate([np.asarray(part, float) for part in values])
    known = known[np.isfinite(known)]
    low, high = float(known.min()), float(known.max())
    if not is_small:
        width = high - low or abs(high)
        near = [value for value in (golden, *pilot) if value is not None and low - width <= value <= high + width]
        low, high = min([low, *near]), max([high, *near])
    margin = (high - low or abs(high) or 1) * 0.08
    if series.kind != MEASURED:
        return Scale(0, high + margin, frame.y_end, frame.top)
    return Scale(low - margin, high + margin, frame.y_end, frame.top)


def _band(series: Series, x: Scale, y: Scale, frame: Frame, first: int) -> str:
    """The room between the limits, open towards the side that has none."""
    if series.kind != MEASURED or series.lower is None or series.upper is None:
        return ""
    lower = np.where(np.isnan(series.lower), y.low, series.lower)
    upper = np.where(np.isnan(series.upper), y.high, series.upper)
    shown = range(first, len(series))
    if not shown:
        return ""
    changes = [i for i in shown if i > first and (upper[i], lower[i]) != (upper[i - 1], lower[i - 1])]
    edges = pairwise([frame.left, *(x(i - 0.5) for i in changes), frame.x_end])
    pieces = list(zip(edges, [first, *changes], strict=True))
    outline = [(at, y(float(upper[i]))) for ends, i in pieces for at in ends]
    outline += [(at, y(float(lower[i]))) for ends, i in reversed(pieces) for at in reversed(ends)]
    return _path(outline) + "Z"


def _other(name: str, levels: np.ndarray, x: Scale, y: Scale, length: int) -> Line:
    offset = length - len(levels)
    points = [(x(offset + i), y(float(level))) for i, level in enumerate(levels) if offset + i >= 0]
    return Line(_path(points), name)


def _x_ticks(numbers: Sequence[str], at: Sequence[float], frame: Frame, start: float) -> tuple[Tick, ...]:
    """As many batch numbers as have room, the newest among them."""
    if not numbers:
        return ()
    room = 7.2 * max(map(len, numbers)) + 16
    step = max(1, -(-len(numbers) // max(1, int((frame.x_end - start) // room))))
    return tuple(Tick(at[i], numbers[i]) for i in range(len(numbers) - 1, -1, -step))[::-1]


def _y_ticks(series: Series, reading: Reading, y: Scale, text: Text) -> tuple[Tick, ...]:
    """At the limits and the target of the newest batch; even steps where there are none."""
    if series.kind != MEASURED:
        return tuple(Tick(y(value), text(value)) for value in nice_ticks(y.high, most=5) if value <= y.high)
    values = [series.limit(which) for which in (series.lower, series.target, series.upper)]
    known = [value for value in values if value is not None]
    if len(known) < 2 and reading.chart is not None:
        known.append(reading.chart.centre)
    return tuple(Tick(y(value), text(value)) for value in known)


def _path(points: Sequence[tuple[float, float]]) -> str:
    kept = [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]
    return "M" + "L".join(f"{a:g} {b:g}" for a, b in kept) if kept else ""

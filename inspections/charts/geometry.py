"""Geometry of charts: from numbers to what an SVG template draws.

Coordinates are in units of the viewBox, y downwards, rounded to a tenth. Values are in the units of the data; how a value
reads on an axis is the caller's `x_text` and `y_text`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, isclose, log10
from typing import NamedTuple

import numpy as np

Text = Callable[[float], str]
MOST_TICKS = 6


class Point(NamedTuple):
    x: float
    y: float
    label: str = ""
    tone: str = ""


class Tick(NamedTuple):
    at: float
    label: str


class Guide(NamedTuple):
    """A straight line across the plot, its label and the height at which that stands."""

    x1: float
    y1: float
    x2: float
    y2: float
    label_y: float
    label: str


class Bar(NamedTuple):
    """A horizontal range, its two ends and the height at which its label stands."""

    x1: float
    x2: float
    y: float
    label_y: float
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The viewBox and the margins around the plot in it."""

    width: int = 480
    height: int = 280
    left: int = 54
    right: int = 18
    top: int = 18
    bottom: int = 50

    @property
    def x_end(self) -> int:
        return self.width - self.right

    @property
    def y_end(self) -> int:
        return self.height - self.bottom

    @property
    def x_middle(self) -> float:
        return (self.left + self.x_end) / 2

    @property
    def x_late(self) -> float:
        """From here on a word stands before its line: after it, it would not end within the picture."""
        return self.left + (self.x_end - self.left) * 0.8


@dataclass(frozen=True, slots=True)
class Chart:
    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    verticals: tuple[Guide, ...] = ()
    horizontals: tuple[Guide, ...] = ()
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value stands between two coordinates. Values beyond an end stand at that end."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)

    def many(self, values: np.ndarray) -> list[float]:
        """Of each of the values, all of them known."""
        share = np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)
        return [float(at) for at in np.round(self.start + share * (self.end - self.start), 1)]


def nice_ticks(high: float, *, most: int = MOST_TICKS) -> tuple[float, ...]:
    """Round values in even steps from 0 to the first that reaches `high`, at most `most` steps."""
    if high <= 0:
        return (0.0, 1.0)
    magnitude = 10.0 ** floor(log10(high / most))
    step = next(step for factor in (1, 2, 2.5, 5, 10, 20) if _reaches(step := magnitude * factor, most, high))
    count = next(count for count in range(1, most + 1) if _reaches(step, count, high))
    return tuple(round(step * n, 12) for n in range(count + 1))


def _reaches(step: float, count: int, high: float) -> bool:
    return step * count > high or isclose(step * count, high)


def line_chart(
    lines: Sequence[Sequence[tuple[float, float]]],
    *,
    x_high: float,
    y_high: float,
    x_text: Text,
    y_text: Text,
    points: Sequence[Point] = (),
    at_x: Sequence[tuple[float, str]] = (),
    at_y: Sequence[tuple[float, str]] = (),
    frame: Frame | None = None,
) -> Chart:
    """Curves over two axes that begin at 0 and end at the first round value from `x_high` and `y_high` on.

    `points` are marked on the plot, `at_x` and `at_y` are (value, label) of vertical and horizontal guides.
    """
    frame = frame or Frame()
    x_values, y_values = nice_ticks(x_high), nice_ticks(y_high, most=5)
    x = Scale(0, x_values[-1], frame.left, frame.x_end)
    y = Scale(0, y_values[-1], frame.y_end, frame.top)
    paths = [[(x(a), y(b)) for a, b in line if a <= x.high] for line in lines]

    def vertical(at: float, label: str) -> Guide:
        """Its label stands where the first line leaves room: at the foot of a high curve, at the head of a low one."""
        is_high = _height(paths[0], x(at)) < (frame.top + frame.y_end) / 2
        return Guide(x(at), frame.top, x(at), frame.y_end, frame.y_end - 7 if is_high else frame.top + 12, label)

    return Chart(
        frame,
        tuple(Tick(x(value), x_text(value)) for value in x_values),
        tuple(Tick(y(value), y_text(value)) for value in y_values),
        tuple(_path(path) for path in paths),
        tuple(point._replace(x=x(point.x), y=y(point.y)) for point in points),
        tuple(vertical(at, label) for at, label in at_x if 0 <= at <= x.high),
        tuple(Guide(frame.left, y(at), frame.x_end, y(at), y(at) - 5, name) for at, name in at_y if 0 <= at <= y.high),
    )


def step_chart(
    levels: Sequence[int],
    *,
    names: Sequence[str],
    labels: Sequence[str] = (),
    tones: Sequence[str] = (),
    frame: Frame | None = None,
) -> Chart:
    """A state over a sequence: `levels` are positions in `names`, the first of which is drawn at the bottom.

    Each entry is marked, with its label and its tone; the ticks along the x axis count the entries from 1.
    """
    frame = frame or Frame(left=124)
    x = Scale(0.5, max(len(levels), 1) + 0.5, frame.left, frame.x_end)
    y = Scale(-0.5, len(names) - 0.5, frame.y_end, frame.top)
    corners = [(x(n + side), y(level)) for n, level in enumerate(levels, start=1) for side in (-0.5, 0.5)]
    step = max(1, -(-len(levels) // 12))
    return Chart(
        frame,
        tuple(Tick(x(n), str(n)) for n in range(1, len(levels) + 1) if n == 1 or n % step == 0),
        tuple(Tick(y(level), name) for level, name in enumerate(names)),
        (_path(corners),) if corners else (),
        tuple(
            Point(x(n), y(level), label, tone)
            for n, (level, label, tone) in enumerate(zip(levels, labels, tones, strict=True), start=1)
        ),
    )


def interval_chart(
    intervals: Sequence[tuple[float, float, str]], *, estimate: float, x_text: Text, estimate_text: str
) -> Chart:
    """Ranges one under the other over an axis from 0, and the estimate that they surround as a guide."""
    frame = Frame(height=24 + 52 * len(intervals) + 56, left=18, top=24)
    x_values = nice_ticks(max(high for _, high, _ in intervals))
    x = Scale(0, x_values[-1], frame.left, frame.x_end)
    return Chart(
        frame,
        tuple(Tick(x(value), x_text(value)) for value in x_values),
        (),
        verticals=(Guide(x(estimate), frame.top, x(estimate), frame.y_end, frame.top - 6, estimate_text),),
        bars=tuple(
            Bar(x(low), x(high), frame.top + 52 * row + 36, frame.top + 52 * row + 24, label)
            for row, (low, high, label) in enumerate(intervals)
        ),
    )


def _height(path: Sequence[tuple[float, float]], x: float) -> float:
    """The y of the last point of a path up to x."""
    return max((point for point in path if point[0] <= x), default=path[0])[1]


def _path(points: Sequence[tuple[float, float]]) -> str:
    """The d of an SVG path through the points; points that stand where the one before stood are left out."""
    kept = [point for n, point in enumerate(points) if n == 0 or point != points[n - 1]]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) if kept else ""

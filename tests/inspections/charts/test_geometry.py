"""Geometry: what is drawn stands where its value says."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.charts.geometry import Frame, Point, Scale, interval_chart, line_chart, nice_ticks, step_chart


def numbers(path):
    return [tuple(map(float, pair.split())) for pair in re.split("[ML]", path) if pair]


@pytest.mark.parametrize(
    ("high", "ticks"),
    [
        (1, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (0.16, (0, 0.05, 0.1, 0.15, 0.2)),
        (7, (0, 2, 4, 6, 8)),
        (100, (0, 20, 40, 60, 80, 100)),
        (0, (0, 1)),
    ],
)
def test_ticks_are_round_and_reach_the_highest_value(high, ticks):
    assert nice_ticks(high) == ticks


@given(st.floats(1e-9, 1e9), st.integers(2, 12))
def test_ticks_are_even_and_few_and_reach_far_enough_but_not_a_step_too_far(high, most):
    ticks = nice_ticks(high, most=most)

    assert 2 <= len(ticks) <= most + 1
    assert ticks[0] == 0
    assert ticks[-1] >= high * (1 - 1e-6)
    assert ticks[-2] < high
    assert [b - a for a, b in pairwise(ticks)] == pytest.approx([ticks[1]] * (len(ticks) - 1))


def test_a_scale_turns_values_into_coordinates_and_stops_at_its_ends():
    y = Scale(0, 1, 230, 30)

    assert [y(value) for value in (0, 0.25, 1, 1.5, -1)] == [230, 180, 30, 30, 230]


def test_a_line_chart_stands_in_its_frame_with_the_y_axis_upwards():
    frame = Frame(width=100, height=100, left=10, right=10, top=10, bottom=10)

    chart = line_chart(
        [[(0, 1), (0.1, 0.5), (0.2, 0)]],
        x_high=0.2,
        y_high=1,
        x_text=lambda x: f"{x:g}",
        y_text=lambda y: f"{y:g}",
        points=[Point(0.1, 0.5, "half")],
        at_x=[(0.05, "good"), (0.15, "bad"), (0.3, "beyond the axis")],
        at_y=[(0.75, "limit")],
        frame=frame,
    )

    assert numbers(chart.lines[0]) == [(10, 10), (50, 50), (90, 90)]
    assert [(tick.at, tick.label) for tick in chart.y_ticks] == [
        (90, "0"), (74, "0.2"), (58, "0.4"), (42, "0.6"), (26, "0.8"), (10, "1"),
    ]  # fmt: skip
    assert [(point.x, point.y, point.label) for point in chart.points] == [(50, 50, "half")]
    assert [(guide.x1, guide.label) for guide in chart.verticals] == [(30, "good"), (70, "bad")]
    assert [(guide.y1, guide.label) for guide in chart.horizontals] == [(30, "limit")]


def test_the_label_of_a_vertical_stands_where_the_curve_is_not():
    chart = line_chart(
        [[(0, 1), (0.5, 0.9), (1, 0)]], x_high=1, y_high=1, x_text=str, y_text=str, at_x=[(0.5, "high"), (1, "low")]
    )
    high, low = chart.verticals

    assert (high.label_y > chart.frame.height / 2, low.label_y > chart.frame.height / 2) == (True, False)


def test_a_step_chart_holds_each_level_for_the_width_of_its_entry():
    frame = Frame(width=120, height=100, left=10, right=10, top=10, bottom=10)

    chart = step_chart(
        [1, 1, 2], names=["reduced", "normal", "tightened", "discontinued"], labels=["a", "b", "c"],
        tones=["accepted", "stopped", "accepted"], frame=frame,
    )  # fmt: skip

    low, high = 60.0, 40.0
    assert numbers(chart.lines[0]) == [
        (10, low), (43.3, low), (76.7, low), (76.7, high), (110, high),
    ]  # fmt: skip
    assert [(point.y, point.tone) for point in chart.points] == [
        (low, "accepted"),
        (low, "stopped"),
        (high, "accepted"),
    ]
    assert [tick.label for tick in chart.y_ticks] == ["reduced", "normal", "tightened", "discontinued"]


def test_a_long_history_has_few_numbers_on_its_axis():
    chart = step_chart([0] * 300, names=["normal"], labels=[""] * 300, tones=["accepted"] * 300)

    assert len(chart.x_ticks) <= 13
    assert len(chart.points) == 300


def test_a_history_of_nothing_draws_no_line():
    assert step_chart([], names=["normal"]).lines == ()


def test_intervals_lie_one_under_the_other_around_their_estimate():
    chart = interval_chart(
        [(0.1, 0.4, "exact"), (0.0, 0.3, "bound")], estimate=0.2, x_text=lambda x: f"{x:g}", estimate_text="20 %"
    )
    exact, bound = chart.bars

    assert exact.x1 < chart.verticals[0].x1 < exact.x2
    assert (exact.label, bound.label) == ("exact", "bound")
    assert exact.y < bound.y < chart.frame.y_end
    assert bound.x1 == chart.frame.left

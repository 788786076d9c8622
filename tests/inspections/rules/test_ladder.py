"""One characteristic over the batches: limits, signals, what moved, capability; and where it is drawn."""

import csv
import re
from itertools import pairwise

import numpy as np
import pytest
from django.conf import settings

from inspections.charts.ladder import PHONE, SMALL, WIDE, picture
from inspections.rules.drift import SIGNAL, slow_drift
from inspections.rules.ladder import (
    DRIFTING,
    IMPROVED,
    MEASURED,
    NONCONFORMITIES,
    SHORT,
    STEADY,
    UNCOMPUTED,
    UNITS,
    Series,
    read,
)
from inspections.sampling.control_charts import p_chart
from inspections.sampling.intervals import capability

NONE = float("nan")


def measured(groups, *, lower=49.5, upper=50.5, base=None, watched=None, chosen=False):
    groups = [np.asarray(group, float) for group in groups]
    count = len(groups)
    every = np.arange(count)
    return Series(
        kind=MEASURED,
        sizes=np.array([len(group) for group in groups], float),
        values=np.array([group.mean() for group in groups]),
        sds=np.array([group.std(ddof=1) if len(group) > 1 else NONE for group in groups]),
        lows=np.array([group.min() for group in groups]),
        highs=np.array([group.max() for group in groups]),
        lower=np.full(count, lower),
        upper=np.full(count, upper),
        target=np.full(count, NONE),
        base=every[:25] if base is None else base,
        watched=every if watched is None else watched,
        is_base_chosen=chosen,
    )


def counted(counts, n, *, kind=UNITS, base=None):
    every = np.arange(len(counts))
    return Series(
        kind=kind, sizes=np.full(len(counts), float(n)), values=np.array(counts, float),
        base=every if base is None else base, watched=every, is_base_chosen=base is not None,
    )  # fmt: skip


def batches(count, *, mean=50.0, sd=0.1, n=30, seed=7):
    random = np.random.default_rng(seed)
    return [random.normal(mean, sd, n) for _ in range(count)]


def published(name):
    with (settings.BASE_DIR / "inspections/demo" / name).open() as file:
        return [float(row[2]) for row in list(csv.reader(file))[1:]]


def limits(chart, digits=4):
    return [round(float(value), digits) for value in (chart.centre, chart.lower[0], chart.upper[0])]


# What is published (D. C. Montgomery, Introduction to Statistical Quality Control)


def test_the_cans_have_the_published_limits_of_phase_1():
    reading = read(counted(published("orange_juice_cans.csv"), 50, base=np.arange(30)))

    assert (reading.method, limits(reading.chart)) == ("p", [0.2313, 0.0524, 0.4102])
    assert [index + 1 for index in reading.chart.outside if index < 30] == [15, 23]
    assert reading.state == IMPROVED


def test_the_cans_have_the_published_mean_of_phase_2():
    reading = read(counted(published("orange_juice_cans.csv")[30:], 50))

    assert round(reading.chart.centre, 4) == 0.1108


def test_the_circuit_boards_have_the_published_limits():
    reading = read(counted(published("circuit_boards.csv"), 100, kind=NONCONFORMITIES, base=np.arange(26)))

    assert [round(value * 100, 2) for value in limits(reading.chart, 6)] == [19.85, 6.48, 33.21]
    assert [index + 1 for index in reading.chart.outside if index < 26] == [6, 20]


def test_the_computers_have_the_published_mean():
    assert round(read(counted(published("pc_assembly.csv"), 5, kind=NONCONFORMITIES)).chart.centre, 2) == 1.93


def test_the_primer_has_the_published_limits_of_single_readings():
    readings = published("primer_viscosity.csv")
    reading = read(measured([[value] for value in readings], lower=32.5, upper=35.5, base=np.arange(20), chosen=True))

    assert reading.method == "individuals"
    assert limits(reading.chart, 3) == [34.088, 32.566, 35.610]  # 32.565 and 35.611 with the printed d2 = 1.128
    assert reading.spread is None


# Limits


def test_small_subgroups_have_limits_by_ranges_and_large_ones_by_standard_deviations():
    small, large = read(measured(batches(20, n=5))), read(measured(batches(20, n=30)))

    assert [(r.method, list(r.charts), r.spread_method) for r in (small, large)] == [
        ("xbar-r", ["xbar-r", "xbar-s", "individuals"], "spread-r"),
        ("xbar-s", ["xbar-s", "individuals"], "spread-s"),
    ]


def test_batches_that_differ_by_more_than_their_inner_spread_have_limits_by_the_moving_range():
    random = np.random.default_rng(3)
    reading = read(measured([random.normal(50 + random.normal(0, 0.1), 0.05, 40) for _ in range(25)]))

    assert (reading.method, reading.state) == ("individuals", STEADY)
    assert 5 < reading.between < 25
    assert len(reading.charts["xbar-s"].outside) > 10 > len(reading.chart.outside)


@pytest.mark.parametrize("where", [3, 30])
def test_one_batch_of_one_unit_turns_no_other_batchs_chart(where):
    groups = batches(36, n=5)
    alike = read(measured(groups))
    reading = read(measured([*groups[:where], groups[where][:1], *groups[where + 1 :]]))

    assert (alike.method, reading.method, reading.spread_method) == ("xbar-r", "xbar-r", "spread-r")
    others = np.arange(36) != where
    assert reading.chart.upper[others] == pytest.approx(alike.chart.upper[others], abs=0.02 if where < 25 else 1e-12)
    width = reading.chart.upper - reading.chart.centre
    assert width[where] == pytest.approx(width[0] * np.sqrt(5))


def test_a_widening_is_still_seen_where_one_batch_was_of_one_unit():
    groups = batches(15) + batches(15, sd=0.3, seed=8)
    groups[4] = groups[4][:1]
    reading = read(measured(groups))

    assert (reading.state, reading.moves[-1][0], reading.since) == (DRIFTING, "spread", 15)


def test_shares_that_differ_more_than_chance_have_laneys_limits():
    random = np.random.default_rng(5)
    rates = random.beta(12, 228, 40)  # 5 %, from batch to batch by 1.4 points
    reading = read(counted(random.binomial(2000, rates), 2000))
    by_chance = read(counted(random.binomial(2000, 0.05, 40), 2000))

    assert (reading.method, by_chance.method) == ("p-laney", "p")
    assert len(reading.charts["p"].outside) > 5 > len(reading.chart.outside)


def test_fewer_than_eight_batches_are_too_few_for_limits():
    assert [(read(measured(batches(n))).state, read(measured(batches(n))).chart is None) for n in (3, 7, 8)] == [
        (SHORT, True), (SHORT, True), (STEADY, False),
    ]  # fmt: skip


def test_where_nothing_was_found_there_are_no_limits_that_one_unit_would_break():
    reading = read(counted([0] * 30, 80))

    assert (reading.state, reading.chart) == (STEADY, None)


def test_the_chosen_base_keeps_its_limits_and_any_other_ends_where_it_moved():
    groups = batches(12) + batches(12, mean=50.2, seed=8)
    chosen = read(measured(groups, base=np.arange(20), chosen=True))
    usual = read(measured(groups))

    assert (len(chosen.base), len(usual.base)) == (20, 12)
    assert usual.chart.centre == pytest.approx(50, abs=0.02)


# What moved


def test_a_mean_that_moves_towards_a_limit_drifts_and_its_capability_falls():
    reading = read(measured(batches(15) + batches(8, mean=50.25, seed=9)))

    assert (reading.state, reading.since) == (DRIFTING, 15)
    assert reading.move.p < SIGNAL
    assert reading.before.cpk.value > 1.5 > 1 > reading.now.cpk.value
    assert reading.now.cpk.low < reading.now.cpk.value < reading.now.cpk.high


def test_a_mean_that_moves_back_to_the_middle_is_no_drift():
    reading = read(measured(batches(15, mean=50.25) + batches(8, seed=9)))

    assert (reading.state, reading.since) == (IMPROVED, 15)


def test_a_move_that_is_sure_and_too_small_to_matter_is_none():
    reading = read(measured(batches(40, n=500) + batches(40, n=500, mean=50.015, seed=9)))

    assert reading.changes["mean"].is_signal
    assert (reading.move, reading.state) == (None, STEADY)


def test_a_wider_spread_drifts_with_the_mean_at_rest():
    reading = read(measured(batches(15, sd=0.08) + batches(10, sd=0.16, seed=9)))

    assert (reading.state, reading.move, reading.spread_move.first) == (DRIFTING, None, 15)


def test_more_nonconforming_units_drift_and_fewer_do_not():
    worse, better = read(counted([1] * 15 + [8] * 8, 80)), read(counted([8] * 15 + [1] * 8, 80))

    assert [(reading.state, reading.since) for reading in (worse, better)] == [(DRIFTING, 15), (IMPROVED, 15)]


def test_a_slow_rise_that_no_split_is_marked_enough_for_drifts_by_the_moving_average():
    random = np.random.default_rng(22)
    means = random.normal(50.0, 0.05, 60) + np.maximum(np.arange(60) - 40, 0) * 0.002
    found = next(
        reading
        for n in range(26, 61)
        if (reading := read(measured([[m - 0.05, m, m + 0.05] for m in means[:n]]))).state != STEADY
    )

    assert (found.state, found.move.by, found.move.is_signal) == (DRIFTING, "ewma", True)
    assert (found.since > 25, found.move.size > 0) == (True, True)


def test_rates_drift_slowly_too_and_very_small_counts_are_not_asked():
    counts = [1, 2, 3, 2, 2] * 5 + [3, 4, 4, 5, 4, 5, 5]
    few = [
        0,
        1,
        1,
        0,
        0,
        0,
        0,
        1,
        1,
        0,
        1,
        1,
        0,
        0,
        0,
        1,
        0,
        1,
        0,
        0,
        0,
        0,
        2,
        0,
        0,
        1,
        0,
        1,
        1,
        2,
        3,
        0,
        1,
        1,
        1,
        4,
        1,
    ]
    base = np.arange(25)

    assert read(counted(counts, 80, base=base)).state == DRIFTING
    asked = slow_drift(p_chart(few, 80, base=base).z, base=base, watched=np.arange(len(few)), least=1)
    assert (asked is None, read(counted(few, 80, base=base)).move) == (False, None)


def test_batches_that_are_not_watched_are_shown_and_start_nothing():
    groups = batches(12) + batches(8, mean=50.25, seed=9) + batches(6, seed=10)
    watched = np.array([*range(12), *range(20, 26)])

    reading = read(measured(groups, watched=watched, base=watched))

    assert (reading.state, len(reading.chart.points)) == (STEADY, 26)
    assert set(reading.chart.outside) >= set(range(12, 20))


@pytest.mark.parametrize("n", [1, 5, 30])
def test_capability_from_what_is_kept_of_each_batch_is_that_of_all_readings(n):
    groups = batches(25, n=n)
    now = read(measured(groups)).now
    whole = capability(groups if n > 1 else [float(group[0]) for group in groups], lower=49.5, upper=50.5)

    assert [now.cpk.value, now.cpk.low, now.ppk.high, now.cp.low, now.mean, now.sd_overall] == pytest.approx(
        [whole.cpk.value, whole.cpk.low, whole.ppk.high, whole.cp.low, whole.mean, whole.sd_overall], rel=1e-9
    )


def test_signals_of_one_rule_that_overlap_are_one():
    reading = read(measured(batches(20) + batches(10, mean=50.15, seed=9), base=np.arange(20), chosen=True))
    runs = [signal for signal in reading.signals if signal.rule == "nelson-2" and signal.last >= 20]

    assert [(run.first <= 20, run.last) for run in runs] == [(True, 29)]
    assert [signal.last for signal in reading.signals if signal.rule == "ewma"] == [29]


# Where it is drawn


def drawn(series, *, frame=WIDE, **options):
    count = len(series)
    return picture(
        series, read(series), frame=frame, numbers=[f"B-{n}" for n in range(count)], label=str,
        url="/{}".format, text=lambda value: f"{value:.1f}", **options,
    )  # fmt: skip


@pytest.mark.parametrize("frame", [WIDE, PHONE])
@pytest.mark.parametrize("count", [1, 3, 31, 500])
def test_every_batch_is_drawn_within_the_frame_and_leads_to_its_inspection(frame, count):
    drawing = drawn(measured(batches(count)), frame=frame, golden=50.1, pilot=[49.9, 50.3])

    shown = range(max(count - 60, 0) if frame is PHONE else 0, count)
    assert [mark.url for mark in drawing.marks] == [f"/{n}" for n in shown]
    xs = [mark.x for mark in drawing.marks]
    assert xs == sorted(xs)
    assert frame.left < drawing.golden.x < drawing.pilot[0].x < drawing.start < xs[0] <= xs[-1] < frame.x_end
    assert all(frame.top <= mark.top <= mark.y <= mark.bottom <= frame.y_end for mark in drawing.marks)


def test_a_small_picture_shows_the_newest_batches():
    assert [mark.url for mark in drawn(measured(batches(60)), frame=SMALL).marks] == [f"/{n}" for n in range(20, 60)]


def test_batches_since_the_drift_and_beyond_a_limit_are_marked():
    groups = batches(15) + batches(8, mean=50.25, seed=9)
    groups[-1][0] = 50.9
    drawing = drawn(measured(groups), since_label="since")

    assert {mark.tone for mark in drawing.marks[:15]} == {""}
    assert {mark.tone for mark in drawing.marks[15:-1]} <= {"warning", "stopped"}
    assert drawing.marks[-1].tone == "stopped"
    assert drawing.marks[14].x < drawing.since.x1 < drawing.marks[15].x


def test_a_limit_that_changed_is_a_step():
    series = measured(batches(10))
    series.upper[5:] = 50.4
    [_lower, upper] = drawn(series).limits

    assert len({height for _x, height in re.findall(r"([\d.]+) ([\d.]+)", upper)}) == 2


def test_the_other_suppliers_newest_batch_stands_at_the_newest():
    drawing = drawn(measured(batches(10)), others=[("X", np.array([50.0, 50.1]))])

    assert drawing.others[0].path.split("L")[-1].split()[0] == f"{drawing.marks[-1].x:g}"


def test_ticks_have_room_for_their_words():
    drawing = drawn(measured(batches(500)), frame=PHONE)

    xs = [tick.at for tick in drawing.x_ticks]
    assert len(xs) >= 2
    assert min(b - a for a, b in pairwise(xs)) > 5 * len("B-499")


# What cannot be computed


def test_a_capability_that_cannot_be_computed_is_none_and_says_why(monkeypatch):
    equal = read(measured([[1.62] * 80], lower=0.62, upper=2.62))
    coincide = read(measured(batches(3), lower=50.0, upper=50.0))
    single = read(measured([[50.0]]))

    assert [(r.now, r.undefined) for r in (equal, coincide, single)] == [
        (None, "no_spread"), (None, "no_tolerance"), (None, "readings"),
    ]  # fmt: skip


@pytest.mark.parametrize("n", [5, 13, 80, 125])
@pytest.mark.parametrize("mean", [40.0, 49.9, 50.2, 50.45, 55.0, 500.0])
def test_one_limit_is_read_at_every_size_and_level(n, mean):
    for limits in ({"lower": NONE}, {"upper": NONE}):
        reading = read(measured(batches(3, mean=mean, n=n), **limits))

        assert reading.now.cpk.low < reading.now.cpk.value < reading.now.cpk.high


def test_a_series_that_no_routine_can_read_is_said_to_be_uncomputed(caplog):
    series = measured(batches(12))
    broken = measured(batches(12))
    broken.values[3] = float("inf")

    with np.errstate(invalid="ignore"):
        assert (read(broken).state, read(series).state) == (UNCOMPUTED, STEADY)
    assert "cannot be read" in caplog.text

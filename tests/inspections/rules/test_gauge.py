"""Gauge R&R and agreement, against published figures and by simulation."""

from decimal import Decimal

import numpy as np
import pytest

from inspections.rules.gauge import StudyError, agreement, crossed, guard_band, share_of_tolerance, within_guard

# AIAG, Measurement Systems Analysis, 4th edition, table III-B 6: ten parts, three appraisers, three trials.
AIAG = [
    [[0.29, 0.41, 0.64], [-0.56, -0.68, -0.58], [1.34, 1.17, 1.27], [0.47, 0.50, 0.64], [-0.80, -0.92, -0.84],
     [0.02, -0.11, -0.21], [0.59, 0.75, 0.66], [-0.31, -0.20, -0.17], [2.26, 1.99, 2.01], [-1.36, -1.25, -1.31]],
    [[0.08, 0.25, 0.07], [-0.47, -1.22, -0.68], [1.19, 0.94, 1.34], [0.01, 1.03, 0.20], [-0.56, -1.20, -1.28],
     [-0.20, 0.22, 0.06], [0.47, 0.55, 0.83], [-0.63, 0.08, -0.34], [1.80, 2.12, 2.19], [-1.68, -1.62, -1.50]],
    [[0.04, -0.11, -0.15], [-1.38, -1.13, -0.96], [0.88, 1.09, 0.67], [0.14, 0.20, 0.11], [-1.46, -1.07, -1.45],
     [-0.29, -0.67, -0.49], [0.02, 0.01, 0.21], [-0.46, -0.56, -0.49], [1.77, 1.45, 1.87], [-1.49, -1.77, -2.16]],
]  # fmt: skip


def test_the_study_of_the_handbook_comes_out_as_printed():
    """AIAG table III-B 8 (ANOVA): EV 0.199933, AV 0.226838, GRR 0.302373, PV 1.042327, TV 1.085, interaction none, ndc 4."""
    found = crossed(AIAG)

    assert [round(sd, 5) for sd in (found.repeatability, found.reproducibility, found.gauge, found.part)] == [
        0.19993, 0.22684, 0.30237, 1.04233,
    ]  # fmt: skip
    assert (round(found.total, 3), found.pooled, found.interaction, found.categories) == (1.085, True, 0.0, 4)
    assert found.low < found.gauge < found.high


def test_the_interval_of_the_gauge_holds_as_often_as_it_says():
    rng = np.random.default_rng(20261130)
    parts, people = rng.normal(0, 1, (800, 1, 10, 1)), rng.normal(0, 0.2, (800, 5, 1, 1))
    studies = parts + people + rng.normal(0, 0.3, (800, 5, 10, 3))
    true = np.hypot(0.2, 0.3)
    held = np.mean([found.low <= true <= found.high for found in map(crossed, studies)])

    assert 0.935 <= held <= 0.985


@pytest.mark.parametrize(
    ("readings", "code"),
    [
        ([[[1.0, 2.0], [1.5, 1.0]]], "operators"),
        ([[[1.0, 2.0]], [[1.5, 1.0]]], "parts"),
        ([[[1.0], [2.0]], [[1.5], [1.0]]], "trials"),
        ([[[1.0, 2.0], [1.5, 1.0]], [[1.0, 2.0], [1.5]]], "unequal"),
        ([[[1.0, 1.0]] * 2] * 2, "no_spread"),
    ],
)
def test_a_study_that_cannot_be_judged_says_why(readings, code):
    with pytest.raises(StudyError) as refused:
        crossed(readings)

    assert refused.value.code == code


def test_what_a_gauge_takes_of_the_tolerance():
    assert share_of_tolerance(0.022, Decimal("9.7"), Decimal("10.3")) == pytest.approx(0.22)
    assert share_of_tolerance(0.022, None, Decimal(1)) is None
    assert share_of_tolerance(0.022, Decimal(1), Decimal(1)) is None


def test_readings_so_near_a_limit_that_the_gauge_cannot_tell():
    readings = [Decimal(text) for text in ("9.70", "9.73", "9.75", "10.00", "10.28", "10.31")]

    assert within_guard([*readings, None], Decimal("9.7"), Decimal("10.3"), 0.04) == [1, 2, 5]
    assert within_guard(readings, None, Decimal("10.3"), 0.04) == [5]


def test_a_guard_band_lets_a_unit_on_the_limit_pass_once_in_twenty():
    rng = np.random.default_rng(3)
    read = 10.3 + rng.normal(0, 0.02, 100_000)

    assert (read <= 10.3 - guard_band(0.02)).mean() == pytest.approx(0.05, abs=0.003)


def said_of(*rows: str) -> list[list[bool]]:
    return [[letter == "g" for letter in row] for row in rows]


def test_kappa_with_the_reference_and_what_was_missed():
    """Two by two by hand: 40 parts, 18 good and 12 bad called so, 6 bad called good, 4 good called bad: kappa 0.487."""
    reference = [True] * 22 + [False] * 18
    said = {"A": said_of(*["g"] * 18, *["b"] * 4, *["g"] * 6, *["b"] * 12), "B": said_of(*["g"] * 22, *["b"] * 18)}
    found = agreement(said, reference)

    assert found.with_reference["A"][0] == pytest.approx(
        (30 / 40 - (24 * 22 + 16 * 18) / 1600) / (1 - (24 * 22 + 16 * 18) / 1600)
    )
    assert (found.missed["A"], found.false_alarms["A"]) == ((6, 18), (4, 22))
    assert (found.with_reference["B"][0], found.missed["B"]) == (1.0, (0, 18))


def test_fleiss_kappa_of_several_people():
    """By hand: parts ggg, ggb, bbb, gbb: P = (1 + 1/3 + 1 + 1/3) / 4 = 2/3, chance 1/2: kappa 1/3."""
    said = {"A": said_of("g", "g", "b", "g"), "B": said_of("g", "g", "b", "b"), "C": said_of("g", "b", "b", "b")}
    found = agreement(said)

    assert found.between[0] == pytest.approx(1 / 3)
    assert found.with_reference == {}


def test_kappa_is_undefined_where_all_is_called_good():
    assert agreement({"A": said_of("gg", "gg", "gg")}).between is None


def test_the_interval_of_kappa_holds_about_as_often_as_it_says():
    """Each part is read by a person of 90 % accuracy, half of the parts good: kappa with the reference is 0.8."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(300):
        known = rng.random(60) < 0.5
        said = {"A": np.where(rng.random((60, 2)) < 0.9, known[:, None], ~known[:, None]).tolist()}
        kappa = agreement(said, known.tolist()).with_reference["A"]
        held += kappa[1] <= 0.8 <= kappa[2]

    assert 0.91 <= held / 300 <= 0.985

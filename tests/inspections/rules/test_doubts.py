"""Doubts: what should raise each, what should not, and how often an honest inspection does."""

from decimal import Decimal

import numpy as np
import pytest

from bench.doubts import FAULTY, HONEST, flagged
from inspections.rules.doubts import (
    BLOCK,
    COPIED,
    DIGITS,
    DISAGREE,
    NEAR_LIMIT,
    PACE,
    RARE,
    RUN,
    Clock,
    Column,
    Counted,
    doubts_about,
    pace,
    same_picture,
)

LIMITS = {"lower": Decimal("49.5"), "upper": Decimal("50.5"), "target": Decimal(50)}


def readings(values, places: int = 2) -> tuple[Decimal, ...]:
    return tuple(Decimal(f"{value:.{places}f}") for value in values)


def honest(seed: int = 1, n: int = 80, sd: float = 0.15, mean: float = 50.0, places: int = 2):
    return readings(np.random.default_rng(seed).normal(mean, sd, n), places)


def kinds(*columns: Column, **more) -> list[str]:
    return [doubt.kind for doubt in doubts_about(columns, **more)]


def the(kind: str, *columns: Column):
    [doubt] = [doubt for doubt in doubts_about(columns) if doubt.kind == kind]
    return doubt


def test_honest_readings_raise_nothing():
    assert kinds(Column("H", honest(), **LIMITS), Column("W", honest(2, mean=412.3, sd=4), lower=Decimal(390))) == []


class TestNearLimit:
    def test_a_heap_just_inside_is_told(self):
        values = (*honest(3, n=60), *readings(np.linspace(50.41, 50.5, 20)))
        doubt = the(NEAR_LIMIT, Column("H", values, **LIMITS))

        assert (doubt.code, doubt.facts["side"], doubt.facts["limit"]) == ("H", "upper", "50.5")
        assert (doubt.facts["inside"], doubt.facts["beyond"], doubt.facts["width"]) == (21, 0, "0.10")
        assert doubt.probability < RARE

    def test_readings_cut_off_at_a_single_limit_are_told(self):
        """What lies beyond the limit is written down as just inside it."""
        values = np.random.default_rng(5).normal(0.2, 0.03, 80)
        heap = np.where(np.arange(80) % 4 == 0, 0.299, values)
        doubt = the(NEAR_LIMIT, Column("GAP", readings(heap, 3), upper=Decimal("0.30")))
        mirrored = the(NEAR_LIMIT, Column("GAP", readings(-heap, 3), lower=Decimal("-0.30")))

        assert (doubt.facts["side"], mirrored.facts["side"]) == ("upper", "lower")
        assert doubt.probability == mirrored.probability

    @pytest.mark.parametrize(
        ("mean", "sd"),
        [(50.35, 0.1), (50.45, 0.03), (50.5, 0.05), (49.6, 0.05), (50.0, 0.3)],
    )
    def test_a_process_that_runs_near_its_limit_is_not(self, mean, sd):
        flagged = sum(NEAR_LIMIT in kinds(Column("H", honest(seed, mean=mean, sd=sd), **LIMITS)) for seed in range(100))

        assert flagged <= 1

    def test_two_humps_across_the_limit_are_not(self):
        values = (*honest(3, n=50, mean=49.8, sd=0.05), *honest(4, n=30, mean=50.5, sd=0.05))

        assert kinds(Column("H", values, **LIMITS)) == []


class TestRuns:
    def test_a_long_run_of_one_value_is_told(self):
        values = (*honest(1, n=40), *readings([49.91] * 8), *honest(2, n=32))
        doubt = the(RUN, Column("H", values, **LIMITS))

        assert (doubt.facts["length"], doubt.facts["unit"], doubt.facts["value"]) == (8, 41, "49.91")

    def test_runs_of_a_coarse_instrument_are_not(self):
        """A spread of half a step: most readings are one of three values, runs of ten are nothing."""
        values = honest(7, sd=0.5, mean=50, places=0)

        assert RUN not in kinds(Column("H", values, lower=Decimal(45), upper=Decimal(55)))

    def test_one_value_alone_says_nothing(self):
        assert kinds(Column("H", readings([50] * 80), **LIMITS)) == []

    def test_a_block_that_was_copied_is_told(self):
        first = honest(1, n=40)
        [doubt] = doubts_about([Column("H", (*first, *first[:8], *honest(9, n=32)), **LIMITS)])

        assert (doubt.kind, doubt.facts["length"], doubt.facts["first"], doubt.facts["second"]) == (BLOCK, 8, 1, 41)
        assert doubt.facts["block"] == [str(value) for value in first[:8]]

    def test_units_without_a_reading_keep_their_numbers(self):
        values = (None, None, *honest(1, n=38), *readings([49.91] * 8))

        assert the(RUN, Column("H", values, **LIMITS)).facts["unit"] == 41


class TestLastDigits:
    def test_a_taste_for_zero_and_five_is_told(self):
        habit = np.round(np.random.default_rng(1).normal(50, 0.15, 80) * 20) / 20
        mixed = (*honest(2, n=40), *readings(habit[:40]))
        [doubt] = doubts_about([Column("H", mixed, **LIMITS)])

        assert (doubt.kind, doubt.facts["favourite"] in (0, 5), doubt.facts["n"]) == (DIGITS, True, 80)

    @pytest.mark.parametrize("step", [0.02, 0.05])
    def test_an_instrument_with_coarser_steps_is_not(self, step):
        values = np.round(np.random.default_rng(1).normal(50, 0.3, 80) / step) * step

        assert DIGITS not in kinds(Column("H", readings(values)))

    def test_readings_that_hardly_spread_are_not(self):
        assert kinds(Column("H", honest(sd=0.012), **LIMITS)) == []

    def test_checks_are_looked_at_together(self):
        """No column alone says anything: 12 with a mild taste for 7 do."""
        generator = np.random.default_rng(4)
        columns = []
        for number in range(12):
            values = np.round(generator.normal(50, 0.15, 80) * 100).astype(int)
            values = np.where(generator.random(80) < 0.12, values // 10 * 10 + 7, values)
            columns.append(Column(f"C{number}", readings(values / 100), **LIMITS))

        assert DIGITS in kinds(*columns)
        assert not [doubt for column in columns for doubt in doubts_about([column]) if doubt.kind == DIGITS][2:]


class TestPace:
    def test_without_history_a_third_of_a_second_each_is_told_and_three_seconds_are_not(self):
        [doubt] = doubts_about([], clock=Clock(seconds=300, work=960))
        assert (doubt.kind, doubt.facts["each"], doubt.facts["earlier"]) == (PACE, 0.31, 0)
        assert doubts_about([], clock=Clock(seconds=2880, work=960)) == []

    def test_the_history_of_the_product_decides(self):
        quick = (0.30, 0.35, 0.28, 0.33, 0.31, 0.29, 0.36)
        assert doubts_about([], clock=Clock(300, 960, quick)) == []
        [doubt] = doubts_about([], clock=Clock(960, 960, (9.0, 11.0, 10.0, 12.0, 9.5, 10.5)))
        assert (doubt.facts["usual"], doubt.facts["earlier"]) == (10.29, 6)

    def test_the_chance_is_the_share_of_inspections_as_quick(self):
        generator = np.random.default_rng(8)
        chances = []
        for _ in range(2000):
            *earlier, now = np.exp(generator.normal(1.5, 0.4, 9))
            chances.append(pace(Clock(now * 100, 100, tuple(earlier))).probability)
        for share in (0.01, 0.1, 0.5):
            assert np.mean(np.array(chances) <= share) == pytest.approx(share, abs=3 * np.sqrt(share / 2000))

    def test_a_few_readings_or_no_time_at_all_say_nothing(self):
        assert doubts_about([], clock=Clock(0, 960)) == doubts_about([], clock=Clock(1, 5)) == []


class TestRepeats:
    def test_the_readings_of_the_round_before_are_told(self):
        first = honest(1)
        again = tuple(old if unit % 2 else new for unit, (old, new) in enumerate(zip(first, honest(2), strict=True)))
        [doubt] = doubts_about([Column("H", again, **LIMITS, earlier=first)])

        assert (doubt.kind, doubt.facts["same"] >= 40, doubt.facts["n"]) == (COPIED, True, 80)

    def test_two_inspectors_who_disagree_are_told_and_one_who_looks_twice_is_not(self):
        column = Column("H", honest(1, mean=50.15), **LIMITS, earlier=honest(2, mean=50.0))
        [doubt] = doubts_about([column], other_inspector=True)

        assert (doubt.kind, doubt.facts["n"], doubt.facts["earlier_n"]) == (DISAGREE, 80, 80)
        assert doubts_about([column]) == []

    def test_counts_that_differ_are_told(self):
        differing, alike = Counted("LID", 0, 80, 14, 80), Counted("PRINT", 3, 80, 5, 80)

        assert [d.code for d in doubts_about([], counted=[differing, alike], other_inspector=True)] == ["LID"]

    def test_two_honest_rounds_agree(self):
        column = Column("H", honest(1), **LIMITS, earlier=honest(2))

        assert doubts_about([column], counted=[Counted("LID", 1, 80, 3, 80)], other_inspector=True) == []


def test_the_same_picture_is_rarer_the_more_bits_agree():
    assert same_picture(None, 10_000).probability < same_picture(0, 10_000).probability < 1e-14
    assert same_picture(4, 1).probability == pytest.approx(sum([1, 64, 2016, 41664, 635376]) / 2**64)
    assert same_picture(4, 1000).probability == pytest.approx(1000 * same_picture(4, 1).probability)


def test_false_alarms_stay_below_what_is_said():
    """500 honest inspections of three checks, on instruments fine and coarse: each kind alarms in 1 of 500 at most.

    `bench/doubts.py` counts 2,000.
    """
    generator = np.random.default_rng(42)
    raised: dict[str, int] = {}
    for _ in range(500):
        columns = [
            Column(
                "A",
                readings(generator.normal(50, 0.15, 50)),
                **LIMITS,
                earlier=readings(generator.normal(50, 0.15, 50)),
            ),
            Column("B", readings(generator.gamma(9, 0.02, 50), 3), upper=Decimal("0.30")),
            Column("C", readings(generator.normal(75, 1.2, 50), 1), lower=Decimal(72), target=Decimal(75)),
        ]
        for doubt in doubts_about(columns, other_inspector=True):
            raised[doubt.kind] = raised.get(doubt.kind, 0) + 1

    allowed = 500 * RARE + 3 * np.sqrt(500 * RARE)
    assert {kind: count for kind, count in raised.items() if count > allowed} == {}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_process_is_hardly_ever_doubted_whatever_order_its_units_have(name):
    """60 inspections of 80 units, each with the round before it, seeds fixed: none or one. `bench/doubts.py` counts 1,000."""
    process, places = HONEST[name]

    assert flagged(process, places, 80, 60)["any"] <= 1


@pytest.mark.parametrize(
    ("name", "kind"), [(name, RUN if "frozen" in name else BLOCK) for name in FAULTY if name != "heaped at the limit"]
)
@pytest.mark.parametrize("n", [32, 80])
def test_what_was_made_up_is_still_found(name, kind, n):
    process, places = FAULTY[name]

    assert flagged(process, places, n, 40)[kind] >= 32

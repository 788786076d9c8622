"""The pick list: fair, complete, and the same whoever draws it."""

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from inspections.sampling import SamplingError
from inspections.sampling.picks import Pick, cartons_to_open, new_seed, pick_list

DRAW = {"lot_size": 1200, "stage_sizes": [80], "seed": "a1b2c3", "cartons": 50}


def test_an_auditor_draws_the_same_list_again():
    assert pick_list(**DRAW) == pick_list(**DRAW)
    assert pick_list(**DRAW) != pick_list(**DRAW | {"seed": "a1b2c4"})


def test_the_draw_follows_the_published_recipe():
    """Three of five units without cartons: two shuffles from the stream of SHA-256 numbers, done by hand."""
    digest = sha256(b"seed:0").digest() + sha256(b"seed:1").digest()
    numbers = iter(int.from_bytes(digest[start : start + 8], "big") for start in range(0, 64, 8))
    units = [1, 2, 3, 4, 5]
    for place in range(3):
        other = place + next(numbers) % (5 - place)
        units[place], units[other] = units[other], units[place]

    drawn = pick_list(lot_size=5, stage_sizes=[3], seed="seed")

    assert [pick.unit for pick in drawn.picks] == sorted(units[:3])


def test_a_recorded_draw_never_changes():
    drawn = pick_list(lot_size=100, stage_sizes=[5], seed="HOLDFAST", cartons=9)

    assert drawn.cartons == (6, 7, 9)
    assert drawn.picks == (Pick(6, 5, 61), Pick(6, 11, 67), Pick(7, 5, 72), Pick(9, 2, 91), Pick(9, 10, 99))


@pytest.mark.parametrize(("cartons", "opened"), [(1, 1), (2, 2), (4, 2), (5, 3), (50, 8), (100, 10), (101, 11)])
def test_the_square_root_of_the_cartons_is_opened(cartons, opened):
    assert cartons_to_open(cartons) == opened
    assert cartons_to_open(cartons, "all") == cartons


def test_the_sample_is_spread_evenly_over_the_open_cartons():
    drawn = pick_list(**DRAW)
    per_carton = Counter(pick.carton for pick in drawn.picks)

    assert len(drawn.cartons) == 8
    assert set(per_carton) == set(drawn.cartons)
    assert set(per_carton.values()) == {10}


def test_more_cartons_are_opened_where_the_rule_finds_too_few_units():
    drawn = pick_list(lot_size=100, stage_sizes=[80], seed="x", cartons=50)

    assert len(drawn.cartons) == 40


def test_no_carton_is_opened_for_nothing():
    assert len(pick_list(lot_size=1000, stage_sizes=[3], seed="x", cartons=100, rule="all").cartons) == 3


def test_the_units_of_a_double_plan_carry_their_stage():
    drawn = pick_list(**DRAW | {"stage_sizes": [50, 100]})

    assert Counter(pick.stage for pick in drawn.picks) == {1: 50, 2: 50}
    assert len({pick.carton for pick in drawn.picks if pick.stage == 1}) == len(drawn.cartons)


@given(
    lot_size=st.integers(1, 3000),
    sample=st.integers(1, 200),
    cartons=st.none() | st.integers(1, 80),
    rule=st.sampled_from(["square_root", "all"]),
    seed=st.text(min_size=1, max_size=12),
)
def test_every_draw_takes_each_unit_once_from_the_carton_that_holds_it(lot_size, sample, cartons, rule, seed):
    sample = min(sample, lot_size)
    cartons = cartons and min(cartons, lot_size)
    drawn = pick_list(lot_size=lot_size, stage_sizes=[sample], seed=seed, cartons=cartons, rule=rule)
    units = [pick.unit for pick in drawn.picks]

    assert len(units) == sample
    assert units == sorted(set(units))
    assert 1 <= units[0] <= units[-1] <= lot_size
    if cartons is None:
        assert (drawn.cartons, {pick.carton for pick in drawn.picks}) == ((), {None})
        assert all(pick.position == pick.unit for pick in drawn.picks)
    else:
        least, more = divmod(lot_size, cartons)
        held = [least + (index < more) for index in range(cartons)]
        assert set(drawn.cartons) == {pick.carton for pick in drawn.picks}
        assert all(pick.unit == sum(held[: pick.carton - 1]) + pick.position for pick in drawn.picks)
        assert all(pick.position <= held[pick.carton - 1] for pick in drawn.picks)


def test_every_unit_is_as_likely_as_any_other():
    taken = Counter(
        pick.unit
        for number in range(3000)
        for pick in pick_list(lot_size=24, stage_sizes=[4], seed=f"draw {number}", cartons=6).picks
    )

    assert chisquare([taken[unit] for unit in range(1, 25)]).pvalue > 0.001


def test_new_seeds_differ():
    assert new_seed() != new_seed()


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"lot_size": 0}, "lot_size"),
        ({"stage_sizes": []}, "sample_above_lot"),
        ({"stage_sizes": [1201]}, "sample_above_lot"),
        ({"stage_sizes": [50, 50]}, "sample_above_lot"),
        ({"stage_sizes": [0]}, "sample_above_lot"),
        ({"seed": ""}, "seed"),
        ({"seed": 7}, "seed"),
        ({"cartons": 0}, "cartons"),
        ({"cartons": 1201}, "cartons"),
        ({"rule": "some"}, "carton_rule"),
    ],
)
def test_a_draw_that_makes_no_sense_is_refused(question, code):
    with pytest.raises(SamplingError) as caught:
        pick_list(**DRAW | question)

    assert caught.value.code == code

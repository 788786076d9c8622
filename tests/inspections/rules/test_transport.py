from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.rules.transport import HEAVIEST, KindNotTold, TransportError, drops_of, kind_of_package


@pytest.mark.parametrize(
    ("protocol", "weight", "height"),
    [
        ("ista_1a", "0.001", 760), ("ista_1a", "9.999", 760), ("ista_1a", "10", 610), ("ista_1a", "19", 460),
        ("ista_1a", "28", 310), ("ista_1a", "45", 200), ("ista_1a", "68", 200),
        ("ista_2a", "9.9", 970), ("ista_2a", "10", 810), ("ista_2a", "19", 660), ("ista_2a", "28", 510),
        ("ista_2a", "45", 310), ("ista_2a", "68", 310),
    ],
)  # fmt: skip
def test_the_published_heights_of_1a_and_2a(protocol, weight, height):
    assert {drop.height_mm for drop in drops_of(protocol, Decimal(weight))} == {height}


@pytest.mark.parametrize("protocol", ["ista_1a", "ista_2a"])
def test_one_corner_three_edges_six_faces(protocol):
    kinds = [drop.orientation.split(":")[0] for drop in drops_of(protocol, Decimal(5))]

    assert kinds == ["corner", *["edge"] * 3, *["face"] * 6]


@pytest.mark.parametrize(("kind", "after"), [("standard", 8), ("small", 7)])
def test_3a_drops_nine_times_before_the_vibration_and_tells_no_heights(kind, after):
    drops = drops_of("ista_3a", Decimal(4), kind)

    assert [drop.orientation for drop in drops] == ["procedure:before"] * 9 + ["procedure:after"] * after
    assert {drop.height_mm for drop in drops} == {None}


@pytest.mark.parametrize("kind", ["flat", "elongated"])
def test_3a_of_a_flat_or_elongated_package_is_not_told(kind):
    with pytest.raises(KindNotTold):
        drops_of("ista_3a", Decimal(4), kind)


@pytest.mark.parametrize(
    ("sides", "weight", "kind"),
    [
        ((350, 200, 100), "4.5", "small"), ((351, 200, 100), "4.5", "standard"), ((350, 200, 100), "4.501", "standard"),
        ((300, 260, 166), "1", "small"), ((260, 250, 200), "1", "standard"),  # 12,948 and 13,000 cm3
        ((500, 400, 100), "1", "flat"), ((500, 399, 100), "1", "standard"), ((900, 801, 200), "9", "flat"),
        ((900, 804, 201), "9", "standard"), ((900, 180, 180), "1", "elongated"), ((899, 100, 100), "5", "standard"),
        ((900, 181, 100), "1", "standard"), ((1000, 200, 50), "1", "elongated"),  # flat as well
        ((90, 60, 40), "0.05", "small"),
    ],
)  # fmt: skip
def test_the_kind_of_a_package(sides, weight, kind):
    for order in permutations(map(Decimal, sides)):
        assert kind_of_package(order, Decimal(weight)) == kind


@pytest.mark.parametrize(
    ("protocol", "weight"), [("ista_1a", "68.001"), ("ista_2a", "0"), ("ista_3a", "-1"), ("ista_3a", "70.1")]
)
def test_a_package_that_the_test_is_not_for(protocol, weight):
    with pytest.raises(TransportError) as refusal:
        drops_of(protocol, Decimal(weight))

    assert refusal.value.heaviest == HEAVIEST[protocol]


@given(
    protocol=st.sampled_from(["ista_1a", "ista_2a"]),
    weights=st.tuples(*[st.decimals("0.001", "68", places=3)] * 2).map(sorted),
)
def test_a_heavier_package_never_falls_from_higher(protocol, weights):
    lighter, heavier = (drops_of(protocol, weight) for weight in weights)

    assert [drop.number for drop in lighter] == list(range(1, len(lighter) + 1))
    assert all(low.height_mm >= high.height_mm for low, high in zip(lighter, heavier, strict=True))

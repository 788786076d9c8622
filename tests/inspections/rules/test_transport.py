from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.rules.transport import HEAVIEST, TransportError, drops_of


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


def test_3a_drops_nine_times_before_the_vibration_and_eight_times_after():
    drops = drops_of("ista_3a", Decimal(5))

    assert len(drops) == 9 + 8
    assert [drop.number for drop in drops if drop.height_mm == 910] == [8, 16]
    assert {drop.height_mm for drop in drops_of("ista_3a", Decimal(32))} == {300, 600}
    assert drops[-1].orientation == "face:3:hazard"


@pytest.mark.parametrize(
    ("protocol", "weight"), [("ista_1a", "68.001"), ("ista_2a", "0"), ("ista_3a", "-1"), ("ista_3a", "70.1")]
)
def test_a_package_that_the_test_is_not_for(protocol, weight):
    with pytest.raises(TransportError) as refusal:
        drops_of(protocol, Decimal(weight))

    assert refusal.value.heaviest == HEAVIEST[protocol]


@given(
    protocol=st.sampled_from(sorted(HEAVIEST)),
    weights=st.tuples(*[st.decimals("0.001", "68", places=3)] * 2).map(sorted),
)
def test_a_heavier_package_never_falls_from_higher(protocol, weights):
    lighter, heavier = (drops_of(protocol, weight) for weight in weights)

    assert [drop.number for drop in lighter] == list(range(1, len(lighter) + 1))
    assert all(low.height_mm >= high.height_mm for low, high in zip(lighter, heavier, strict=True))

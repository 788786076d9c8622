import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.rules.colours import difference, is_possible, on_screen

# Sharma, Wu and Dalal (2005), "The CIEDE2000 color-difference formula": pairs 1, 4, 7, 9, 17, 20, 25, 34 of their table 1.
PUBLISHED = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]
COLOURS = st.tuples(st.floats(0, 100), st.floats(-128, 128), st.floats(-128, 128))


@pytest.mark.parametrize(("reference", "lab", "published"), PUBLISHED)
def test_the_published_pairs(reference, lab, published):
    assert round(difference(reference, lab), 4) == published
    assert round(difference(lab, reference), 4) == published


@pytest.mark.parametrize(
    "lab", [(0, 0, 0), (100, 0, 0), (50, 0, 0), (50, 68, 48), (88, -5, 95), (28, 20, -60), (93, 1, -8), (1, 0.4, -0.6)]
)
def test_colours_that_surfaces_have(lab):
    assert is_possible(lab)


@pytest.mark.parametrize(
    "lab",
    [(50, 200, 200), (101, 0, 0), (-1, 0, 0), (100, 5, 0), (0, 3, 0), (95, 60, 0), (50, 127, 127), (30, 60, -110)],
)
def test_colours_that_no_surface_has(lab):
    assert not is_possible(lab)


def test_what_a_screen_cannot_show_may_still_be_printed():
    saturated_cyan = (55, -38, -49)

    assert is_possible(saturated_cyan)


@given(st.floats(5, 100), st.floats(-60, 60), st.floats(-60, 60))
def test_a_greyer_colour_of_a_possible_one_is_possible(lightness, a, b):
    if is_possible((lightness, a, b)):
        assert is_possible((lightness, a / 2, b / 2))


@given(COLOURS)
def test_every_colour_has_one_on_the_screen(lab):
    assert re.fullmatch("#[0-9a-f]{6}", on_screen(lab))

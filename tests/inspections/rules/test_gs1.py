"""Lot numbers as scanners send them."""

import pytest

from inspections.rules.gs1 import lots_in


@pytest.mark.parametrize(
    "code",
    [
        "(10)L77", "(10) L77", "（10）L77", "[10]L77", "10L77", "]C110L77", "]d210L77", "(01)06901234567892(10)L77",
        "(01)06901234567892(17)271120(10)L77", "(10)L77(21)0001", "010690123456789210L77", "]C1010690123456789210L77",
        "]d201069012345678921727112010L77", "]Q3010690123456789210L77\x1d210001", "0106901234567892210001\x1d10L77",
        "\x1d010690123456789210L77", "010690123456789210L77<GS>210001", "010690123456789210L77 210001", "]C1(10)L77",
    ],
)  # fmt: skip
def test_the_lot_behind_its_identifier_is_among_those_that_may_be_meant(code):
    assert "L77" in lots_in(code)


def test_a_code_comes_first_as_it_is():
    """A lot may begin with 10 itself."""
    assert lots_in("1077") == ["1077", "77"]
    assert lots_in("L77") == ["L77"]


@pytest.mark.parametrize("code", ["(21)0001", "0106901234567892", "01069", "]C1", "(17)271120", ""])
def test_what_names_no_lot_names_none(code):
    assert "L77" not in lots_in(code)
    assert lots_in(code)[:1] == ([code] if code else [])

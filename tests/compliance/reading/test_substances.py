"""Declarations line by line: numbers, sums, and what the law of a market says about each substance."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.reading.cosmetics import SCOPES, TYPES
from compliance.reading.ingredients import GROUPS, INGREDIENTS
from compliance.reading.numbers import cas_expected, ec_expected, gtin_expected, wrong_digit
from compliance.reading.restrictions import Line, Product
from compliance.reading.substances import check
from tests.compliance import catalogue_rows as catalogue

TODAY = date(2026, 11, 22)


def line(name: str, cas: str = "", percent: str | None = None, *, low: str | None = None, function: str = "") -> Line:
    high = None if percent is None else Decimal(percent)
    return Line(name, cas, "", high if low is None else Decimal(low), high, function)


def rest_of(*lines: Line) -> tuple[Line, ...]:
    return (line("AQUA", "7732-18-5", str(100 - sum(one.high for one in lines))), *lines)


def checked(
    *lines: Line, market: str = "EU", category: str = "beauty_cosmetics", type: str = "", day=TODAY, whole=True
):
    markets = {"EU-DE", "EU"} if market == "EU" else {market}
    product = Product(frozenset({category}), frozenset(markets), day, type)
    return check(lines, product, catalogue.restrictions(), is_whole=whole)


def codes(findings, *weights: str) -> list[str]:
    return sorted(f.code for f in findings if f.weight in (weights or ("block",)))


def test_published_cas_numbers_pass_and_a_changed_digit_names_the_right_one():
    # Water, formaldehyde, caffeine as the registry publishes them; PFDA as California's AB 2762 misprints it.
    assert [cas_expected(cas) for cas in ("7732-18-5", "50-00-0", "58-08-2")] == ["7732-18-5", "50-00-0", "58-08-2"]
    assert wrong_digit("cas_mod10", "50-00-1") == "50-00-0"
    assert wrong_digit("cas_mod10", "355-76-2") == "355-76-0"
    assert cas_expected("335-76-2") == "335-76-2"
    assert [cas_expected(cas) for cas in ("50-0-0", "0050-00-0", "water", "")] == [None] * 4


def test_every_number_of_the_table_and_of_the_common_ingredients_passes():
    numbers = {cas for row in catalogue.restrictions() for cas in (*row.numbers, *row.factors)}
    numbers |= {cas for one in INGREDIENTS for cas in one.numbers}
    numbers |= {cas for group in GROUPS.values() for cas in group.cas}

    assert {cas for cas in numbers if cas_expected(cas) != cas} == set()


@given(st.integers(10, 9_999_999), st.integers(0, 99), st.integers(0, 9))
def test_of_ten_last_digits_one_passes(first, second, digit):
    number = f"{first}-{second:02d}-{digit}"

    assert (cas_expected(number) == number) == (wrong_digit("cas_mod10", number) is None)
    assert cas_expected(cas_expected(number)) == cas_expected(number)


def test_the_examples_of_the_other_numbers_with_check_digits():
    assert (ec_expected("200-001-8"), ec_expected("200-001-9")) == ("200-001-8", "200-001-8")
    assert (gtin_expected("4006381333931"), wrong_digit("gtin_mod10", "4006381333932")) == (
        "4006381333931",
        "4006381333931",
    )


def test_a_wrong_digit_is_named_with_the_expected_one():
    [found] = [f for f in checked(*rest_of(line("GLYCERIN", "56-81-4", "5"))) if f.code == "cas_check_digit"]

    assert (found.weight, found.params["line"], found.params["expected"]) == ("block", 2, "56-81-5")


def test_a_good_declaration_has_nothing_to_find():
    serum = rest_of(
        line("GLYCERIN", "56-81-5", "5"), line("NIACINAMIDE", "98-92-0", "4"), line("PHENOXYETHANOL", "122-99-6", "0.9")
    )

    assert checked(*serum, type="face") == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([line("AQUA", "7732-18-5", "60"), line("GLYCERIN", "56-81-5", "5")], ["sum_not_100"]),
        ([line("AQUA", "7732-18-5", "98"), line("GLYCERIN", "56-81-5", "5")], ["sum_not_100"]),
        ([line("AQUA", "7732-18-5", "97", low="90"), line("GLYCERIN", "56-81-5", "5", low="1")], []),
        ([line("AQUA", "7732-18-5", "101")], ["concentration_out_of_range", "sum_not_100"]),
        ([line("AQUA", "7732-18-5", "100", low="-1")], ["concentration_out_of_range"]),
        ([line("AQUA", "7732-18-5")], ["concentration_missing", "sum_not_100"]),
        ([line("", "7732-18-5", "100")], ["name_missing"]),
        ([line("AQUA", "water", "100")], ["cas_format"]),
        ([], ["no_lines"]),
    ],
)
def test_what_cannot_be_a_whole_formula(lines, found):
    assert codes(checked(*lines)) == sorted(found)


def test_parts_of_a_whole_need_no_sum():
    assert checked(line("Polypropylene", "9003-07-0", "20"), category="electrical_appliance", whole=False) == []


def test_a_number_of_another_substance_is_seen_though_its_digit_is_right():
    found = checked(*rest_of(line("GLYCERIN", "123-31-9", "1")))

    assert codes(found) == ["name_cas_mismatch", "prohibited"]
    assert {f.params["belongs_to"] for f in found if f.code == "name_cas_mismatch"} == {"HYDROQUINONE"}
    assert codes(checked(*rest_of(line("GLYCERIN", "107-88-0", "1")))) == ["name_cas_mismatch"]
    assert codes(checked(*rest_of(line("GLYCERIN", "9003-07-0", "1")))) == ["name_cas_mismatch"]
    assert codes(checked(*rest_of(line("AQUA / WATER", "7732-18-5", "1")))) == []


def test_a_line_given_twice_is_shown():
    found = checked(*rest_of(line("GLYCERIN", "56-81-5", "2"), line("GLYCEROL", "56-81-5", "3")))

    assert [(f.code, f.params["lines"]) for f in found] == [("duplicate", [2, 3])]


def test_over_the_limit_says_which_law():
    [found] = checked(*rest_of(line("PHENOXYETHANOL", "122-99-6", "1.5")))

    assert (found.code, found.params["cas"], found.params["limit"]) == ("over_limit", "122-99-6", "1")
    assert found.params["law"] == "Regulation (EC) 1223/2009 Annex V"
    assert checked(*rest_of(line("PHENOXYETHANOL", "122-99-6", "1.5")), market="US") == []


@pytest.mark.parametrize(
    ("type", "percent", "found"),
    [
        ("", "0.4", ["product_type_unknown"]),
        ("", "1", ["over_limit", "product_type_unknown"]),
        ("hair_rinse_off", "2.5", []),
        ("hair_rinse_off", "3.5", ["over_limit"]),
        ("face", "1.9", []),
        ("face", "2.1", ["over_limit"]),
        ("lip", "0.6", ["over_limit"]),
    ],
)
def test_the_limit_depends_on_the_type_and_is_the_strictest_where_that_is_unknown(type, percent, found):
    lines = rest_of(line("SALICYLIC ACID", "69-72-7", percent))

    assert codes(checked(*lines, type=type), "block", "review") == found


def test_a_ban_may_leave_one_use_open():
    lines = rest_of(line("HYDROQUINONE", "123-31-9", "0.01"))

    assert codes(checked(*lines)) == ["prohibited"]
    assert codes(checked(*lines, type="face")) == ["prohibited"]
    assert codes(checked(*lines, type="nail_professional")) == []
    assert codes(checked(*rest_of(line("HYDROQUINONE", "123-31-9", "0.1")), type="nail_professional")) == ["over_limit"]


def test_a_substance_allowed_in_one_use_only_is_not_allowed_in_another():
    lines = rest_of(line("METHYLISOTHIAZOLINONE", "2682-20-4", "0.001"))

    assert codes(checked(*lines, type="rinse_off"), "block", "review") == []
    assert codes(checked(*lines, type="face"), "block", "review") == ["use_not_allowed"]


@pytest.mark.parametrize(
    ("name", "cas", "weight", "code"),
    [
        ("Hydroquinone", "", "block", "prohibited"),
        ("Phenylmercuric acetate", "62-38-4", "block", "prohibited"),
        ("Mercurous chloride", "", "block", "prohibited"),
        ("氯化汞", "", "block", "prohibited"),
        ("Sodium arsenite", "7784-46-5", "block", "prohibited"),
        ("Potassium dichromate", "", "block", "prohibited"),
        ("CHROMIUM (VI) SALT", "", "block", "prohibited"),
        ("Betamethasone valerate", "2152-44-5", "block", "prohibited"),
        ("Halometasone", "", "review", "group_suspected"),
        ("Lead acetate", "301-04-2", "block", "prohibited"),
        ("Tremolite", "77536-68-6", "block", "prohibited"),
        ("PERFLUORODECALIN", "306-94-5", "review", "group_suspected"),
    ],
)
def test_group_entries_are_met_by_name_where_no_number_finds_them(name, cas, weight, code):
    assert code in codes(checked(*rest_of(line(name, cas, "0.1"))), weight)


def test_chromium_oxide_green_is_no_chromium_vi():
    assert codes(checked(*rest_of(line("CHROMIUM OXIDE GREENS", "1308-38-9", "2"))), "block", "review") == []
    assert codes(checked(*rest_of(line("CI 77288 Chromium(III) oxide", "1308-38-9", "2"))), "block", "review") == []


def test_nothing_of_a_substance_is_nothing():
    assert checked(*rest_of(line("FORMALDEHYDE", "50-00-0", "0"))) == []


def test_a_law_that_begins_later_is_said_but_does_not_stop_today():
    lines = rest_of(line("DIBUTYL PHTHALATE", "84-74-2", "0.1"))

    assert set(codes(checked(*lines, market="US", day=date(2024, 6, 1)), "block", "note")) == {"restricted_later"}
    assert set(codes(checked(*lines, market="US"))) == {"prohibited"}


def test_parts_per_million_and_per_cent_are_one_scale():
    toy = {"market": "US", "category": "childrens_products", "whole": False}

    assert codes(checked(line("LEAD", "7439-92-1", "0.02"), **toy)) == ["over_limit"]
    assert codes(checked(line("LEAD", "7439-92-1", "0.005"), **toy)) == []


def test_what_no_declaration_can_be_compared_with_goes_to_a_person():
    found = checked(line("NICKEL", "7440-02-0", "1"), category="jewelry_accessories", whole=False)

    assert "limit_in_another_unit" in codes(found, "review")


def test_rohs_is_about_all_electrical_goods():
    assert "over_limit" in codes(
        checked(line("LEAD", "7439-92-1", "0.5"), category="consumer_electronics", whole=False)
    )


def test_an_allergen_is_to_be_declared():
    assert codes(checked(*rest_of(line("LINALOOL", "78-70-6", "0.02"))), "note") == ["declare"]


def test_every_scope_that_is_sorted_stands_in_the_table():
    assert set(SCOPES) <= {row["product_scope"] for row in catalogue.rows("substances")}
    assert set().union(*(types for types, _only in SCOPES.values())) <= set(TYPES)

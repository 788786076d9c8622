"""What the catalogue says: dates, scopes and sources that were found wrong or missing once."""

import json
from datetime import date

import pytest

from compliance.models import RequirementKind
from compliance.rules.requirements import Rule, Subject, applies
from suppliers import markets
from tests.compliance import catalogue_rows as catalogue

CATEGORIES = {row["code"] for row in catalogue.rows("categories")}
MARKETS = {row["code"] for row in json.loads(markets.FILE.read_text())}
TRAITS = {row["code"] for row in catalogue.rows("traits")}
ROWS = catalogue.rows("requirements")


def asked(category, market, day, *traits) -> set[str]:
    """The requirements that apply to a product with these traits, all others answered no."""
    parent = next(row["parent"] for row in json.loads(markets.FILE.read_text()) if row["code"] == market)
    answers = dict.fromkeys(TRAITS, False) | dict.fromkeys(traits, True)
    subject = Subject((category,), (market, *filter(None, [parent])), answers)
    found = set()
    for row in ROWS:
        rule = Rule(
            key=row["key"],
            categories=frozenset(row["categories"]),
            categories_exclude=frozenset(row["categories_exclude"]),
            markets=frozenset(row["markets"]),
            traits_all=frozenset(row["traits_all"]),
            traits_any=frozenset(row["traits_any"]),
            applies_from=row["applies_from"] and date.fromisoformat(row["applies_from"]),
            applies_until=row["applies_until"] and date.fromisoformat(row["applies_until"]),
        )
        if applies(rule, subject, day):
            found.add(row["key"])
    return found


@pytest.mark.parametrize(
    ("key", "category", "market", "traits", "day", "is_asked"),
    [
        ("eu-battery-label", "beauty_device", "EU-DE", ["has_battery"], date(2027, 8, 17), False),
        ("eu-battery-label", "micromobility", "EU-DE", ["has_battery"], date(2027, 8, 18), True),
        ("eu-battery-collection-symbol", "toys", "EU-FR", ["has_battery"], date(2025, 8, 18), True),
        ("eu-battery-qr", "toys", "EU-FR", ["has_battery"], date(2027, 2, 17), False),
        ("eu-battery-qr", "toys", "EU-FR", ["has_battery"], date(2027, 2, 18), True),
        ("eu-battery-epr-de", "beauty_device", "EU-DE", ["has_battery"], date(2026, 11, 22), True),
        ("us-cpsc-efiling", "lighting", "US", ["cpsc_regulated"], date(2026, 7, 8), True),
        ("us-cpsc-efiling", "home_general", "US", ["cpsc_regulated"], date(2026, 7, 7), False),
        ("us-cpsc-efiling", "home_general", "US", ["cpsc_regulated"], date(2026, 7, 8), True),
        ("us-mn-pfas", "beauty_cosmetics", "US", [], date(2025, 1, 1), True),
        ("us-mn-pfas", "apparel_textile", "US", [], date(2026, 1, 1), False),
        ("us-state-pfas", "apparel_textile", "US", [], date(2026, 1, 1), True),
        ("eu-eudr", "furniture", "EU-DE", ["composite_wood"], date(2026, 12, 29), False),
        ("eu-eudr", "furniture", "EU-DE", ["composite_wood"], date(2026, 12, 30), True),
        ("eu-cra-reporting", "consumer_electronics", "EU-DE", ["internet_connected"], date(2026, 9, 11), True),
        ("eu-cra-doc", "consumer_electronics", "EU-DE", ["internet_connected"], date(2027, 12, 10), False),
        ("us-hair-dryer-immersion", "beauty_device", "US", ["mains_powered", "hand_held_hair_dryer"], date(2026, 1, 1), True),
        ("us-hair-dryer-immersion", "beauty_device", "US", ["mains_powered"], date(2026, 1, 1), False),
        ("us-fcc-covered-list", "consumer_electronics", "US", ["has_radio"], date(2026, 1, 1), True),
        ("kr-kc-safety", "electrical_appliance", "KR", ["mains_powered"], date(2026, 1, 1), True),
        ("au-rcm-eess", "electrical_appliance", "AU", ["mains_powered"], date(2026, 1, 1), True),
        ("mx-ift", "consumer_electronics", "MX", ["has_radio"], date(2026, 1, 1), True),
        ("br-anvisa-cosmetics", "beauty_cosmetics", "BR", [], date(2026, 1, 1), True),
        ("eu-gpsr-rp", "home_general", "EU-IE", [], date(2026, 1, 1), True),
        ("tiktok-us-qualification", "toys", "US", [], date(2026, 1, 1), True),
        ("amazon-us-button-battery", "consumer_electronics", "US", ["has_button_cell"], date(2026, 1, 1), True),
        ("temu-eu-electrical", "lighting", "EU-IT", [], date(2026, 1, 1), True),
    ],
)  # fmt: skip
def test_a_requirement_is_asked_where_and_from_when_the_law_has_it(key, category, market, traits, day, is_asked):
    assert (key in asked(category, market, day, *traits)) is is_asked


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["key"])
def test_each_requirement_says_how_sure_it_is_and_names_only_what_there_is(row):
    assert row["verification"] in {"verified", "partly", "known"}
    assert row["source"] or row["verification"] == "known"
    assert row["verified_scope"] or row["verification"] != "partly"
    assert set(row["categories"]) <= CATEGORIES | {"*"}
    assert set(row["markets"]) <= MARKETS | {"*"}
    assert {*row["traits_all"], *row["traits_any"]} <= TRAITS
    assert row["kind"] in RequirementKind.values


def test_what_a_platform_asks_is_of_its_own_kind_and_stops_nobody_by_law():
    platforms = [row for row in ROWS if row["kind"] == RequirementKind.PLATFORM]

    assert {row["key"].partition("-")[0] for row in platforms} == {"tiktok", "amazon", "temu"}
    assert {row["severity"] for row in platforms} == {"warn"}
    assert all(row["source"] for row in platforms)


def test_a_market_of_the_catalogue_is_a_market_of_ours():
    assert {row["code"] for row in catalogue.rows("markets")} == MARKETS

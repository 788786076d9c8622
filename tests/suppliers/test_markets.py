"""A market is one row of a file: with it everything about the market is known, and without a fact of it nothing is made."""

import ast
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, IntegrityError, transaction
from django.urls import reverse

from compliance.catalogue.services.reference import load_reference
from compliance.checklist.services import Chains
from compliance.gate.reads import read_facts
from compliance.paper.reads import Tables
from compliance.reading.manuals import Place
from compliance.rules.requirements import day_in
from config.architecture import APPS
from suppliers.markets import FACTS, FILE, UnusableMarket, load_markets
from suppliers.models import Listing, Market
from tests.compliance import catalogue_rows as catalogue
from tests.factories import NOON, make_product

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {row["code"]: row for row in json.loads(FILE.read_text())}
NEW = {
    "code": "ATLANTIS", "parent": None, "name": "Atlantis", "name_zh": "亚特兰蒂斯",
    "zone": "Australia/Sydney", "country_names": "Atlantis|A\\.?T\\.?L", "voltage": 230, "languages": ["en"],
    "return_days": 30, "return_days_source": "Assumed",
}  # fmt: skip


@pytest.fixture
def with_row(tmp_path):
    """The file that ships with one more row."""

    def write(row: dict) -> Path:
        path = tmp_path / "markets.json"
        path.write_text(json.dumps([*SHIPPED.values(), row]))
        return path

    return write


@pytest.mark.django_db
def test_the_markets_of_the_file_are_there_with_all_that_it_says():
    told = {
        market.code: {name: getattr(market, name) for name in SHIPPED["US"] if name != "parent"}
        | {"parent": market.parent and market.parent.code}
        for market in Market.objects.select_related("parent")
    }

    assert told == SHIPPED


@pytest.mark.django_db
def test_a_row_is_a_market(client, merchandiser, with_row):
    load_reference(at=NOON)

    assert load_markets(Market, path=with_row(NEW)) == 1
    assert load_markets(Market, path=with_row(NEW)) == 0
    listing = make_product("LAMP", markets=("ATLANTIS",)).listings.select_related("market").get()
    client.force_login(merchandiser)
    evening = datetime(2026, 6, 30, 14, 0, tzinfo=UTC)
    chains = Chains()
    place = chains.places[listing.market_id]

    assert place == Place("ATLANTIS", "Atlantis|A\\.?T\\.?L", 230, ("en",))
    assert [facts.zone for _listed, facts in read_facts([listing.pk])] == ["Australia/Sydney"]
    assert day_in(listing.market.zone, evening) == date(2026, 7, 1)
    assert Tables().languages(chains.markets[listing.market_id], place) == ("en",)
    assert "Atlantis" in client.get(reverse("listing-detail", args=["LAMP", "ATLANTIS"])).content.decode()


@pytest.mark.django_db
def test_a_member_state_may_name_any_country_of_its_union_and_has_its_own_languages(with_row):
    load_reference(at=NOON)
    poland = {"code": "EU-XX", "parent": "EU", "name": "Poland", "languages": ["pl"], "country_names": "Poland"}
    load_markets(Market, path=with_row(NEW | poland | {"zone": "Europe/Warsaw"}))
    chains, market = Chains(), Market.objects.get(code="EU-XX")
    place = chains.places[market.pk]

    assert place.names.startswith("Poland|Austria|Belgium|")
    assert Tables().languages(chains.markets[market.pk], place) == ("pl",)
    # What the table says of the law goes first: of the union as a whole it says that each state decides.
    union = Market.objects.get(code="EU")
    assert Tables().languages(chains.markets[union.pk], chains.places[union.pk]) == ()


@pytest.mark.django_db
def test_a_fact_that_the_file_corrects_is_corrected(tmp_path):
    path = tmp_path / "markets.json"
    path.write_text(json.dumps([SHIPPED["US"] | {"zone": "America/Halifax", "name": "States"}]))

    load_markets(Market, path=path)

    market = Market.objects.get(code="US")
    assert (market.zone, market.name) == ("America/Halifax", "United States")


@pytest.mark.django_db
@pytest.mark.parametrize("fact", FACTS)
def test_a_row_that_lacks_a_fact_is_refused_by_the_name_of_market_and_fact(with_row, fact):
    with pytest.raises(UnusableMarket, match=f"markets.json, ATLANTIS: .*'{fact}'"):
        load_markets(Market, path=with_row({name: value for name, value in NEW.items() if name != fact}))
    assert not Market.objects.filter(code="ATLANTIS").exists()


WRONG = {
    "zone": "Mars/Olympus",
    "country_names": "(",
    "voltage": 12,
    "languages": ["deutsch"],
}


@pytest.mark.django_db
@pytest.mark.parametrize(("fact", "value"), [*WRONG.items(), ("parent", "XX")])
def test_a_row_that_says_what_cannot_be_is_refused(with_row, fact, value):
    with pytest.raises(CommandError, match=f"markets.json, ATLANTIS: .*{fact}"):
        call_command("load_markets", file=with_row(NEW | {fact: value}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("zone", ""), ("zone", None), ("zone", "UTC"), ("zone", "Mars/Olympus"), ("country_names", ""),
        ("country_names", None), ("voltage", 0), ("voltage", None), ("return_days", 0), ("return_days", None), ("return_days_source", ""), ("languages", []), ("languages", None),
    ],
)  # fmt: skip
def test_the_database_refuses_a_market_that_lacks_a_fact(fact, value):
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        Market.objects.filter(code="US").update(**{fact: value})


@pytest.mark.django_db
def test_no_fact_has_a_default():
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        Market.objects.create(code="ATLANTIS", name="Atlantis")
    for fact in FACTS:
        with pytest.raises((IntegrityError, DataError)), transaction.atomic():
            Market.objects.create(**{name: value for name, value in NEW.items() if name not in (fact, "parent")})
    assert not Listing.objects.filter(market__code="ATLANTIS").exists()


def test_the_catalogue_speaks_of_markets_of_the_file_alone_and_agrees_with_it():
    rules = {row["market"]: row["manual_languages"] for row in catalogue.rows("manual_language_rules")}
    said = {
        *(row["code"] for row in catalogue.rows("markets")),
        *(code for row in catalogue.rows("requirements") for code in row["markets"]),
        *rules,
        *catalogue.rows("market_voltage_patterns"),
    }

    assert said - {"*"} <= set(SHIPPED)
    assert {code: SHIPPED[code]["languages"] for code in rules if code != "EU"} == {
        code: languages for code, languages in rules.items() if code != "EU"
    }


def test_no_module_has_a_table_of_markets():
    tables = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for app in ("config", *APPS)
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts and "demo" not in str(path)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Dict)
        and any(isinstance(key, ast.Constant) and key.value in SHIPPED for key in node.keys)
    ]

    assert tables == []

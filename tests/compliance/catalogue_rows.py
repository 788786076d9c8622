"""The rows of the catalogue, as the readers of papers take them."""

import json
from functools import cache
from pathlib import Path

from compliance.catalogue.services.annexes import annexes
from compliance.checklist.services import place_of
from compliance.paper.reads import restriction_of
from compliance.reading.manuals import Place, Section
from compliance.reading.numbers import NumberFormat
from compliance.reading.restrictions import Restriction
from compliance.rules import requirements as rules
from suppliers import markets
from suppliers.models import Market

PATH = Path(__file__).resolve().parents[2] / "compliance/data/catalogue.json"


@cache
def rows(name: str):
    return json.loads(PATH.read_text())[name]


def place(*chain: str) -> Place:
    """Of the market whose codes these are, the own one first."""
    known = {row["code"]: row for row in json.loads(markets.FILE.read_text())}
    return place_of([Market(**known[code] | {"parent": None}) for code in chain])


def sections() -> list[Section]:
    return [Section(**{field: row[field] for field in Section.__slots__}) for row in rows("manual_sections")]


def voltages() -> dict[str, str]:
    return rows("market_voltage_patterns")


def requirement(key: str) -> dict:
    return next(row for row in rows("requirements") if row["key"] == key)


def rule(key: str) -> rules.Rule:
    row = requirement(key)
    wishes = [wish for wish in rows("platform_validity_rules") if key in wish["requirement_keys"]]
    return rules.Rule(
        key=key,
        validity_type=row["validity"]["type"],
        validity_months=row["validity"]["months"],
        policy_max_age_months=row["validity"]["policy_max_age_months"],
        platform_rules=tuple(
            rules.PlatformRule(
                wish["platform"], frozenset(wish["markets"]), wish["max_age_days"], wish["min_remaining_days"]
            )
            for wish in wishes
        ),
    )


def formats() -> list[NumberFormat]:
    wanted_by: dict[str, set[str]] = {}
    for row in rows("requirements"):
        wanted_by.setdefault(row["number_format"], set()).update(row["markets"])
    return [
        NumberFormat(
            *(row[name] for name in ("key", "name", "regex", "on_mismatch", "check", "example_valid")),
            markets=frozenset(wanted_by.get(row["key"], ())),
        )
        for row in rows("number_formats")
    ]


@cache
def restrictions() -> tuple[Restriction, ...]:
    """Of both files, each as sure as it says."""
    sure = {"verified"}
    return tuple(restriction_of(row, is_sure=row["verification"] in sure) for row in [*rows("substances"), *annexes()])

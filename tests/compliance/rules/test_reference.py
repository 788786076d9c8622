"""What loosens an entry of a table that papers are compared with (R13)."""

import pytest

from compliance.rules.reference import stops_less

SUBSTANCE = {
    "name_en": "Lead", "name_zh": "", "cas": None, "markets": ["EU", "UK"], "status": "restricted", "limit": 1, "unit": "%",
    "applies_from": "2026-01-01", "note": "",
}  # fmt: skip
SECTION = {
    "categories": ["toys"],
    "markets": ["*"],
    "severity": "review",
    "patterns_any": ["a", "b"],
    "value_patterns": [],
}
LANGUAGES = {"manual_languages": ["de", "en"], "english_enough": True}
NUMBERS = {"regex": "^1", "check": "", "on_mismatch": "review", "name": "GTIN"}


@pytest.mark.parametrize(
    ("table", "data", "change", "loosens"),
    [
        ("substances", SUBSTANCE, {"limit": "0.5"}, False),
        ("substances", SUBSTANCE, {"limit": "1.5"}, True),
        ("substances", SUBSTANCE, {"limit": None}, True),
        ("substances", SUBSTANCE, {"unit": "ppm"}, True),  # nobody can tell
        ("substances", SUBSTANCE, {"markets": ["EU", "UK", "SG"]}, False),
        ("substances", SUBSTANCE, {"markets": ["EU"]}, True),
        ("substances", SUBSTANCE, {"applies_from": "2025-01-01"}, False),
        ("substances", SUBSTANCE, {"applies_from": None}, False),
        ("substances", SUBSTANCE, {"applies_from": "2027-01-01"}, True),
        ("substances", SUBSTANCE, {"status": "prohibited"}, False),
        ("substances", SUBSTANCE, {"status": "allowed"}, True),
        ("substances", SUBSTANCE, {"cas": "7439-92-1"}, False),
        ("substances", SUBSTANCE, {"name_en": "Leads"}, True),
        ("substances", SUBSTANCE, {"note": "Annex II", "limit": "0.5"}, False),
        ("manual_sections", SECTION, {"patterns_any": ["a"]}, False),
        ("manual_sections", SECTION, {"patterns_any": ["a", "."]}, True),
        ("manual_sections", SECTION, {"patterns_any": []}, True),
        ("manual_sections", SECTION, {"severity": "block", "categories": ["*"]}, False),
        ("manual_sections", SECTION, {"markets": ["US"]}, True),
        ("manual_language_rules", LANGUAGES, {"manual_languages": ["de"]}, False),
        ("manual_language_rules", LANGUAGES, {"manual_languages": ["de", "en", "zh"]}, True),
        ("market_voltage_patterns", {"pattern": "230 V"}, {"pattern": "."}, True),
        ("number_formats", NUMBERS, {"on_mismatch": "block"}, False),
        ("number_formats", NUMBERS, {"regex": "."}, True),
        ("number_formats", NUMBERS, {"name": "GTIN-13"}, False),
    ],
)  # fmt: skip
def test_what_cannot_be_told_loosens(table, data, change, loosens):
    assert stops_less(table, data, data | change, was=True, will=True) is loosens


@pytest.mark.parametrize(("was", "will", "loosens"), [(True, False, True), (False, True, False), (False, False, False)])
def test_what_papers_are_not_compared_with_stops_none(was, will, loosens):
    assert stops_less("substances", SUBSTANCE, SUBSTANCE | {"limit": None}, was=was, will=will) is loosens

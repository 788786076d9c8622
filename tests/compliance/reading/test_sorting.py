"""To which requirement a paper is sorted by what it says of itself."""

import json
from pathlib import Path

from compliance.reading.sorting import Candidate, likely
from compliance.reading.text import Page
from tests.compliance import catalogue_rows as catalogue

INDEX = json.loads((Path(__file__).parents[1] / "paper/certificates/index.json").read_text())["products"]
TEXTS = {
    "uk-scpn": [
        ("serum-UK", "SCPN\nNotification reference UKCP-12345678\nProduct SRM-30"),
        (
            "serum-UK",
            "Cosmetic product notification - GOV.UK\nSRM-30 Hyaluronic Serum\nUK cosmetic product number (UKCP) UKCP-87654321\nNotified by Example Ltd",
        ),
        ("serum-UK", "提交化妆品通报 SCPN\n产品 SRM-30\n编号：UKCP-87654321"),
    ],
    "gl-battery-sds": [
        (
            "earbuds-EU",
            "MATERIAL SAFETY DATA SHEET\nProduct: Lithium-ion Battery 602030\n1. Identification 2. Hazards identification 4. First aid measures 14. Transport information UN3480",
        ),
        (
            "earbuds-EU",
            "SDS\nLithium polymer battery 602030\nSection 2 Hazards identification\nSection 4 First aid measures\nSection 14 Transport information: UN 3480, class 9",
        ),
        (
            "earbuds-EU",
            "化学品安全技术说明书\n锂离子电池 602030\n第二部分 危险性概述\n第四部分 急救措施\n第十四部分 运输信息 UN3480",
        ),
        (
            "earbuds-US",
            "Safety Data Sheet according to GHS\nRechargeable Li-ion battery X5\nHazards identification\nFirst aid\nTransport information UN 3481",
        ),
    ],
    "gl-un383": [
        (
            "earbuds-EU",
            "UN38.3 TEST REPORT\nLithium battery 602030\nT.1 pass T.2 pass T.3 pass T.4 pass T.5 pass T.6 pass T.7 pass T.8 pass",
        )
    ],
    "eu-cpnp": [("serum-EU", "CPNP notification\nReference number: 3912345\nSRM-30")],
}


def candidates(about: dict) -> list[Candidate]:
    """All papers that a product may need in its market."""
    markets = {"*", about["market"], about["market"].split("-")[0]}
    patterns = {row["key"]: row["regex"] for row in catalogue.rows("number_formats")}
    return [
        Candidate(
            row["key"], row["kind"], row["name_en"], row["legal_basis"] or "", row["asks"],
            patterns.get(row["number_format"], ""), tuple(about["models"]),
        )
        for row in catalogue.rows("requirements")
        if markets & set(row["markets"]) and {"*", about["category"]} & set(row["categories"]) and row["kind"] != "label"
    ]  # fmt: skip


def test_registrations_and_safety_data_sheets_are_sorted_among_all_that_may_be_wanted():
    first = {
        text: (key, [one.key for one in likely([Page(1, text, "text")], candidates(INDEX[product]))][:1])
        for key, texts in TEXTS.items()
        for product, text in texts
    }
    assert {text: found for text, (key, found) in first.items() if found != [key]} == {}


def test_a_declaration_that_names_all_acts_is_no_declaration_of_its_battery():
    text = """EU DECLARATION OF CONFORMITY
Product: earbuds X5
2014/53/EU, 2011/65/EU, (EU) 2023/1542
EN 300 328, EN 18031-1"""
    assert likely([Page(1, text, "text")], candidates(INDEX["earbuds-EU"]))[0].key == "eu-ce-doc"

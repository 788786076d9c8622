"""Certificates and their like: what the form says, and whether the paper says the same."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.reading.certificates import Asked, Paper, cfr_parts, check
from compliance.reading.dates import dates_in
from compliance.reading.findings import outcome
from compliance.reading.printed import compare
from compliance.reading.text import Page
from tests.compliance import catalogue_rows as catalogue

TODAY = date(2026, 11, 22)


def asked(key: str, *, models=("HD-2200",), markets=("US",), cites=(), day=TODAY) -> Asked:
    row = catalogue.requirement(key)
    scheme = next((one for one in catalogue.formats() if one.key == row["number_format"]), None)
    not_by = tuple(row["asks"].get("not_by", ()))
    return Asked(
        key, frozenset(row["fields"]), catalogue.rule(key), scheme, models, markets, cites, TODAY, day, not_by=not_by
    )


def found(paper: Paper, want: Asked, *weights: str) -> list[str]:
    return sorted(
        f.code for f in check(paper, want, catalogue.formats()) if f.weight in (weights or ("block", "review"))
    )


NRTL = Paper(
    number="E123456",
    issuing_body="UL Solutions",
    standard="UL 859",
    model_numbers=("HD-2200", "HD-2100"),
    holder="Shenzhen Meifa Electric Co., Ltd.",
    valid_from=date(2026, 3, 2),
    valid_to=date(2027, 3, 1),
)
TEXT = """CERTIFICATE OF COMPLIANCE
Certificate Number: E123456
Applicant: Shenzhen Meifa Electric Co., Ltd.
This certificate was issued by UL Solutions for hair dryers, models HD-2100 and HD-2200.
Standard: UL 859, Household Electric Personal Grooming Appliances
Valid from: 2 March 2026
Valid until: March 1, 2027"""


def compared(paper: Paper, text: str, want: Asked | None = None):
    return compare(paper, want or asked("us-nrtl-listing"), [Page(1, text, "text")])


def test_a_paper_that_says_what_the_form_says_has_nothing_to_look_at():
    assert found(NRTL, asked("us-nrtl-listing")) == []
    assert outcome(compared(NRTL, TEXT)) == "pass"


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"number": ""}, ["number_missing"]),
        ({"number": "UL-OK"}, ["number_format"]),
        ({"model_numbers": ()}, ["model_missing"]),
        ({"model_numbers": ("HD-2300",)}, ["model_mismatch"]),
        ({"model_numbers": ("HD-2200B",)}, ["model_mismatch"]),
        ({"model_numbers": ("HD-22XX",)}, ["model_by_series"]),
        ({"valid_from": date(2027, 3, 2)}, ["date_order"]),
        ({"valid_from": date(2026, 12, 1)}, ["not_yet_valid"]),
        ({"valid_to": date(2026, 11, 21)}, ["expired"]),
        ({"valid_to": date(2026, 11, 22)}, []),
    ],
)
def test_what_cannot_be_right_is_named(change, codes):
    assert found(replace(NRTL, **change), asked("us-nrtl-listing")) == codes


def test_the_planned_day_decides_not_today():
    assert found(NRTL, asked("us-nrtl-listing", day=date(2027, 3, 2))) == ["expired"]


def test_no_number_is_asked_where_the_law_gives_none():
    cpc = Paper(
        issued_on=date(2026, 2, 10), fields={"product_identification": "Wooden blocks WBB-50", "cpsc_lab_id": "1234"}
    )

    assert found(cpc, asked("us-cpc", models=("WBB-50",))) == []
    assert found(replace(cpc, fields={**cpc.fields, "cpsc_lab_id": "12A4"}), asked("us-cpc", models=("WBB-50",))) == [
        "number_format"
    ]


def test_a_platform_may_ask_for_a_younger_paper_than_the_law():
    cpc = Paper(issued_on=date(2025, 11, 21), fields={"product_identification": "WBB-50"})

    assert found(cpc, asked("us-cpc", models=("WBB-50",))) == ["too_old", "too_old_for_platform"]


def test_parts_of_the_code_are_told_from_sections():
    assert cfr_parts("16 CFR 1303; 16 CFR Part 1250 and 16 CFR 1500.19") == {"1303", "1250"}
    assert cfr_parts("16 CFR 1615, 1616") == {"1615", "1616"}


@pytest.mark.parametrize(
    ("old", "new", "code", "quote"),
    [
        ("E123456", "E654321", "number_mismatch", "Certificate Number: E654321"),
        ("Certificate Number: E123456", "", "number_not_in_text", ""),
        ("models HD-2100 and HD-2200", "models HD-2100 and HD-2300", "model_not_in_text", "models HD-2100 and HD-2300"),
        ("March 1, 2027", "March 1, 2026", "date_mismatch", "Valid until: March 1, 2026"),
        ("Valid until: March 1, 2027", "", "date_not_in_text", ""),
        ("Shenzhen Meifa Electric", "Ningbo Other", "holder_not_in_text", "Applicant: Ningbo Other Co., Ltd."),
        ("UL Solutions", "TÜV Rheinland", "issuing_body_not_in_text", "TÜV Rheinland"),
        ("UL 859", "UL 60335-1", "standard_not_in_text", ""),
    ],
)
def test_every_difference_between_form_and_paper_is_named_with_what_the_paper_says(old, new, code, quote):
    [difference] = [f for f in compared(NRTL, TEXT.replace(old, new)) if f.weight in ("block", "review")]

    assert difference.code == code
    assert quote in difference.quote


def test_an_end_that_the_form_leaves_out_is_shown():
    assert [f.code for f in compared(replace(NRTL, valid_to=None), TEXT) if f.weight == "review"] == ["date_left_out"]


def test_what_the_form_does_not_say_yet_is_offered():
    empty = Paper()
    offered = {f.code: f.params.get("value") for f in compared(empty, TEXT) if f.code.startswith("found")}

    assert offered == {
        "found_number": "E123456",
        "found_standards": ["UL 859"],
        "found_issuing_body": "UL Solutions",
        "found_holder": "Shenzhen Meifa Electric Co., Ltd.",
    }


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("2026-03-02", [date(2026, 3, 2)]),
        ("2026/3/2", [date(2026, 3, 2)]),
        ("2026.03.02", [date(2026, 3, 2)]),
        ("2026年3月2日", [date(2026, 3, 2)]),
        ("02.03.2026", [date(2026, 3, 2)]),
        ("02/03/2026", [date(2026, 3, 2), date(2026, 2, 3)]),
        ("13/03/2026", [date(2026, 3, 13)]),
        ("March 2, 2026", [date(2026, 3, 2)]),
        ("Mar. 2nd 2026", [date(2026, 3, 2)]),
        ("2 March 2026", [date(2026, 3, 2)]),
        ("02-Mar-2026", [date(2026, 3, 2)]),
        ("2. März 2026", [date(2026, 3, 2)]),
        ("2 de marzo de 2026", [date(2026, 3, 2)]),
        ("31.02.2026", []),
        ("12026-03-02", []),
        ("EN 60335-2-23:2003", []),
    ],
)
def test_dates_in_their_usual_forms(text, readings):
    assert [reading for one in dates_in([Page(1, f"on {text}.", "text")]) for reading in one.readings] == readings


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Date of issue: 2026-03-02", "issued_on"),
        ("签发日期：2026年3月2日", "issued_on"),
        ("有效期至 2026-03-02", "valid_to"),
        ("Expiry date\n2026-03-02", "valid_to"),
        ("Gültig bis 02.03.2026", "valid_to"),
        ("Valid from 2026-03-02", "valid_from"),
        ("Valid from 2026-01-02 until further notice 2026-03-02", "valid_from"),
        ("Tested 2026-03-02", ""),
    ],
)
def test_the_words_before_a_date_say_what_it_is(text, label):
    assert dates_in([Page(1, text, "text")])[-1].label == label

"""The described documents of the catalogue: each gets the finding that it names."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.reading import substances
from compliance.reading.certificates import Paper, check
from compliance.reading.findings import outcome
from compliance.reading.restrictions import Line, Product
from tests.compliance import catalogue_rows as catalogue
from tests.compliance import manuals
from tests.compliance.reading.test_certificates import TODAY, asked
from tests.compliance.reading.test_manuals import read

DESCRIBED = {row["id"]: row for row in json.loads((Path(__file__).parents[1] / "data/test_documents.json").read_text())}
# What the catalogue calls a finding -> what we call it.
NAMES = {"expires_within_platform_30_days": "expires_too_soon_for_platform", "no_text_layer": "no_text_layer"}
DATES = {"issue_date": "issued_on", "valid_from": "valid_from", "valid_to": "valid_to"}
NUMBERS = ("registration_number", "report_number", "certificate_number")


def paper_of(fields: dict) -> Paper:
    typed = {ours: date.fromisoformat(fields[theirs]) for theirs, ours in DATES.items() if theirs in fields}
    number = next((fields[name] for name in NUMBERS if name in fields), "")
    models = (fields["model_number"],) if "model_number" in fields else ()
    rest = {name: "; ".join(value) if isinstance(value, list) else value for name, value in fields.items()}
    return Paper(
        number=number,
        issuing_body=fields.get("issuing_body") or fields.get("lab_name", ""),
        model_numbers=models,
        fields={name: value for name, value in rest.items() if name not in {*DATES, *NUMBERS}},
        **typed,
    )


def reasons(findings) -> set[str]:
    names = set()
    for finding in findings:
        if finding.weight == "note":
            continue
        of = {"missing_rule": "rule", "over_limit": "cas", "prohibited": "cas"}.get(finding.code)
        names.add(f"{finding.code}:{finding.params[of]}" if of else finding.code)
    return names


def expected(row: dict) -> set[str]:
    return {NAMES.get(reason, reason) for reason in row["expected_reasons"]}


@pytest.mark.parametrize("id", ["T01", "T06", "T08", "T09", "T10", "T27", "T28", "T29"])
def test_a_described_paper(id):
    row = DESCRIBED[id]
    sku = row["sku"]
    cites = ("16 CFR 1250", "16 CFR 1303") if row["requirement"] == "us-cpc" else ()
    chain = (sku["market"], sku["market"].split("-")[0])
    want = asked(row["requirement"], models=(sku["model_number"],), markets=chain, cites=cites)
    if row["requirement"] == "us-fcc-sdoc":
        assert want.day == TODAY
    findings = check(paper_of(row["fields"]), want, catalogue.formats())

    assert reasons(findings) - expected(row) <= {"model_missing", "date_missing"}
    assert expected(row) <= reasons(findings)
    assert outcome(findings) == row["expected"]


@pytest.mark.parametrize("id", ["T22", "T23", "T24"])
def test_a_described_declaration(id):
    row = DESCRIBED[id]
    lines = [
        Line(name, cas, "", Decimal(str(percent)), Decimal(str(percent)), function)
        for name, cas, percent, function in row["fields"]["rows"]
    ]
    product = Product(frozenset({row["sku"]["category"]}), frozenset({row["sku"]["market"], "EU"}), TODAY)
    findings = substances.check(lines, product, catalogue.restrictions())

    assert (outcome(findings), reasons(findings)) == (row["expected"], expected(row))


@pytest.mark.parametrize(
    ("id", "texts", "source"),
    [
        ("T14", [manuals.CHINESE_HEADINGS], "text"),
        ("T15", [manuals.ENGLISH, manuals.GERMAN, manuals.CHINESE], "text"),
        ("T16", [manuals.ENGLISH], "ocr"),
    ],
)
def test_a_described_manual(id, texts, source):
    row = DESCRIBED[id]
    findings = read(*texts, source=source)

    assert (outcome(findings), reasons(findings)) == (row["expected"], expected(row))


def test_every_described_paper_is_tried():
    tried = {"T01", "T06", "T08", "T09", "T10", "T27", "T28", "T29", "T22", "T23", "T24", "T14", "T15", "T16"}

    # T30, the same file for another number, is about two papers: tests of the services have it.
    assert set(DESCRIBED) == tried | {"T30"}


@pytest.mark.parametrize(
    "name", ["CVC Testing Technology Co., Ltd.", "cvc testing", "TUV Rheinland - CCIC (Ningbo)", "CAICT"]
)
def test_a_withdrawn_laboratory_is_met_however_it_is_written(name):
    findings = check(Paper(issuing_body=name), asked("us-fcc-lab-eligible"), catalogue.formats())

    assert "lab_not_recognised" in reasons(findings)
    assert len(asked("us-fcc-lab-eligible").not_by) > 10

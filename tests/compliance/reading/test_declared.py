"""Rows of declarations as people type, paste and import them."""

from decimal import Decimal

import pytest

from compliance.reading.declared import Row, lines_of, pasted, rows_of

SERUM = "INCI\tCAS No.\tContent %\tFunction\nAQUA\t7732-18-5\tbalance\tsolvent\nGLYCERIN\t56-81-5\t5\thumectant\n"


def shares(*rows: Row):
    lines, errors = lines_of(rows)
    return [(line.low, line.high) for line in lines], errors


def test_a_table_from_a_spreadsheet():
    lines, errors = lines_of(pasted(SERUM))

    assert errors == []
    assert [(line.name, line.cas, line.high, line.function) for line in lines] == [
        ("AQUA", "7732-18-5", Decimal(95), "solvent"),
        ("GLYCERIN", "56-81-5", Decimal(5), "humectant"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "AQUA\t7732-18-5\t95\tsolvent",
        "AQUA;7732-18-5;95;solvent",
        "AQUA, 7732-18-5, 95, solvent",
        "AQUA   7732-18-5   95   solvent",
        "成分,CAS号,含量,功能\nAQUA,7732-18-5,95%,solvent",
        "功能;含量 %;名称;CAS\nsolvent;95;AQUA;7732 - 18 - 5",
    ],
)
def test_separators_and_headings(text):
    [line] = lines_of(pasted(text))[0]

    assert (line.name, line.cas, line.high, line.function) == ("AQUA", "7732-18-5", Decimal(95), "solvent")


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("1.5", "1.5", "1.5"),
        ("1,5 %", "1.5", "1.5"),
        ("1-5", "1", "5"),
        ("1 – 5 %", "1", "5"),
        ("<0.1", "0", "0.1"),
        ("≤ 0.1%", "0", "0.1"),
        ("80 ppm", "0.0080", "0.0080"),
        ("", None, None),
    ],
)
def test_concentrations(said, low, high):
    [(found_low, found_high)], errors = shares(Row(name="X", percent=said))

    assert errors == []
    assert (found_low, found_high) == (low and Decimal(low), high and Decimal(high))


def test_parts_per_million_have_a_column_of_their_own():
    [line] = lines_of(rows_of([["Part", "Material", "CAS", "ppm"], ["Plug", "Lead", "7439-92-1", "90"]]))[0]

    assert (line.name, line.high) == ("Lead", Decimal("0.0090"))


@pytest.mark.parametrize("said", ["a lot", "1..5", "-3", "1e5", "5-", "9" * 30])
def test_what_is_no_concentration_is_named_with_its_line(said):
    assert shares(Row(name="A", percent="1"), Row(name="B", percent=said))[1] == [(2, "concentration")]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("7732 - 18 - 5", "7732-18-5"), ("７７３２－１８－５", "7732-18-5"), ("CAS No.: 7732–18–5", "7732-18-5"),
        ("7732—18—5", "7732-18-5"), ("7732185", "7732-18-5"), ("7732186", "7732186"), ("n/a", ""), ("无", ""),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_registry_does(said, number):
    assert lines_of([Row(name="AQUA", cas=said)])[0][0].cas == number


def test_two_lines_cannot_both_be_the_rest():
    assert shares(Row(name="A", percent="ad 100"), Row(name="B", percent="余量"))[1] == [(2, "second_balance")]
    assert shares(Row(name="A", percent="q.s."), Row(name="B", percent="q.s."))[1] == [(2, "second_balance")]


def test_enough_beside_the_rest_is_no_concentration():
    assert shares(Row(name="A", percent="q.s."), Row(name="B", percent="q.s. to 100")) == (
        [(None, None), (Decimal(100), Decimal(100))], [],
    )  # fmt: skip


def test_nothing_pasted_is_no_rows():
    assert (pasted(""), pasted("\n \n"), rows_of([])) == ([], [], [])

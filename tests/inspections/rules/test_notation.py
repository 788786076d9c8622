"""How people write numbers: the server and the device read every text the same, by one table of cases."""

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import playwright
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.rules.notation import mark_of, read_column, split_column, split_list
from inspections.rules.readings import Beyond, ReadingError
from inspections.rules.units import factors_to

CASES = json.loads((Path(__file__).parent / "notation.json").read_text())
SCRIPTS = Path(__file__).parents[3] / "static/js/entry"


def told(value: Decimal | ReadingError | None) -> str:
    if isinstance(value, ReadingError):
        return f"!{value.code}"
    if isinstance(value, Beyond) or value is None:
        return str(value or "")
    return f"{value:f}"


@pytest.mark.parametrize(("text", "unit", "expected"), CASES["texts"])
def test_one_text_is_one_number_or_none(text, unit, expected):
    [value] = read_column([text], unit=unit)

    assert told(value) == expected


@pytest.mark.parametrize(("texts", "expected"), CASES["columns"])
def test_one_decimal_mark_holds_for_a_column(texts, expected):
    assert [told(value) for value in read_column(texts)] == expected


@pytest.mark.parametrize(("text", "expected"), CASES["splits"])
def test_a_comma_between_digits_parts_nothing(text, expected):
    assert split_column(text) == expected


def test_the_device_reads_as_the_server_does(tmp_path):
    node = Path(playwright.__file__).parent / "driver/node"  # of the same test tool that drives the browser
    for name in ("notation.js", "readings.js"):
        shutil.copy(SCRIPTS / name, tmp_path / name)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "run.js").write_text(
        """
        import { readColumn, splitColumn } from "./notation.js";
        import { readFileSync } from "node:fs";
        const { texts, columns, splits, factors } = JSON.parse(readFileSync(0));
        const told = ({ value, error }) => (error ? `!${error}` : value);
        console.log(JSON.stringify({
          texts: texts.map(([text, unit]) => told(readColumn([text], { unit, factors: factors[unit] })[0])),
          columns: columns.map(([column]) => readColumn(column).map(told)),
          splits: splits.map(([text]) => splitColumn(text)),
        }));
        """
    )
    factors = {unit: {n: f"{f:f}" for n, f in factors_to(unit).items()} for _t, unit, _e in CASES["texts"]}

    run = subprocess.run(
        [node, "run.js"], cwd=tmp_path, input=json.dumps(CASES | {"factors": factors}), capture_output=True, text=True, check=True
    )  # fmt: skip

    said = json.loads(run.stdout)
    assert {
        name: [list(pair) for pair in zip([case[0] for case in CASES[name]], said[name], strict=True)] for name in said
    } == {name: [[case[0], case[-1]] for case in CASES[name]] for name in said}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50.1 49.9;50.2、1", ["50.1 49.9", "50.2", "1"]),
        ("57,7 57,8", ["57,7", "57,8"]),
        ("20,5", ["20,5"]),
        ("57.7, 57.8", ["57.7", "57.8"]),
        ("12.5 mm 12.6 mm", ["12.5 mm", "12.6 mm"]),
        ("-1 -2 <3 < 4", ["-1", "-2", "<3", "< 4"]),
        ("34.05", ["34.05"]),
        ("", []),
    ],
)
def test_readings_of_one_cell_may_have_only_spaces_between(text, expected):
    assert split_list(text) == expected


decimals = st.decimals(Decimal("-9999999"), Decimal("9999999"), places=2, allow_nan=False)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(st.lists(decimals, min_size=1, max_size=20), st.sampled_from([(",", "."), (".", ",")]), st.booleans())
def test_any_column_in_one_notation_reads_back(numbers, marks, is_grouped):
    thousands, point = marks
    texts = [
        f"{n:,.2f}".translate(str.maketrans({",": thousands if is_grouped else None, ".": point})) for n in numbers
    ]

    assert read_column(texts) == numbers


@settings(deadline=None)
@given(decimals, decimals)
def test_a_column_in_two_notations_is_never_read(one, other):
    texts = [f"{one:.2f}", f"{other:.2f}".replace(".", ",")]

    assert [value.code for value in read_column(texts)] == ["two_marks", "two_marks"]
    with pytest.raises(ReadingError):
        mark_of(texts)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_text_breaks_the_parser(text):
    read_column(split_column(text), unit="mm")

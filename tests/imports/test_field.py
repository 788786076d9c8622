"""Files as shops, factories and spreadsheets really write them: what a person sees in a cell is what is read, or it is refused.

The files of tests/imports/field are such files, one for each way in which one went wrong. No database.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from activity.errors import InvalidInput
from imports import cells, kinds
from imports.reading import fits_for, understand
from imports.rows import ItemRefused, Sheet
from imports.tables import Table, read_head, read_table
from inspections.models import Characteristic
from inspections.rules.readings import is_within

FIELD = Path(__file__).parent / "field"
RETURNS = kinds.find("market_returns")
DAYS = {"return date", "Time Requested", "produced_on"}


def opened(name: str) -> BytesIO:
    return BytesIO((FIELD / name).read_bytes())


def table_of(name: str, kind=None, **options) -> Table:
    return read_table(opened(name), fits_for(kind), options)


def rows_of(name: str, *, days: str = "", **options) -> tuple[list[dict], list[tuple]]:
    """The rows of a file as codes, notes, numbers and days; and (line, column, code) of what is wrong with them."""
    table = table_of(
        name, RETURNS if "batch" not in read_head(opened(name), fits_for(None)).header else None, **options
    )
    sheet = Sheet(table, {title: place for place, title in enumerate(table.header)}, {})
    read_day = cells.day_reader(days)
    rows = []
    for read in sheet.rows():
        row = {}
        for title in table.header:
            reader = (
                read_day if title in DAYS else {"quantity": cells.whole, "note": cells.shown}.get(title, cells.text)
            )
            row[title] = read(reader, title)
        rows.append(row | {"line": read.line})
    return rows, [(error.line, error.column, error.code) for error in sheet.errors]


def refusal_of(name: str, kind=None) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        table_of(name, kind)
    [error] = refusal.value.errors
    return error.code, str(error.detail)


# Codes


@pytest.mark.parametrize(
    ("name", "title", "seen"),
    [
        ("12-digit-sku-as-number.xlsx", "sku", "850058000001"),
        ("19-digits-as-text.xlsx", "rma", "4035318504000000112"),
        ("sku-shown-with-zeros.xlsx", "sku", "00000001"),
        ("order-shown-with-zeros.xlsx", "order id", "004711"),
        ("sku-with-a-roman-numeral.csv", "sku", "HLII-000001"),
        ("zero-width-space-behind-a-sku.csv", "sku", "TTB-000001"),
        ("non-breaking-hyphen-in-a-sku.csv", "sku", "TTB-000001"),
        ("00123.csv", "sku", "00000001"),
        ("apostrophe-before-a-sku.csv", "sku", "00000001"),
        ("lot-full-width.csv", "lot", "L000001"),
    ],
)
def test_a_code_is_what_is_seen(name, title, seen):
    [row], errors = rows_of(name)

    assert (row[title], errors) == (seen, [])


@pytest.mark.parametrize(
    ("name", "column", "code"),
    [
        ("19-digits-reference.xlsx", "rma", "not_text"),
        ("18-digits-pilot-order.xlsx", "order id", "not_text"),
        ("number-as-a-date-batch.xlsx", "batch", "not_text"),
        ("true-as-batch.xlsx", "batch", "not_text"),
        ("error-cell-reference.xlsx", "rma", "error_cell"),
        ("error-cell-lot-code.xlsx", "lot", "error_cell"),
    ],
)
def test_a_code_that_a_spreadsheet_changed_is_refused(name, column, code):
    assert rows_of(name)[1] == [(2, column, code)]


# Sheets and rows


@pytest.mark.parametrize(
    ("name", "sheet", "batches", "left"),
    [
        ("hidden-first-sheet.xlsx", "Now", ["NOW-000001"], "“Old” (hidden)"),
        ("cover-sheet-first.xlsx", "Deliveries", ["CS-000001"], "“How to fill”"),
        ("empty-first-sheet.xlsx", "Lots 7", ["ES-000001"], "“Sheet1”"),
        ("strict-open-xml.xlsx", "S", ["ST-000001"], ""),
    ],
)
def test_the_sheet_with_the_list_is_read_and_the_others_are_named(name, sheet, batches, left):
    rows, _errors = rows_of(name)
    table = table_of(name)

    assert (table.sheet, [row["batch"] for row in rows]) == (sheet, batches)
    assert [left in note.detail for note in table.notes if note.code == "sheets"] == ([True] if left else [])


def test_of_two_lists_one_is_chosen():
    code, detail = refusal_of("second-sheet-with-a-list.xlsx")
    assert (code, "November" in detail, "December" in detail) == ("several_sheets", True, True)

    rows, _errors = rows_of("second-sheet-with-a-list.xlsx", sheet="December")
    assert [row["batch"] for row in rows] == ["T2-000001"]


def test_hidden_rows_are_not_read_and_counted():
    rows, _errors = rows_of("row-hidden-by-a-filter.xlsx")

    assert [row["batch"] for row in rows] == ["HA-000001"]
    assert [(note.line, note.code) for note in table_of("row-hidden-by-a-filter.xlsx").notes] == [(3, "hidden_rows")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("every-cell-in-a-row-r-1.xlsx", [(2, "OR0000011", date(2026, 11, 20)), (3, "OR0000012", date(2026, 11, 21))]),
        ("rows-and-cells-without-r.xlsx", [(2, "NR0000011", date(2026, 11, 20))]),
    ],
)
def test_a_cell_stands_where_it_says_itself(name, expected):
    rows, _errors = rows_of(name)

    assert [(row["line"], row["Return Order ID"], row["Time Requested"]) for row in rows] == expected


# Texts


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("windows-1252-german.csv", "Reißverschluss löst sich; Größe fällt klein aus"),
        ("windows-1252-french.csv", "fermeture éclair cassée à la réception"),
        ("big5.csv", "拉鍊壞了"),
        ("gb-18030.csv", "拉链坏了，尺码偏小"),
        ("code-page-936-with.csv", "退款 €19.99"),
        ("code-page-936-with-twice.csv", "€5 退 €19"),
        ("utf-8-with-mark.csv", "Größe"),
        ("utf-16.csv", "Größe 大"),
    ],
)
def test_a_text_is_read_in_the_encoding_in_which_it_makes_sense(name, note):
    [row], _errors = rows_of(name)

    assert row["note"] == note


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("line-sep.csv", 3),
        ("title-line-and-a-blank.csv", 4),
        ("title-and-two-lines-of-facts.csv", 4),
        ("bars-between.csv", 2),
        ("semicolons-commas-in-a-quoted-title.csv", 2),
        ("commas-semicolons-in-a-quoted-title.csv", 2),
        ("lines-ended-by-cr-alone.csv", 2),
    ],
)
def test_the_header_is_found_and_its_columns_are_parted(name, line):
    [row], errors = rows_of(name)

    assert (row["line"], row["rma"], row["reason"], errors) == (line, "LA000001", "defective", [])


@pytest.mark.parametrize(
    ("name", "kind", "code", "said"),
    [("nul-far-down.csv", RETURNS, "null_character", "62")],
)
def test_what_is_no_table_is_refused_with_what_to_do(name, kind, code, said):
    found, detail = refusal_of(name, kind)

    assert (found, said in detail) == (code, True)


# Days and quantities


@pytest.mark.parametrize(
    ("name", "days", "expected"),
    [
        ("day-month-name-year.csv", "dmy", [date(2026, 11, 20), date(2026, 11, 3)]),
        ("nov-20-2026.csv", "mdy", [date(2026, 11, 20)]),
        ("20261120.csv", "ymd", [date(2026, 11, 20)] * 2),
        ("two-digit-year.csv", "mdy", [date(2026, 11, 20)]),
        ("11-16-2026-is-no-two-days.csv", "ymd", [date(2026, 11, 16)]),
        ("20-11-26.csv", "dmy", [date(2026, 11, 20), date(2026, 11, 3)]),
    ],
)
def test_days_are_read_in_every_notation(name, days, expected):
    rows, errors = rows_of(name, days=days)

    assert ([row["return date"] for row in rows], errors) == (expected, [])


@pytest.mark.parametrize("name", ["batches-day-with-a-time.csv", "days-counted-from-1904.xlsx"])
def test_days_of_batches(name):
    rows, errors = rows_of(name)

    assert ({row["produced_on"] for row in rows}, errors) == ({date(2026, 11, 20)}, [])


def test_a_year_of_two_digits_may_be_the_first_part():
    assert {code for _line, _column, code in rows_of("20-11-26.csv")[1]} == {"ambiguous_date"}


@pytest.mark.parametrize(
    ("name", "quantity"),
    [("quantity-1000-0.csv", 1000), ("quantity-1000-pcs.csv", 1000), ("quantity-1000-5-is-none.csv", None)],
)
def test_quantities(name, quantity):
    [row], errors = rows_of(name)

    assert (row["quantity"], [code for _line, _column, code in errors]) == (
        quantity,
        [] if quantity else ["not_a_number"],
    )


# Readings and answers


def spec(code: str, unit: str = "", lower=None, upper=None, *, name: str = "") -> Characteristic:
    return Characteristic(
        code=code,
        name=name or code,
        unit=unit,
        lower=lower and Decimal(lower),
        upper=upper and Decimal(upper),
        is_measured=bool(unit),
    )


PB, ALC = spec("PB", "%", None, "0.01"), spec("ALC", "%", "8", "12")
FILL, W = spec("FILL", "%", "95", "105"), spec("W", "g", "0.2", "400")
DIA, LOOK = spec("DIA", "mm", "73", "75", name="Inside diameter"), spec("LOOK")


def results_of(source: str | BytesIO, characteristic: Characteristic, n: int, **options) -> Sequence[object]:
    """The readings, or the nonconforming units, that a file of results has. Raises ItemRefused."""
    found = understand(
        read_table(opened(source) if isinstance(source, str) else source, fits_for(None)), options=options
    )
    assert found.errors == []
    [item] = found.items
    [sent] = item.results([characteristic], {characteristic.code: n})
    return sent.readings if characteristic.is_measured else sent.nonconforming_units


@pytest.mark.parametrize(
    ("name", "characteristic", "expected"),
    [
        ("per-cent-lead.xlsx", PB, ["0.5", "0.5", "0.5"]),
        ("per-cent-alcohol.xlsx", ALC, ["10", "10", "10"]),
        ("per-cent-in-a-readings-column.xlsx", PB, ["0.05"]),
        ("per-cent-above-one.xlsx", FILL, ["102", "102", "102"]),
        ("57-7-as-a-double.xlsx", W, ["57.7", "82.5", "100.3"]),
        ("1e-2-in-xml.xlsx", W, ["0.25", "0.37", "120"]),
        ("file-57-7-with-semicolons-by-unit.csv", W, ["57.7", "57.8"]),
        ("file-57-7-57-8-with-semicolons-by-ch.csv", W, ["57.7", "57.8"]),
        ("file-57-7-57-8-by-check.csv", W, ["57.7", "57.8"]),
        ("file.csv", W, ["57.7", "57.8"]),
        ("file-quoted-57-7-between-commas-by-u.csv", W, ["57.7", "57.8"]),
        ("file-20-5-for-two-units-by-check.csv", W, ["20.5"]),
        ("header-dia-mm.csv", DIA, ["74.001", "74.002"]),
        ("header-dia.csv", DIA, ["74.001", "74.002"]),
        ("header-inside-diameter.csv", DIA, ["74.001", "74.002"]),
    ],
)
def test_a_reading_is_what_is_seen(name, characteristic, expected):
    assert results_of(name, characteristic, len(expected)) == [Decimal(each) for each in expected]


def test_lead_of_half_a_per_cent_is_no_half_of_a_hundredth():
    assert [is_within(reading, PB.lower, PB.upper) for reading in results_of("per-cent-lead.xlsx", PB, 3)] == [
        False
    ] * 3


@pytest.mark.parametrize(
    ("name", "characteristic", "code"),
    [("per-cent-lead.xlsx", spec("PB", "mm"), "other_unit"), ("header-dia-mm.csv", spec("DIA", "g"), "other_unit")],
)
def test_another_unit_is_refused(name, characteristic, code):
    with pytest.raises(ItemRefused) as refusal:
        results_of(name, characteristic, 3)

    assert {error.code for error in refusal.value.errors} == {code}


def test_answers_in_words():
    assert results_of("answers-passed-failed.csv", LOOK, 5) == [4, 5]


def test_not_applicable_is_no_pass():
    with pytest.raises(ItemRefused) as refusal:
        results_of("n-a-is-no-pass.csv", LOOK, 2)

    assert [(error.line, error.code) for error in refusal.value.errors] == [(3, "unknown_answer")]


def by_unit(title: str, *cells_: str) -> BytesIO:
    return BytesIO(
        f"batch;unit;{title}\n{''.join(f'B;{n};{cell}{chr(10)}' for n, cell in enumerate(cells_, 1))}".encode()
    )


@pytest.mark.parametrize(
    ("title", "written", "expected"),
    [
        ("DIA", ["74,1", "74,25"], ["74.1", "74.25"]),
        ("DIA (mm)", ["74.1 mm", "7.41 cm"], ["74.1", "74.1"]),
        ("Inside diameter [cm]", ["7.41", "7.42"], ["74.1", "74.2"]),
        ("DIA/mm", ["74.1", "74.2"], ["74.1", "74.2"]),
        ("inside DIAMETER, mm", ["７４．１", "74.2"], ["74.1", "74.2"]),
    ],
)
def test_readings_with_units_of_the_same_kind(title, written, expected):
    assert results_of(by_unit(title, *written), DIA, 2) == [Decimal(each) for each in expected]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (["74,1", "74.2"], "two_marks"),
        (["74,123", "74,124"], "may_be_two"),
        (["74.123", "74"], "may_be_two"),  # with semicolons between its cells a point may part thousands
        (["74.1 kg", "74.2 kg"], "other_unit"),
        (["10²", "74.2"], "changed_digits"),
        (["0.1234567891", "74.2"], "too_precise"),
    ],
)
def test_what_may_be_two_numbers_or_is_none_is_refused_by_line_and_column(written, code):
    with pytest.raises(ItemRefused) as refusal:
        results_of(by_unit("DIA", *written), DIA, 2)

    assert (refusal.value.errors[0].line, refusal.value.errors[0].column, refusal.value.errors[0].code) == (
        2,
        "DIA",
        code,
    )


def test_somebody_says_what_a_comma_means():
    assert results_of(by_unit("DIA", "74,123", "74,124"), DIA, 2, decimal=",") == [Decimal("74.123"), Decimal("74.124")]
    assert results_of(by_unit("DIA", "74.123", "74.124"), DIA, 2, decimal=".") == [Decimal("74.123"), Decimal("74.124")]
    assert results_of(by_unit("DIA", "74.123", "74.1"), DIA, 2) == [Decimal("74.123"), Decimal("74.1")]


def test_yes_is_asked_and_then_known():
    with pytest.raises(ItemRefused) as refusal:
        results_of(by_unit("LOOK", "ok", "Yes"), LOOK, 2)
    assert [(error.code, error.value) for error in refusal.value.errors] == [("either_answer", "LOOK: yes")]

    explained = {"LOOK: yes": "nonconforming"}
    assert results_of(by_unit("LOOK", "ok", "Yes"), LOOK, 2, answers=explained) == [2]


def test_an_old_workbook_is_read_as_it_is_shown():
    table = table_of("old-excel.xls")

    assert (table.sheet, [note.code for note in table.notes]) == ("Readings", ["sheets", "hidden_rows"])
    assert [cells.text(row.cells[0]) for row in table.rows] == ["004711"] * 3
    assert results_of("old-excel.xls", PB, 3) == [Decimal("0.5"), Decimal("0.5"), Decimal("0.0")]


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv=Content-Type
content="text/html; charset=%s"><style>td { mso-number-format:"\\@"; }</style></head><body>
<table border=1><tr><th>退货单号</th><th>SKU<th style='display:none'>内部</th><th>note</tr>
<tr><td x:str>00123<td>HL&nbsp;1&amp;2</td><td style="display: none">secret</td><td>壶盖<b>松</b><br>漏水</td></tr>
<tr style="mso-height-source:userset;display:none"><td>H-2</td><td>X</td><td></td><td></td></tr>
<tr><td>H-3</td><td>50,5</td></tr></table></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", ""])
def test_a_web_page_named_xls_is_read_as_a_browser_shows_it(charset):
    content = (PAGE % charset).encode("gb18030" if charset == "gb2312" else "utf-8")

    table = read_table(BytesIO(content), fits_for(RETURNS))

    assert table.header == ["退货单号", "SKU", "", "note"]
    assert [row.cells for row in table.rows] == [
        ["00123", "HL\xa01&2", None, "壶盖松\n漏水"],
        ["H-3", "50,5"],
    ]
    assert [note.code for note in table.notes] == ["hidden_rows"]
    assert table_of("web-page-named-xls.xls", RETURNS).header == ["rma", "sku"]


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<html><body>Sign in to see your orders</body></html>", "web_page"),
        ('<?xml version="1.0"?><Workbook/>', "web_page"),
        ("MIME-Version: 1.0\n\n<html>", "web_page"),
        ("<table><tr><td>a<td>b<tr><td colspan=2>1</table>", "merged_cells"),
        ("<table><tr><td>a<td>b</table>", "no_rows"),
    ],
)
def test_a_web_page_that_is_no_table_is_refused(page, code):
    with pytest.raises(InvalidInput) as refusal:
        read_table(BytesIO(page.encode()), fits_for(RETURNS))

    assert [error.code for error in refusal.value.errors] == [code]


def test_two_tables_of_a_page_are_two_sheets_of_which_the_known_one_is_read():
    rows = "<tr><td>R-1<td>HL-1<td>2026-11-20"
    page = f"<table><tr><td>Shop<td>My shop</table><table><tr><td>rma<td>sku<td>return date{rows}</table>"

    table = read_table(BytesIO(page.encode()), fits_for(RETURNS))

    assert (table.sheet, table.rows[0].cells) == ("Table 2", ["R-1", "HL-1", "2026-11-20"])


def test_a_hidden_column_is_not_read_and_is_named():
    book = Workbook()
    for row in (["rma", "sku", "old sku", "return date"], ["R-1", "HL-1", "HL-0", "2026-11-20"]):
        book.active.append(row)
    book.active.column_dimensions["C"].hidden = True
    content = BytesIO()
    book.save(content)
    content.seek(0)

    table = read_table(content, fits_for(RETURNS))

    assert (table.header, table.rows[0].cells) == (
        ["rma", "sku", "", "return date"],
        ["R-1", "HL-1", None, "2026-11-20"],
    )
    assert [(note.code, "C" in note.detail) for note in table.notes] == [("hidden_columns", True)]

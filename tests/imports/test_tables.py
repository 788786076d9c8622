"""What a file says, and how plainly a file that cannot be read is refused. No database."""

import csv
import random
import zipfile
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.utils.translation import override
from openpyxl import Workbook

from activity.errors import InvalidInput
from imports import cells, kinds, tables
from imports.cells import CellError
from imports.columns import plain, suggested_mapping
from imports.reading import fits_for, kind_of, understand
from imports.tables import Formula, Row, Table, read_table
from imports.templates import WRITERS, header_of
from inspections.batch import files as batches
from inspections.batch.files import BatchesItem, BatchRow
from inspections.inspection import files as results
from inspections.inspection.files.answers import answer
from inspections.inspection.files.numbers import Marks, reading, reading_list
from inspections.models import Characteristic

BATCHES = "batch,product,quantity\nB-1,HL-KT17-W,1000\nB-2,HL-KT17-W,200\n"


def xlsx(*rows, change=None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def parsed(content: bytes | str):
    table = read_table(BytesIO(content.encode() if isinstance(content, str) else content), fits_for(None))
    found = understand(table)
    return found.items, found.errors


def errors_of(content):
    return [(error.line, error.column, error.code) for error in parsed(content)[1]]


def refusal_of(content: bytes) -> str:
    with pytest.raises(InvalidInput) as refusal:
        parsed(content)
    [error] = refusal.value.errors
    assert error.field == "file"
    return error.code


TWO_BATCHES = [BatchRow(2, "B-1", "HL-KT17-W", 1000), BatchRow(3, "B-2", "HL-KT17-W", 200)]


@pytest.mark.parametrize(
    "content",
    [
        BATCHES.encode(),
        BATCHES.encode("utf-8-sig"),
        BATCHES.encode("utf-16"),
        BATCHES.replace(",", ";").encode(),
        BATCHES.replace(",", "\t").encode(),
        BATCHES.replace("\n", "\r\n").encode(),
        BATCHES.replace("batch,product,quantity", "批号,货号,数量").encode(),
        BATCHES.replace("batch,product,quantity", "批号,货号,数量").encode("gb18030"),
        BATCHES.replace("batch,product,quantity", "Lot Number,SKU,Qty").encode(),
        BATCHES.replace("1000", '"1,000"').encode(),
        BATCHES.replace("1000", "１０００").encode(),
        xlsx(["batch", "product", "quantity"], ["B-1", "HL-KT17-W", 1000], ["B-2", "HL-KT17-W", 200.0]),
        xlsx(["批号", "货号", "数量"], ["B-1", "HL-KT17-W", "1000"], ["B-2", "HL-KT17-W", "200"]),
    ],
    ids=[
        "utf-8", "with mark", "utf-16", "semicolons", "tabs", "windows", "chinese", "gb18030", "other names",
        "thousands", "full width", "xlsx", "xlsx with text",
    ],
)  # fmt: skip
def test_one_list_of_batches_however_it_is_written(content):
    assert parsed(content) == ([BatchesItem(TWO_BATCHES)], [])


def test_empty_rows_are_passed_over_and_lines_still_counted():
    text = '\n\nbatch,product,quantity\n,,\nB-1,HL-KT17-W,1000\n\n  , ,\n"B-2",HL-KT17-W,200\n'
    sheet = xlsx(
        [], [], ["batch", "product", "quantity"], [], ["B-1", "HL-KT17-W", 1000], [], [], ["B-2", "HL-KT17-W", 200]
    )

    for content in (text, sheet):
        [item], errors = parsed(content)
        assert ([row.line for row in item.rows], errors) == ([5, 8], [])


def test_a_cell_of_several_lines_counts_its_lines():
    [item], _errors = parsed('batch,product,quantity,po_number\nB-1,SKU,5,"two\nlines"\nB-2,SKU,6,\n')

    assert [(row.line, row.po_number) for row in item.rows] == [(2, "two lines"), (4, "")]


def test_every_bad_row_is_named_not_just_the_first():
    content = (
        "batch,product,quantity,cartons,produced_on\n"
        ",HL-KT17-W,1000,,\n"
        "B-2,HL-KT17-W,many,,\n"
        "B-3,HL-KT17-W,1000,1.5,20.13.2026\n"
        "B-4,HL-KT17-W,1000,,2026-11-20\n"
        "B-4,HL-KT17-W,1000,,\n"
        "B-6,HL-KT17-W,1000,10,2026-11-20,extra\n"
    )

    [item], _errors = parsed(content)

    assert sorted(errors_of(content)) == [
        (2, "batch", "required"),
        (3, "quantity", "not_a_number"),
        (4, "cartons", "not_a_number"),
        (4, "produced_on", "not_a_date"),
        (6, "batch", "duplicate_row"),
        (7, "", "unnamed_column"),
    ]
    assert item.rows[0] == BatchRow(5, "B-4", "HL-KT17-W", 1000, produced_on=date(2026, 11, 20))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("batch,product,quantity,colour", [(1, "colour", "unknown_column")]),
        ("batch,product,quantity,数量", [(1, "数量", "duplicate")]),
        ("batch,unit,LEAK,LEAK", [(1, "LEAK", "duplicate")]),
    ],
)
def test_columns_that_are_not_known_or_there_twice_are_named(header, expected):
    assert errors_of(header + "\nB-1,1,2,3\n") == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n,,\n  \n", "empty"),
        (b"batch,product,quantity\n", "no_rows"),
        (b"name,colour\nx,y\n", "unknown_header"),
        (b"batch,product\nx,y\n", "unknown_header"),
        (b"%PDF-1.7\n1 0 obj", "unknown_content"),
        (b"\x89PNG\r\n\x1a\n", "unknown_content"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (b"batch,product,quantity\n\0\0\0\0", "unknown_content"),
        (b"PK\x03\x04 and then nothing", "unknown_content"),
        (b"batch,product,quantity\nB\xff\xff-1,x,1\n", "unknown_encoding"),
        (b'batch,product,quantity\n"B-1,x,1\n', "broken_csv"),
        (b"batch,product,quantity" + b",x" * 300 + b"\n", "too_many_columns"),
        (b"batch,product,quantity\n" + b"B,x,1\n" * 50_001, "too_many_rows"),
        (b"x" * (20 * 2**20 + 1), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_plainly(content, code):
    assert refusal_of(content) == code


def packed(**members: bytes) -> bytes:
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return output.getvalue()


def rewritten(content: bytes, change) -> bytes:
    """The XLSX with its first sheet changed."""
    source = zipfile.ZipFile(BytesIO(content))
    members = {name: source.read(name) for name in source.namelist()}
    members["xl/worksheets/sheet1.xml"] = change(members["xl/worksheets/sheet1.xml"])
    return packed(**members)


GOOD = xlsx(["batch", "product", "quantity"], ["B-1", "HL-KT17-W", 1000])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (packed(**{"a.txt": b"hello"}), "unknown_content"),
        (packed(**{"[Content_Types].xml": b"<x/>"}), "unknown_content"),
        (packed(**{"[Content_Types].xml": b"<x/>", "xl/bomb.xml": bytes(301 * 2**20)}), "too_large_unpacked"),
        (packed(**{"[Content_Types].xml": b"", "xl/sharedStrings.xml": bytes(61 * 2**20)}), "too_large_unpacked"),
        (rewritten(GOOD, lambda sheet: sheet[: len(sheet) // 2]), "unknown_content"),
        (rewritten(GOOD, lambda sheet: b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet), "unknown_content"),
        (rewritten(GOOD, lambda sheet: sheet.replace(b'r="2"', b'r="99999999999"')), "unknown_content"),
        (GOOD[: len(GOOD) // 2], "unknown_content"),
        (xlsx(["batch", "product", "quantity"], ["B-1", "x", 1], change=lambda s: s.merge_cells("A2:A3")), "merged_cells"),
        (xlsx(), "empty"),
    ],
    ids=["zip", "no workbook", "bomb", "strings", "cut off", "doctype", "far row", "half", "merged", "empty"],
)  # fmt: skip
def test_a_spreadsheet_that_cannot_be_read_is_refused_plainly(content, code):
    assert len(content) < 2**20
    assert refusal_of(content) == code


def test_noise_in_a_spreadsheet_never_breaks_out():
    dice = random.Random(3)
    for _ in range(100):
        content = bytearray(GOOD)
        for _ in range(dice.choice([1, 5, 50])):
            content[dice.randrange(4, len(content))] = dice.randrange(256)
        with suppress(InvalidInput):
            read_table(BytesIO(bytes(content)))


@pytest.mark.parametrize(
    ("cell", "column", "code"),
    [
        ("=1000+1", "quantity", "formula"),
        (datetime(2026, 11, 20), "quantity", "not_a_number"),  # noqa: DTZ001 spreadsheets know no zones
        (46_346, "produced_on", "date_serial"),
        (True, "quantity", "not_a_number"),
        ("03/04/2026", "produced_on", "ambiguous_date"),
        ("31/31/2026", "produced_on", "not_a_date"),
        ("2026-02-30", "produced_on", "not_a_date"),
        (1e400, "quantity", "not_a_number"),
        ("1e3", "quantity", "not_a_number"),
        ("½", "quantity", "not_a_number"),
        ("=TODAY()", "batch", "formula"),
    ],
)
def test_cells_that_spreadsheets_turn_into_something_else(cell, column, code):
    row = {"batch": "B-1", "product": "HL-KT17-W", "quantity": 1000, "produced_on": None} | {column: cell}
    table = tables.Table(list(row), 1, [Row(2, [Formula(c) if str(c).startswith("=") else c for c in row.values()])])

    errors = understand(table, batches.KIND).errors

    assert [(error.line, error.column, error.code) for error in errors] == [(2, column, code)]


def test_a_formula_in_a_file_is_seen_as_one():
    assert errors_of(xlsx(["batch", "product", "quantity"], ["B-1", "HL-KT17-W", "=500+500"])) == [
        (2, "quantity", "formula")
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-20",
        "2026/11/20",
        "2026.11.20",
        "2026年11月20日",
        "２０２６－１１－２０",
        datetime(2026, 11, 20, 8),  # noqa: DTZ001 spreadsheets know no zones
        date(2026, 11, 20),
    ],
)
def test_dates_as_people_write_them(cell):
    assert cells.day(cell) == date(2026, 11, 20)


MM = Characteristic(code="DIA", unit="mm", lower=Decimal(0), upper=Decimal(100))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("50.1 49.9", ["50.1", "49.9"]), (34.05, ["34.05"]), ("１２．５", ["12.5"]), ("", []), ("50,2、1", ["50.2", "1"])],
)
def test_lists_of_readings(cell, expected):
    assert reading_list(cell, MM, "readings", Marks({"readings": [cell]})) == [Decimal(each) for each in expected]


@pytest.mark.parametrize("cell", ["NaN", "inf", "1e400", "50.1 kg", "1_000", "0x10", True, "10²", "1,234"])
def test_what_is_no_reading_is_refused(cell):
    with pytest.raises(CellError):
        reading(cell, MM)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("ok", 0), ("合格", 0), ("NG", 1), ("不合格", 1), ("0", 0), (3, 3), ("", None), (None, None), (2.0, 2)],
)
def test_answers_as_people_write_them(cell, expected):
    assert answer(cell) == expected


def test_kinds_without_named_columns_are_told_by_their_header():
    told = kinds.told_by_columns()

    assert [kind for kind in (batches.KIND, results.BY_CHECK, results.BY_UNIT) if kind not in told] == []
    for kind in told:
        for is_chinese in (False, True):
            header = [column.name_zh if is_chinese else column.name for column in kind.columns]
            assert kind_of(Table(header, 1, [])) == kind


def test_no_name_stands_for_two_columns_of_a_kind():
    for kind in kinds.every():
        names = [name for column in kind.columns for name in {plain(name) for name in column.names}]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("extension", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", kinds.every(), ids=lambda kind: kind.value)
def test_a_template_is_understood_by_the_importer(language, extension, kind):
    with override(language):
        content = WRITERS[extension](kind)
        assert refusal_of(content) == "no_rows"
        header = tables.read_head(BytesIO(content)).header
        is_chinese = language == "zh-hans"
        assert header == [column.name_zh if is_chinese else column.name for column in kind.columns]
        if kind in kinds.told_by_columns():
            assert kind_of(Table(header, 1, [])) == kind
        assert list(suggested_mapping(kind.columns, header).values()) == header


def test_a_template_can_be_filled_with_its_own_examples():
    text = StringIO()
    csv.writer(text).writerows([header_of(batches.KIND), [column.example for column in batches.COLUMNS]])

    assert parsed(text.getvalue()) == (
        [BatchesItem([BatchRow(2, "B-2611-042", "HL-KT17-W", 1000, "PO-3412", 100, date(2026, 11, 20))])],
        [],
    )

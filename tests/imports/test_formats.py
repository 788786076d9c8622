"""What a spreadsheet shows of the numbers that it stores. No database."""

from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from imports.formats import format_of, sure
from imports.tables import Number, as_shown, read_table


@pytest.mark.parametrize(
    ("code", "stored", "shown"),
    [
        ("General", "57.699999999999996", "57.7"),
        ("General", "1E-2", "0.01"),
        ("General", "850058000001", "850058000001"),
        ("0.0%", "0.005", "0.5%"),
        ("0%", "1.02", "102%"),
        ("0%", "-0.05", "-5%"),
        ('0.0"%"', "0.5", "0.5%"),
        ("0\\%", "5", "5%"),
        ("00000000", "123456", "00123456"),
        ("#,##0", "1234567", "1,234,567"),
        ("#,##0.00", "0.5", "0.50"),
        ("0.00", "0.005", "0.01"),
        ("0", "-0.4", "0"),
        ("0.00E+00", "4.0353185040866048E+18", "4.04E+18"),
        ("0.00E+00", "-0.00012", "-1.20E-04"),
        ("##0.0E+0", "12345", "12.3E+3"),
        ("# ?/?", "0.5", "1/2"),
        ("# ??/??", "3.25", "3 1/4"),
        ("# ?/8", "0.5", "4/8"),
        ("[$€-407] #,##0.00", "1234.5", "€ 1,234.50"),
        ('"$"#,##0.00_);("$"#,##0.00)', "-1234.5", "($1,234.50)"),
        ("[Red]0.00;[Blue]0.00", "-2", "2.00"),
        ("0.0,", "12345", "12.3"),
        ('0.0" mm"', "12", "12.0 mm"),
        ("000-0000", "5551234", "555-1234"),
        ('"B-"000', "42", "B-042"),
        ("0.0##", "1.5", "1.5"),
        ("[>100]0.0;0.00", "50", "50.00"),
        ("[>100]0.0;0.00", "500", "500.0"),
        ("0;-0;;@", "0", ""),
    ],
)
def test_what_is_seen_of_a_number(code, stored, shown):
    assert format_of(code).show(sure(stored)).strip() == shown


@pytest.mark.parametrize(
    ("code", "is_day", "is_time"),
    [
        ("yyyy\\-mm\\-dd", True, False), ("d-mmm", True, False), ("mmm-yy", True, False), ('yyyy"年"m"月"d"日"', True, False),
        ("[$-409]d\\-mmm\\-yy;@", True, False), ("h:mm", False, True), ("[h]:mm", False, True), ("mm:ss", False, True),
        ("General", False, False), ("0.00E+00", False, False), ("[Red]0.00", False, False), ('0" days"', False, False),
    ],
)  # fmt: skip
def test_formats_of_days_are_told(code, is_day, is_time):
    found = format_of(code)

    assert (found.is_day, found.is_time) == (is_day, is_time)


def rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def signed(text: str) -> str:
    """A spreadsheet shows no minus before a zero."""
    return text if any(char in "123456789" for char in text) else text.lstrip("-")


# How each is shown, told by Python's own formatting.
SHOWN = {
    "General": lambda n: f"{n.normalize():f}" if n else "0",
    "0": lambda n: signed(f"{rounded(n, 0):f}"),
    "0.00": lambda n: signed(f"{rounded(n, 2):f}"),
    "#,##0": lambda n: signed(f"{rounded(n, 0):,f}"),
    "#,##0.0": lambda n: signed(f"{rounded(n, 1):,f}"),
    "0%": lambda n: signed(f"{rounded(n * 100, 0):f}") + "%",
    "0.00%": lambda n: signed(f"{rounded(n * 100, 2):f}") + "%",
    '0.000" mm"': lambda n: signed(f"{rounded(n, 3):f}") + " mm",
    '0.0"%"': lambda n: signed(f"{rounded(n, 1):f}") + "%",
    "00000000": lambda n: signed(("-" if n < 0 else "") + f"{rounded(abs(n), 0):f}".zfill(8)),
    "@": lambda n: f"{n.normalize():f}" if n else "0",
}
numbers = st.decimals(Decimal(-999999), Decimal(999999), places=5, allow_nan=False)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(numbers, st.sampled_from(sorted(SHOWN))), min_size=1, max_size=30))
def test_any_table_in_any_formats_reads_back_as_it_is_shown(cells):
    book = Workbook()
    book.active.append(["reading", "shown"])
    for line, (number, code) in enumerate(cells, start=2):
        cell = book.active.cell(line, 1, float(number))
        cell.number_format = code
        book.active.cell(line, 2, "text")
    content = BytesIO()
    book.save(content)
    content.seek(0)

    assert [as_shown(row.cells[0]) for row in read_table(content).rows] == [
        SHOWN[code](number) for number, code in cells
    ]


@given(st.decimals(Decimal("-1e9"), Decimal("1e9"), places=6, allow_nan=False))
def test_the_noise_of_binary_fractions_is_no_digit(number):
    """What a double is written as, with 17 digits, shows the 15 that are certain."""
    assert Number(f"{float(number):.17g}").stored == sure(f"{number}")

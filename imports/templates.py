"""Empty files to fill in: the header that the importer understands, in the reader's language."""

import csv
from io import BytesIO, StringIO

from imports.kinds import Kind

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def header_of(kind: Kind) -> list[str]:
    return [column.local_name for column in kind.columns]


def as_csv(kind: Kind) -> bytes:
    """With a byte order mark, or Excel would not see that it is UTF-8."""
    text = StringIO()
    csv.writer(text).writerow(header_of(kind))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(kind: Kind) -> bytes:
    """Dates get a date format; all else is text, so that a batch number keeps its zeros."""
    # late: takes a second to load, and only this needs it
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.append(header_of(kind))
    for index, column in enumerate(kind.columns, start=1):
        sheet.cell(1, index).font = Font(bold=True)
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = 20
        sheet.column_dimensions[letter].number_format = "yyyy-mm-dd" if column.name.endswith("_on") else "@"
    sheet.freeze_panes = "A2"
    output = BytesIO()
    book.save(output)
    return output.getvalue()


WRITERS = {"csv": as_csv, "xlsx": as_xlsx}

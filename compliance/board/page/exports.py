"""The board as a file: one line per listing, written as it is read."""

import csv
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from activity.texts import cleaned, harmless
from compliance.catalogue.reads import requirement_names
from compliance.gate.page import lines, standing_chip, what_next
from compliance.gate.words import CHECK_NAMES, who
from compliance.models import Gate
from compliance.rules import gates

CHUNK = 2000


def header() -> list[str]:
    checks = [str(CHECK_NAMES[code]) for code in gates.CODES]
    return [
        _("SKU"),
        _("Product"),
        _("Market"),
        _("Supplier"),
        _("Category"),
        _("Merchandiser"),
        _("Gate"),
        _("Planned go-live"),
        _("Valid until"),
        *checks,
        _("Next step"),
        _("Acts next"),
        _("Due"),
    ]


def table(found: QuerySet[Gate]) -> Iterator[list[str]]:
    """The header, then a line per gate; as many statements however many there are."""
    yield header()
    names = requirement_names()
    found = found.select_related("listing__product__category", "listing__product__merchandiser")
    for gate in found.iterator(chunk_size=CHUNK):
        product = gate.listing.product
        checks = {line.code: f"{line.word}: {line.detail}" for line in lines(gate, names)}
        yield [
            gate.sku,
            product.local_name,
            gate.market,
            product.supplier.local_name,
            product.category.local_name,
            product.merchandiser.display_name if product.merchandiser else "",
            standing_chip(gate)[1],
            gate.planned_on.isoformat() if gate.planned_on else "",
            gate.valid_until.isoformat() if gate.valid_until else "",
            *(checks.get(code, "") for code in gates.CODES),
            what_next(gate, names),
            who(gate.acts_next),
            gate.due_on.isoformat() if gate.due_on else "",
        ]


class _Echo:
    def write(self, text: str) -> str:
        return text


def as_csv(rows: Iterable[list[str]]) -> Iterator[str]:
    """With a byte order mark, or Excel would not see that it is UTF-8.

    Each cell in quotation marks: where a list is parted by semicolons, what follows one would be a cell of its own.
    """
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def as_xlsx(rows: Iterable[list[str]]) -> IO[bytes]:
    """A workbook in a temporary file; every cell is text, a formula none."""
    # late: takes a second to load, and only this needs it
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Go-live board"))
    sheet.freeze_panes = "C2"
    for index, row in enumerate(rows):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=cleaned(text))
            cell.data_type = "s"
            if index == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    file = TemporaryFile()  # noqa: SIM115 the answer closes it
    book.save(file)
    file.seek(0)
    return file

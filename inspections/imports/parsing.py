"""From rows to what they ask for. Every row that cannot be understood is named, not just the first."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from inspections.imports import columns
from inspections.imports.columns import COLUMNS, TOLD_BY_COLUMNS, CellError, Column, plain
from inspections.imports.items import BatchesItem, BatchRow, CheckRow, InspectionItem, Item, RowError
from inspections.imports.order_items import OutcomesItem, ReturnsItem, parse_outcomes, parse_returns
from inspections.imports.tables import Cell, Row, Table, is_blank, refused
from inspections.models import ImportKind, PilotRun

ANSWERS: dict[str, Callable[[Cell], Any]] = {
    "readings": columns.reading_list,
    "nonconforming_units": columns.unit_list,
    "nonconforming": columns.required_whole,
    "nonconformities": columns.required_whole,
}
BATCHES_AT_ONCE = 500
AnyItem = Item | ReturnsItem | OutcomesItem


def kind_of(table: Table) -> ImportKind:
    """Raises InvalidInput when the header is that of no kind."""
    kind = columns.kind_of(table.header)
    if kind is None:
        forms = "; ".join(
            f"{kind.label}: {', '.join(column.name for column in COLUMNS[kind] if column.is_required)}"
            for kind in TOLD_BY_COLUMNS
        )
        raise refused(
            "unknown_header",
            _("Line %(line)s does not name the columns of any file that we know. Needed are, for %(forms)s.")
            % {"line": table.header_line, "forms": forms},
        )
    return kind


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file says. `errors` name the rows that say nothing; `titles` is what it calls the columns; `passed_over`
    counts the rows that have nothing to store."""

    kind: ImportKind
    items: Sequence[AnyItem]
    errors: list[RowError]
    titles: Mapping[str, str]
    row_count: int
    passed_over: int = 0

    def as_titled(self, errors: Iterable[RowError]) -> list[RowError]:
        """The errors with the columns called as in the file."""
        return [replace(error, column=self.titles.get(error.column, error.column)) for error in errors]


def understand(table: Table) -> Understood:
    """Raises InvalidInput when the header is that of no kind."""
    kind = kind_of(table)
    items, errors = parse(table, kind)
    titles = dict(zip(_names(table, kind, []), table.header, strict=True))
    return Understood(kind, items, errors, titles, len(table.rows))


def understand_orders(
    table: Table, kind: ImportKind, mapping: Mapping[str, str], options: Mapping[str, Any]
) -> Understood:
    """An export of orders, whose columns somebody has named. Raises InvalidInput where its pilot run is gone."""
    if kind == ImportKind.MARKET_RETURNS:
        found = parse_returns(table, mapping, options)
    else:
        uid: Any = options.get("run")  # None where nobody chose one: no run has it
        run = PilotRun.objects.select_related("product").filter(uid=uid).first()
        if run is None:
            raise refused("unknown_run", _("The pilot run of this file is not there any more."))
        found = parse_outcomes(table, mapping, options, run)
    if not found.items and not found.errors:
        raise refused("nothing", _("No row of this file has anything to store: all say that nothing came back."))
    return Understood(kind, found.items, found.errors, mapping, len(table.rows), found.passed_over)


def parse(table: Table, kind: ImportKind) -> tuple[list[Item], list[RowError]]:
    """The items of all rows that can be understood, and what is wrong with the others."""
    errors: list[RowError] = []
    names = _names(table, kind, errors)
    if errors:
        return [], errors
    cells = [(row, _named(row, names, errors)) for row in table.rows]
    if kind == ImportKind.BATCHES:
        rows = list(_batches(cells, errors))
        starts = range(0, len(rows), BATCHES_AT_ONCE)
        return [BatchesItem(rows[start : start + BATCHES_AT_ONCE]) for start in starts], errors
    return list(_inspections(cells, errors)), errors


def _names(table: Table, kind: ImportKind, errors: list[RowError]) -> list[str]:
    """What each column is: the name of a known one or, in a file with a row per unit, a characteristic's code."""
    known = {plain(name): column for column in COLUMNS[kind] for name in column.names}
    names: list[str] = []
    for title in table.header:
        column: Column | None = known.get(plain(title))
        name = column.name if column else columns.text(title)
        if title and column is None and kind != ImportKind.RESULTS_BY_UNIT:
            understood = ", ".join(column.name for column in COLUMNS[kind])
            detail = _("This column is not known. Rename or delete it. Known are: %(names)s.") % {"names": understood}
            errors.append(RowError(table.header_line, title, "unknown_column", detail))
        elif title and name in names:
            errors.append(RowError(table.header_line, title, "duplicate", _("This column is there twice.")))
        names.append(name)
    return names


def _named(row: Row, names: Sequence[str], errors: list[RowError]) -> dict[str, Cell]:
    """The cells of a row by column."""
    cells = dict(zip(names, row.cells, strict=False))
    extra = [cell for name, cell in zip(names, row.cells, strict=False) if not name] + list(row.cells[len(names) :])
    if any(not is_blank(cell) for cell in extra):
        detail = _("There is something in a column that has no name. Is a delimiter or a quotation mark misplaced?")
        errors.append(RowError(row.line, "", "unnamed_column", detail))
    return cells


class _Reader:
    """Reads the cells of one row, and notes which cannot be read."""

    def __init__(self, row: Row, cells: dict[str, Cell], errors: list[RowError]):
        self.line, self.cells, self.errors = row.line, cells, errors
        self.is_good = True

    def __call__(self, read: Callable[[Cell], Any], name: str) -> Any:
        try:
            return read(self.cells.get(name))
        except CellError as error:
            self.refuse(name, error.code, error.detail)
            return None

    def refuse(self, column: str, code: str, detail: str) -> None:
        self.is_good = False
        self.errors.append(RowError(self.line, column, code, detail))


def _batches(rows: Sequence[tuple[Row, dict[str, Cell]]], errors: list[RowError]) -> Iterator[BatchRow]:
    seen: dict[str, int] = {}
    for row, cells in rows:
        read = _Reader(row, cells, errors)
        item = BatchRow(
            line=row.line,
            number=read(columns.required_text, columns.BATCH.name),
            product=read(columns.required_text, "product"),
            quantity=read(columns.required_whole, "quantity"),
            po_number=read(columns.text, "po_number"),
            cartons=read(columns.whole, "cartons"),
            produced_on=read(columns.day, "produced_on"),
        )
        if read.is_good and len(item.po_number) > 60:
            read.refuse("po_number", "too_long", _("At most %(most)s characters are kept.") % {"most": 60})
        if item.number and item.number in seen:
            detail = _("Batch %(batch)s stands on line %(line)s already.")
            read.refuse(columns.BATCH.name, "duplicate_row", detail % {"batch": item.number, "line": seen[item.number]})
        seen.setdefault(item.number, row.line)
        if read.is_good:
            yield item


def _inspections(rows: Sequence[tuple[Row, dict[str, Cell]]], errors: list[RowError]) -> Iterator[InspectionItem]:
    """One item per batch. A batch with a row that cannot be understood gets none: it would only be called incomplete."""
    items: dict[str, InspectionItem] = {}
    bad: set[str] = set()
    for row, cells in rows:
        read = _Reader(row, cells, errors)
        batch = read(columns.required_text, columns.BATCH.name)
        number = read(columns.whole, columns.ROUND.name)
        number = 1 if number is None else number
        item = items.setdefault(batch, InspectionItem(row.line, batch, number))
        if number != item.round:
            detail = _("Batch %(batch)s stands in this file with two rounds. Import one after the other.")
            read.refuse(columns.ROUND.name, "two_rounds", detail % {"batch": batch})
        if "unit" in cells:
            _add_unit(item, read)
        else:
            _add_check(item, read)
        if not read.is_good:
            bad.add(batch)
    return (item for batch, item in items.items() if batch not in bad)


def _add_unit(item: InspectionItem, read: _Reader) -> None:
    unit = read(columns.required_whole, "unit")
    if unit is not None and unit < 1:
        read.refuse("unit", "out_of_range", _("Units are numbered from 1."))
    elif unit in item.units:
        detail = _("Unit %(unit)s of batch %(batch)s stands on line %(line)s already.")
        read.refuse("unit", "duplicate_row", detail % {"unit": unit, "batch": item.batch, "line": item.units[unit][0]})
    elif unit is not None:
        own = {column.name for column in columns.UNIT_COLUMNS}
        item.units[unit] = (read.line, {name: cell for name, cell in read.cells.items() if name and name not in own})


def _add_check(item: InspectionItem, read: _Reader) -> None:
    code = read(columns.required_text, "characteristic")
    answers = {name: read(ANSWERS[name], name) for name in ANSWERS if not is_blank(read.cells.get(name))}
    if code in item.checks:
        detail = _("%(code)s of batch %(batch)s stands on line %(line)s already.")
        read.refuse(
            "characteristic",
            "duplicate_row",
            detail % {"code": code, "batch": item.batch, "line": item.checks[code].line},
        )
        return
    if not answers:
        detail = _("There is no answer in this row. An empty cell is not a pass: write 0, or “none” for no units.")
        read.refuse("", "no_answer", detail)
    elif len(set(answers) - {"nonconformities"}) > 1:
        read.refuse("", "two_answers", _("Fill only one of the columns readings, nonconforming_units, nonconforming."))
    if code and read.is_good:
        item.checks[code] = CheckRow(read.line, **answers)

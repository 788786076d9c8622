"""What an export of orders asks for: returns to record, outcomes of a pilot run to record."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from inspections.imports import columns
from inspections.imports.columns import CellError
from inspections.imports.items import ItemRefused, RowError
from inspections.imports.orders import UnknownWord, Vocabulary, day_reader, outcome
from inspections.imports.tables import Cell, Row, Table
from inspections.models import PilotRun, ReturnKind
from inspections.services.pilot_outcomes import OutcomeInput, assign_orders, record_outcomes
from inspections.services.returns import ReturnInput, record_returns

RETURNS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class ReturnsItem:
    """Some hundred returns to record, with the line that each stands on."""

    source: str
    lines: Sequence[int]
    returns: Sequence[ReturnInput]

    @property
    def row_count(self) -> int:
        return len(self.lines)

    def carry_out(self, *, actor: User, at: datetime) -> None:
        """Raises ItemRefused, NotAllowed."""
        try:
            record_returns(source=self.source, returns=self.returns, actor=actor, at=at)
        except InvalidInput as error:
            raise ItemRefused([self._row_error(e.field, e.code, str(e.detail)) for e in error.errors]) from None

    def _row_error(self, path: str, code: str, detail: str) -> RowError:
        index, _dot, name = path.partition(".")
        return RowError(self.lines[int(index)], name, code, detail) if name else RowError(None, "", code, detail)


@dataclass(frozen=True, slots=True)
class OutcomesItem:
    """All outcomes of one run that a file tells; orders are given to its units where none has one yet."""

    run: PilotRun
    lines: Sequence[int]
    outcomes: Sequence[OutcomeInput]

    @property
    def row_count(self) -> int:
        return len(self.lines)

    def carry_out(self, *, actor: User, at: datetime) -> None:
        """Raises ItemRefused, NotAllowed."""
        try:
            orders = [each.order for each in self.outcomes if each.order and each.unit is None]
            if orders and not self.run.units.exclude(order_reference="").exists():
                assign_orders(run=self.run, orders=orders, actor=actor, at=at)
            record_outcomes(run=self.run, outcomes=self.outcomes, actor=actor, at=at)
        except InvalidInput as error:
            raise ItemRefused([self._row_error(e.field, e.code, str(e.detail)) for e in error.errors]) from None
        except NotAllowed:
            raise
        except RuleBroken as error:
            raise ItemRefused([RowError(None, "", error.code, str(error))]) from None

    def _row_error(self, path: str, code: str, detail: str) -> RowError:
        parts = path.split(".")
        if len(parts) < 3 or not parts[1].isdecimal():
            return RowError(None, "", code, detail)
        return RowError(self.lines[int(parts[1])], parts[2], code, detail)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Items, what is wrong with which row, and how many rows have nothing to record."""

    items: list[ReturnsItem | OutcomesItem]
    errors: list[RowError]
    passed_over: int


class _Cells:
    """The cells of one row by the columns that the user named; notes what cannot be read."""

    def __init__(self, row: Row, places: Mapping[str, int], errors: list[RowError]):
        self.line, self._cells, self._places, self._errors = row.line, row.cells, places, errors
        self.is_good = True

    def __call__(self, read: Callable[[Cell], Any], name: str, default: Any = None) -> Any:
        place = self._places.get(name)
        cell = self._cells[place] if place is not None and place < len(self._cells) else None
        try:
            return read(cell)
        except CellError as error:
            value = error.value if isinstance(error, UnknownWord) else ""
            self.refuse(name, error.code, error.detail, value=value)
            return default

    def refuse(self, column: str, code: str, detail: str, *, value: str = "") -> None:
        self.is_good = False
        self._errors.append(RowError(self.line, column, code, detail, value))


def _rows(table: Table, mapping: Mapping[str, str], errors: list[RowError]) -> Iterator[_Cells]:
    places = {name: table.header.index(title) for name, title in mapping.items() if title in table.header}
    return (_Cells(row, places, errors) for row in table.rows)


def parse_returns(table: Table, mapping: Mapping[str, str], options: Mapping[str, Any]) -> Parsed:
    """A return per row; rows whose outcome says that nothing came back are passed over."""
    errors: list[RowError] = []
    vocabulary, read_day = Vocabulary(options.get("reasons", {})), day_reader(options.get("days", "ymd"))
    seen: dict[str, int] = {}
    good: list[tuple[int, ReturnInput]] = []
    passed_over = 0
    for read in _rows(table, mapping, errors):
        kind = read(outcome, "outcome", "") if mapping.get("outcome") else ReturnKind.RETURNED
        if kind in (None, "ok"):
            passed_over += 1
            continue
        reference = read(columns.required_text, "reference", "")
        why, more = read(vocabulary.why, "reason"), read(vocabulary.why, "complaints")
        happened_on = read(read_day, "happened_on")
        product = read(columns.required_text, "product", "")
        texts = {
            name: read(columns.text, name, "")
            for name in ("order_reference", "market", "batch", "lot_code", "carton", "carrier", "shipment", "note")
        }
        days = {name: read(read_day, name) for name in ("shipped_on", "delivered_on")}
        if happened_on is None and read.is_good:
            read.refuse("happened_on", "required", _("This cell is empty."))
        if reference in seen and reference:
            detail = _("%(reference)s stands on line %(line)s already.")
            read.refuse("reference", "duplicate_row", detail % {"reference": reference, "line": seen[reference]})
        seen.setdefault(reference, read.line)
        if not read.is_good:
            continue
        complaints = sorted({*why.complaints, *more.complaints})
        is_returned = kind == ReturnKind.RETURNED
        texts["market"] = texts["market"] or options.get("market", "")
        sent = ReturnInput(
            reference=reference,
            product=product,
            happened_on=happened_on,
            kind=ReturnKind.RETURNED if is_returned else ReturnKind.COMPLAINED,
            reason=(why.reason or more.reason or vocabulary.reason_of(complaints)) if is_returned else "",
            complaints=complaints,
            **texts,
            **days,
        )
        good.append((read.line, sent))
    source = options.get("source") or "import"
    chunks = (good[start : start + RETURNS_AT_ONCE] for start in range(0, len(good), RETURNS_AT_ONCE))
    items = [ReturnsItem(source, [line for line, _sent in chunk], [sent for _line, sent in chunk]) for chunk in chunks]
    return Parsed(list(items), errors, passed_over)


def parse_outcomes(table: Table, mapping: Mapping[str, str], options: Mapping[str, Any], run: PilotRun) -> Parsed:
    """An outcome per row; other products' rows, and those of units that are still under way, are passed over."""
    errors: list[RowError] = []
    vocabulary, read_day = Vocabulary(options.get("reasons", {})), day_reader(options.get("days", "ymd"))
    lines: list[int] = []
    outcomes: list[OutcomeInput] = []
    passed_over = 0
    for read in _rows(table, mapping, errors):
        product = read(columns.text, "product", "")
        said = read(outcome, "outcome", "")
        if said is None or (mapping.get("product") and product != run.product.sku):
            passed_over += 1
            continue
        why = read(vocabulary.why, "reason")
        more = read(vocabulary.why, "complaints")
        unit, order = read(columns.whole, "unit"), read(columns.text, "order", "")
        days: dict[str, date | None] = {
            name: read(read_day, name) for name in ("ordered_on", "shipped_on", "delivered_on", "returned_on")
        }
        sent_days = {name: read(columns.whole, name) for name in ("handling_days", "transit_days")}
        damage = read(columns.text, "damage", "").strip().lower().replace(" ", "_")
        note = read(columns.text, "note", "")
        if not read.is_good:
            continue
        complaints = sorted({*why.complaints, *more.complaints})
        is_returned = said == "returned"
        found = OutcomeInput(
            unit=unit,
            order=order,
            outcome=said,
            damage=damage,
            complaints=complaints if said != "ok" else [],
            return_reason=(why.reason or vocabulary.reason_of(complaints)) if is_returned else "",
            handling_days=_between(sent_days["handling_days"], days["ordered_on"], days["shipped_on"]),
            transit_days=_between(sent_days["transit_days"], days["shipped_on"], days["delivered_on"]),
            delivered_on=days["delivered_on"],
            returned_on=days["returned_on"] if is_returned else None,
            note=note[:300],
        )
        lines.append(read.line)
        outcomes.append(found)
    items: list[ReturnsItem | OutcomesItem] = [OutcomesItem(run, lines, outcomes)] if outcomes else []
    return Parsed(items, errors, passed_over)


def _between(said: int | None, start: date | None, end: date | None) -> int | None:
    """Days as the file says them, else as its dates do."""
    return said if said is not None or start is None or end is None else (end - start).days

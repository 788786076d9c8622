"""What a file asks for: batches to register, inspections to record. Each is carried out by the service that users call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from inspections.imports import columns
from inspections.imports.columns import CellError
from inspections.imports.tables import Cell, is_blank
from inspections.models import Batch, Characteristic, InspectionStatus
from inspections.services.batches import Registration, register_batches
from inspections.services.inspections import record_inspection
from inspections.services.planning import active_characteristics, lock_batch, next_inspection
from inspections.services.results import ResultInput
from suppliers.models import Product


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one row. `line` is None for the file as a whole; `column` is empty for the whole row.

    `value` is a word that somebody could explain to the program.
    """

    line: int | None
    column: str
    code: str
    detail: str
    value: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class ItemRefused(Exception):
    """An item cannot be carried out. `errors` names every row and column of it that is wrong."""

    def __init__(self, errors: Sequence[RowError]):
        super().__init__()
        self.errors = list(errors)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What one row says about one batch."""

    line: int
    number: str
    product: str
    quantity: int
    po_number: str = ""
    cartons: int | None = None
    produced_on: date | None = None


@dataclass(frozen=True, slots=True)
class BatchesItem:
    """Some hundred batches to register: one by one, tens of thousands would take many minutes."""

    rows: Sequence[BatchRow]

    @property
    def row_count(self) -> int:
        return len(self.rows)

    def carry_out(self, *, actor: User, at: datetime) -> None:
        """Raises ItemRefused, NotAllowed."""
        products = Product.objects.visible_to(actor).in_bulk({row.product for row in self.rows}, field_name="sku")
        known = [row for row in self.rows if row.product in products]
        errors = [
            RowError(row.line, "product", "unknown_product", _("There is no product %(sku)s.") % {"sku": row.product})
            for row in self.rows
            if row.product not in products
        ]
        registrations = [
            Registration(row.number, products[row.product], row.quantity, row.po_number, row.cartons, row.produced_on)
            for row in known
        ]
        try:
            register_batches(registrations=registrations, actor=actor, at=at)
        except InvalidInput as error:
            for each in error.errors:
                index, name = each.field.split(".")
                column = columns.BATCH.name if name == "number" else name
                errors.append(RowError(known[int(index)].line, column, each.code, str(each.detail)))
        if errors:
            raise ItemRefused(errors)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What one row says about one characteristic."""

    line: int
    readings: Sequence[object] | None = None
    nonconforming_units: Sequence[int] | None = None
    nonconforming: int | None = None
    nonconformities: int | None = None

    def as_input(self, code: str, n: int) -> ResultInput:
        """Nonconformities alone are taken to be on a unit each, as far as there are units: it errs towards rejection."""
        nonconforming = self.nonconforming
        if self.readings is None and self.nonconforming_units is None and nonconforming is None:
            nonconforming = min(self.nonconformities or 0, n)
        return ResultInput(
            code,
            readings=self.readings,
            nonconforming_units=self.nonconforming_units,
            nonconforming=nonconforming,
            nonconformities=self.nonconformities,
        )


@dataclass(frozen=True, slots=True)
class InspectionItem:
    """One inspection to record and submit: the rows of one batch, in one of the two forms.

    `checks` by characteristic code; or `units`, the line and the cells by characteristic code of each unit number.
    """

    line: int
    batch: str
    round: int
    checks: dict[str, CheckRow] = field(default_factory=dict)
    units: dict[int, tuple[int, dict[str, Cell]]] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        return len(self.checks) or len(self.units)

    def carry_out(self, *, actor: User, at: datetime) -> None:
        """Raises ItemRefused, NotAllowed."""
        sent: list[ResultInput] = []
        try:
            batch = lock_batch(self.batch, actor)
            self._require_round(batch)
            characteristics = active_characteristics(batch)
            planned = next_inspection(batch, characteristics, actor=actor, at=at)
            sizes = planned.sample_sizes(characteristics)
            sent = self._from_checks(sizes) if self.checks else self._from_units(characteristics, sizes)
            record_inspection(batch=self.batch, results=sent, submit=True, actor=actor, at=at)
        except InvalidInput as error:
            raise ItemRefused([self._row_error(e.field, e.code, str(e.detail), sent) for e in error.errors]) from None
        except NotAllowed:
            raise
        except RuleBroken as error:
            raise ItemRefused([RowError(self.line, "", error.code, str(error))]) from None

    def _require_round(self, batch: Batch) -> None:
        """A file that is imported twice is no re-inspection. Raises ItemRefused unless the round is the next one."""
        ended = batch.inspections.counted().exclude(status=InspectionStatus.OPEN)
        due = (ended.aggregate(last=Max("round"))["last"] or 0) + 1
        if self.round == due:
            return
        if self.round < due:
            detail = _(
                "Batch %(batch)s has an inspection of round %(round)s already. Was this file imported before? For a "
                "re-inspection, give the column “round” the number %(due)s."
            )
        else:
            detail = _("The next inspection of batch %(batch)s is round %(due)s, not %(round)s.")
        detail %= {"batch": self.batch, "round": self.round, "due": due}
        raise ItemRefused([RowError(self.line, columns.ROUND.name, "wrong_round", detail)])

    def _from_checks(self, sizes: Mapping[str, int]) -> list[ResultInput]:
        """`sizes` are the units to look at, by characteristic code."""
        errors = [
            self._unknown(row.line, code, "characteristic") for code, row in self.checks.items() if code not in sizes
        ]
        if errors:
            raise ItemRefused(errors)
        return [row.as_input(code, sizes[code]) for code, row in self.checks.items()]

    def _from_units(self, characteristics: Sequence[Characteristic], sizes: Mapping[str, int]) -> list[ResultInput]:
        """Raises ItemRefused for cells that are no answer, and for units without one: an empty cell is none (R8)."""
        by_code = {c.code: c for c in characteristics}
        errors: list[RowError] = []
        sent = []
        named = dict.fromkeys(
            code for _line, cells in self.units.values() for code, cell in cells.items() if not is_blank(cell)
        )
        for code in named:
            characteristic = by_code.get(code)
            if characteristic is None:
                errors.append(self._unknown(self.line, code, code))
                continue
            n = sizes[code]
            wrong_before = len(errors)
            found = self._column(code, columns.reading if characteristic.is_measured else columns.answer, errors)
            for unit in sorted(found):
                if unit > n:
                    detail = _("There is no unit %(unit)s: the sample has units 1 to %(n)s.") % {"unit": unit, "n": n}
                    errors.append(RowError(self.units[unit][0], code, "unknown_unit", detail))
            if len(found) < n and len(errors) == wrong_before:
                detail = _("%(code)s: %(got)s of %(n)s units have an answer.")
                detail %= {"code": code, "got": len(found), "n": n}
                errors.append(RowError(self.line, code, "too_few", detail))
            if characteristic.is_measured:
                sent.append(ResultInput(code, readings=[found[unit] for unit in sorted(found)]))
            else:
                bad = [unit for unit in sorted(found) if found[unit]]
                sent.append(ResultInput(code, nonconforming_units=bad, nonconformities=sum(found.values())))
        if errors:
            raise ItemRefused(errors)
        return sent

    def _column(self, code: str, read: Callable[[Cell], Any], errors: list[RowError]) -> dict[int, Any]:
        """The answers of one characteristic by unit number; what is no answer goes to `errors`."""
        found = {}
        for unit, (line, cells) in self.units.items():
            try:
                value = read(cells.get(code))
            except CellError as error:
                errors.append(RowError(line, code, error.code, error.detail))
            else:
                if value is not None:
                    found[unit] = value
        return found

    def _unknown(self, line: int, code: str, column: str) -> RowError:
        detail = _("The specification of batch %(batch)s has no characteristic %(code)s.")
        return RowError(line, column, "unknown_characteristic", detail % {"batch": self.batch, "code": code})

    def _row_error(self, path: str, code: str, detail: str, sent: Sequence[ResultInput]) -> RowError:
        """The row that a field of the service stands for: results.2.readings.17, batch."""
        parts = path.split(".")
        if parts[0] != "results":
            return RowError(self.line, path, code, detail)
        characteristic = sent[int(parts[1])].characteristic
        if self.checks:
            return RowError(self.checks[characteristic].line, parts[2], code, detail)
        unit = int(parts[3]) if len(parts) > 3 else None
        return RowError(self.units[unit][0] if unit in self.units else self.line, characteristic, code, detail)


Item = BatchesItem | InspectionItem

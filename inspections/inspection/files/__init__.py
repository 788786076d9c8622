"""Files of inspection results: a row per characteristic of a batch, or a row per unit of its sample."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from imports import cells
from imports.cells import CellError
from imports.columns import Column, OtherColumns
from imports.kinds import Kind, Link, register
from imports.rows import ItemRefused, Parsed, RowError, RowReader, Sheet
from imports.tables import Cell, is_blank
from inspections.inspection.files.answers import EITHER, answer, unit_list
from inspections.inspection.files.numbers import Marks, reading_list, readings_of
from inspections.inspection.files.titles import Titled, titled
from inspections.inspection.services.planning import active_characteristics, next_inspection
from inspections.inspection.services.recording import record_inspection
from inspections.inspection.services.results import ResultInput
from inspections.models import Batch, Characteristic, InspectionStatus
from inspections.models.batch import lock_batch

BATCH = Column(
    "batch", "批号", True, gettext_lazy("Number of the batch"), "B-2611-042",
    ("number", "batch number", "batch no", "lot", "lot number", "检验批", "批次", "批次号", "检验批号"),
)  # fmt: skip


ROUND = Column(
    "round", "检验轮次", False,
    gettext_lazy("1 for a first inspection (also when empty), 2 and up for a re-inspection"), "1", ("轮次",),
)  # fmt: skip


CHECK_COLUMNS = (
    BATCH,
    ROUND,
    Column("characteristic", "检验项目", True, gettext_lazy("Code of the characteristic"), "HEIGHT", ("check", "检验项目代码", "特性")),
    Column(
        "readings", "测量值", False,
        gettext_lazy("Measured: all readings in the order of the units, with spaces between"), "50.1 49.9 50.2", ("reading",),
    ),
    Column(
        "nonconforming_units", "不合格品序号", False,
        gettext_lazy("Not measured: the numbers of the nonconforming units, or “none”"), "3 17", ("nonconforming units",),
    ),
    Column(
        "nonconforming", "不合格品数", False,
        gettext_lazy("Not measured, unit numbers unknown: how many units are nonconforming"), "2", ("defectives",),
    ),
    Column(
        "nonconformities", "不合格数", False,
        gettext_lazy(
            "How many nonconformities there are in all; alone in its row, each is taken to be on a unit of its own"
        ),
        "4", ("defects",),
    ),
)  # fmt: skip


UNIT_COLUMNS = (
    BATCH,
    ROUND,
    Column("unit", "样品序号", True, gettext_lazy("Number of the unit in the sample, from 1"), "1", ("unit number", "样品号", "件号")),
)  # fmt: skip


CHARACTERISTICS = OtherColumns(
    title=gettext_lazy("a column per characteristic"),
    meaning=gettext_lazy(
        "Its code is the name of the column. A reading; or ok, ng, 合格, 不合格, or the number of nonconformities of the unit. An empty cell is not a pass."
    ),
    examples=("50.1", "ok"),
)


ANSWERS: dict[str, Callable[[Cell], Any]] = {
    "readings": lambda cell: None,  # read when the characteristic is known, and with it the unit
    "nonconforming_units": unit_list,
    "nonconforming": cells.required_whole,
    "nonconformities": cells.required_whole,
}


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What one row says about one characteristic."""

    line: int
    read: RowReader
    readings: Sequence[object] | None = None
    nonconforming_units: Sequence[int] | None = None
    nonconforming: int | None = None
    nonconformities: int | None = None

    @property
    def has_readings(self) -> bool:
        return not is_blank(self.read.cell("readings"))

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
class InspectionItem(ABC):
    """One inspection to record and submit: the rows of one batch, the first of them on `line`."""

    line: int
    batch: str
    round: int
    marks: Marks
    explained: Mapping[str, str]

    @property
    @abstractmethod
    def row_count(self) -> int: ...

    @abstractmethod
    def add(self, read: RowReader) -> None:
        """What one more row says."""

    @abstractmethod
    def results(self, characteristics: Sequence[Characteristic], sizes: Mapping[str, int]) -> list[ResultInput]:
        """What the rows say; `sizes` are the units to look at, by characteristic code. Raises ItemRefused."""

    @abstractmethod
    def row_of(self, characteristic: str, field: str, unit: int | None) -> tuple[int, str]:
        """The line and the column that a field of a result stands for."""

    def carry_out(self, *, actor: User, at: datetime) -> None:
        """Raises ItemRefused, NotAllowed."""
        sent: list[ResultInput] = []
        try:
            batch = lock_batch(self.batch, actor)
            self._require_round(batch)
            characteristics = active_characteristics(batch)
            planned = next_inspection(batch, characteristics, actor=actor, at=at)
            sizes = planned.sample_sizes(characteristics)
            sent = self.results(characteristics, sizes)
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
        raise ItemRefused([RowError(self.line, ROUND.name, "wrong_round", detail)])

    def _unknown(self, line: int, code: str, column: str) -> RowError:
        detail = _("The specification of batch %(batch)s has no characteristic %(code)s.")
        return RowError(line, column, "unknown_characteristic", detail % {"batch": self.batch, "code": code})

    def _row_error(self, path: str, code: str, detail: str, sent: Sequence[ResultInput]) -> RowError:
        """The row that a field of the service stands for: results.2.readings.17, batch."""
        parts = path.split(".")
        if parts[0] != "results":
            return RowError(self.line, path, code, detail)
        unit = int(parts[3]) if len(parts) > 3 else None
        line, column = self.row_of(sent[int(parts[1])].characteristic, parts[2], unit)
        return RowError(line, column, code, detail)


@dataclass(frozen=True, slots=True)
class ResultsByCheck(InspectionItem):
    """A row per characteristic, by what the file calls it."""

    checks: dict[str, CheckRow] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)  # of the characteristics, once they are known

    @property
    def row_count(self) -> int:
        return len(self.checks)

    def add(self, read: RowReader) -> None:
        code = read(cells.required_text, "characteristic")
        answers = {name: read(ANSWERS[name], name) for name in ANSWERS if not is_blank(read.cell(name))}
        if code in self.checks:
            detail = _("%(code)s of batch %(batch)s stands on line %(line)s already.")
            detail %= {"code": code, "batch": self.batch, "line": self.checks[code].line}
            read.refuse("characteristic", "duplicate_row", detail)
            return
        if not answers:
            detail = _("There is no answer in this row. An empty cell is not a pass: write 0, or “none” for no units.")
            read.refuse("", "no_answer", detail)
        elif len(set(answers) - {"nonconformities"}) > 1:
            detail = _("Fill only one of the columns readings, nonconforming_units, nonconforming.")
            read.refuse("", "two_answers", detail)
        if code and read.is_good:
            self.checks[code] = CheckRow(read.line, read, **answers)

    def results(self, characteristics: Sequence[Characteristic], sizes: Mapping[str, int]) -> list[ResultInput]:
        """Raises ItemRefused for checks that are not in the specification, or there twice, and for cells that are no reading."""
        errors: list[RowError] = []
        sent: list[ResultInput] = []
        for said, row in self.checks.items():
            try:
                found = titled(said, characteristics)
                if found is None:
                    errors.append(self._unknown(row.line, said, "characteristic"))
                    continue
                row = self._read(row, found)
            except CellError as error:
                errors.append(
                    RowError(row.line, "readings" if row.has_readings else "characteristic", error.code, error.detail)
                )
                continue
            code = found.characteristic.code
            if code in self.lines:
                detail = _("%(code)s of batch %(batch)s stands on line %(line)s already.")
                detail %= {"code": code, "batch": self.batch, "line": self.lines[code]}
                errors.append(RowError(row.line, "characteristic", "duplicate_row", detail))
                continue
            self.lines[code] = row.line
            sent.append(row.as_input(code, sizes[code]))
        if errors:
            raise ItemRefused(errors)
        return sent

    def _read(self, row: CheckRow, found: Titled) -> CheckRow:
        """The row with its readings, now that their unit is known. Raises CellError."""
        if not row.has_readings:
            return row
        if not found.characteristic.is_measured:
            return replace(row, readings=[])
        readings = reading_list(row.read.cell("readings"), found.characteristic, "readings", self.marks, found.unit)
        row.read.saw("readings", readings)
        return replace(row, readings=readings)

    def row_of(self, characteristic: str, field: str, unit: int | None) -> tuple[int, str]:
        return self.lines[characteristic], field


@dataclass(frozen=True, slots=True)
class ResultsByUnit(InspectionItem):
    """A row per unit, by its number."""

    units: dict[int, RowReader] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)  # of the characteristics, once they are known

    @property
    def row_count(self) -> int:
        return len(self.units)

    def add(self, read: RowReader) -> None:
        unit = read(cells.required_whole, "unit")
        if unit is not None and unit < 1:
            read.refuse("unit", "out_of_range", _("Units are numbered from 1."))
        elif unit in self.units:
            detail = _("Unit %(unit)s of batch %(batch)s stands on line %(line)s already.")
            detail %= {"unit": unit, "batch": self.batch, "line": self.units[unit].line}
            read.refuse("unit", "duplicate_row", detail)
        elif unit is not None:
            self.units[unit] = read

    def results(self, characteristics: Sequence[Characteristic], sizes: Mapping[str, int]) -> list[ResultInput]:
        """Raises ItemRefused for cells that are no answer, and for units without one: an empty cell is none (R8)."""
        errors: list[RowError] = []
        sent = []
        for title in self._filled():
            try:
                meant = titled(title, characteristics)
            except CellError as error:
                errors.append(RowError(self.line, title, error.code, error.detail))
                continue
            if meant is None:
                errors.append(self._unknown(self.line, title, title))
                continue
            characteristic = meant.characteristic
            code, n = characteristic.code, sizes[characteristic.code]
            if code in self.titles:
                detail = _("“%(title)s” is %(code)s too.") % {"title": self.titles[code], "code": code}
                errors.append(RowError(self.line, title, "duplicate", detail))
                continue
            self.titles[code] = title
            wrong_before = len(errors)
            found = self._column(title, meant, errors)
            for unit in sorted(found):
                if unit > n:
                    detail = _("There is no unit %(unit)s: the sample has units 1 to %(n)s.") % {"unit": unit, "n": n}
                    errors.append(RowError(self.units[unit].line, title, "unknown_unit", detail))
            if len(found) < n and len(errors) == wrong_before:
                detail = _("%(code)s: %(got)s of %(n)s units have an answer.")
                detail %= {"code": code, "got": len(found), "n": n}
                errors.append(RowError(self.line, title, "too_few", detail))
            if characteristic.is_measured:
                sent.append(ResultInput(code, readings=[found[unit] for unit in sorted(found)]))
            else:
                bad = [unit for unit in sorted(found) if found[unit]]
                sent.append(ResultInput(code, nonconforming_units=bad, nonconformities=sum(found.values())))
        if errors:
            raise ItemRefused(errors)
        return sent

    def _filled(self) -> list[str]:
        """The titles of columns in which one of the units has something."""
        return list(
            dict.fromkeys(
                title for read in self.units.values() for title, cell in read.others().items() if not is_blank(cell)
            )
        )

    def _column(self, title: str, meant: Titled, errors: list[RowError]) -> dict[int, Any]:
        """The answers of one characteristic by unit number; what is no answer goes to `errors`."""
        shown = [read.cell(title) for read in self.units.values()]
        values: Sequence[Any]
        if meant.characteristic.is_measured:
            values = readings_of(shown, meant.characteristic, title, self.marks, meant.unit)
        else:
            values = [self._answer(cell, title) for cell in shown]
        found = {}
        for (unit, read), value in zip(self.units.items(), values, strict=True):
            if isinstance(value, CellError):
                errors.append(RowError(read.line, title, value.code, value.detail, value.value))
            elif value is not None:
                found[unit] = value
                read.saw(title, value)
        return found

    def _answer(self, cell: Cell, title: str) -> int | CellError | None:
        try:
            return answer(cell, title, self.explained)
        except CellError as error:
            return error

    def row_of(self, characteristic: str, field: str, unit: int | None) -> tuple[int, str]:
        line = self.units[unit].line if unit in self.units else self.line
        return line, self.titles.get(characteristic, characteristic)


def parse_by_check(sheet: Sheet, options: Mapping[str, Any]) -> Parsed:
    return _inspections(sheet, options, ["readings"], ResultsByCheck)


def parse_by_unit(sheet: Sheet, options: Mapping[str, Any]) -> Parsed:
    return _inspections(sheet, options, sheet.others, ResultsByUnit)


def _inspections(
    sheet: Sheet, options: Mapping[str, Any], measured: Iterable[str], form: Callable[..., InspectionItem]
) -> Parsed:
    """One item per batch. A batch with a row that cannot be understood gets none: it would only be called incomplete."""
    columns = {name: sheet.column(name) for name in measured}
    marks = Marks(columns, str(options.get("decimal", "")), separator=sheet.table.separator)
    explained = options.get(EITHER.name, {})
    items: dict[str, InspectionItem] = {}
    bad: set[str] = set()
    for read in sheet.rows():
        batch = read(cells.required_text, BATCH.name)
        number = read(cells.whole, ROUND.name)
        number = 1 if number is None else number
        item = items.setdefault(batch, form(read.line, batch, number, marks, explained))
        if number != item.round:
            detail = _("Batch %(batch)s stands in this file with two rounds. Import one after the other.")
            read.refuse(ROUND.name, "two_rounds", detail % {"batch": batch})
        item.add(read)
        if not read.is_good:
            bad.add(batch)
    return Parsed([item for batch, item in items.items() if batch not in bad])


def _see_inspections(options: Mapping[str, Any]) -> Link:
    return Link(url=reverse("inspection-list"), label=_("See the inspections"))


BY_CHECK = register(
    Kind(
        value="results_by_check",
        label=gettext_lazy("inspection results, a row per characteristic"),
        order=20,
        columns=CHECK_COLUMNS,
        permission="inspections.inspect",
        parse=parse_by_check,
        afterwards=_see_inspections,
    )
)


BY_UNIT = register(
    Kind(
        value="results_by_unit",
        label=gettext_lazy("inspection results, a row per unit"),
        order=30,
        columns=UNIT_COLUMNS,
        permission="inspections.inspect",
        parse=parse_by_unit,
        questions=(EITHER,),
        afterwards=_see_inspections,
        other_columns=CHARACTERISTICS,
    )
)

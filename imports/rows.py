"""The rows of a table by the names of its columns, and what is wrong with which."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from accounts.models import User
from imports.errors import CellError
from imports.tables import Table
from imports.values import Cell, Row, as_shown, is_blank

ROWS_PREVIEWED = 5


def told(value: Any) -> str:
    """A value as it will be stored, in one line."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(told(each) or "–" for each in value)
    return str(value)


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


PASSED_OVER, LEFT_OUT, CHANGED, UNCHANGED = "passed_over", "left_out", "changed", "unchanged"


@dataclass(frozen=True, slots=True)
class RowNote:
    """A row that is not simply stored: what is `done` with it (PASSED_OVER, LEFT_OUT, CHANGED, UNCHANGED), and why."""

    line: int
    done: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What carrying an item out does to the records: how many of its rows are new, changed and unchanged there."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    notes: Sequence[RowNote] = ()

    def __add__(self, other: "Effect") -> "Effect":
        return Effect(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            [*self.notes, *other.notes],
        )


class ItemRefused(Exception):
    """An item cannot be carried out. `errors` names every row and column of it that is wrong."""

    def __init__(self, errors: Sequence[RowError]):
        super().__init__()
        self.errors = list(errors)


class Item(Protocol):
    """What some rows ask for; independent of the other items of the file. Carried out by the service that users call."""

    @property
    def row_count(self) -> int: ...

    def carry_out(self, *, actor: User, at: datetime) -> Effect | None:
        """What it did; None where every row is a new record. Raises ItemRefused, NotAllowed."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the rows ask for. Those that have nothing to store are in the notes of the sheet."""

    items: Sequence[Item]


class RowReader:
    """Reads the cells of one row, and notes which cannot be read."""

    def __init__(self, row: Row, sheet: "Sheet"):
        self.line, self._cells, self._sheet = row.line, row.cells, sheet
        self._above: tuple[RowReader, Collection[str]] | None = None
        self._refused: set[tuple[str, str]] = set()
        self.is_good = True

    def cell(self, name: str) -> Cell:
        """None also where the file has no such column."""
        place = self._sheet.places.get(name)
        found = self._cells[place] if place is not None and place < len(self._cells) else None
        if self._above is not None and is_blank(found) and name in self._above[1]:
            return self._above[0].cell(name)
        return found

    def carry_down(self, above: "RowReader", names: Collection[str]) -> None:
        """Take from another row what this one leaves empty of these columns."""
        self._above = above, names

    def others(self) -> dict[str, Cell]:
        """The cells of the columns beyond those that the kind knows, by title."""
        return {title: self.cell(title) for title in self._sheet.others}

    def __call__(self, read: Callable[[Cell], Any], name: str, default: Any = None) -> Any:
        """What a cell says, by a function that raises CellError. One with `for_column` looks at the whole column first."""
        try:
            value = self._sheet.reader_for(read, name)(self.cell(name))
            self.saw(name, value)
            return value
        except CellError as error:
            self.refuse(name, error.code, error.detail, value=error.value)
            return default

    def saw(self, name: str, value: Any) -> None:
        """Note what was read of a cell, for the preview."""
        self._sheet.saw(self.line, name, self.cell(name), value)

    def refuse(self, column: str, code: str, detail: str, *, value: str = "") -> None:
        """Of a cell that is asked twice only the first refusal is kept."""
        self.is_good = False
        if (column, code) not in self._refused:
            self._refused.add((column, code))
            self._sheet.errors.append(RowError(self.line, column, code, detail, value))

    def pass_over(self, code: str, detail: str) -> None:
        """The row has nothing to store, and says why."""
        self._sheet.notes.append(RowNote(self.line, PASSED_OVER, code, detail))

    def is_same_as(self, other: "RowReader") -> bool:
        """Whether every cell is the same."""
        return self._cells == other._cells


@dataclass
class Sheet:
    """A table with the place of each of its columns.

    `titles` is what the file calls them; `others` are the titles of columns beyond those that its kind knows; `unnamed`
    are the places where nothing may stand, `width` is how many cells a row may have. Reading the rows adds to `errors`, and
    to `notes` those that have nothing to store.
    """

    table: Table
    places: Mapping[str, int]
    titles: Mapping[str, str]
    others: Sequence[str] = ()
    unnamed: Sequence[int] = ()
    width: int | None = None
    errors: list[RowError] = field(default_factory=list)
    notes: list[RowNote] = field(default_factory=list)
    preview: dict[int, dict[str, tuple[str, str]]] = field(default_factory=dict)
    _readers: dict[tuple[int, str], Callable[[Cell], Any]] = field(default_factory=dict)

    def column(self, name: str) -> Iterator[Cell]:
        """The cells of a column, from above."""
        place = self.places.get(name)
        if place is not None:
            yield from (row.cells[place] for row in self.table.rows if place < len(row.cells))

    def reader_for(self, read: Callable[[Cell], Any], name: str) -> Callable[[Cell], Any]:
        """The function, told what its column shows where it asks for that: once for each column."""
        if not hasattr(read, "for_column"):
            return read
        key = (id(read), name)
        if key not in self._readers:
            self._readers[key] = read.for_column(self.column(name))
        return self._readers[key]

    def saw(self, line: int, name: str, cell: Cell, value: Any) -> None:
        """Keep of the first rows what a cell shows and what is stored of it."""
        if is_blank(cell) or (line not in self.preview and len(self.preview) >= ROWS_PREVIEWED):
            return
        self.preview.setdefault(line, {})[name] = (as_shown(cell)[:80], told(value)[:80])

    def rows(self) -> Iterator[RowReader]:
        for row in self.table.rows:
            reader = RowReader(row, self)
            extra = [row.cells[place] for place in self.unnamed if place < len(row.cells)]
            if self.width is not None:
                extra += row.cells[self.width :]
            if any(not is_blank(cell) for cell in extra):
                detail = _("There is something in a column that has no name. Is a delimiter or a quotation mark misplaced?")  # fmt: skip
                self.errors.append(RowError(row.line, "", "unnamed_column", detail))
            yield reader

"""The rows of a table by the names of its columns, and what is wrong with which."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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


class ItemRefused(Exception):
    """An item cannot be carried out. `errors` names every row and column of it that is wrong."""

    def __init__(self, errors: Sequence[RowError]):
        super().__init__()
        self.errors = list(errors)


class Item(Protocol):
    """What some rows ask for; independent of the other items of the file. Carried out by the service that users call."""

    @property
    def row_count(self) -> int: ...

    def carry_out(self, *, actor: User, at: datetime) -> None:
        """Raises ItemRefused, NotAllowed."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the rows ask for, and how many of them have nothing to store."""

    items: Sequence[Item]
    passed_over: int = 0


class RowReader:
    """Reads the cells of one row, and notes which cannot be read."""

    def __init__(self, row: Row, sheet: "Sheet"):
        self.line, self._cells, self._sheet = row.line, row.cells, sheet
        self.is_good = True

    def cell(self, name: str) -> Cell:
        """None also where the file has no such column."""
        place = self._sheet.places.get(name)
        return self._cells[place] if place is not None and place < len(self._cells) else None

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
        self.is_good = False
        self._sheet.errors.append(RowError(self.line, column, code, detail, value))


@dataclass
class Sheet:
    """A table with the place of each of its columns.

    `titles` is what the file calls them; `others` are the titles of columns beyond those that its kind knows; `unnamed`
    are the places where nothing may stand, `width` is how many cells a row may have. Reading the rows adds to `errors`.
    """

    table: Table
    places: Mapping[str, int]
    titles: Mapping[str, str]
    others: Sequence[str] = ()
    unnamed: Sequence[int] = ()
    width: int | None = None
    errors: list[RowError] = field(default_factory=list)
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

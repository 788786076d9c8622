"""From a table to what its rows ask for. Every row that cannot be understood is named, not just the first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from imports import kinds
from imports.cells import text
from imports.columns import has_required, plain
from imports.kinds import Kind
from imports.rows import Item, RowError, RowNote, Sheet
from imports.tables import Fit, Fits, Note, Table, refused


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file says. `errors` name the rows that say nothing; `titles` is what it calls the columns; `notes` name the
    rows that have nothing to store."""

    kind: Kind
    items: Sequence[Item]
    errors: list[RowError]
    titles: Mapping[str, str]
    row_count: int
    notes: Sequence[Note] = ()
    row_notes: Sequence[RowNote] = ()
    preview: Mapping[int, Mapping[str, tuple[str, str]]] = field(default_factory=dict)

    def rows_previewed(self) -> list[dict[str, Any]]:
        """The first rows: {line, cells: [{column, shown, stored}]}, the columns called as in the file."""
        return [
            {
                "line": line,
                "cells": [
                    {"column": self.titles.get(name, name), "shown": shown, "stored": stored}
                    for name, (shown, stored) in cells.items()
                ],
            }
            for line, cells in self.preview.items()
        ]

    def as_titled(self, errors: Iterable[RowError]) -> list[RowError]:
        """The errors with the columns called as in the file."""
        return [replace(error, column=self.titles.get(error.column, error.column)) for error in errors]


def fits_for(kind: Kind | None, mapping: Mapping[str, str] | None = None) -> Fits:
    """Tells how well a row would do as the header of a file of a kind, or of any kind; with a `mapping`, of one that has the
    titles that somebody named."""
    candidates = [kind] if kind else kinds.every()
    names = [{plain(name): column.name for column in each.columns for name in column.names} for each in candidates]
    wanted = {plain(title) for title in (mapping or {}).values() if title}

    def fits(titles: Sequence[str]) -> Fit:
        there = {plain(title) for title in titles if title}
        known = max(len({known[title] for title in there & known.keys()}) for known in names)
        if wanted:
            return Fit(wanted <= there, max(known, len(wanted & there)))
        return Fit(known > 1 and any(_is_whole(each, titles) for each in candidates), known)

    return fits


def _is_whole(kind: Kind, titles: Sequence[str]) -> bool:
    if kind.naming is None:
        return has_required(kind.columns, titles)
    return not kind.missing(kind.suggest(titles).mapping)


def kind_of(table: Table) -> Kind:
    """The kind whose required columns are all there. Raises InvalidInput when the header is that of no kind."""
    known = kinds.told_by_columns()
    kind = next((kind for kind in known if has_required(kind.columns, table.header)), None)
    if kind is None:
        forms = "; ".join(
            f"{kind.label}: {', '.join(column.name for column in kind.columns if column.is_required)}" for kind in known
        )
        raise refused(
            "unknown_header",
            _("Line %(line)s does not name the columns of any file that we know. Needed are, for %(forms)s.")
            % {"line": table.header_line, "forms": forms},
        )
    return kind


def understand(
    table: Table,
    kind: Kind | None = None,
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Understood:
    """What a table says; without a kind its columns tell which it is. `mapping` is column -> title, for a kind whose columns
    somebody names. Raises InvalidInput where the file as a whole cannot be understood.
    """
    kind = kind or kind_of(table)
    sheet = sheet_of(table, kind) if kind.naming is None else mapped_sheet_of(table, mapping or {})
    if sheet.errors:
        return Understood(kind, [], sheet.errors, sheet.titles, len(table.rows), notes=table.notes)
    parsed = kind.parse(sheet, options or {})
    return Understood(
        kind, parsed.items, sheet.errors, sheet.titles, len(table.rows), table.notes, sheet.notes, sheet.preview
    )


def sheet_of(table: Table, kind: Kind) -> Sheet:
    """A table whose columns have the names that the kind gives them; its errors name those that have not."""
    known = {plain(name): column for column in kind.columns for name in column.names}
    places: dict[str, int] = {}
    titles: dict[str, str] = {}
    sheet = Sheet(table, places, titles, width=len(table.header))
    others, unnamed = [], []
    for place, title in enumerate(table.header):
        column = known.get(plain(title))
        name = column.name if column else text(title)
        if not title:
            unnamed.append(place)
            continue
        if column is None and kind.other_columns is None:
            understood = ", ".join(column.name for column in kind.columns)
            detail = _("This column is not known. Rename or delete it. Known are: %(names)s.") % {"names": understood}
            sheet.errors.append(RowError(table.header_line, title, "unknown_column", detail))
        elif name in places:
            detail = _("This column is there twice.")
            sheet.errors.append(RowError(table.header_line, title, "duplicate", detail))
        elif column is None:
            others.append(name)
        places[name], titles[name] = place, title
    sheet.others, sheet.unnamed = others, unnamed
    return sheet


def mapped_sheet_of(table: Table, mapping: Mapping[str, str]) -> Sheet:
    """A table whose columns somebody has named; what stands in the others does not matter."""
    places = {name: table.header.index(title) for name, title in mapping.items() if title in table.header}
    return Sheet(table, places, mapping)

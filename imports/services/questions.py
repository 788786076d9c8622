"""What people say of a file: what its columns are, how it is written, which of its rows are left out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from imports import kinds
from imports.columns import fingerprint_of
from imports.kinds import Kind
from imports.models import ColumnMapping, Import, ImportStatus
from imports.reading import fits_for
from imports.services.working import nudge
from imports.tables import HEAD, kind_of, read_head


def as_left_out(errors: Sequence[Mapping[str, Any]], lines: Collection[int]) -> list[dict[str, Any]]:
    """The lines with what was wrong with them, as it is kept."""
    wrong = {error["line"]: error for error in errors if error["line"] in lines}
    asked = _("Left out as it was asked for.")
    return [
        {"line": line, "code": wrong[line]["code"], "detail": wrong[line]["detail"]} if line in wrong
        else {"line": line, "code": "without", "detail": asked}
        for line in sorted(set(lines))
    ]  # fmt: skip


class ColumnsFixed(RuleBroken):
    code = "columns_fixed"
    detail = gettext_lazy("The columns of this file can no longer be named: it is being worked on, or stored already.")


@one_transaction()
def name_columns(
    *,
    found: Import,
    mapping: Mapping[str, str],
    options: Mapping[str, Any],
    without: Collection[int] | None = None,
    kind: str = "",
    actor: User,
    at: datetime,
) -> Import:
    """Say what the columns of an export of orders are, and have it checked by that; also once more, for one that was
    refused. It is remembered for the next file with the same header. Of a file whose columns tell what they are only what
    nothing in it tells is said: `options`.

    `mapping` is column -> title; `options` are those of `Import`; `kind` is another one than was chosen first. The lines of
    `without` are left out; with None those that were before. Raises InvalidInput naming each column and option that is
    wrong, ColumnsFixed, NotAllowed.
    """
    require(actor, "imports.import_data")
    found = Import.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if found.status not in OPEN_TO_QUESTIONS:
        raise ColumnsFixed
    if without is not None:
        found.left_out = as_left_out(found.errors, without)
    named = kinds.find(kind or found.kind)
    if named is None or named.naming is None:
        return _check_again(found, {}, checked_options(named, options))
    with found.file.open() as file:
        is_page = kind_of(file.read(HEAD)) == "html"
        file.seek(0)
        header = read_head(cast(BinaryIO, file), fits_for(named, mapping), options).header
    mapping = {name: title for name, title in mapping.items() if title}
    options = {name: value for name, value in options.items() if value}
    if errors := [*_wrong_columns(named, mapping, header, is_page=is_page), *_wrong_options(named, options)]:
        raise InvalidInput(errors)
    found.kind = named.value
    options = checked_options(named, options)
    remembered = {name: value for name, value in options.items() if name not in kinds.OF_ONE_FILE}
    ColumnMapping.objects.update_or_create(
        kind=named.value,
        fingerprint=fingerprint_of(header),
        defaults={"mapping": mapping, "options": remembered, "used_at": at, "used_by": actor},
    )
    return _check_again(found, mapping, options)


OPEN_TO_QUESTIONS = (ImportStatus.MAPPING, ImportStatus.CHECKED, ImportStatus.REFUSED)


def checked_options(kind: Kind | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Those that a file of the kind has, with what was explained. Raises InvalidInput."""
    if errors := list(_wrong_options(kind, options)):
        raise InvalidInput(errors)
    known = {option.name for option in kinds.options_of(kind)}
    checked = {name: value for name, value in options.items() if value and name in known}
    return checked | {
        question.name: question.explained(options.get(question.name, {})) for question in kinds.questions_of(kind)
    }


def _check_again(found: Import, mapping: Mapping[str, str], options: Mapping[str, Any]) -> Import:
    """Forget what the last check said, and have it checked once more."""
    found.mapping, found.options, found.status = dict(mapping), dict(options), ImportStatus.CHECKING
    found.errors, found.notes, found.preview, found.ended_at, found.claimed_until = [], [], [], None, None
    found.row_notes, found.counts = [], {}
    found.rows_total = found.rows_done = found.rows_passed = found.attempts = 0
    found.language = get_language() or ""
    found.save()
    transaction.on_commit(nudge)
    return found


class NothingToLeaveOut(RuleBroken):
    code = "nothing_to_leave_out"
    detail = gettext_lazy("Only rows of a refused file that are wrong can be left out. Correct the others.")


@one_transaction()
def leave_out(*, found: Import, lines: Collection[int] | None = None, actor: User, at: datetime) -> Import:
    """Leave out rows of a refused file that are wrong, all of them unless `lines` names some, and check the others again.

    What was wrong with each stays on the record. Raises NothingToLeaveOut, NotAllowed.
    """
    require(actor, "imports.import_data")
    found = Import.objects.select_for_update(of=("self",)).get(pk=found.pk)
    wrong = {error["line"] for error in found.errors if error["line"] is not None}
    chosen = wrong if lines is None else set(lines)
    if found.status != ImportStatus.REFUSED or not chosen or not chosen <= wrong:
        raise NothingToLeaveOut
    found.left_out = sorted([*found.left_out, *as_left_out(found.errors, chosen)], key=lambda each: each["line"])
    record_event(
        "import.rows_left_out", f"import:{found.uid}", at=at, actor=actor, name=found.name, lines=sorted(chosen)
    )
    return _check_again(found, found.mapping, found.options)


def _wrong_columns(
    kind: Kind, mapping: Mapping[str, str], header: Sequence[str], *, is_page: bool
) -> Iterator[FieldError]:
    known = {column.name for column in kind.columns}
    for name, title in mapping.items():
        if name not in known or title not in header:
            yield FieldError(name, "unknown_column", _("The file has no column “%(title)s”.") % {"title": title[:60]})
        elif list(mapping.values()).count(title) > 1:
            yield FieldError(name, "duplicate", _("“%(title)s” is named twice.") % {"title": title[:60]})
    for name in kind.missing(mapping):
        detail = _("Say which column of the file this is.")
        if is_page:
            detail = _(
                "None of its columns is known to be this one, and the file is a web page with the name of a table. Name the "
                "column, or open the file in Excel, look it over and save it as .xlsx."
            )
        yield FieldError(name, "required", detail)


def _wrong_options(kind: Kind | None, options: Mapping[str, Any]) -> Iterator[FieldError]:
    for option in kinds.options_of(kind):
        yield from option.check(options.get(option.name, ""))

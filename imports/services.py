"""Importing files: sent, checked as a whole, then stored as a whole or not at all.

Checking carries every item out and takes it back at once, so that what it says is what the services say.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import now as clock
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.services import nudge_task, part_of, record_event
from activity.transactions import one_transaction
from imports import kinds
from imports.columns import fingerprint_of
from imports.files import sha256_of
from imports.kinds import Kind, Naming
from imports.models import ColumnMapping, Import, ImportStatus
from imports.reading import Understood, fits_for, understand
from imports.rows import LEFT_OUT, Effect, Item, ItemRefused, RowError, RowNote
from imports.tables import check_upload, read_head, read_table

logger = logging.getLogger(__name__)

WAITING = (ImportStatus.CHECKING, ImportStatus.APPLYING)
CLAIM_FOR = timedelta(minutes=2)
MOST_ATTEMPTS = 3
SECONDS_BETWEEN_REPORTS = 0.5
CLAIMING = 0x696D706F7274  # the advisory lock under which imports are claimed: "import"


Report = Callable[[int, int], None]


def say_nothing(done: int, total: int) -> None:
    """What a worker reports to."""


class NotChecked(RuleBroken):
    code = "import_not_checked"
    detail = gettext_lazy("This file is not checked yet, was refused, or is imported already.")


class ClaimLost(Exception):
    """Another worker took the import over."""


@one_transaction()
def start_import(
    *,
    file: UploadedFile,
    kind: str = "",
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    without: Collection[int] = (),
    actor: User,
    at: datetime,
) -> Import:
    """Take a file to be checked in the background. Raises InvalidInput for what is plainly no table, NotAllowed.

    `kind` is one whose columns are named, first unless they were for the same header, or empty for a file that its columns
    tell: one that they tell to be an export of a shop has its columns named as well. With a `mapping` they are named at
    once; see `name_columns`. The lines of `without` are left out.
    """
    require(actor, "imports.import_data")
    check_upload(file)
    if not kind:
        kind = _suggested_kind(file, options or {})
    chosen = kinds.find(kind)
    all_named = ", ".join(each.value for each in kinds.with_named_columns())
    if kind and (chosen is None or chosen.naming is None):
        raise InvalidInput.one("kind", "invalid_choice", _("Choose one of %(all)s.") % {"all": all_named})
    started = Import(
        kind=kind,
        name=(file.name or "")[-200:],
        sha256=sha256_of(file),
        language=get_language() or "",
        created_at=at,
        created_by=actor,
        left_out=_as_left_out([], without),
    )
    if mapping is None and options:
        started.options = _checked_options(chosen, options)
    if mapping is not None and chosen is None:
        detail = _("Only exports of orders have columns to name: %(all)s.") % {"all": all_named}
        raise InvalidInput.one("kind", "required", detail)
    if mapping is not None:
        started.status = ImportStatus.MAPPING
    elif chosen is not None and chosen.naming is not None:
        _recall_columns(started, chosen, chosen.naming, file)
    started.file.save(str(started.uid), file, save=False)
    started.save()
    if mapping is not None:
        return name_columns(found=started, mapping=mapping, options=options or {}, actor=actor, at=at)
    transaction.on_commit(nudge)
    return started


def header_of(found: Import) -> list[str]:
    """The titles of a file that was sent; none where it cannot be read."""
    try:
        with found.file.open() as file:
            return read_head(
                cast(BinaryIO, file), fits_for(kinds.find(found.kind), found.mapping), found.options
            ).header
    except InvalidInput:
        return []


def looks_like(found: Import) -> tuple[Kind, str] | None:
    """The kind that the titles of a file say it is, and the shop whose export; see `kinds.likely`."""
    return kinds.likely(header_of(found))


def _suggested_kind(file: UploadedFile, options: Mapping[str, Any]) -> str:
    """That of an export of a shop, by its titles; empty for any other file, and for one that cannot be read."""
    try:
        header = read_head(cast(BinaryIO, file), fits_for(None), options).header
    except InvalidInput:
        return ""
    finally:
        file.seek(0)
    found = kinds.likely(header)
    return found[0].value if found and found[0].naming is not None else ""


def _as_left_out(errors: Sequence[Mapping[str, Any]], lines: Collection[int]) -> list[dict[str, Any]]:
    """The lines with what was wrong with them, as it is kept."""
    wrong = {error["line"]: error for error in errors if error["line"] in lines}
    asked = _("Left out as it was asked for.")
    return [
        {"line": line, "code": wrong[line]["code"], "detail": wrong[line]["detail"]} if line in wrong
        else {"line": line, "code": "without", "detail": asked}
        for line in sorted(set(lines))
    ]  # fmt: skip


def _recall_columns(started: Import, kind: Kind, naming: Naming, file: UploadedFile) -> None:
    """As they were named for the same header last time; to be confirmed where something is chosen each time."""
    header = read_head(cast(BinaryIO, file), fits_for(kind), started.options).header
    file.seek(0)
    known = ColumnMapping.objects.filter(kind=kind.value, fingerprint=fingerprint_of(header)).first()
    started.status = ImportStatus.MAPPING
    if known is None:
        started.mapping = dict(kind.suggest(header).mapping)
        return
    started.mapping, started.options = known.mapping, known.options | started.options
    if not any(option.is_chosen_each_time for option in naming.options):
        started.status = ImportStatus.CHECKING


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
        found.left_out = _as_left_out(found.errors, without)
    named = kinds.find(kind or found.kind)
    if named is None or named.naming is None:
        return _check_again(found, {}, _checked_options(named, options))
    with found.file.open() as file:
        header = read_head(cast(BinaryIO, file), fits_for(named, mapping), options).header
    mapping = {name: title for name, title in mapping.items() if title}
    options = {name: value for name, value in options.items() if value}
    if errors := [*_wrong_columns(named, mapping, header), *_wrong_options(named, options)]:
        raise InvalidInput(errors)
    found.kind = named.value
    options = _checked_options(named, options)
    remembered = {name: value for name, value in options.items() if name not in kinds.OF_ONE_FILE}
    ColumnMapping.objects.update_or_create(
        kind=named.value,
        fingerprint=fingerprint_of(header),
        defaults={"mapping": mapping, "options": remembered, "used_at": at, "used_by": actor},
    )
    return _check_again(found, mapping, options)


OPEN_TO_QUESTIONS = (ImportStatus.MAPPING, ImportStatus.CHECKED, ImportStatus.REFUSED)


def _checked_options(kind: Kind | None, options: Mapping[str, Any]) -> dict[str, Any]:
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
    found.left_out = sorted([*found.left_out, *_as_left_out(found.errors, chosen)], key=lambda each: each["line"])
    record_event(
        "import.rows_left_out", f"import:{found.uid}", at=at, actor=actor, name=found.name, lines=sorted(chosen)
    )
    return _check_again(found, found.mapping, found.options)


def _wrong_columns(kind: Kind, mapping: Mapping[str, str], header: Sequence[str]) -> Iterator[FieldError]:
    known = {column.name for column in kind.columns}
    for name, title in mapping.items():
        if name not in known or title not in header:
            yield FieldError(name, "unknown_column", _("The file has no column “%(title)s”.") % {"title": title[:60]})
        elif list(mapping.values()).count(title) > 1:
            yield FieldError(name, "duplicate", _("“%(title)s” is named twice.") % {"title": title[:60]})
    for name in kind.missing(mapping):
        yield FieldError(name, "required", _("Say which column of the file this is."))


def _wrong_options(kind: Kind | None, options: Mapping[str, Any]) -> Iterator[FieldError]:
    for option in kinds.options_of(kind):
        yield from option.check(options.get(option.name, ""))


@one_transaction()
def apply_import(*, checked: Import, actor: User, at: datetime) -> Import:
    """Have a file that was checked stored in the background. Raises NotChecked, NotAllowed."""
    require(actor, "imports.import_data")
    checked = Import.objects.select_for_update(of=("self",)).get(pk=checked.pk)
    if checked.status != ImportStatus.CHECKED:
        raise NotChecked
    checked.status, checked.applied_by = ImportStatus.APPLYING, actor
    checked.rows_done = checked.attempts = 0
    checked.claimed_until = None
    checked.save()
    transaction.on_commit(nudge)
    return checked


def is_being_stored(whole: str) -> bool:
    """Whether what events are part of (`activity.services.part_of`) is an import that has not ended."""
    kind, _sign, uid = whole.partition(":")
    return kind == "import" and Import.objects.filter(uid=uid, status=ImportStatus.APPLYING).exists()


def nudge() -> None:
    nudge_task("imports.tasks.run_imports")


def run_next_import(*, now: datetime, report: Report = say_nothing) -> bool:
    """Check or store one waiting file. False when none waits, or another worker has one: they are done one by one.

    A worker that dies leaves nothing half stored; the file is taken up again when its claim has run out.
    """
    claimed = _claim(now)
    if claimed is None:
        return False
    run_import(claimed, report)
    return True


@transaction.atomic
def _claim(now: datetime) -> Import | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIMING])
    if Import.objects.filter(status__in=WAITING, claimed_until__gt=now).exists():
        return None
    claimed = (
        Import.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(status__in=WAITING)
        .select_related("created_by", "applied_by")
        .order_by("id")
        .first()
    )
    if claimed is not None:
        claimed.attempts += 1
        claimed.claimed_until = now + CLAIM_FOR
        claimed.save(update_fields=["attempts", "claimed_until"])
    return claimed


def run_import(claimed: Import, report: Report) -> None:
    """Do what the import waits for, in the language of who sent it."""
    progress = Progress(claimed, report)
    try:
        with override(claimed.language or None):
            if claimed.attempts > MOST_ATTEMPTS:
                detail = _("The server stopped %(count)s times while it worked on this file. Split the file.")
                _refuse(claimed, [RowError(None, "", "gave_up", detail % {"count": MOST_ATTEMPTS})])
            elif claimed.status == ImportStatus.CHECKING:
                _check(claimed, progress)
            else:
                with part_of(claimed.stream):
                    _apply(claimed, progress)
    except ClaimLost:
        logger.warning("Import %s was taken over by another worker", claimed.uid)
    except Exception:
        logger.exception("Import %s failed", claimed.uid)
        detail = _("A fault of the server stopped the import. Nothing was stored. Try again later.")
        _refuse(claimed, [RowError(None, "", "failed", detail)])
    finally:
        progress.close()


class Progress:
    """Says how far an import is, on a connection of its own: the import's own transaction shows nothing until its end.

    Saying so also renews the claim. `report` hears it too: rows done, rows in all.
    """

    def __init__(self, claimed: Import, report: Report):
        self._import = claimed
        self._report = report
        self._connection = connection.copy()
        self._done = self._total = 0
        self._said_at = monotonic()

    def __call__(self, rows: int) -> None:
        self._done += rows
        if monotonic() - self._said_at >= SECONDS_BETWEEN_REPORTS:
            self.say()

    def start(self, total: int) -> None:
        self._done, self._total = 0, total
        self.say()

    def say(self) -> None:
        self._said_at = monotonic()
        self._report(self._done, self._total)
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_import SET rows_done = %s, rows_total = %s, claimed_until = %s"
                " WHERE id = %s AND attempts = %s AND status = %s",
                [
                    self._done,
                    self._total,
                    clock() + CLAIM_FOR,
                    self._import.pk,
                    self._import.attempts,
                    self._import.status,
                ],
            )

    def close(self) -> None:
        self._connection.close()


def _read(claimed: Import, progress: Progress) -> Understood:
    """What the file says without the rows that are left out. Raises InvalidInput when it cannot be understood as a whole."""
    kind = kinds.find(claimed.kind)
    with claimed.file.open() as file:
        table = read_table(cast(BinaryIO, file), fits_for(kind, claimed.mapping), claimed.options)
    claimed.notes = [asdict(note) for note in table.notes]
    progress.start(len(table.rows))
    there = {row.line for row in table.rows}
    left_out = {each["line"]: each for each in claimed.left_out if each["line"] in there}
    claimed.rows_total = len(table.rows)
    kept = replace(table, rows=[row for row in table.rows if row.line not in left_out])
    understood = understand(kept, kind, claimed.mapping, claimed.options)
    notes = [RowNote(line, LEFT_OUT, each["code"], each["detail"]) for line, each in left_out.items()]
    return replace(understood, row_notes=[*understood.row_notes, *notes])


def _tell(claimed: Import, notes: Sequence[RowNote], effect: Effect) -> None:
    """Keep what is done with which row, and how many rows are new, changed and unchanged."""
    dropped = len({note.line for note in notes})
    claimed.row_notes = grouped([*notes, *effect.notes])
    claimed.counts = {"new": effect.new, "changed": effect.changed, "unchanged": effect.unchanged}
    claimed.rows_passed = dropped


def grouped(notes: Iterable[RowNote]) -> list[dict[str, Any]]:
    """Notes that say the same, as one with its lines."""
    lines: dict[tuple[str, str, str], list[int]] = {}
    for note in notes:
        lines.setdefault((note.done, note.code, note.detail), []).append(note.line)
    return [
        {"done": done, "code": code, "detail": detail, "lines": sorted(set(found))}
        for (done, code, detail), found in lines.items()
    ]


def _check(claimed: Import, progress: Progress) -> None:
    try:
        file = _read(claimed, progress)
        claimed.kind = file.kind.value
        require(claimed.created_by, file.kind.permission)
        found, effect = try_out(file.items, actor=claimed.created_by, at=claimed.created_at, progress=progress)
        _tell(claimed, file.row_notes, effect)
        errors = file.as_titled([*file.errors, *found])
        if not file.items and not errors:
            detail = _("No row of this file has anything to store. Why is said of each of them.")
            errors.append(RowError(None, "", "nothing", detail))
        claimed.preview = file.rows_previewed()
        if file.kind.repeated and not file.errors and _are_all_repeated(found, file.row_count):
            errors.append(RowError(None, "", "already_imported", str(file.kind.repeated)))
    except InvalidInput as error:
        errors = [RowError(None, "", e.code, str(e.detail)) for e in error.errors]
    except NotAllowed as error:
        errors = [RowError(None, "", error.code, str(error))]
    if errors:
        _refuse(claimed, errors)
    else:
        _end(claimed, ImportStatus.CHECKED)


def _are_all_repeated(errors: Sequence[RowError], row_count: int) -> bool:
    return len(errors) == row_count and all(error.code == "duplicate" for error in errors)


def try_out(
    items: Sequence[Item], *, actor: User, at: datetime, progress: Callable[[int], None] = lambda rows: None
) -> tuple[list[RowError], Effect]:
    """Carry out each item in a transaction of its own and take it back. What is wrong with which row, and what the others
    do. Raises NotAllowed."""
    errors: list[RowError] = []
    effects: list[Effect] = []
    for item in items:
        with transaction.atomic():
            try:
                effects.append(item.carry_out(actor=actor, at=at) or Effect(new=item.row_count))
            except ItemRefused as refusal:
                errors += refusal.errors
            transaction.set_rollback(True)
        progress(item.row_count)
    return errors, sum(effects, Effect())


def _apply(claimed: Import, progress: Progress) -> None:
    """All or nothing. What went wrong in the meantime is found by checking once more, which names all of it."""
    at, actor = clock(), claimed.applied_by
    if actor is None:
        raise NotAllowed
    try:
        file = _read(claimed, progress)
        require(actor, file.kind.permission)
        with one_transaction():  # what takes locks that others want comes at its end: see `at_the_end`
            if file.errors:
                raise ItemRefused(file.errors)
            effects: list[Effect] = []
            for item in file.items:
                effects.append(item.carry_out(actor=actor, at=at) or Effect(new=item.row_count))
                progress(item.row_count)
            _tell(claimed, file.row_notes, sum(effects, Effect()))
            record_event(
                "import.applied",
                claimed.stream,
                at=at,
                actor=claimed.applied_by,
                name=claimed.name,
                sha256=claimed.sha256,
                content=claimed.kind,
                rows=claimed.rows_to_store,
                left_out=len(claimed.left_out),
            )
            _end(claimed, ImportStatus.DONE, rows_done=F("rows_total"))
    except (InvalidInput, ItemRefused, NotAllowed):
        _check(claimed, progress)


def _refuse(claimed: Import, errors: Sequence[RowError]) -> None:
    """Keep what is wrong, in the order of the lines."""
    ordered = sorted(errors, key=lambda error: (error.line or 0, error.column))
    _end(claimed, ImportStatus.REFUSED, errors=[error.as_dict() for error in ordered])


def _end(claimed: Import, status: ImportStatus, **facts: Any) -> None:
    """Write the outcome. Raises ClaimLost, which takes back what was stored, when another worker has the import."""
    if status != ImportStatus.CHECKED:
        facts["ended_at"] = clock()
    mine = Import.objects.filter(pk=claimed.pk, attempts=claimed.attempts, status=claimed.status)
    facts |= {"kind": claimed.kind, "rows_total": claimed.rows_total, "claimed_until": None}
    facts |= {"rows_passed": claimed.rows_passed, "row_notes": claimed.row_notes, "counts": claimed.counts}
    facts |= {"notes": claimed.notes, "preview": claimed.preview}
    if not mine.update(status=status, **facts):
        raise ClaimLost

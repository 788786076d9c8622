"""Working on files in the background: checked as a whole, then stored as a whole or not at all.

Checking carries every item out and takes it back at once, so that what it says is what the services say.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, BinaryIO, cast

from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import now as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput, NotAllowed
from activity.operations import add_backlog
from activity.services import nudge_task, part_of, record_event
from activity.transactions import one_transaction
from imports import kinds
from imports.models import Import, ImportStatus
from imports.reading import Understood, fits_for, understand
from imports.rows import LEFT_OUT, Effect, Item, ItemRefused, RowError, RowNote
from imports.tables import read_table

logger = logging.getLogger(__name__)

WAITING = (ImportStatus.CHECKING, ImportStatus.APPLYING)
CLAIM_FOR = timedelta(minutes=2)
MOST_ATTEMPTS = 3
SECONDS_BETWEEN_REPORTS = 0.5
CLAIMING = 0x696D706F7274  # the advisory lock under which imports are claimed: "import"


Report = Callable[[int, int], None]


def say_nothing(done: int, total: int) -> None:
    """What a worker reports to."""


class ClaimLost(Exception):
    """Another worker took the import over."""


def nudge() -> None:
    nudge_task("imports.tasks.run_imports")


add_backlog(
    "imports", gettext_lazy("files that are checked or stored"), lambda: Import.objects.filter(status__in=WAITING),
    since="created_at", late=timedelta(minutes=10),
)  # fmt: skip


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

"""What stands in the way for a moment and passes: a row that somebody holds, a database that is away, a disk that is full."""

from errno import EDQUOT, ENOSPC, EROFS

from django.utils.translation import gettext_lazy as _
from psycopg import Error as DatabaseAnswer
from psycopg import InterfaceError, OperationalError, errors

from activity.errors import RuleBroken


class Passing(RuleBroken):
    """Nothing was stored; the same may be sent again after `retry_after` seconds."""

    status = 503
    retry_after = 5


class Busy(Passing):
    code = "busy"
    retry_after = 2
    detail = _(
        "Somebody else is working on the same at this moment, and it takes longer than we let you wait."
        " Nothing of this was stored. Send it again in a few seconds."
    )


class TookTooLong(Passing):
    code = "took_too_long"
    retry_after = 30
    detail = _("This took longer than one request may. Nothing of it was stored. Ask for less at once, or try later.")


class DatabaseAway(Passing):
    code = "database_away"
    detail = _("The database does not answer. Nothing of this was stored. Send it again in a few seconds.")


class StorageFull(Passing):
    code = "storage_full"
    retry_after = 60
    detail = _(
        "There is no room left to store anything. Nothing of this was stored. An administrator has to make room."
    )


class StorageReadOnly(Passing):
    code = "read_only"
    retry_after = 60
    detail = _(
        "Nothing can be stored at this moment: the database only lets itself be read."
        " Nothing of this was stored. Send it again later, or ask an administrator."
    )


# Two that wait for each other, or two that saw each other's rows: PostgreSQL ends one, and the same again goes well.
OF_TWO = (errors.DeadlockDetected, errors.SerializationFailure)
_REASONS: list[tuple[tuple[type[BaseException], ...], type[Passing]]] = [
    ((*OF_TWO, errors.LockNotAvailable), Busy),
    ((errors.QueryCanceled,), TookTooLong),
    ((errors.DiskFull,), StorageFull),
    ((errors.ReadOnlySqlTransaction,), StorageReadOnly),
    ((errors.TooManyConnections,), Busy),
    ((OperationalError, InterfaceError), DatabaseAway),
]


def answer_of(error: BaseException | None) -> DatabaseAnswer | None:
    """What the database said, of an error that Django or a service made of it."""
    while error is not None and not isinstance(error, DatabaseAnswer):
        error = error.__cause__
    return error


def reason_of(error: BaseException | None) -> Passing | None:
    """What to tell who asked; None where it will not pass by itself."""
    if isinstance(error, OSError) and error.errno in {ENOSPC, EDQUOT}:
        return StorageFull()
    if isinstance(error, OSError) and error.errno == EROFS:
        return StorageReadOnly()
    said = answer_of(error)
    return next((passing() for kinds, passing in _REASONS if isinstance(said, kinds)), None)

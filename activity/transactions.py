"""One transaction per service call."""

import re
import threading
from collections.abc import Callable, Hashable, Iterable
from contextlib import ContextDecorator

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from activity.errors import InvalidInput

Finish = Callable[[set], None]


class _Open(threading.local):
    """The `one_transaction` that is open in this thread: how deep it is nested, and what is left for its end."""

    depth = 0

    def __init__(self) -> None:
        self.left: dict[Finish, set] = {}


_open = _Open()


class one_transaction(ContextDecorator):  # noqa: N801 reads as a decorator
    """Start a transaction, or be part of the caller's `one_transaction`.

    What a service found free and somebody else took a moment later, the database refuses as not unique: the outermost
    says so as InvalidInput, by the field.

    Unlike a nested `transaction.atomic` it makes no savepoint inside another (two statements less per service): when it
    fails, the whole fails. Inside a plain `transaction.atomic` it is undone by itself, as that is.
    """

    def _recreate_cm(self):
        return type(self)()

    def __enter__(self):
        self._atomic = transaction.atomic(savepoint=not _open.depth)
        self._atomic.__enter__()
        _open.depth += 1

    def __exit__(self, kind, error, traceback):
        try:
            if _open.depth == 1 and kind is None and not connection.needs_rollback:
                _finish()
        except BaseException as failure:
            self._close(type(failure), failure, failure.__traceback__)
            raise
        self._close(kind, error, traceback)

    def _close(self, kind, error, traceback):
        _open.depth -= 1
        if not _open.depth:
            _open.left.clear()
        self._atomic.__exit__(kind, error, traceback)
        if not _open.depth and isinstance(error, IntegrityError) and isinstance(error.__cause__, UniqueViolation):
            raise _taken(error.__cause__) from error


def _taken(violation: UniqueViolation) -> InvalidInput:
    """Names the column that the rule ends with: of one name per user the name."""
    key = re.match(r"Key \((.*)\)=\(", violation.diag.message_detail or "")
    table = violation.diag.table_name
    columns = {
        f.column: f.name for model in apps.get_models() if model._meta.db_table == table for f in model._meta.fields
    }
    named = [columns[word] for word in re.findall(r"\w+", key[1] if key else "") if word in columns]
    detail = _("Somebody made the same at this moment. Look at what is there now, or choose another.")
    return InvalidInput.one(named[-1] if named else "", "duplicate", detail)


def at_the_end(finish: Finish, items: Iterable[Hashable]) -> None:
    """Have `finish` called once with all items that this transaction gave it, before it commits.

    For what takes locks that come last in the lock order, however much happens in the transaction. Outside of
    `one_transaction` it is called at once, which must be inside a transaction too.
    """
    if _open.depth:
        _open.left.setdefault(finish, set()).update(items)
    else:
        finish(set(items))


def _finish() -> None:
    while _open.left:
        finish = next(iter(_open.left))
        finish(_open.left.pop(finish))

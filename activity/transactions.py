"""One transaction per service call."""

from contextlib import ContextDecorator

from django.db import connection, transaction


class one_transaction(ContextDecorator):  # noqa: N801 reads as a decorator
    """Start a transaction, or be part of the caller's.

    Unlike a nested `transaction.atomic` it makes no savepoint inside the caller's transaction (two statements less per
    service): when it fails, the whole fails. A test case's own transaction does not count as the caller's.
    """

    def _recreate_cm(self):
        return type(self)()

    def __enter__(self):
        blocks = connection.atomic_blocks
        self._atomic = transaction.atomic(savepoint=not blocks or blocks[-1]._from_testcase)
        return self._atomic.__enter__()

    def __exit__(self, *error):
        return self._atomic.__exit__(*error)

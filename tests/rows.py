"""Rows that many tests begin with: kept in a schema of their own, and copied from there by the database itself.

With `template.py`, a database that is migrated once for all processes, this is what makes thousands of tests on a real
PostgreSQL quick. The code under test knows nothing of either.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql


def tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def filled() -> set[str]:
    """The tables that have rows."""
    each = (
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(table)) for table in tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(each))
        return {table for (table,) in cursor}


def keep(schema: str, names: set[str]) -> None:
    """Keep the rows of the tables under a name."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        for name in names:
            statement = sql.SQL("CREATE TABLE {} AS TABLE {}")
            cursor.execute(statement.format(sql.Identifier(schema, name), sql.Identifier(name)))


@transaction.atomic
def put_back(schema: str) -> None:
    """Add the rows that were kept under the name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        for (name,) in cursor.fetchall():
            statement = sql.SQL("INSERT INTO {} SELECT * FROM {}")
            cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(schema, name)))


@transaction.atomic
def empty(names: set[str]) -> None:
    """Remove every row of the tables, and of those that refer to them."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, sorted(names)))))


@contextmanager
def undone() -> Iterator[None]:
    """A transaction around several tests, each of which undoes what is its own: what is made once for all of them."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def emptied(schema: str) -> Iterator[None]:
    """A test that commits leaves the rows that were kept under the name, and no other.

    The one place where the tests lean on a private part of Django: `TransactionTestCase` empties the tables by `flush`,
    which knows nothing of rows that migrations made (groups, categories, markets). Its own remedy, `serialized_rollback`,
    loads them anew through the ORM, a second for every test that commits. There is no public way to say how a test's rows
    go; a Django that calls this method otherwise leaves rows behind, and `tests/test_rows.py` fails.
    """

    def empty_all(_test: TransactionTestCase) -> None:
        empty(filled())
        put_back(schema)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_all)
        yield

"""Rows that many tests begin with: kept in a schema of their own, and copied from there by the database itself.

With `template.py`, a database that is migrated once for all processes, this is what makes thousands of tests on a real
PostgreSQL quick. The code under test knows nothing of either.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

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


def keep(schema: str, names: set[str], *, beside: str = "") -> None:
    """Keep the rows of the tables under a name; `beside` names what is kept already, whose rows are left out."""
    known = _columns(beside)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        for name, columns in _columns("public").items():
            if name in names:
                statement = sql.SQL("CREATE TABLE {} AS SELECT {} FROM {}").format(
                    sql.Identifier(schema, name), columns, sql.Identifier(name)
                )
                if name in known:
                    statement += sql.SQL(" EXCEPT TABLE {}").format(sql.Identifier(beside, name))
                cursor.execute(statement)


@transaction.atomic
def put_back(schema: str) -> None:
    """Add the rows that were kept under the name."""
    with connection.cursor() as cursor:
        cursor.execute(_putting_back(schema))


@cache
def _putting_back(schema: str) -> sql.Composed:
    insert = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}")
    return sql.SQL("; ").join(
        insert.format(sql.Identifier(name), columns, columns, sql.Identifier(schema, name))
        for name, columns in _columns(schema).items()
    )


def _columns(schema: str) -> dict[str, sql.Composed]:
    """The columns of each table of a schema, but for those that the database works out itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns"
            " WHERE table_schema = %s AND is_generated = 'NEVER' GROUP BY table_name",
            [schema],
        )
        return {name: sql.SQL(", ").join(map(sql.Identifier, columns)) for name, columns in cursor}


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

"""Rows that many tests begin with: kept in a schema of their own, and copied from there by the database itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
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
    around = transaction.atomic()
    around._from_testcase = True
    with around:
        yield
        transaction.set_rollback(True)

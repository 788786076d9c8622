"""What the models say of a column that an INSERT leaves out, told to the database that a benchmark fills by SQL."""

from django.db import connection, models
from psycopg import sql


def give_defaults(*tables: type[models.Model]) -> None:
    """An INSERT names only what it measures, and a new column of a model does not break it."""
    with connection.cursor() as cursor:
        for table in tables:
            for field in table._meta.concrete_fields:
                if (
                    field.null
                    or field.generated
                    or field.unique
                    or not (field.has_default() or field.empty_strings_allowed)
                ):
                    continue
                value = field.get_db_prep_save(field.get_default(), connection)
                cursor.execute(
                    sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}").format(
                        sql.Identifier(table._meta.db_table), sql.Identifier(field.column), sql.Literal(value)
                    )
                )

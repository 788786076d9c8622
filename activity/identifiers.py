"""Identifiers in tables: those that look the same are one, when they are made and when they are looked up."""

from typing import Any

from django.db import models
from django.db.models.lookups import Exact, In
from django.utils.translation import gettext_lazy as _

from activity.looks import READ_AS, look_of, reading_of


class Look(models.Func):
    """`activity.looks.look_of` of a column, as the database works it out."""

    function = "look_of"
    output_field = models.TextField()


class Reading(models.Func):
    """`activity.looks.reading_of` of a column, as the database works it out."""

    template = f"translate(look_of(%(expressions)s), '{''.join(READ_AS)}', '{''.join(READ_AS.values())}')"
    output_field = models.TextField()


def reads_like_no_other(table: str, field: str, *beside: str) -> models.UniqueConstraint:
    """No two rows of a table (with the same `beside`) whose identifiers a person may take for each other: A10 and AlO."""
    return models.UniqueConstraint(
        *beside,
        Reading(field),
        name=f"{table}_{field}_reads_like_no_other",
        violation_error_message=_("It looks the same as one that exists."),
        violation_error_code="duplicate",
    )


def looks_like_no_other(table: str, field: str) -> models.UniqueConstraint:
    """No two rows of a table whose identifiers look the same."""
    return models.UniqueConstraint(
        Look(field),
        name=f"{table}_{field}_looks_like_no_other",
        violation_error_message=_("It looks the same as one that exists."),
        violation_error_code="duplicate",
    )


class IdentifierField(models.CharField):
    """A code that people write: it is found however it is written. Its table has `looks_like_no_other`."""


@IdentifierField.register_lookup
class LooksExactly(Exact):
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not isinstance(self.rhs, str):  # a column, which is compared as it stands
            return super().as_sql(compiler, connection)
        column, params = self.process_lhs(compiler, connection)
        return f"look_of({column}) = %s", (*params, look_of(self.rhs))


@IdentifierField.register_lookup
class ReadsAsOneOf(In):
    """Those that a person may take for one of these: asked before one more is made."""

    lookup_name = "reads_as"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        reading = Reading.template % {"expressions": column}
        return f"{reading} = ANY(%s)", (*params, sorted({reading_of(text) for text in self.rhs}))


@IdentifierField.register_lookup
class LooksLikeOneOf(In):
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        looks = sorted({look_of(text) for text in self.rhs})
        if not looks:
            return super().as_sql(compiler, connection)
        column, params = self.process_lhs(compiler, connection)
        return f"look_of({column}) = ANY(%s)", (*params, looks)

"""The rules that the database keeps itself, one in each SQL file of an app's folder `rules_sql/`.

A file is named as its rule and holds what keeps it: functions, their triggers, constraints. It rests on tables and on
`refuse_change()` of this app, never on another file of its folder, so the order of the files says nothing.
"""

import re
from pathlib import Path

from django.conf import settings
from django.db.migrations import RunSQL

_MADE = re.compile(
    r"^CREATE (?:CONSTRAINT )?TRIGGER (?P<trigger>\w+)\s[^;]*?\sON (?P<table>\w+)"
    r"|^CREATE FUNCTION (?P<function>\w+)"
    r"|^ALTER TABLE (?P<constrained>\w+) ADD CONSTRAINT (?P<constraint>\w+)",
    re.MULTILINE,
)


def rules_of(app: str) -> list[RunSQL]:
    """What the initial migration of an app ends with: its rules, and how to take them back."""
    files = sorted((Path(settings.BASE_DIR) / app / "rules_sql").glob("*.sql"))
    return [RunSQL(sql, _drops(sql)) for sql in (path.read_text(encoding="utf-8") for path in files)]


def renewed(app: str, name: str) -> RunSQL:
    """For a later migration: the rule as its file says it now, in place of what was there. Undoing leaves it.

    Functions keep their arguments.
    """
    sql = (Path(settings.BASE_DIR) / app / "rules_sql" / f"{name}.sql").read_text(encoding="utf-8")
    replacing = re.sub(r"^CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", sql, flags=re.MULTILINE)
    return RunSQL(_drops(sql, functions=False, condition="IF EXISTS ") + replacing, RunSQL.noop)


def _drops(sql: str, *, functions: bool = True, condition: str = "") -> str:
    """The statements that drop what a file of rules makes, the last first."""
    drops = []
    for made in _MADE.finditer(sql):
        if made["trigger"]:
            drops.append(f"DROP TRIGGER {condition}{made['trigger']} ON {made['table']};\n")
        elif made["constraint"]:
            drops.append(f"ALTER TABLE {made['constrained']} DROP CONSTRAINT {condition}{made['constraint']};\n")
        elif functions:
            drops.append(f"DROP FUNCTION {condition}{made['function']};\n")
    return "".join(reversed(drops))

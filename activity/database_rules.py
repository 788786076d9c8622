"""The rules that the database keeps itself, one in each SQL file of an app's folder `rules_sql/`.

A file is named as its rule and holds what keeps it: functions, their triggers, constraints. Files of one folder rest on
tables and on the function `refuse_change` of this app alone, so their order says nothing.
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
    return [RunSQL(sql, undone(sql)) for sql in map(_text, sorted(folder_of(app).glob("*.sql")))]


def renewed(app: str, name: str) -> RunSQL:
    """For a later migration: a rule as its file says it now, in place of what was there. It stays when undone."""
    sql = _text(folder_of(app) / f"{name}.sql")
    return RunSQL(undone(sql, "IF EXISTS ") + sql, RunSQL.noop)


def undone(sql: str, condition: str = "") -> str:
    """The statements that drop what a file of rules makes, the last first."""
    drops = []
    for made in _MADE.finditer(sql):
        if made["trigger"]:
            drops.append(f"DROP TRIGGER {condition}{made['trigger']} ON {made['table']};\n")
        elif made["function"]:
            drops.append(f"DROP FUNCTION {condition}{made['function']};\n")
        else:
            drops.append(f"ALTER TABLE {made['constrained']} DROP CONSTRAINT {condition}{made['constraint']};\n")
    return "".join(reversed(drops))


def folder_of(app: str) -> Path:
    return Path(settings.BASE_DIR) / app / "rules_sql"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")

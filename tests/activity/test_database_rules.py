"""The files of rules, what a migrated database has, and the page that tells of both."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.operations import CreateModel

from activity.database_rules import renewed, rules_of
from activity.tables_at_once import TablesAtOnce

ROOT = Path(settings.BASE_DIR)
FILES = {str(path.relative_to(ROOT)): path.read_text() for path in sorted(ROOT.glob("*/rules_sql/*.sql"))}
APPS = ["accounts", "activity", "inspections", "compliance"]  # in the order of their migrations
PAGE = (ROOT / "docs/decisions/rules-in-the-database.md").read_text()

DATABASE = """
SELECT 'function ' || proname, pg_get_functiondef(oid) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
UNION ALL SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'constraint ' || conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype <> 't' AND connamespace = 'public'::regnamespace
"""


def in_database() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(DATABASE)
        return dict(cursor.fetchall())


def in_files() -> set[str]:
    found = re.findall(r"^CREATE (?:CONSTRAINT )?(FUNCTION|TRIGGER) (\w+)", "\n".join(FILES.values()), re.MULTILINE)
    return {f"{kind.lower()} {name}" for kind, name in found}


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_database_has_the_functions_and_triggers_of_the_files_and_no_other(db):
    assert {name for name in in_database() if not name.startswith("constraint")} == in_files()


def test_every_folder_of_rules_is_known_here():
    assert {name.split("/")[0] for name in FILES} == set(APPS)


def test_a_rule_carried_out_anew_is_what_it_was(db):
    before = in_database()

    for name in FILES:
        app, _, file = name.split("/")
        run(renewed(app, file.removesuffix(".sql")).sql)

    assert in_database() == before


def test_a_rule_carried_out_anew_replaces_what_was_there(db):
    before = in_database()
    run("ALTER TABLE compliance_gate DROP CONSTRAINT gate_is_open_only_when_all_checks_are_met")
    run("DROP TRIGGER disposition_is_signed_by_a_second_person ON inspections_disposition")
    run(
        "CREATE OR REPLACE FUNCTION guard_disposition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    )

    run(renewed("compliance", "R4_a_gate_is_open_only_when_all_checks_are_met").sql)
    run(renewed("inspections", "R3_who_inspected_does_not_decide").sql)

    assert in_database() == before


def test_what_is_undone_leaves_nothing(db):
    for app in APPS[:0:-1]:  # constraints of tables rest on what accounts begins with: it goes with them
        for operation in reversed(rules_of(app)):
            run(operation.reverse_sql)

    assert {name for name in in_database() if not name.startswith("constraint")} == {"function look_of"}
    assert "constraint gate_is_open_only_when_all_checks_are_met" not in in_database()


def test_migrations_name_the_files_and_do_not_repeat_them():
    text = re.compile(r"CREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?(FUNCTION|TRIGGER)", re.IGNORECASE)

    assert [str(path) for path in ROOT.glob("*/migrations/*.py") if text.search(path.read_text())] == []


def test_the_page_names_every_file_and_none_that_is_gone():
    assert set(re.findall(r"\b[a-z]+/rules_sql/\w+\.sql", PAGE)) == set(FILES)


def test_the_page_tells_of_every_rule():
    assert re.findall(r"^\| R(\d+) ", PAGE, re.MULTILINE) == [str(number) for number in range(1, 14)]


def test_a_test_goes_round_the_code_of_every_rule_that_a_file_keeps():
    rows = [row for row in PAGE.splitlines() if row.startswith("|") and "/rules_sql/" in row]
    untested = [row for row in rows if "`tests/" not in row and "Storage alone" not in row]

    assert len(rows) > 40
    assert untested == []


def test_the_page_names_tests_that_are_there():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)
    gone = [
        (path, name)
        for path, name in named
        if not (ROOT / path).exists() or not re.search(rf"^(def|class) {name}", (ROOT / path).read_text(), re.MULTILINE)
    ]

    assert len(named) > 30
    assert gone == []


def test_the_page_names_constraints_that_are_there():
    named = {name for row in PAGE.splitlines() if "constraint" in row for name in re.findall(r"`([a-z]+_\w+)`", row)}
    there = {constraint.name for model in apps.get_models() for constraint in model._meta.constraints}

    assert "batch_quantities_add_up" in named
    assert named - there == set()


def test_only_tables_are_made_at_once():
    TablesAtOnce([CreateModel("Thing", [])])

    with pytest.raises(TypeError, match="not among them"):
        TablesAtOnce([CreateModel("Thing", []), RunPython(RunPython.noop)])

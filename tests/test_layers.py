"""Imports go one way, inside functions too: what must flow up goes as an event or is registered by the upper app."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {"config": 0, "activity": 0, "accounts": 1, "imports": 2, "suppliers": 3, "inspections": 4, "compliance": 5}
# Where everything is put together.
JOINTS = {"config/urls.py"}
FILES = sorted(path for app in LAYERS for path in (ROOT / app).rglob("*.py"))


def apps_imported_by(source: str) -> list[tuple[str, int]]:
    """(top-level package, line) of every import, wherever in the file it stands."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(alias.name.split(".")[0], node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append((node.module.split(".")[0], node.lineno))
    return found


def upward(app: str, source: str) -> list[tuple[str, int]]:
    """The imports of an app that is above or, being another, beside this one."""
    return [
        (name, line)
        for name, line in apps_imported_by(source)
        if name in LAYERS and name != app and LAYERS[name] >= LAYERS[app]
    ]


def test_no_module_imports_from_a_layer_above():
    broken = {
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in FILES
        if str(path.relative_to(ROOT)) not in JOINTS
        for name, line in upward(path.relative_to(ROOT).parts[0], path.read_text())
    }

    assert broken == set()


def test_pure_modules_import_no_web_framework():
    pure = [
        *(ROOT / "inspections/sampling").rglob("*.py"),
        *(ROOT / "compliance/reading").rglob("*.py"),
        ROOT / "compliance/clamd.py",
        ROOT / "inspections/readings.py",
        ROOT / "inspections/escapes.py",
        ROOT / "inspections/margins.py",
        ROOT / "inspections/money.py",
        ROOT / "inspections/verdicts.py",
    ]

    assert [
        str(path.relative_to(ROOT))
        for path in pure
        if {name for name, _line in apps_imported_by(path.read_text())} & {"django", "rest_framework", "celery"}
    ] == []  # fmt: skip


@pytest.mark.parametrize(
    ("app", "source", "found"),
    [
        ("suppliers", "from inspections.models import Batch", [("inspections", 1)]),
        ("suppliers", "def count():\n    import inspections.models", [("inspections", 2)]),
        ("activity", "if True:\n    from accounts.models import User", [("accounts", 2)]),
        ("activity", "import config.settings", [("config", 1)]),
        ("inspections", "from accounts.models import User\nfrom .models import Batch", []),
        ("config", "import django", []),
    ],
)
def test_the_walk_finds_an_upward_import_wherever_it_stands(app, source, found):
    assert upward(app, source) == found

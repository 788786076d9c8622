"""Imports go one way: between the apps, between the folders of an app, and between files.

What must flow up goes as an event, is registered by whoever is above, or is a task that is nudged by its name.
`config/architecture.py` has the order, `docs/architecture.md` tells it in words.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from config.architecture import (
    APPS,
    BEGIN,
    END,
    JOINTS,
    PAGE,
    PURE,
    ROOMS,
    ROOT,
    TOP,
    circles,
    direct,
    drawn,
    imported,
    imports_of,
    is_pure,
    is_upward,
    modules,
    renewed,
    tree_of,
)

FRAMEWORKS = {"django", "rest_framework", "celery", "allauth"}
# Why an import may stand inside a function; the comment `# late: ...` beside it names one.
REASONS = {
    "models are not there yet when roles are read",
    "takes a second to load, and only this needs it",
    "only the process that opens a stranger's file loads this",
}


def test_no_module_imports_from_above():
    assert [
        f"{module} imports {target}, line {node.lineno}"
        for module in modules()
        for target, node in imports_of(module)
        if target.split(".")[0] in {"config", *APPS} and module not in JOINTS and is_upward(module, target)
    ] == []  # fmt: skip


def test_every_folder_has_its_place_in_the_order():
    """A new folder is named in ROOMS, and so are those that are gone taken out of it."""
    for app, rooms in ROOMS.items():
        folders = {path.parent.name for path in (ROOT / app).glob("*/__init__.py")}
        assert folders - TOP - {"migrations"} == set(rooms), app
        assert {path.stem for path in (ROOT / app).glob("*.py")} - {"__init__"} <= TOP, f"loose at the top of {app}"


FILES_OF_A_ROOM = {
    "__init__", "services", "reads", "forms", "views", "api", "words", "page", "story", "urls", "receivers", "tasks", "admin",
    "files",
}  # fmt: skip


def test_every_room_uses_the_same_names():
    plain = PURE | {"models", "demo"}
    assert [
        f"{app}/{room}/{path.name}"
        for app, rooms in ROOMS.items()
        for room in rooms
        if room not in plain
        for path in [*(ROOT / app / room).glob("*.py"), *(d for d in (ROOT / app / room).glob("*/") if d.name != "__pycache__")]
        if path.stem not in FILES_OF_A_ROOM
    ] == []  # fmt: skip


def test_no_files_import_each_other_in_a_circle():
    graph = {
        module: {target for target, _node in imports_of(module)} & set(modules()) - {module} for module in modules()
    }

    assert circles(graph) == []


def test_pure_folders_import_no_framework_and_no_tables():
    """Found by their names, wherever they are: usable by themselves, tested without a database."""
    assert [
        f"{module} imports {target}"
        for module in modules()
        if is_pure(module)
        for target, _node in imports_of(module)
        if target.split(".")[0] in FRAMEWORKS or (target in modules() and not is_pure(target))
    ] == []  # fmt: skip


# The first pages show what waits of papers and gates, which stand above them.
SHOWS_WHAT_IS_ABOVE = {"inspections/home/today.html", "inspections/home/supplier.html"}


def apps_used_by(template: str, libraries: dict[str, str]) -> set[str]:
    """The apps whose tags a template loads, and whose templates it includes or extends."""
    loaded = {
        name for names in re.findall(r"{%\s*load\s+(?:.*\sfrom\s+)?([^%]+?)\s*%}", template) for name in names.split()
    }
    named = {path.split("/")[0] for path in re.findall(r"""{%\s*(?:include|extends)\s+["']([^"']+)""", template)}
    return {libraries[name] for name in loaded & libraries.keys()} | named & set(APPS)


def test_no_template_uses_what_is_above_its_app():
    libraries = {path.stem: app for app in APPS for path in (ROOT / app / "templatetags").glob("*.py")}
    upward = {
        str(path.relative_to(ROOT / "templates"))
        for place, app in enumerate(APPS)
        for path in (ROOT / "templates" / app).rglob("*.html")
        if apps_used_by(path.read_text(), libraries) & set(APPS[place + 1 :])
    }

    assert upward == SHOWS_WHAT_IS_ABOVE


def test_the_tags_and_templates_that_a_template_uses_are_found():
    template = """{% extends "suppliers/a.html" %}{% load i18n papers %}{% load said from gate %}{% include 'compliance/b.html' with c=1 %}"""

    assert apps_used_by(template, {"papers": "compliance", "gate": "inspections"}) == {
        "suppliers",
        "compliance",
        "inspections",
    }


def late_imports(tree: ast.AST) -> Iterator[ast.stmt]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom))


def reason_of(lines: list[str], node: ast.stmt) -> str:
    """What `# late: ` says behind the import, or on the comment line before the first of a group."""
    number = node.lineno - 1
    while lines[number - 1].strip().startswith(("from ", "import ")):
        number -= 1
    for line in (lines[node.end_lineno - 1], lines[number - 1]):
        if "# late: " in line:
            return line.partition("# late: ")[2].strip()
    return ""


def test_an_import_inside_a_function_says_which_of_the_reasons_it_has():
    assert [
        f"{module}, line {node.lineno}"
        for module, path in modules().items()
        if not module.startswith("config") and not module.endswith(".apps")
        for node in late_imports(tree_of(module))
        if reason_of(path.read_text().split("\n"), node) not in REASONS
    ] == []  # fmt: skip


@pytest.mark.parametrize(
    ("importer", "source", "upward"),
    [
        ("suppliers.services", "from inspections.models import Batch", True),
        ("suppliers.services", "def count():\n    import inspections.models", True),
        ("activity.services", "if True:\n    from accounts.models import User", True),
        ("activity.services", "import config.settings", True),
        ("inspections.hold.services", "from inspections.batch import page", True),
        ("inspections.hold.services", "from inspections import urls", True),
        ("inspections.batch.page", "from inspections.hold.services import place_hold", False),
        ("inspections.hold.views", "from inspections.hold.services import place_hold", False),
        ("inspections.sampling.picks", "from .errors import SamplingError", False),
        ("inspections.urls", "from inspections.home import urls", False),
        ("compliance.gate.services", "from inspections.home import page", False),
        ("config.wsgi", "import django", False),
    ],
)
def test_the_walk_finds_an_upward_import_wherever_it_stands(importer, source, upward):
    known = modules() | {importer: ROOT / f"{importer.replace('.', '/')}.py"}
    targets = [target for target, _node in imported(importer, ast.parse(source), known)]

    assert [is_upward(importer, t) for t in targets if t.split(".")[0] in {"config", *APPS}] == ([upward] if "django" not in source else [])  # fmt: skip


def test_the_walk_finds_a_circle():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [["b", "c"]]


def test_the_walk_finds_a_late_import_without_a_reason():
    tree = ast.parse("def work():\n    from time import sleep\n")

    assert [node.lineno for node in late_imports(tree)] == [2]


def test_the_diagrams_of_the_page_are_those_of_the_imports():
    """Otherwise: `python -m config.architecture`."""
    page = PAGE.read_text()

    assert (page.count(BEGIN), page.count(END)) == (1, 1)
    assert page == renewed(page)


def test_a_diagram_draws_what_no_chain_of_others_says():
    assert direct({("c", "b"), ("b", "a"), ("c", "a"), ("d", "a")}) == {("c", "b"), ("b", "a"), ("d", "a")}
    assert drawn(["rules", "home"], {("home", "rules")}) == [
        "```mermaid", "flowchart TD", '    home["home"]', '    rules(["rules"])', "    home --> rules", "```",
    ]  # fmt: skip


def test_the_page_tells_what_every_app_and_every_room_is_for():
    page = PAGE.read_text()

    assert [app for app in ["config", *APPS] if f"\n| `{app}/` |" not in page] == []
    assert [
        f"{app}/{room}" for app, rooms in ROOMS.items() for room in rooms if f"\n| `{app}/{room}/` |" not in page
    ] == []

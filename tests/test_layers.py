"""Imports go one way: between the apps, between the folders of an app, and between files.

What must flow up goes as an event, is registered by whoever is above, or is a task that is nudged by its name.
`docs/architecture.md` tells the same order in words.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["activity", "accounts", "imports", "suppliers", "inspections", "compliance"]
# `config` stands beside the apps: it imports none of them, but for where everything is put together.
JOINTS = {"config.urls"}
ROOMS = {
    "inspections": [
        "sampling", "rules", "charts", "models", "calculator", "doubt", "photo", "specification", "sample", "hold", "finding", "order",
        "pilot", "switching", "returns", "ladder", "inspection", "batch", "home", "demo",
    ],
    "compliance": [
        "rules", "reading", "models", "checklist", "waiver", "paper", "declaration", "trait", "catalogue", "gate", "board",
        "demo",
    ],
}  # fmt: skip
# Where Django, or who puts an app together, looks for things; they may import every room.
TOP = {"admin", "apps", "management", "navigation", "templatetags", "urls"}
PURE = {"sampling", "rules", "charts", "reading"}
FRAMEWORKS = {"django", "rest_framework", "celery", "allauth"}
# Why an import may stand inside a function; the comment `# late: ...` beside it names one.
REASONS = {
    "models are not there yet when roles are read",
    "takes a second to load, and only this needs it",
    "only the process that opens a stranger's file loads this",
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    """The code of the product, without migrations: dotted name -> file."""
    found = {}
    for app in ["config", *APPS]:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                found[name_of(path)] = path
    return found


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text())


def imported(module: str, tree: ast.AST, known: dict[str, Path]) -> Iterator[tuple[str, ast.stmt]]:
    """What a module imports, wherever in it that stands: a module of ours by its file, another by its dotted name."""
    package = module if known.get(module, Path()).name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join(
                    [*package.split(".")[: len(package.split(".")) - node.level + 1], *filter(None, [node.module])]
                )
            for alias in node.names:
                deeper = f"{base}.{alias.name}"
                yield (deeper if deeper in known else base), node


def imports_of(module: str) -> list[tuple[str, ast.stmt]]:
    return list(imported(module, tree_of(module), modules()))


def place(module: str) -> tuple[int, int]:
    """(layer of the app, layer of the room in it); `config` is on the floor of the lowest app."""
    app, *rest = module.split(".")
    layer = APPS.index(app) if app in APPS else 0
    rooms = ROOMS.get(app)
    if not rooms or not rest or rest[0] in TOP:
        return layer, len(rooms or [])
    return layer, rooms.index(rest[0])


def is_upward(importer: str, target: str) -> bool:
    """Whether the target lies above the importer or, being another app or room, beside it."""
    above, below = place(target), place(importer)
    if target.split(".")[0] == importer.split(".")[0]:
        return above > below
    return above[0] >= below[0]


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


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected sets of more than one node (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph.get(node, ()):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            start = stack.index(node)
            if len(stack) - start > 1:
                found.append(sorted(stack[start:]))
            del stack[start:]

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_no_files_import_each_other_in_a_circle():
    graph = {
        module: {target for target, _node in imports_of(module)} & set(modules()) - {module} for module in modules()
    }

    assert circles(graph) == []


def is_pure(module: str) -> bool:
    app, *rest = module.split(".")
    return app in ROOMS and bool(PURE & set(rest[:1]))


def test_pure_folders_import_no_framework_and_no_tables():
    """Found by their names, wherever they are: usable by themselves, tested without a database."""
    assert [
        f"{module} imports {target}"
        for module in modules()
        if is_pure(module)
        for target, _node in imports_of(module)
        if target.split(".")[0] in FRAMEWORKS or (target in modules() and not is_pure(target))
    ] == []  # fmt: skip


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

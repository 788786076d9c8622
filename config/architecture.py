"""The order of the apps and of the folders inside them, and the walk over the imports that keeps it.

`tests/test_layers.py` fails on what goes against the order; docs/architecture.md tells it in words.
`python -m config.architecture` draws the diagrams of that page anew from the imports, between its two markers.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/architecture.md"
BEGIN, END = "<!-- diagrams: python -m config.architecture -->", "<!-- end of the diagrams -->"

# Each imports from those before it.
APPS = ["activity", "accounts", "imports", "suppliers", "inspections", "compliance"]
# `config` stands beside the apps: it imports none of them, but for where everything is put together.
JOINTS = {"config.urls"}
ROOMS = {
    "inspections": [
        "sampling",
        "rules",
        "charts",
        "models",
        "calculator",
        "doubt",
        "photo",
        "gauge",
        "specification",
        "sample",
        "hold",
        "finding",
        "order",
        "pilot",
        "switching",
        "returns",
        "ladder",
        "inspection",
        "batch",
        "offline",
        "home",
        "demo",
    ],
    "compliance": [
        "rules",
        "reading",
        "models",
        "loosening",
        "checklist",
        "waiver",
        "paper",
        "declaration",
        "trait",
        "catalogue",
        "gate",
        "board",
        "demo",
    ],
}
# Where Django, or who puts an app together, looks for things; they may import every room.
TOP = {"admin", "apps", "management", "navigation", "templatetags", "urls"}
# Folders that import no framework and no tables, wherever they are.
PURE = {"sampling", "rules", "charts", "reading"}

# An importer and what it imports.
Arrow = tuple[str, str]


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
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def imported(module: str, tree: ast.AST, known: Mapping[str, Path]) -> Iterator[tuple[str, ast.stmt]]:
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


def is_pure(module: str) -> bool:
    app, *rest = module.split(".")
    return bool(PURE & set(rest[:1])) and (ROOT / app / rest[0]).is_dir()


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
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


def arrows_between_apps() -> set[Arrow]:
    """Which app imports which. What only puts everything together (`config.urls`) is left out."""
    found = set()
    for module in modules().keys() - JOINTS:
        app = module.split(".")[0]
        for target, _node in imports_of(module):
            if target.split(".")[0] in {"config", *APPS} - {app}:
                found.add((app, target.split(".")[0]))
    return found


def arrows_between_rooms(app: str) -> set[Arrow]:
    """Which room of an app imports which. What stands at its top may import every room, so it is left out."""
    found = set()
    rooms = set(ROOMS[app])
    for module in modules():
        path = module.split(".")
        if path[0] == app and rooms & set(path[1:2]):
            targets = (target.split(".") for target, _node in imports_of(module))
            found |= {(path[1], other[1]) for other in targets if other[0] == app and rooms & set(other[1:2])}
    return {(importer, target) for importer, target in found if importer != target}


def direct(arrows: set[Arrow]) -> set[Arrow]:
    """The arrows that no chain of others says too. They must lead in no circle."""
    below: dict[str, set[str]] = {}
    for importer, target in arrows:
        below.setdefault(importer, set()).add(target)

    @cache
    def reached(node: str) -> frozenset[str]:
        targets = below.get(node, set())
        return frozenset(targets).union(*(reached(target) for target in targets))

    return {
        (importer, target)
        for importer, target in arrows
        if not any(target in reached(other) for other in below[importer] - {target})
    }


def drawn(nodes: list[str], arrows: set[Arrow]) -> list[str]:
    """A diagram in Mermaid: nodes from the top down, the arrows that say all others."""
    order = {node: place for place, node in enumerate(nodes)}
    shapes = [f'    {node}(["{node}"])' if node in PURE else f'    {node}["{node}"]' for node in reversed(nodes)]
    lines = sorted(direct(arrows), key=lambda arrow: (-order[arrow[0]], -order[arrow[1]]))
    return [
        "```mermaid",
        "flowchart TD",
        *shapes,
        *(f"    {importer} --> {target}" for importer, target in lines),
        "```",
    ]


def diagrams() -> str:
    """What stands between the markers of the page."""
    parts = ["The apps:", "", *drawn(APPS, arrows_between_apps())]
    for app, rooms in ROOMS.items():
        parts += ["", f"The rooms of `{app}`:", "", *drawn(rooms, arrows_between_rooms(app))]
    return "\n".join(parts)


def renewed(page: str) -> str:
    """The text of a page with the diagrams as they are now."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{diagrams()}\n\n{END}{after}"


def main() -> None:
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

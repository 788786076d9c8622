"""Who can do what from where: the services that write, and the sides of the house from which each is reached.

Read from the source and not from what happens to be imported: a module's part is told by its path, wherever its folder stands
(`inspections/hold/services/holds.py`, `inspections/hold/services.py` and `inspections/hold/services/placing.py` are services), and
what it reaches by the names that its definitions use.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

SIDES = ("views", "api")
# Where work is done that nobody asks for on a page or over the API. None of it is looked through: that a page nudges a task
# does not mean that a person does there what the task does later.
BEHIND = ("tasks", "receivers", "management", "admin", "demo", "migrations")
PARTS = {"services", *SIDES, *BEHIND}
# Modules that write and are called otherwise.
ALSO_SERVICES = {"activity/webhooks.py"}
ATOMIC = {"one_transaction", "atomic"}
WRITES = {
    "save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete", "record_event", "record_events",
}  # fmt: skip
Place = tuple[str, str]  # module, name of a top-level definition in it


def part_of(path: str) -> str:
    """The part that a module plays, "" for none: that of the first of its folders, or else of its file, that names one."""
    if path in ALSO_SERVICES:
        return "services"
    for name in Path(path).with_suffix("").parts:
        if found := PARTS & set(name.split("_")):
            return min(found)
    return ""


@dataclass
class Definition:
    """One top-level function, class or name of a module, and the names that it uses."""

    node: ast.AST
    uses: set[tuple[str, ...]] = field(default_factory=set)  # ("place_hold",) or ("services", "place_hold")
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)  # its own imports, inside of a function

    @property
    def is_public_function(self) -> bool:
        return isinstance(self.node, ast.FunctionDef) and not self.node.name.startswith("_")

    @property
    def takes_somebody(self) -> bool:
        """Whether it is told who acts."""
        arguments = self.node.args
        names = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        return bool(names & {"actor", "user"})

    @property
    def writes(self) -> bool:
        """Whether it writes by itself: opens a transaction, saves a row or records an event."""
        decorators = {name for one in self.node.decorator_list for name in _last_names(one)}
        return bool(decorators & ATOMIC) or bool(WRITES & {used[-1] for used in self.uses}) or self._updates_rows

    @property
    def _updates_rows(self) -> bool:
        """Whether it calls .update(column=...), which a dict is not asked for."""
        return any(
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr == "update"
            and inner.keywords
            and not inner.args
            for inner in ast.walk(self.node)
        )


def _last_names(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def _dotted(node: ast.AST) -> tuple[str, ...]:
    """a.b.c as its names; what stands on something else than a name begins with ""."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id if isinstance(node, ast.Name) else "", *reversed(names))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, tuple[str, str]]]:
    """(name here, (module, name there or "" for the module itself))"""
    for alias in node.names:
        if isinstance(node, ast.Import):
            name = alias.asname or alias.name.split(".")[0]
            yield name, (alias.name if alias.asname else name, "")
        elif node.module:
            yield alias.asname or alias.name, (node.module, alias.name)


def definition_of(node: ast.AST) -> Definition:
    found = Definition(node)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name | ast.Attribute):
            found.uses.add(_dotted(inner))
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            found.imports.update(_imported(inner))
    return found


@dataclass
class Module:
    path: str
    definitions: dict[str, list[Definition]] = field(default_factory=lambda: defaultdict(list))
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: str, source: str) -> "Module":
        module = cls(path)
        module._take(ast.parse(source).body)
        return module

    def _take(self, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.imports.update(_imported(node))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.definitions[node.name].append(definition_of(node))
            elif isinstance(node, ast.If | ast.Try | ast.With):
                self._take(node.body)
            else:
                found = definition_of(node)
                targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
                names = [target.id for target in targets if isinstance(target, ast.Name)]
                for name in names or [""]:
                    self.definitions[name].append(found)


@dataclass(frozen=True)
class Act:
    """A service that writes. `reached` are the parts of the house from which it is."""

    name: str  # module.function
    reached: frozenset[str]
    takes_somebody: bool

    @property
    def asked_from(self) -> list[str]:
        return sorted(self.reached & set(SIDES))

    @property
    def is_fair(self) -> bool:
        """Both sides can do it; or neither, where it is work that somebody does behind them and nobody is told to be its actor."""
        if not self.asked_from:
            return bool(self.reached) and not self.takes_somebody
        return len(self.asked_from) == len(SIDES)


class House:
    """The modules of a tree, as packages below `root`."""

    def __init__(self, root: Path, packages: list[str]):
        self.modules: dict[str, Module] = {}
        for package in packages:
            for path in sorted((root / package).rglob("*.py")):
                relative = path.relative_to(root)
                parts = relative.with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                self.modules[name] = Module.read(str(relative), path.read_text())

    def resolve(self, module: str, name: str, seen: frozenset[Place] = frozenset()) -> Place | None:
        """Where a name of a module is defined, through imports; None for what is not of this house."""
        here = self.modules.get(module, Module(""))  # a folder without __init__.py defines nothing
        if (module, name) in seen:
            return None
        if name in here.definitions:
            return module, name
        if name in here.imports:
            return self._target(*here.imports[name], seen | {(module, name)})
        return (f"{module}.{name}", "") if f"{module}.{name}" in self.modules else None

    def _target(self, module: str, name: str, seen: frozenset[Place]) -> Place | None:
        if not name:
            return (module, "") if module in self.modules else None
        return self.resolve(module, name, seen)

    def used_by(self, place: Place) -> set[Place]:
        module = self.modules[place[0]]
        found = set()
        for definition in module.definitions[place[1]]:
            for first, *rest in definition.uses:
                if first in definition.imports:
                    target = self._target(*definition.imports[first], frozenset())
                else:
                    target = self.resolve(place[0], first)
                while target and not target[1] and rest:  # an attribute of a module
                    target = self.resolve(target[0], rest.pop(0))
                if target and target[1]:
                    found.add(target)
        return found

    @cached_property
    def _uses(self) -> dict[Place, set[Place]]:
        return {
            (module, name): self.used_by((module, name))
            for module, found in self.modules.items()
            for name in found.definitions
        }

    def reached_from(self, part: str) -> set[Place]:
        """All that the definitions of a part use, also through others; not looked for behind."""
        waiting = [place for place in self._uses if part_of(self.modules[place[0]].path) == part]
        reached = set(waiting)
        while waiting:
            for place in self._uses[waiting.pop()] - reached:
                if part_of(self.modules[place[0]].path) not in BEHIND:
                    reached.add(place)
                    waiting.append(place)
        return reached

    def _writing(self) -> set[Place]:
        """The definitions that write, by themselves or through what they use."""
        functions = {
            place
            for place, _uses in self._uses.items()
            if any(isinstance(one.node, ast.FunctionDef) for one in self.modules[place[0]].definitions[place[1]])
            and part_of(self.modules[place[0]].path) == "services"
        }
        writing = {
            place for place in functions if any(one.writes for one in self.modules[place[0]].definitions[place[1]])
        }
        while more := {place for place in functions - writing if self._uses[place] & writing}:
            writing |= more
        return writing

    def acts(self) -> list[Act]:
        reached = {part: self.reached_from(part) for part in (*SIDES, *BEHIND)}
        acts = []
        for place in sorted(self._writing()):
            definition = self.modules[place[0]].definitions[place[1]][0]
            if definition.is_public_function:
                parts = frozenset(part for part, places in reached.items() if place in places)
                acts.append(Act(".".join(place), parts, definition.takes_somebody))
        return acts

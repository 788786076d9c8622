"""What the documents name is there: files, folders, tests, modules, and the names in them."""

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from config.architecture import ROOT, modules

CODE = {"config", "activity", "accounts", "imports", "suppliers", "inspections", "compliance", "tests"}
SUFFIXES = {
    ".py", ".md", ".html", ".sql", ".css", ".js", ".json", ".csv", ".po", ".toml", ".yaml", ".in", ".typ", ".env", ".txt",
}  # fmt: skip
# What is made by a command or by the reader, not kept in the tree.
MADE = ("var/", "locale/vi/", "deploy/.env", "holdfast")
# Programs of others.
FOREIGN = {"pg_ctl", "pg_dump"}
# Words in capitals stand for whatever the reader puts there: `APP/rules_sql/`.
PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b|\.\.\.|[{}<>]")


@cache
def files() -> frozenset[str]:
    """The files of the tree, but for what is made in it."""
    found = set()
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name == ".ci" or not (name.startswith((".", "__py")) or name == "var")]
        found |= {str(Path(folder, name).relative_to(ROOT)) for name in names}
    return frozenset(found)


@cache
def folders() -> frozenset[str]:
    return frozenset(str(folder) for name in files() for folder in Path(name).parents)


def documents() -> list[str]:
    return sorted(name for name in files() if name.endswith(".md"))


def prose_of(text: str) -> str:
    """Without the blocks of code, which may invent what they like."""
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)


@cache
def words_of_the_code() -> frozenset[str]:
    """Every name in the tree but those that only documents, or the examples below, have."""
    kinds = {".py", ".sql", ".html", ".js", ".json", ".toml", ".yaml"}
    read = [name for name in files() if Path(name).suffix in kinds and name != "tests/test_documents.py"]
    return frozenset(word for name in read for word in re.findall(r"\w+", (ROOT / name).read_text(encoding="utf-8")))


@cache
def names_in(path: str) -> frozenset[str]:
    """What a module defines or imports, and what its classes define."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return frozenset(found)


def is_there(path: str, document: str) -> bool:
    """Whether a path exists, from the top of the tree or beside the document; a single name may be anywhere."""
    wanted = path.rstrip("/")
    here = str(Path(document).parent / wanted)
    known = folders() if path.endswith("/") else files() | folders()
    if "*" in wanted:
        return any(Path(name).match(wanted) for name in known)
    if wanted in known or here in known:
        return True
    return "/" not in wanted and any(Path(name).name == wanted for name in known)


def is_defined(dotted: str) -> bool:
    """Whether `app.room.module.name` can be followed: modules as far as they go, then what the last one defines.

    `app.name` may be a permission too.
    """
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        if ".".join(parts[:length]) in modules():
            path = modules()[".".join(parts[:length])]
            rest = parts[length:]
            if not rest or rest[0] in names_in(str(path.relative_to(ROOT))):
                return True
            return len(parts) == 2 and parts[1] in words_of_the_code()
    return is_there(f"{'/'.join(parts)}.py", "")


def wrong_in(text: str, document: str) -> Iterator[str]:
    prose = prose_of(text)
    for token in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose):
        if PLACEHOLDER.search(token) or token.startswith(("/", "-", "http", *MADE)) or " " in token:
            continue
        path, _colons, names = token.partition("::")
        first = path.split("/")[0]
        if re.fullmatch(r"[\w.*-]+(/[\w.*-]+)*/?", path) and (
            Path(path).suffix in SUFFIXES or path.endswith("/") or ("/" in path and first in folders())
        ):
            if not is_there(path, document) or (names and not set(names.split("::")) <= names_in(path)):
                yield token
        elif re.fullmatch(r"(\w+\.)+\w+", token) and token.split(".")[0] in CODE:
            if not is_defined(token):
                yield token
        elif (
            re.fullmatch(r"\w*[a-z]_[a-z]\w*|[A-Z][a-z]+[A-Z]\w+", token) and token not in words_of_the_code() | FOREIGN
        ):
            yield token
    for target in re.findall(r"\]\(([^)#\s]+)", prose):
        if not target.startswith("http") and not (ROOT / document).parent.joinpath(target).exists():
            yield f"]({target})"


@pytest.mark.parametrize("document", documents())
def test_what_a_document_names_is_there(document):
    assert list(wrong_in((ROOT / document).read_text(encoding="utf-8"), document)) == []


def test_every_page_of_the_documents_can_be_found_from_the_readme():
    seen, waiting = set(), ["README.md"]
    while waiting:
        document = waiting.pop()
        if document in seen:
            continue
        seen.add(document)
        text = prose_of((ROOT / document).read_text(encoding="utf-8"))
        targets = (Path(document).parent / target for target in re.findall(r"\]\(([^)#\s]+)", text))
        paths = {(ROOT / target).resolve().relative_to(ROOT) for target in targets if "http" not in str(target)}
        for path in paths:
            index = path / "README.md"
            waiting += [str(p) for p in (path, index) if p.suffix == ".md" and (ROOT / p).is_file()]

    assert [name for name in documents() if name.startswith("docs/") and name not in seen] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`inspections/hold/services/holds.py` and `holds.py`, `activity/`", []),
        ("`services/nowhere.py`", ["services/nowhere.py"]),
        ("`inspections/nowhere/`", ["inspections/nowhere/"]),
        ("`tests/test_layers.py::test_no_module_imports_from_above`", []),
        ("`tests/test_layers.py::test_nothing`", ["tests/test_layers.py::test_nothing"]),
        ("`inspections.hold.services.holds.decide_hold`", []),
        ("`inspections.hold.services.holds.forgive_hold`", ["inspections.hold.services.holds.forgive_hold"]),
        ("`decide_hold`, `APP/rules_sql/`, `/api/v1/docs/`", []),
        ("`forgive" + "_hold`", ["forgive" + "_hold"]),
        ("`ForgivenHold`", ["ForgivenHold"]),
        ("```\n`nowhere/at_all.py`\n```", []),
        ("[page](nowhere.md)", ["](nowhere.md)"]),
    ],
)
def test_what_is_not_there_is_found(text, wrong):
    assert list(wrong_in(text, "README.md")) == wrong

"""What a page needs, in one file a kind: a phone on a slow line waits for each file that it asks for.

A bundle is a file that does nothing but name others, so that it works as it stands where nothing is collected: a style sheet of
`@import`s, a module of `import`s. `collectstatic` writes what they name into it, without comments and with short names. What is not
needed at first is a module of its own that is fetched when it is, with all that it imports. See docs/decisions/bundles.md.
"""

import posixpath
import re
from collections.abc import Callable

import minify

STYLES = ("css/entry.css",)
MODULES = (
    "js/entry/page.js",
    "js/entry/conflict.js",
    "js/entry/photos.js",
    "js/entry/reference.js",
    "js/outbox/migrate.js",
    "js/outbox/sign-out.js",
)

Read = Callable[[str], str]

_CSS_IMPORT = re.compile(r"""@import\s+(?:url\()?["'](?P<path>[^"']+)["']\)?\s*;""")
_CSS_URL = re.compile(r"""url\(["']?(?P<path>[^"')]+)["']?\)""")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_JS_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)[ \t]*\n", re.DOTALL | re.MULTILINE)
_JS_IMPORT = re.compile(
    r"""^import\s+(?:\{(?P<names>[^}]*)\}\s*from\s*)?["'](?P<path>\.{1,2}/[^"']+)["'];[ \t]*$""", re.MULTILINE
)
_JS_LATER = re.compile(r"""\bimport\("(?P<path>\.{1,2}/[^"]+)"\)""")
_JS_OTHER_IMPORT = re.compile(r"^import\b(?!\().*$", re.MULTILINE)
_JS_EXPORT = re.compile(
    r"^export\s+(?P<kind>(?:async\s+)?function\*?|class|const|let)\s+(?P<name>[A-Za-z_$][\w$]*)", re.MULTILINE
)
_JS_EXPORT_LIST = re.compile(r"^export\s*\{(?P<names>[^}]*)\}\s*;[ \t]*$", re.MULTILINE)
_JS_OTHER_EXPORT = re.compile(r"^export\b.*$", re.MULTILINE)


class NotBundled(ValueError):
    """A file is written in a way that cannot be put into a bundle; the message names it and the line."""


def style_sheet(name: str, read: Read) -> str:
    """A style sheet with what it imports in its place, addresses as seen from where it stands."""
    folder = posixpath.dirname(name)

    def inlined(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, match["path"]))
        text = style_sheet(path, read)

        def moved(found: re.Match[str]) -> str:
            if re.match(r"[a-z]+:|/|#", found["path"]):
                return found[0]
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), found["path"]))
            return f'url("{posixpath.relpath(target, folder)}")'

        return _CSS_URL.sub(moved, text)

    text = _CSS_IMPORT.sub(inlined, _CSS_COMMENT.sub("", read(name)))
    return re.sub(r"\s*\n\s*", "\n", text).strip() + "\n"


def module(name: str, read: Read) -> str:
    """A module with all that it imports before it, each once and in a scope of its own; the last one may wait at its top level.

    What it imports later, `import("./other.js")`, stays a file of its own.
    """
    order: list[str] = []
    _visit(name, read, order, ())
    numbers = {path: f"_{number}" for number, path in enumerate(order)}
    exports: dict[str, dict[str, str]] = {}
    parts = []
    for path in order:
        code, exports[path] = _scoped(path, read, numbers, exports)
        code = _later(code, name, path)
        if path == name:
            pairs = [
                inside if inside == outside else f"{inside} as {outside}" for outside, inside in exports[path].items()
            ]
            parts.append(code + (f"export {{ {', '.join(pairs)} }};\n" if pairs else ""))
            continue
        found = f"return [{', '.join(exports[path].values())}];\n" if exports[path] else ""
        parts.append(f"const {numbers[path]} = (() => {{\n{code}{found}}})();\n")
    return "".join(parts)


def shortened(kind: str, text: str) -> str:
    """The same style sheet ("text/css") or module ("text/javascript") without white space, and with short names."""
    return minify.string(kind, text)


def _later(code: str, name: str, path: str) -> str:
    return _JS_LATER.sub(lambda found: f'import("{_seen_from(name, path, found["path"])}")', code)


def _seen_from(name: str, path: str, target: str) -> str:
    """An address that `path` uses, as the module `name` has to write it."""
    there = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    seen = posixpath.relpath(there, posixpath.dirname(name))
    return seen if seen.startswith(".") else f"./{seen}"


def _imports(path: str, read: Read) -> list[str]:
    folder = posixpath.dirname(path)
    return [posixpath.normpath(posixpath.join(folder, match["path"])) for match in _JS_IMPORT.finditer(read(path))]


def _visit(path: str, read: Read, order: list[str], above: tuple[str, ...]) -> None:
    if path in above:
        raise NotBundled(f"{path} imports itself by way of {' and '.join(above)}.")
    if path in order:
        return
    for imported in _imports(path, read):
        _visit(imported, read, order, (*above, path))
    order.append(path)


def _scoped(
    path: str, read: Read, numbers: dict[str, str], exports: dict[str, dict[str, str]]
) -> tuple[str, dict[str, str]]:
    """The code of a module, its imports as constants, and what it exports: the name outside -> inside.

    What is exported goes by its place, not by its name, so that the name can be made short.
    """
    folder = posixpath.dirname(path)
    exported: dict[str, str] = {}

    def imported(match: re.Match[str]) -> str:
        source = posixpath.normpath(posixpath.join(folder, match["path"]))
        local = dict(_names(match["names"] or ""))
        if unknown := local.keys() - exports[source].keys():
            raise NotBundled(f"{path}: {source} does not export {', '.join(sorted(unknown))}.")
        places = ", ".join(local.get(outside, "") for outside in exports[source]).rstrip(", ")
        return f"const [{places}] = {numbers[source]};" if local else ""

    def named(match: re.Match[str]) -> str:
        exported[match["name"]] = match["name"]
        return f"{match['kind']} {match['name']}"

    def listed(match: re.Match[str]) -> str:
        exported.update((outside, inside) for inside, outside in _names(match["names"]))
        return ""

    code = _JS_IMPORT.sub(imported, _JS_COMMENT.sub("", read(path)))
    code = _JS_EXPORT_LIST.sub(listed, _JS_EXPORT.sub(named, code))
    for other in (_JS_OTHER_IMPORT, _JS_OTHER_EXPORT):
        if left := other.search(code):
            raise NotBundled(f"{path}: {left[0]}")
    for line in code.splitlines():
        if line.count("`") % 2:
            raise NotBundled(f"{path}: a template of several lines, whose white space counts: {line.strip()}")
    return re.sub(r"\n\s+", "\n", code).lstrip(), exported


def _names(text: str) -> list[tuple[str, str]]:
    """ "a, b as c" as (a, a), (b, c)."""
    pairs = [each.split() for each in text.split(",") if each.strip()]
    return [(words[0], words[-1]) for words in pairs]

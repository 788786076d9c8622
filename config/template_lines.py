"""Templates are read and reviewed by line, so a line holds one tag or sentence.

`python -m config.template_lines` names every line that holds more, and fails where there is one.
"""

import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "templates"
LIMIT = 140
# A line that closes whatever it opens is read at a glance up to here: `<tr><td>...</td></tr>`.
SHORT = 100
# Elements that stand on lines of their own; those that run with a text (a, b, span, button, input) may share one.
ELEMENTS = (
    "article|aside|blockquote|body|caption|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|html"
    "|legend|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
BLOCKS = "block|blocktranslate|for|if|ifchanged|localize|slot|with"
# A tag that ends on its line is read as one, with what its attributes depend on.
MARK = re.compile(
    rf"<(?P<inline>(?!(?:{ELEMENTS})\b)[a-z][\w-]*)(?:{{[{{%].*?[%}}]}}|[^>{{])*>"
    rf"|<(?P<end>/)?(?:{ELEMENTS})(?=[\s>]|$)(?:(?:{{[{{%].*?[%}}]}}|[^>{{])*>)?"
    rf"|{{%\s*(?P<end_block>end)?(?:{BLOCKS})\b.*?%}}"
    r"|{%\s*(?P<between>elif|else|empty|plural)\b.*?%}"
)
# What is not carried out may show code as it likes.
UNREAD = re.compile(r"{%\s*(comment|verbatim)\b.*?{%\s*end\1\s*%}", re.DOTALL)


def complaints(source: str) -> Iterator[tuple[int, str]]:
    """Line numbers (from 1) of a template with what is wrong there and what to do."""
    read = UNREAD.sub(lambda match: "\n" * match[0].count("\n"), source)
    for number, (line, marked) in enumerate(zip(source.split("\n"), read.split("\n"), strict=True), start=1):
        width = len(line)
        opened, loose = marks(marked)
        if width > LIMIT:
            yield number, f"{width} columns, {LIMIT} at most: break it at white space or between attributes"
        if loose > 1:
            yield number, f"{loose} elements or blocks that go on elsewhere: give each a line of its own"
        elif opened > 1 and width > SHORT:
            yield number, f"{opened} elements or blocks in more than {SHORT} columns: give each a line of its own"


def marks(line: str) -> tuple[int, int]:
    """How many elements and blocks a line opens, and how many of its tags have their other half on another line.

    An element or a {% block %} and what alone fills it count as one: `<td>{% if ... %}` lets an empty cell be empty.
    """
    opened = 0
    open_here: list[re.Match[str]] = []
    loose: list[re.Match[str]] = []
    for mark in MARK.finditer(line):
        if mark["inline"]:
            continue
        if mark["between"]:
            loose += [] if open_here else [mark]
        elif not (mark["end"] or mark["end_block"]):
            opened += 1
            open_here.append(mark)
        elif open_here:
            open_here.pop()
        else:
            loose.append(mark)
    loose += open_here
    joined = sum(before.end() == after.start() and _fills(before, after) for before, after in pairwise(loose))
    return opened - joined, len(loose) - joined


def _fills(before: re.Match[str], after: re.Match[str]) -> bool:
    if before["end_block"]:
        return bool(after["end"] or re.match(r"{%\s*endblock\b", after[0]))
    holds = (before[0].startswith("<") and not before["end"]) or re.match(r"{%\s*block\b", before[0])
    return bool(holds and after[0].startswith("{%") and not after["end_block"])


def main() -> None:
    found = [
        f"{path.relative_to(ROOT.parent)}:{number}: {complaint}"
        for path in sorted(ROOT.rglob("*.html"))
        for number, complaint in complaints(path.read_text(encoding="utf-8"))
    ]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()

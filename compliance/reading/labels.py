"""Labels: the marks and words that a label has to show. What is read in its picture helps the person who looks; only what
a person saw counts as there."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from compliance.reading.findings import Finding, note, review
from compliance.reading.numbers import gtin_expected
from compliance.reading.text import Page

# Fields of the catalogue that are about the paper, not about something printed on the label.
NOT_PRINTED = frozenset({"label_photo", "reviewer", "claims_found", "title", "bullets", "video_script"})
LONGEST_QUOTE = 200


def elements_of(fields: Iterable[str]) -> list[str]:
    """The elements that have to be seen, of a requirement's fields, in their order."""
    return [name for name in fields if name not in NOT_PRINTED]


def are_marks(value: Any) -> bool:
    """Whether it is what `asks` of a label may say of its marks (docs/how-to/say-what-a-paper-must-show.md)."""
    return isinstance(value, dict) and all(map(_is_mark, value.values()))


def _is_mark(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"en", "zh", "example", "words"}:
        return False
    said, words = [value[name] for name in ("en", "zh", "example")], value["words"]
    if not isinstance(words, list) or not all(isinstance(text, str) for text in [*said, *words]):
        return False
    try:
        return all(re.compile(word) for word in words)
    except re.error:
        return False


def check(pages: Sequence[Page], marks: Mapping[str, Mapping[str, Any]], barcode: str = "") -> Iterator[Finding]:
    """What was read of the marks in a picture, and its barcodes; `barcode` is the one that the product should have."""
    for element, mark in marks.items():
        for page in pages:
            if match := next(filter(None, (re.search(word, page.text, re.IGNORECASE) for word in mark["words"])), None):
                yield note(
                    "mark_read", page=page.number, quote=_line(page.text, match), element=element, printed=match[0][:80]
                )
                break
    codes = [(page.number, kind, code) for page in pages for kind, code in page.barcodes]
    for number, kind, code in codes:
        yield note("barcode_read", page=number, kind=kind, barcode=code)
    goods = [code for _number, _kind, code in codes if gtin_expected(code) == code]
    if barcode and goods and barcode not in goods:
        yield review("barcode_differs", barcode=", ".join(goods), wanted=barcode)


def _line(text: str, match: re.Match[str]) -> str:
    begins, ends = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
    return text[begins : None if ends < 0 else ends].replace("\n", " ")[:LONGEST_QUOTE]

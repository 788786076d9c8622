"""What the columns of a file are called, and how those of an export are told."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from activity.languages import Text, pick


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called in the templates, the other names that are understood, and what belongs in it."""

    name: str
    name_zh: str
    is_required: bool
    meaning: Text
    example: str
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.name_zh, *self.also)

    @property
    def local_name(self) -> str:
        return pick(en=self.name, zh=self.name_zh)


@dataclass(frozen=True, slots=True)
class OtherColumns:
    """Columns beyond those that are known, whose titles are data: what they are, and examples of what stands in them."""

    title: Text
    meaning: Text
    examples: tuple[str, ...]


def plain(text: str) -> str:
    """How a header is compared: width, case, spaces, underscores and dots do not matter."""
    return re.sub(r"[\s_.]+", " ", unicodedata.normalize("NFKC", text)).strip().lower()


def has_required(columns: Sequence[Column], header: Sequence[str]) -> bool:
    """Whether all columns that are needed are called by one of their names."""
    names = {plain(name) for name in header}
    return all(any(plain(name) in names for name in column.names) for column in columns if column.is_required)


def fingerprint_of(header: Sequence[str]) -> str:
    """The same for exports with the same columns, in whatever order."""
    return hashlib.sha256("\n".join(sorted(plain(title) for title in header if title)).encode()).hexdigest()


def suggested_mapping(columns: Sequence[Column], header: Sequence[str]) -> dict[str, str]:
    """Column -> title of the file, for what is called by one of its names."""
    titles = {plain(title): title for title in reversed(header) if title}
    found = {}
    for column in columns:
        name = next((plain(name) for name in column.names if plain(name) in titles), None)
        if name:
            found[column.name] = titles[name]
    return found

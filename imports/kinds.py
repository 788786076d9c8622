"""The kinds of file that can be imported. Each is one module of the app whose records it brings, and registers itself.

The module `files` of each feature is loaded at the start (activity/features.py).
docs/how-to/add-a-kind-of-file.md says what such a module declares.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers

from activity.errors import FieldError
from activity.languages import Text
from imports.cells import DAY_ORDERS
from imports.columns import Column, OtherColumns, has_required, plain
from imports.encodings import ENCODINGS
from imports.rows import Parsed, Sheet

LONGEST_VALUE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What is asked of a file beside its columns, and kept with them for the next one with the same header.

    `form` makes the field of the page, showing a value; `api` the field of the API; `check` says what is wrong with a
    value (empty where none was given), each error naming the option. Lower `order` comes first in the API. An option that
    `is_chosen_each_time` is asked again for every file.
    """

    name: str
    order: int
    form: Callable[[str], forms.Field]
    api: Callable[[], serializers.Field]
    check: Callable[[str], Iterator[FieldError]]
    is_chosen_each_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Words of the rows that somebody may explain once. They are kept in the option `name`: word -> meaning.

    A row with an unknown one is refused with `code` and the word as its `value`. `meanings` are choices as those of a form,
    plain and in groups; `help_text` is that of the API.
    """

    name: str
    code: str
    meanings: Callable[[], Sequence[tuple[Any, Any]]]
    help_text: str

    def explained(self, said: Mapping[str, Any]) -> dict[str, str]:
        """The words that were given one of the meanings."""
        known = set(_values(self.meanings()))
        return {word: meaning for word, meaning in said.items() if meaning in known}


def _values(choices: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _values(label)
        else:
            yield value


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Of an export whose columns are called as its source likes: people say what they are.

    `options` are asked in this order. Of each of `either` one column at least is needed.
    """

    options: tuple[Option, ...] = ()
    questions: tuple[Question, ...] = ()
    either: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """An export as one shop makes it: `tells` are titles that all of them have; `titles` is what it calls which column."""

    shop: str
    tells: tuple[str, ...]
    titles: Mapping[str, tuple[str, ...]]

    def fits(self, header: Sequence[str]) -> bool:
        names = {plain(title) for title in header}
        return all(plain(title) in names for title in self.tells)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the columns of a file are taken for, column -> title, and whose export it is; empty where that is unknown."""

    mapping: Mapping[str, str]
    shop: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where what was imported is seen."""

    url: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of file: what it is called, how it is told, what its rows ask for, and where that is seen afterwards.

    `value` is its name in the database and the API. `permission` is what who imports it needs beside `imports.import_data`.
    `parse` makes of its rows and options what is to be carried out; it raises InvalidInput where the file as a whole cannot
    be understood. `afterwards` is told the options.

    Without `naming` the columns have the names given here, and the kind is told by them. With it somebody says that a file is
    of this kind, and which columns these are. With `other_columns` titles beyond the known ones are data. `repeated` is
    said first where every row is refused as registered already, by the code `duplicate`. `questions` are those of a kind without
    `naming`; `presets` are exports whose columns are known.
    """

    value: str
    label: Text
    order: int
    columns: tuple[Column, ...]
    permission: str
    parse: Callable[[Sheet, Mapping[str, Any]], Parsed]
    afterwards: Callable[[Mapping[str, Any]], Link]
    other_columns: OtherColumns | None = None
    naming: Naming | None = None
    questions: tuple[Question, ...] = ()
    repeated: Text | None = None
    presets: tuple[Preset, ...] = ()

    def suggest(self, header: Sequence[str]) -> Suggestion:
        """What the titles of a file say its columns are: those of the shop whose export it is, else by any known name.

        No title is taken twice, so that it may be sent back as it is.
        """
        titles = {plain(title): title for title in reversed(header) if title}
        fitting = [preset for preset in self.presets if preset.fits(header)]
        preset = max(fitting, key=lambda each: sum(map(len, each.titles.values())), default=None)
        found: dict[str, str] = {}
        known = [preset.titles] if preset else []
        for names_of in [*known, {column.name: column.names for column in self.columns}]:
            for column in self.columns:
                free = (titles.get(plain(name)) for name in names_of.get(column.name, ()))
                title = next((each for each in free if each and each not in found.values()), None)
                if title and column.name not in found:
                    found[column.name] = title
        return Suggestion(
            {column.name: found[column.name] for column in self.columns if column.name in found},
            preset.shop if preset else "",
        )

    def missing(self, mapping: Mapping[str, str]) -> list[str]:
        """Columns that are needed and not named."""
        missing = [column.name for column in self.columns if column.is_required and not mapping.get(column.name)]
        for names in self.naming.either if self.naming else ():
            if not any(mapping.get(name) for name in names):
                missing.append(names[0])
        return missing


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    if kind.value in _kinds or not 0 < len(kind.value) <= LONGEST_VALUE:
        raise ValueError(f"{kind.value!r} is taken, or not 1 to {LONGEST_VALUE} characters long.")
    _kinds[kind.value] = kind
    return kind


def every() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def told_by_columns() -> list[Kind]:
    return [kind for kind in every() if kind.naming is None]


def with_named_columns() -> list[Kind]:
    return [kind for kind in every() if kind.naming is not None]


def find(value: str) -> Kind | None:
    """None for the empty value of a file that was not read yet, and for one that no app registers."""
    return _kinds.get(value)


def likely(header: Sequence[str]) -> tuple[Kind, str] | None:
    """The kind that a file with these titles most likely is, and the shop that makes such exports; None where none fits.

    A known export comes first, then the kind that understands most of the titles.
    """
    fitting: list[tuple[bool, int, int, Kind, str]] = []
    for kind in every():
        suggestion = kind.suggest(header)
        fits = has_required(kind.columns, header) if kind.naming is None else not kind.missing(suggestion.mapping)
        if fits:
            fitting.append((bool(suggestion.shop), len(suggestion.mapping), -kind.order, kind, suggestion.shop))
    if not fitting:
        return None
    *_rank, kind, shop = max(fitting, key=lambda each: each[:3])
    return kind, shop


def options_of(kind: Kind | None) -> list[Option]:
    """What is asked of a file of a kind: beside its own, what only its reader cannot tell. None: of one not understood yet."""
    own = kind.naming.options if kind and kind.naming else (DAYS,)
    return [*own, *OF_ANY_FILE]


def questions_of(kind: Kind | None) -> Sequence[Question]:
    if kind is None:
        return ()
    return kind.naming.questions if kind.naming else kind.questions


def options() -> list[Option]:
    """Those of all kinds; kinds that ask the same share one."""
    named = {option.name: option for kind in every() for option in options_of(kind)}
    return sorted(named.values(), key=lambda option: option.order)


def questions() -> list[Question]:
    """Those of all kinds; kinds that ask the same share one."""
    return list({q.name: q for kind in every() for q in questions_of(kind)}.values())


def choices() -> list[tuple[str, Text]]:
    return [(kind.value, kind.label) for kind in every()]


def _check_days(value: str) -> Iterator[FieldError]:
    if value and value not in DAY_ORDERS:
        yield FieldError("days", "invalid_choice", _("Choose one of %(all)s.") % {"all": ", ".join(DAY_ORDERS)})


def _check_one_of(name: str, values: Collection[str]) -> Callable[[str], Iterator[FieldError]]:
    def check(value: str) -> Iterator[FieldError]:
        if value and value not in values:
            yield FieldError(name, "invalid_choice", _("Choose one of %(all)s.") % {"all": ", ".join(values)})

    return check


SHEET = Option(
    name="sheet",
    order=90,
    form=lambda value: forms.ChoiceField(label=_("Sheet"), required=False, initial=value),
    api=lambda: serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="Of a workbook with more than one list: its sheet."
    ),
    check=lambda value: iter(()),
)
ENCODING = Option(
    name="encoding",
    order=91,
    form=lambda value: forms.ChoiceField(
        label=_("How its text reads right"),
        help_text=_("The file does not say in which encoding it is written."),
        required=False,
        initial=value,
    ),
    api=lambda: serializers.CharField(
        required=False, allow_blank=True, help_text=f"Of a text file that does not show it: {', '.join(ENCODINGS)}."
    ),
    check=_check_one_of("encoding", ENCODINGS),
)
DECIMAL = Option(
    name="decimal",
    order=92,
    form=lambda value: forms.ChoiceField(
        label=_("How decimals are written"),
        choices=[("", _("as its columns show")), (".", _("with a point: 12.345")), (",", _("with a comma: 12,345"))],
        required=False,
        initial=value,
    ),
    api=lambda: serializers.CharField(
        required=False, allow_blank=True, help_text="The decimal mark of readings whose columns do not show it: . or ,"
    ),
    check=_check_one_of("decimal", (".", ",")),
)
OF_ANY_FILE = (SHEET, ENCODING, DECIMAL)
# Of this file alone: the next one with the same columns may have other sheets, and be written otherwise.
OF_ONE_FILE = ("sheet", "encoding")

# Of any export that has days.
DAYS = Option(
    name="days",
    order=80,
    form=lambda value: forms.ChoiceField(
        label=_("How days are written"), choices=list(DAY_ORDERS.items()), initial=value or "ymd", required=False
    ),
    api=lambda: serializers.CharField(required=False, help_text=f"How days are written: {', '.join(DAY_ORDERS)}."),
    check=_check_days,
)

"""What is said of a characteristic, each field declared once.

The editor's fields, the API's in and out, the copy to another version, the comparison with what is in force, the differences
between versions and the columns of a file are made from `FIELDS`. Label, length and choices are those of the model's field.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Literal

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.errors import FieldError, InvalidInput
from inspections.models import Characteristic

LONGEST_TEXT = 10_000
Kind = Literal["text", "choice", "flag", "number", "plan", "sampling", "picture"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """How one field is sent and told.

    `sent_as` is its name outside where that is another than inside. `is_required` of a text: it may not be left out.
    `only_if_measured`: there is none of it where no readings are taken. `asked` is what the editor calls it, where the
    model's name does not do. `changed` tells the difference between two versions where both values side by side would not.
    """

    kind: Kind = "text"
    sent_as: str = ""
    is_required: bool = False
    only_if_measured: bool = False
    asked: str | Promise = ""
    help: str | Promise = ""
    api_help: str = ""
    changed: str | Promise = ""


def said(**declared: Any) -> dict[str, Declared]:
    return {"declared": Declared(**declared)}


@dataclass(frozen=True, slots=True)
class CharacteristicInput:
    """One characteristic as it was sent: limits are numbers or text, None where there is none.

    `variables` is its own variables plan (aql, level, form), None where the scheme decides. `sampling` is its own sampling
    ({"level"}, {"level", "aql"} or {"n"}), None where the plan of its class judges it.
    `picture` is the name of a stored picture, empty for none, None for the one that the version before has.
    """

    code: str = field(metadata=said(is_required=True))
    name: str = field(metadata=said())
    name_zh: str = field(default="", kw_only=True, metadata=said())
    aspect: str = field(metadata=said(kind="choice"))
    nonconformity_class: str = field(metadata=said(kind="choice", sent_as="class"))
    is_measured: bool = field(metadata=said(kind="flag", sent_as="measured", asked=gettext_lazy("Kind of check")))
    target: object = field(default=None, metadata=said(kind="number", only_if_measured=True))
    lower: object = field(default=None, metadata=said(kind="number", only_if_measured=True))
    upper: object = field(default=None, metadata=said(kind="number", only_if_measured=True))
    unit: str = field(default="", metadata=said(only_if_measured=True))
    variables: dict | None = field(
        default=None,
        metadata=said(
            kind="plan",
            only_if_measured=True,
            asked=gettext_lazy("Estimated from its readings, AQL"),
            help=gettext_lazy(
                "A variables plan of ANSI/ASQ Z1.9: fewer units, for readings that are normally distributed."
            ),
            api_help="Estimate it from its readings, instead of counting it in its class.",
        ),
    )
    sampling: dict | None = field(
        default=None,
        kw_only=True,
        metadata=said(
            kind="sampling",
            asked=gettext_lazy("Sampling of its own: level"),
            help=gettext_lazy(
                "Fewer units than its class takes, for tests that destroy or take long. It bears a larger risk."
            ),
            api_help="Judge it by a plan of its own, instead of counting it in its class: a level (with the AQL of its class), a "
            "level and an AQL, or a number of units n of which none may be nonconforming.",
        ),
    )
    method: str = field(default="", kw_only=True, metadata=said(changed=gettext_lazy("the method is worded anew")))
    method_zh: str = field(default="", kw_only=True, metadata=said(changed=gettext_lazy("the method is worded anew")))
    picture: str | None = field(
        default=None,
        kw_only=True,
        metadata=said(kind="picture", help=gettext_lazy("JPEG, PNG, WebP or HEIC, at most 25 MB.")),
    )


class Field:
    """One declared field, with what the model knows of it."""

    def __init__(self, attribute: dataclasses.Field[Any]):
        self.declared: Declared = attribute.metadata["declared"]
        self.name = attribute.name
        self.kind = self.declared.kind
        self.sent_as = self.declared.sent_as or self.name
        self.model_field: models.Field = Characteristic._meta.get_field(self.name)  # type: ignore[assignment]

    @property
    def label(self) -> str | Promise:
        return self.declared.asked or capfirst(self.model_field.verbose_name)

    @property
    def is_long(self) -> bool:
        """Several lines of text."""
        return isinstance(self.model_field, models.TextField)

    @property
    def max_length(self) -> int:
        return self.model_field.max_length or LONGEST_TEXT

    @property
    def choices(self) -> list:
        return list(self.model_field.choices or ())

    @property
    def validators(self) -> list:
        """Of a text, but for its length."""
        return [each for each in self.model_field.validators if not isinstance(each, MaxLengthValidator)]

    def value_of(self, characteristic: Characteristic) -> Any:
        value = getattr(characteristic, self.name)
        return value.name or "" if self.kind == "picture" else value


FIELDS = tuple(Field(attribute) for attribute in fields(CharacteristicInput))
# A picture is sent and kept by itself.
WRITTEN = tuple(each for each in FIELDS if each.kind != "picture")


def input_of(characteristic: Characteristic) -> CharacteristicInput:
    """A stored characteristic as it would be sent to write it once more, picture and all."""
    return CharacteristicInput(**{each.name: each.value_of(characteristic) for each in FIELDS})


def facts_of(characteristic: Characteristic) -> dict[str, Any]:
    """What was written of it."""
    return {each.name: each.value_of(characteristic) for each in WRITTEN}


def compared_facts_of(characteristic: Characteristic) -> dict[str, Any]:
    """What two versions are compared by: its picture too."""
    return {each.name: each.value_of(characteristic) for each in FIELDS}


# Files: a column per field, headed by its name outside. What they hold is text in no language.

YES, NO = "yes", "no"
_FLAGS = {YES: True, NO: False, "1": True, "0": False, "true": True, "false": False, "是": True, "否": False}
COLUMNS = tuple(each.sent_as for each in WRITTEN)


def row_of(characteristic: Characteristic) -> dict[str, str]:
    """The cells of a characteristic, by column. A variables plan is written "1.0 II 2": AQL, level, form; a sampling of its own
    "S-2", "S-2 1.0" or "n 5"."""
    return {each.sent_as: _written(each, each.value_of(characteristic)) for each in WRITTEN}


def _written(each: Field, value: Any) -> str:
    match each.kind:
        case "flag":
            return YES if value else NO
        case "number" if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        case "plan" if value:
            return f"{value['aql']} {value['level']} {value['form']}"
        case "sampling" if value:
            return (
                f"n {value['n']}"
                if "n" in value
                else " ".join(value[name] for name in ("level", "aql") if name in value)
            )
    return "" if value is None else str(value)


def input_from(row: Mapping[str, str]) -> CharacteristicInput:
    """What the cells of a row say; a column that is not there is empty, and the reference picture stays.

    Raises InvalidInput naming every column that cannot be read. `check_characteristics` says the rest.
    """
    errors: list[FieldError] = []
    values = {}
    for each in WRITTEN:
        text = row.get(each.sent_as, "").strip()
        try:
            values[each.name] = _read(each, text)
        except ValueError as error:
            errors.append(FieldError(each.sent_as, "unreadable", str(error)))
    if errors:
        raise InvalidInput(errors)
    return CharacteristicInput(**values)


def _read(each: Field, text: str) -> Any:
    match each.kind:
        case "flag":
            if text.lower() not in _FLAGS:
                raise ValueError(_("Write yes or no."))
            return _FLAGS[text.lower()]
        case "number":
            return text or None
        case "plan":
            parts = text.split()
            if not parts:
                return None
            if len(parts) != 3 or not parts[2].isdecimal():
                raise ValueError(_("Write AQL, level and form of the variables plan, such as 1.0 II 2."))
            return {"aql": parts[0], "level": parts[1], "form": int(parts[2])}
        case "sampling":
            return _read_sampling(text.split())
    return text


def _read_sampling(parts: Sequence[str]) -> dict | None:
    match parts:
        case []:
            return None
        case ["n", n] if n.isdecimal():
            return {"n": int(n)}
        case [level]:
            return {"level": level}
        case [level, aql]:
            return {"level": level, "aql": aql}
    raise ValueError(_("Write a level, a level and an AQL, or n and the number of units: S-2, S-2 1.0, n 5."))

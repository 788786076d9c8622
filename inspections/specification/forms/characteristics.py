"""The rows of a specification's editor: a form per characteristic, in the order in which they stand."""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core import signing
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from activity.errors import InvalidInput
from activity.languages import Text, local_name
from activity.numbers import NumberField, WholeNumberField
from inspections.calculator.words.variables import FORMS
from inspections.models import Characteristic
from inspections.sampling.schemes import VARIABLES_AQLS, VARIABLES_LEVELS
from inspections.sampling.standard import AQLS, LEVELS
from inspections.specification.forms.sampling import PARTS, sampling_initial, sampling_sent
from inspections.specification.forms.variables import variables_initial, variables_sent
from inspections.specification.services.characteristics import FIELDS, WRITTEN, CharacteristicInput, Field
from inspections.specification.services.pictures import store_reference_picture
from inspections.specification.words import plain

MOST_ROWS = 200
# The special ones first: they are what a check is given a sampling of its own for.
OWN_LEVELS = sorted(LEVELS, key=lambda level: not level.startswith("S"))
_POSITION = re.compile(r"^c-(\d{1,6})-position$")
_SALT = "inspections.reference-picture"


def _choices(choices: Iterable[tuple[str, Text]]) -> list[tuple[str, Text]]:
    return [("", _("Choose"))] + [(value, label) for value, label in choices]


def _names_of(field: Field) -> tuple[str, ...]:
    """The fields of the form that ask for it."""
    match field.kind:
        case "flag":
            return ("kind",)
        case "plan":
            return tuple(f"{field.name}_{part}" for part in ("aql", "level", "form"))
        case "sampling":
            return tuple(f"{field.name}_{part}" for part in PARTS)
        case "picture":
            return (field.name, "drop_picture")
    return (field.name,)


def _form_fields(field: Field) -> list[forms.Field]:
    """One for each of its names."""
    said: dict[str, Any] = {"label": field.label, "help_text": field.declared.help}
    match field.kind:
        case "text" if field.is_long:
            return [forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False, **said)]
        case "text":
            return [forms.CharField(max_length=field.max_length, required=field.declared.is_required, **said)]
        case "choice":
            return [forms.ChoiceField(choices=_choices(field.choices), **said)]
        case "flag":
            choices = [("attribute", _("Conforms or not")), ("measured", _("Measured"))]
            return [forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **said)]
        case "number":
            return [NumberField(**said)]
        case "plan":
            aqls = [("", _("no, as the scheme says")), *((aql, aql) for aql in VARIABLES_AQLS)]
            of_variables = [(level, level) for level in VARIABLES_LEVELS]
            return [
                forms.ChoiceField(choices=aqls, required=False, **said),
                forms.ChoiceField(label=_("Level of its variables plan"), choices=of_variables, required=False),
                forms.TypedChoiceField(
                    label=_("Judged by"), choices=list(reversed(FORMS.items())), coerce=int, required=False
                ),
            ]
        case "sampling":
            levels: list[tuple[str, Text]] = [("", _("as its class")), *((level, level) for level in OWN_LEVELS)]
            aqls = [
                ("", _("that of its class")),
                ("0", _("0, none may be nonconforming")),
                *((aql, aql) for aql in AQLS),
            ]
            return [
                forms.ChoiceField(choices=levels, required=False, **said),
                forms.ChoiceField(label=_("AQL at that level"), choices=aqls, required=False),
                WholeNumberField(
                    label=_("Or a number of units"),
                    min_value=1,
                    help_text=_("So many are tested, and none may be nonconforming: 5 for a drop test."),
                ),
            ]
        case "picture":
            accepted = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic"})
            return [
                forms.FileField(required=False, widget=accepted, **said),
                forms.BooleanField(label=_("Without this picture"), required=False),
            ]
    raise NotImplementedError(field.kind)


def _sent(field: Field, cleaned: Mapping[str, Any]) -> Any:
    """What was sent for it; empty where that could not be used."""
    match field.kind:
        case "flag":
            return cleaned.get("kind") == "measured"
        case "plan":
            return variables_sent(cleaned)
        case "sampling":
            return sampling_sent(cleaned)
        case "picture":
            return cleaned.get("picture_kept", "")
    return cleaned.get(field.name, "")


def _initial(field: Field, value: Any) -> dict[str, Any]:
    match field.kind:
        case "flag":
            return {"kind": "measured" if value else "attribute"}
        case "number":
            return {field.name: plain(value)}
        case "plan":
            return variables_initial(value)
        case "sampling":
            return sampling_initial(value)
        case "picture":
            return {"picture_kept": signing.dumps(value, salt=_SALT) if value else ""}
    return {field.name: value}


class CharacteristicForm(forms.Form):
    """One characteristic. What the rules say about it stands in `check_characteristics`, not here.

    `picture_kept` is the signed name of a picture that is stored already, so that a page that comes back with an error
    has lost nothing.
    """

    position = forms.IntegerField(widget=forms.HiddenInput)
    picture_kept = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("position", "picture_kept", "code", "name", "name_zh", "nonconformity_class")
    # What the rules call a field -> the field here, where the names differ.
    FIELD_OF_PATH = {
        **{field.sent_as: next(iter(_names_of(field))) for field in WRITTEN},
        **{f"variables.{name}": f"variables_{name}" for name in ("aql", "level", "form")},
    }
    has_refused_picture = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in FIELDS:
            self.fields |= dict(zip(_names_of(field), _form_fields(field), strict=True))
        self.order_fields(self.field_order)

    @property
    def head(self) -> list[BoundField]:
        """What it is."""
        before = itertools.takewhile(lambda field: field.kind != "flag", WRITTEN)
        return self._bound(before)

    @property
    def measurement(self) -> list[BoundField]:
        """What is asked only where readings are taken."""
        return self._bound(field for field in WRITTEN if field.declared.only_if_measured)

    @property
    def tail(self) -> list[BoundField]:
        """All else, but for the picture."""
        after = itertools.dropwhile(lambda field: field.kind != "flag", WRITTEN)
        return self._bound(field for field in after if field.kind != "flag" and not field.declared.only_if_measured)

    def _bound(self, fields: Iterable[Field]) -> list[BoundField]:
        names = {name for field in fields for name in _names_of(field)}
        return [self[name] for name in self.fields if name in names]

    def clean_picture_kept(self) -> str:
        try:
            return signing.loads(self.cleaned_data["picture_kept"] or signing.dumps("", salt=_SALT), salt=_SALT)
        except signing.BadSignature:
            raise forms.ValidationError(_("Choose the picture once more."), code="unknown_picture") from None

    def typed(self) -> dict[str, Any]:
        """What is in the fields now, as initial values of another form."""
        return {name: self[name].value() for name in self.fields if name not in {"picture", "drop_picture"}}

    def as_input(self) -> CharacteristicInput:
        """What was sent; a field that could not be used is empty."""
        is_measured = self.cleaned_data.get("kind") == "measured"
        asked = [field for field in FIELDS if is_measured or not field.declared.only_if_measured]
        return CharacteristicInput(**{field.name: _sent(field, self.cleaned_data) for field in asked})

    @property
    def has_picture(self) -> bool:
        return bool(self["picture_kept"].value())

    @property
    def title(self) -> str:
        names = {name: self[name].value() or "" for name in ("name", "name_zh")}
        return f"{self['code'].value() or ''} {local_name(names)}".strip()

    @property
    def is_blank(self) -> bool:
        """Nobody has begun to fill it."""
        return not any(self[name].value() for name in ("code", "name", "name_zh", "nonconformity_class"))

    @property
    def is_open(self) -> bool:
        """Shown unfolded: it is new, or something about it is wrong."""
        return bool(self.is_bound and self.errors) or not self["code"].value()


def initial_of(characteristic: Characteristic) -> dict[str, Any]:
    """The values that a form of this characteristic begins with."""
    return {name: value for field in FIELDS for name, value in _initial(field, field.value_of(characteristic)).items()}


def rows_with(values: Sequence[Mapping[str, Any]]) -> list[CharacteristicForm]:
    """Forms that begin with these values, in this order."""
    return [
        CharacteristicForm(prefix=f"c-{index}", initial={**row, "position": index}) for index, row in enumerate(values)
    ]


def rows_sent(data: QueryDict, files: MultiValueDict) -> list[CharacteristicForm]:
    """The rows of a sent editor in the order of their positions.

    Their pictures are checked and stored at once, and kept in the form by name; a picture that cannot be used is an
    error of its row.
    """
    data, refused = _with_pictures_kept(data, files)
    indexes = [match[1] for name in data if (match := _POSITION.match(name))]
    indexes.sort(key=lambda index: (_whole(str(data[f"c-{index}-position"])), int(index)))
    rows = []
    for index in indexes[:MOST_ROWS]:
        row = CharacteristicForm(data, prefix=f"c-{index}")
        if index in refused:
            row.full_clean()
            row.add_error("picture", str(refused[index]))
            row.has_refused_picture = True
        rows.append(row)
    return rows


def _with_pictures_kept(data: QueryDict, files: MultiValueDict) -> tuple[QueryDict, dict[str, InvalidInput]]:
    data, refused = data.copy(), {}
    for name in list(data):
        if (match := _POSITION.match(name)) and f"c-{match[1]}-drop_picture" in data:
            data[f"c-{match[1]}-picture_kept"] = ""
            del data[f"c-{match[1]}-drop_picture"]
    for name in files:
        file = files.get(name)
        index = name.removeprefix("c-").removesuffix("-picture")
        if file is not None and f"c-{index}-position" in data:
            try:
                kept = store_reference_picture(file)
            except InvalidInput as refusal:
                refused[index] = refusal
            else:
                data[f"c-{index}-picture_kept"] = signing.dumps(kept, salt=_SALT)
    return data, refused


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0

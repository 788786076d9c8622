"""The rows of a specification's editor: a form per characteristic, in the order in which they stand."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from activity.errors import InvalidInput
from activity.languages import local_name
from inspections.forms.numbers import NumberField
from inspections.forms.variables import variables_initial, variables_sent
from inspections.models import Aspect, Characteristic, NonconformityClass
from inspections.sampling.schemes import VARIABLES_AQLS, VARIABLES_LEVELS
from inspections.services.references import store_reference_picture
from inspections.services.specifications import CharacteristicInput
from inspections.specification_words import plain
from inspections.variables_words import FORMS

MOST_ROWS = 200
_POSITION = re.compile(r"^c-(\d{1,6})-position$")
_SALT = "inspections.reference-picture"


def _choices(choices) -> list:
    return [("", _("Choose"))] + [(value, label) for value, label in choices]


class CharacteristicForm(forms.Form):
    """One characteristic. What the rules say about it stands in `check_characteristics`, not here.

    `picture_kept` is the signed name of a picture that is stored already, so that a page that comes back with an error
    has lost nothing.
    """

    position = forms.IntegerField(widget=forms.HiddenInput)
    picture_kept = forms.CharField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    nonconformity_class = forms.ChoiceField(label=_("Class"), choices=_choices(NonconformityClass.choices))
    aspect = forms.ChoiceField(label=_("Aspect"), choices=_choices(Aspect.choices))
    kind = forms.ChoiceField(
        label=_("Kind of check"),
        choices=[("attribute", _("Conforms or not")), ("measured", _("Measured"))],
        widget=forms.RadioSelect,
    )
    target = NumberField(label=_("Target"))
    lower = NumberField(label=_("Lower limit"))
    upper = NumberField(label=_("Upper limit"))
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    variables_aql = forms.ChoiceField(
        label=_("Estimated from its readings, AQL"),
        choices=[("", _("no, as the scheme says")), *((aql, aql) for aql in VARIABLES_AQLS)],
        required=False,
        help_text=_("A variables plan of ANSI/ASQ Z1.9: fewer units, for readings that are normally distributed."),
    )
    variables_level = forms.ChoiceField(
        label=_("Level of its variables plan"),
        choices=[(level, level) for level in VARIABLES_LEVELS],
        required=False,
    )
    variables_form = forms.TypedChoiceField(
        label=_("Judged by"), choices=list(reversed(FORMS.items())), coerce=int, required=False
    )
    method = forms.CharField(label=_("Method"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    method_zh = forms.CharField(label=_("Method in Chinese"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    picture = forms.FileField(
        label=_("Reference picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic"}),
        help_text=_("JPEG, PNG, WebP or HEIC, at most 25 MB."),
    )
    drop_picture = forms.BooleanField(label=_("Without this picture"), required=False)

    FIELD_OF_PATH = {
        "class": "nonconformity_class",
        "measured": "kind",
        "variables": "variables_aql",
        **{f"variables.{name}": f"variables_{name}" for name in ("aql", "level", "form")},
    }
    has_refused_picture = False

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
        texts = ["code", "name", "name_zh", "aspect", "nonconformity_class", "method", "method_zh"]
        is_measured = self.cleaned_data.get("kind") == "measured"
        if is_measured:
            texts += ["target", "lower", "upper", "unit"]
        sent = {name: self.cleaned_data.get(name, "") for name in texts}
        return CharacteristicInput(
            **sent,
            is_measured=is_measured,
            variables=variables_sent(self.cleaned_data) if is_measured else None,
            picture=self.cleaned_data.get("picture_kept", ""),
        )

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
    picture = characteristic.picture.name
    return {
        "picture_kept": signing.dumps(picture, salt=_SALT) if picture else "",
        "kind": "measured" if characteristic.is_measured else "attribute",
        **variables_initial(characteristic.variables),
        **{name: plain(getattr(characteristic, name)) for name in ("target", "lower", "upper")},
        **{
            name: getattr(characteristic, name)
            for name in ("code", "name", "name_zh", "nonconformity_class", "aspect", "unit", "method", "method_zh")
        },
    }


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
    indexes.sort(key=lambda index: (_whole(data[f"c-{index}-position"]), int(index)))
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
        index = name.removeprefix("c-").removesuffix("-picture")
        if f"c-{index}-position" in data:
            try:
                kept = store_reference_picture(files[name])
            except InvalidInput as refusal:
                refused[index] = refusal
            else:
                data[f"c-{index}-picture_kept"] = signing.dumps(kept, salt=_SALT)
    return data, refused


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0

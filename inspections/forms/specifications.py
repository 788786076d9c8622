"""The editor of a draft: a row of fields per characteristic, and the sampling scheme."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activity.errors import FieldError, InvalidInput
from inspections.models import Aspect, Characteristic, NonconformityClass
from inspections.sampling.schemes import TIGHTEN, VARIABLES_AQLS, VARIABLES_LEVELS, WARN
from inspections.sampling.standard import AQLS, LEVELS
from inspections.sampling_words import STANDARDS, scheme_label
from inspections.services.references import store_reference_picture
from inspections.services.specifications import CharacteristicInput
from inspections.specification_words import KINDS, TABLED, plain
from inspections.variables_words import FORMS

MOST_ROWS = 200
_POSITION = re.compile(r"^c-(\d{1,6})-position$")
_SALT = "inspections.reference-picture"


class NumberField(forms.CharField):
    """A number as people type it: full-width digits and spaces around it are fine. Its value stays text."""

    def __init__(self, **kwargs):
        super().__init__(max_length=30, required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value):
        return unicodedata.normalize("NFKC", super().to_python(value)).strip()


class WholeNumberField(forms.IntegerField):
    def __init__(self, **kwargs):
        super().__init__(required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs)

    def to_python(self, value):
        return super().to_python(unicodedata.normalize("NFKC", str(value or "")).strip() or None)


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
            variables=_variables(self.cleaned_data) if is_measured else None,
            picture=self.cleaned_data.get("picture_kept", ""),
        )

    @property
    def has_picture(self) -> bool:
        return bool(self["picture_kept"].value())

    @property
    def title(self) -> str:
        return f"{self['code'].value() or ''} {self['name'].value() or self['name_zh'].value() or ''}".strip()

    @property
    def is_open(self) -> bool:
        """Shown unfolded: it is new, or something about it is wrong."""
        return bool(self.is_bound and self.errors) or not self["code"].value()


def _variables(sent: Mapping[str, Any]) -> dict | None:
    """The variables plan as the service takes it; None without an AQL."""
    if not sent.get("variables_aql"):
        return None
    plan = {name: sent.get(f"variables_{name}") for name in ("aql", "level", "form")}
    return {name: value for name, value in plan.items() if value not in (None, "")}


def _variables_initial(plan: Mapping[str, Any] | None) -> dict[str, Any]:
    plan = plan or {}
    return {f"variables_{name}": plan.get(name, unset) for name, unset in (("aql", ""), ("level", "II"), ("form", 2))}


def initial_of(characteristic: Characteristic) -> dict[str, Any]:
    """The values that a form of this characteristic begins with."""
    picture = characteristic.picture.name
    return {
        "picture_kept": signing.dumps(picture, salt=_SALT) if picture else "",
        "kind": "measured" if characteristic.is_measured else "attribute",
        **_variables_initial(characteristic.variables),
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


class SchemeForm(forms.Form):
    """The sampling scheme: a kind, the fields of that kind, and what holds for all."""

    AQL_CHOICES = [("", _("Choose")), *((aql, aql) for aql in AQLS)]
    PARAMETERS = {"c0": ("ltpd", "consumer_risk"), "percentage": ("percent", "min", "max"), "fixed": ("n",), "all": ()}

    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()), widget=forms.RadioSelect)
    standard = forms.ChoiceField(
        label=_("Standard"),
        choices=list(STANDARDS.items()),
        required=False,
        help_text=_("Double and multiple plans are kept in the form of ANSI/ASQ Z1.4."),
    )
    level = forms.ChoiceField(
        label=_("Inspection level"),
        choices=[(level, level) for level in LEVELS],
        required=False,
        help_text=_("II unless there is a reason; S-1 to S-4 for destructive or costly checks."),
    )
    aql_major = forms.ChoiceField(label=_("AQL, major"), choices=AQL_CHOICES, required=False)
    aql_minor = forms.ChoiceField(label=_("AQL, minor"), choices=AQL_CHOICES, required=False)
    ltpd = NumberField(
        label=_("Limiting quality, %"), help_text=_("So many nonconforming units are to be found out, such as 5.")
    )
    consumer_risk = NumberField(
        label=_("Risk"), help_text=_("How often such a batch may pass all the same, as a fraction: 0.10.")
    )
    percent = NumberField(label=_("Share of the batch, %"))
    min = WholeNumberField(label=_("At least, units"), min_value=1)
    max = WholeNumberField(label=_("At most, units"), min_value=1)
    n = WholeNumberField(label=_("Units"), min_value=1)
    acceptance_major = WholeNumberField(label=_("May show, major"), min_value=0)
    acceptance_minor = WholeNumberField(label=_("May show, minor"), min_value=0)
    critical = forms.ChoiceField(label=_("Critical"), widget=forms.RadioSelect)
    critical_aql = forms.ChoiceField(label=_("AQL, critical"), choices=AQL_CHOICES, required=False)
    critical_ltpd = NumberField(label=_("Limiting quality, %"))
    critical_n = WholeNumberField(label=_("Units"), min_value=1)
    variables_aql = forms.ChoiceField(
        label=_("Measured characteristics estimated from their readings, AQL"),
        choices=[("", _("no, counted in their class")), *((aql, aql) for aql in VARIABLES_AQLS)],
        required=False,
        help_text=_(
            "A variables plan of ANSI/ASQ Z1.9 for each measured characteristic of the classes major and minor."
        ),
    )
    variables_level = forms.ChoiceField(
        label=_("Level of the variables plans"), choices=[(level, level) for level in VARIABLES_LEVELS], required=False
    )
    variables_form = forms.TypedChoiceField(
        label=_("Judged by"),
        choices=list(reversed(FORMS.items())),
        coerce=int,
        required=False,
        help_text=_("k judges one limit only; a characteristic with two limits needs M."),
    )
    first_batches_in_full = WholeNumberField(
        label=_("First batches in full"), min_value=0, help_text=_("So many first batches are inspected unit by unit.")
    )

    drift = forms.ChoiceField(
        label=_("When a characteristic drifts"),
        choices=[(WARN, _("warn")), (TIGHTEN, _("warn, and inspect the next batches tightened"))],
        required=False,
        help_text=_("Tightened until the quality manager ends the drift; for plans from the AQL tables."),
    )

    CRITICAL = [
        ("zero", _("Accept on zero, over the largest sample of the other classes")),
        ("all", _("Every unit")),
        ("c0", _("Zero acceptance at a limiting quality of its own")),
        ("fixed", _("A number of units of its own")),
        ("aql", _("An AQL of its own")),
    ]

    def __init__(self, *args, base: dict, **kwargs):
        """`base` is the scheme that is edited; what the form does not show of it is kept."""
        super().__init__(*args, **kwargs)
        self.base = base
        choices = list(self.CRITICAL)
        if _critical_choice(base) == "kept":
            choices.append(("kept", _("As it was agreed before")))
        self.fields["critical"].choices = choices

    def clean(self):
        sent = super().clean()
        needed = {
            "kind": {**dict.fromkeys(TABLED, ()), "c0": ("ltpd",), "percentage": ("percent",), "fixed": ("n",)},
            "critical": {"aql": ("critical_aql",), "c0": ("critical_ltpd",), "fixed": ("critical_n",)},
        }
        for chooser, fields_of in needed.items():
            for name in fields_of.get(sent.get(chooser), ()):
                if name not in self.errors and sent.get(name) in (None, ""):
                    self.add_error(name, forms.ValidationError(_("This field is required."), code="required"))
        if sent.get("kind") in TABLED and not (sent.get("aql_major") or sent.get("aql_minor")) and not self.errors:
            self.add_error(
                "aql_major",
                forms.ValidationError(_("Choose an AQL for major, for minor, or for both."), code="required"),
            )
        if sent.get("critical") == "aql" and sent.get("kind") not in TABLED:
            self.add_error(
                "critical",
                forms.ValidationError(
                    _("An AQL needs a table: sample by single, double or multiple plans."), code="needs_table"
                ),
            )
        return sent

    def definition(self) -> dict:
        """The scheme as `Scheme.from_dict` takes it.

        Where nothing was changed it is the edited one as it is written: severity is kept per scheme, and another
        spelling of the same scheme would begin it anew.
        """
        scheme = self._definition()
        return self.base if _texts(scheme_initial(scheme)) == _texts(scheme_initial(self.base)) else scheme

    def _definition(self) -> dict:
        sent = self.cleaned_data
        kind = sent["kind"]
        kept = ("counts", "acceptance") if kind in TABLED else ("counts",)
        scheme = {"kind": kind} | {key: self.base[key] for key in kept if key in self.base}
        if kind in TABLED:
            aql = {name: sent[f"aql_{name}"] for name in ("major", "minor") if sent[f"aql_{name}"]}
            scheme |= {"standard": sent["standard"], "level": sent["level"], "aql": aql}
        else:
            scheme |= {name: sent[name] for name in self.PARAMETERS[kind] if sent[name] not in (None, "")}
            acceptance = {name: sent[f"acceptance_{name}"] for name in ("major", "minor")}
            scheme["acceptance"] = {name: number for name, number in acceptance.items() if number is not None}
        match sent["critical"]:
            case "all":
                scheme["critical"] = {"kind": "all"}
            case "c0":
                scheme["critical"] = {"kind": "c0", "ltpd": sent["critical_ltpd"]}
            case "fixed":
                scheme["critical"] = {"kind": "fixed", "n": sent["critical_n"]}
            case "aql":
                scheme["aql"]["critical"] = sent["critical_aql"]
            case "kept":
                scheme["critical"] = self.base["critical"]
        if variables := _variables(sent):
            scheme["variables"] = variables
        if sent["drift"] == TIGHTEN:
            scheme["drift"] = TIGHTEN
        if sent["first_batches_in_full"]:
            scheme["first_batches_in_full"] = sent["first_batches_in_full"]
        return scheme

    def typed(self) -> dict[str, Any]:
        return {name: self[name].value() for name in self.fields}


def _texts(initial: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in initial.items()}


def planned_classes(scheme: dict) -> list[str]:
    """The classes that a scheme gives a plan to."""
    if scheme["kind"] in TABLED:
        return [c for c in NonconformityClass.values if c == NonconformityClass.CRITICAL or c in scheme["aql"]]
    return NonconformityClass.values


def _critical_choice(scheme: dict) -> str:
    own = scheme.get("critical")
    if own is None:
        return "aql" if "critical" in (scheme.get("aql") or {}) else "zero"
    if own == {"kind": "all"}:
        return "all"
    for kind, parameter in (("c0", "ltpd"), ("fixed", "n")):
        if own.get("kind") == kind and set(own) == {"kind", parameter}:
            return kind
    return "kept"


def scheme_initial(scheme: dict) -> dict[str, Any]:
    """The values that the form of this scheme begins with."""
    aql, own = scheme.get("aql") or {}, scheme.get("critical") or {}
    acceptance = scheme.get("acceptance") or {}
    if not isinstance(acceptance, dict):
        acceptance = dict.fromkeys(("major", "minor"), acceptance)
    return {
        "kind": scheme.get("kind", "single"),
        "standard": scheme.get("standard")
        or ("ansi-z1.4" if scheme.get("kind") in ("double", "multiple") else "iso2859-1"),
        "level": scheme.get("level", "II"),
        "aql_major": aql.get("major"),
        "aql_minor": aql.get("minor"),
        **{name: scheme.get(name) for name in ("ltpd", "consumer_risk", "percent", "min", "max", "n")},
        **{f"acceptance_{name}": acceptance.get(name) for name in ("major", "minor")},
        "critical": _critical_choice(scheme),
        "critical_aql": aql.get("critical"),
        "critical_ltpd": own.get("ltpd"),
        "critical_n": own.get("n"),
        **_variables_initial(scheme.get("variables")),
        "drift": scheme.get("drift", WARN),
        "first_batches_in_full": scheme.get("first_batches_in_full"),
    }


def show_refusal(refusal: InvalidInput, rows: Sequence[CharacteristicForm], scheme: SchemeForm) -> list[str]:
    """Put each error beside the field that it names; return what names none of them."""
    return [str(error.detail) for error in refusal.errors if not _placed(error, rows, scheme)]


def _placed(error: FieldError, rows: Sequence[CharacteristicForm], scheme: SchemeForm) -> bool:
    part, _dot, path = error.field.partition(".")
    if part == "characteristics" and path:
        index, _dot, field = path.partition(".")
        row = rows[int(index)]
        field = row.FIELD_OF_PATH.get(field, field)
        if field not in row.errors:  # what the form said itself is said once
            row.add_error(field, str(error.detail))
        return True
    if part == "scheme":
        field = path.replace(".", "_")
        if field == "aql":
            field = "aql_major"
        if field in scheme.fields:
            scheme.add_error(field, str(error.detail))
        else:
            scheme.add_error(None, f"{scheme_label(path)}: {error.detail}" if path else gettext(str(error.detail)))
        return True
    return False

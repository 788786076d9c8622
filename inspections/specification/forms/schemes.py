"""The editor of a sampling scheme: a kind, the fields of that kind, and what holds for all."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activity.forms import field_of
from activity.numbers import NumberField, WholeNumberField
from inspections.calculator.words.sampling import STANDARDS
from inspections.calculator.words.variables import FORMS
from inspections.models import NonconformityClass
from inspections.sampling.schemes import (
    TIGHTEN,
    VARIABLES_AQLS,
    VARIABLES_LEVELS,
    WARN,
    is_major_above_minor,
    is_zero,
)
from inspections.sampling.standard import AQLS, LEVELS
from inspections.specification.forms.variables import variables_initial, variables_sent
from inspections.specification.words import KINDS, TABLED


class SchemeForm(forms.Form):
    """A scheme as people write it; `definition` is what the rules take."""

    AQL_CHOICES = [("", _("Choose")), *((aql, aql) for aql in AQLS)]
    PARAMETERS = {
        "lq": ("consumer_risk",),
        "c0": ("ltpd", "consumer_risk"),
        "percentage": ("percent", "min", "max"),
        "fixed": ("n",),
        "all": (),
    }

    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()), widget=forms.RadioSelect)
    standard = forms.ChoiceField(
        label=_("Standard"),
        choices=list(STANDARDS.items()),
        required=False,
        help_text=_(
            "Double and multiple plans are kept in the form of ANSI/ASQ Z1.4: of those of ISO 2859-1 the numbers could not be "
            "confirmed by a second source."
        ),
    )
    level = forms.ChoiceField(
        label=_("Inspection level"),
        choices=[(level, level) for level in LEVELS],
        required=False,
        help_text=_("II unless there is a reason; S-1 to S-4 for destructive or costly checks."),
    )
    aql_major = forms.ChoiceField(label=_("AQL, major"), choices=AQL_CHOICES, required=False)
    aql_minor = forms.ChoiceField(label=_("AQL, minor"), choices=AQL_CHOICES, required=False)
    aql_order = forms.BooleanField(
        label=_("It is meant so: more major than minor nonconformities are accepted"), required=False
    )
    lq_major = NumberField(
        label=_("Limiting quality, major, %"),
        help_text=_("So many nonconforming units are to be found out, such as 5."),
    )
    lq_minor = NumberField(label=_("Limiting quality, minor, %"))
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

    def __init__(self, *args: Any, base: dict, **kwargs: Any) -> None:
        """`base` is the scheme that is edited; what the form does not show of it is kept."""
        super().__init__(*args, **kwargs)
        self.base = base
        self.asks_aql_order = (
            False  # set where more of what is graver is accepted, by AQLs that were not agreed on before
        )
        choices = list(self.CRITICAL)
        if _critical_choice(base) == "kept":
            choices.append(("kept", _("As it was agreed before")))
        field_of(self, "critical", forms.ChoiceField).choices = choices

    def clean(self) -> dict[str, Any]:
        super().clean()
        sent = self.cleaned_data
        needed: dict[str, dict[str, tuple[str, ...]]] = {
            "kind": {**dict.fromkeys(TABLED, ()), "c0": ("ltpd",), "percentage": ("percent",), "fixed": ("n",)},
            "critical": {"aql": ("critical_aql",), "c0": ("critical_ltpd",), "fixed": ("critical_n",)},
        }
        for chooser, fields_of in needed.items():
            for name in fields_of.get(sent.get(chooser, ""), ()):
                if name not in self.errors and sent.get(name) in (None, ""):
                    self.add_error(name, forms.ValidationError(_("This field is required."), code="required"))
        if sent.get("kind") in TABLED and not (sent.get("aql_major") or sent.get("aql_minor")) and not self.errors:
            self.add_error(
                "aql_major",
                forms.ValidationError(_("Choose an AQL for major, for minor, or for both."), code="required"),
            )
        if sent.get("kind") == "lq" and not (sent.get("lq_major") or sent.get("lq_minor")) and not self.errors:
            self.add_error(
                "lq_major",
                forms.ValidationError(_("Give a limiting quality for major, for minor, or for both."), code="required"),
            )
        aqls = {name: sent.get(f"aql_{name}") for name in ("major", "minor")}
        agreed = {name: (self.base.get("aql") or {}).get(name) for name in aqls}
        self.asks_aql_order = sent.get("kind") in TABLED and aqls != agreed and is_major_above_minor(aqls)
        if self.asks_aql_order and not sent.get("aql_order"):
            self.add_error(
                "aql_major",
                forms.ValidationError(
                    _(
                        "The AQL of major is above that of minor, so what is graver may be found more often. "
                        "Swap them, or say below that it is meant so."
                    ),
                    code="major_above_minor",
                ),
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
            if kind == "lq":
                limits = {name: sent[f"lq_{name}"] for name in ("major", "minor")}
                scheme["lq"] = {name: limit for name, limit in limits.items() if limit not in (None, "")}
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
        if variables := variables_sent(sent):
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
    limits = scheme.get("aql") if scheme["kind"] in TABLED else scheme.get("lq")
    if isinstance(limits, dict):
        return [c for c in NonconformityClass.values if c == NonconformityClass.CRITICAL or c in limits]
    return NonconformityClass.values


def _critical_choice(scheme: dict) -> str:
    own = scheme.get("critical")
    if own is None:
        return "zero" if is_zero((scheme.get("aql") or {}).get("critical", "0")) else "aql"
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
    limits = scheme.get("lq") or {}
    if not isinstance(limits, dict):
        limits = dict.fromkeys(("major", "minor"), limits)
    return {
        "kind": scheme.get("kind", "single"),
        "standard": scheme.get("standard")
        or ("ansi-z1.4" if scheme.get("kind") in ("double", "multiple") else "iso2859-1"),
        "level": scheme.get("level", "II"),
        "aql_major": aql.get("major"),
        "aql_minor": aql.get("minor"),
        **{name: scheme.get(name) for name in ("ltpd", "consumer_risk", "percent", "min", "max", "n")},
        **{f"lq_{name}": limits.get(name) for name in ("major", "minor")},
        **{f"acceptance_{name}": acceptance.get(name) for name in ("major", "minor")},
        "critical": _critical_choice(scheme),
        "critical_aql": None if is_zero(aql.get("critical", "0")) else aql["critical"],
        "critical_ltpd": own.get("ltpd"),
        "critical_n": own.get("n"),
        **variables_initial(scheme.get("variables")),
        "drift": scheme.get("drift", WARN),
        "first_batches_in_full": scheme.get("first_batches_in_full"),
    }

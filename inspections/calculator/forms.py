"""What is asked of the sampling pages. All are GET forms, so that an answer has an address."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.calculator.words import sampling as words
from inspections.calculator.words.sampling import SEVERITIES
from inspections.sampling import Plan, SamplingError, find_plan
from inspections.sampling.answers import MOST_ALLOWED_AT_LQ, all_wrong
from inspections.sampling.decisions import check_fits_lot
from inspections.sampling.standard import KINDS, LEVELS, STANDARDS
from inspections.sampling.standard import SEVERITIES as STRICTNESS
from inspections.sampling.switching import RESUMED, Event, Lot, State, Step, apply_event, start, step

LARGEST_LOT = 1_000_000_000
LARGEST_SAMPLE = 1_000_000
MOST_LOTS = 500


class WholeNumber(forms.IntegerField):
    """Digits as people type them: full-width ones and separators of thousands too."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"[,\s](?=\d{3}\b)", "", unicodedata.normalize("NFKC", value).strip())
        return super().to_python(value)


class Percent(forms.DecimalField):
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).strip().removesuffix("%").strip()
        return super().to_python(value)


class Choice(forms.CharField):
    """A select whose wrong values are refused by the sampling rules, in their words."""

    def __init__(self, choices: Iterable[tuple[Any, Any]], **options: Any) -> None:
        super().__init__(widget=forms.Select(choices=choices), **options)


def level_field() -> Choice:
    return Choice([(level, level) for level in LEVELS], label=gettext_lazy("Inspection level"))


def aql_field(**options: Any) -> forms.CharField:
    attrs = {"list": "aqls", "inputmode": "decimal", "autocomplete": "off"}
    return forms.CharField(label="AQL", max_length=20, widget=forms.TextInput(attrs=attrs), **options)


def severity_field() -> Choice:
    return Choice([(code, SEVERITIES[code]) for code in STRICTNESS], label=gettext_lazy("Severity"))


def kind_field() -> Choice:
    return Choice([(code, words.KINDS[code]) for code in KINDS], label=gettext_lazy("Kind of plan"))


def standard_field() -> Choice:
    either = ("", gettext_lazy("ISO 2859-1, else Z1.4"))
    choices = [either, *((code, words.STANDARDS[code]) for code in STANDARDS)]
    return Choice(choices, label=gettext_lazy("Standard"), required=False)


class Question(forms.Form):
    """A form that is always asked: what the address leaves out is filled from `example`."""

    example: Mapping[str, str] = {}
    # The name that the sampling rules use for a field, where it is another.
    names: Mapping[str, str] = {}

    @classmethod
    def asked(cls, query: Mapping[str, Any], **options: Any) -> Self:
        return cls({**cls.example, **{name: query[name] for name in query}}, **options)

    def refuse(self, error: SamplingError, **params: object) -> None:
        """Show an error of the sampling rules at its field."""
        name = self.names.get(error.field, error.field)
        labels = {error.field: self.fields[name].label} if name in self.fields else None
        sentence = words.error_sentence(error, labels, **params)
        self.add_error(name if name in self.fields else None, ValidationError(sentence, code=error.code))


class PlanForm(Question):
    lot_size = WholeNumber(label=gettext_lazy("Batch size"), max_value=LARGEST_LOT)
    aql = aql_field()
    level = level_field()
    severity = severity_field()
    kind = kind_field()
    standard = standard_field()
    counts = Choice(
        [("", gettext_lazy("as the AQL says")), *words.COUNTS.items()],
        label=gettext_lazy("Counted"),
        required=False,
    )

    example = {"lot_size": "1000", "aql": "2.5", "level": "II", "severity": "normal", "kind": "single"}
    plan: Plan | None = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        for error in all_wrong({"lot_size": 1000, "aql": "2.5", **given(data)}):
            self.refuse(error)
        if not self.errors:
            try:
                self.plan = find_plan(**given(data))
            except SamplingError as error:
                self.refuse(error)
        return data


class LimitingQualityForm(Question):
    """A batch that stands alone: how bad it may not be, and how seldom such a one may pass."""

    lot_size = WholeNumber(label=gettext_lazy("Batch size"), min_value=1, max_value=LARGEST_LOT)
    lq = Percent(
        label=gettext_lazy("Limiting quality (%)"),
        min_value=Decimal("0.001"),
        max_value=Decimal(100),
        help_text=gettext_lazy("A batch with so many bad units must hardly ever pass."),
    )
    consumer_risk = Percent(
        label=gettext_lazy("It passes at most so often (%)"), min_value=Decimal("0.001"), max_value=Decimal(50)
    )
    ac = WholeNumber(label=gettext_lazy("Accept up to Ac"), required=False, min_value=0, max_value=MOST_ALLOWED_AT_LQ)
    aql = aql_field(required=False, help_text=gettext_lazy("What an AQL plan would let pass, for comparison."))

    example = {"lot_size": "1000", "lq": "5", "consumer_risk": "10", "ac": "1", "aql": "2.5"}
    compared: Plan | None = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("aql"):
            try:
                self.compared = find_plan(lot_size=data.get("lot_size") or 1000, aql=data["aql"])
            except SamplingError as error:
                self.refuse(error)
        return data


class RowForm(Question):
    """One plan of a comparison: a sample size and an acceptance number, or the questions of the standard."""

    n = WholeNumber(label=gettext_lazy("Sample size n"), required=False, min_value=1, max_value=LARGEST_SAMPLE)
    ac = WholeNumber(label=gettext_lazy("Accept up to Ac"), required=False, min_value=0, max_value=LARGEST_SAMPLE)
    lot_size = WholeNumber(label=gettext_lazy("Batch size"), required=False, min_value=1, max_value=LARGEST_LOT)
    aql = aql_field(required=False)
    level = level_field()
    severity = severity_field()
    kind = kind_field()
    standard = standard_field()

    base = {"level": "II", "severity": "normal", "kind": "single"}
    plan: Plan | None = None

    @classmethod
    def row(cls, query: Mapping[str, Any], letter: str) -> Self:
        data = {f"{letter}-{name}": value for name, value in cls.base.items()}
        return cls({**data, **{name: query[name] for name in query}}, prefix=letter)

    @property
    def letter(self) -> str:
        return self.prefix or ""

    @property
    def is_by_standard(self) -> bool:
        return bool(self["aql"].value())

    @property
    def is_empty(self) -> bool:
        return not any(self[name].value() for name in ("n", "ac", "aql"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if self.errors or self.is_empty:
            return data
        if data["n"] is not None and data["aql"]:
            self.add_error("n", _("Give either a sample size or an AQL."))
        elif data["aql"]:
            self._find(data)
        else:
            self._check_numbers(data)
        return data

    def _find(self, data: dict[str, Any]) -> None:
        if data["lot_size"] is None:
            self.add_error("lot_size", _("A plan of the standard needs the number of units in the batch."))
            return
        try:
            asked = {name: data[name] for name in ("lot_size", "aql", "level", "severity", "kind", "standard")}
            self.plan = find_plan(**given(asked))
        except SamplingError as error:
            self.refuse(error)

    def _check_numbers(self, data: dict[str, Any]) -> None:
        if data["n"] is None:
            self.add_error("n", _("Give the sample size."))
        elif data["ac"] is None:
            self.add_error("ac", _("Give the acceptance number; 0 accepts with none nonconforming."))
        elif data["ac"] >= data["n"]:
            self.add_error("ac", _("An acceptance number must be smaller than the sample, or everything is accepted."))
        elif data["lot_size"] is not None and data["n"] > data["lot_size"]:
            self.add_error("n", _("The sample is larger than the batch."))


class SearchForm(Question):
    bad = Percent(
        label=gettext_lazy("A batch with so many bad units (%)"), min_value=Decimal("0.0001"), max_value=Decimal(99)
    )
    bad_in = WholeNumber(label=gettext_lazy("passes at most 1 time in"), min_value=2, max_value=100_000)
    good = Percent(
        label=gettext_lazy("A batch with so few bad units (%)"),
        required=False,
        min_value=Decimal("0.00001"),
        max_value=Decimal(99),
    )
    good_in = WholeNumber(
        label=gettext_lazy("is rejected at most 1 time in"), required=False, min_value=2, max_value=100_000
    )
    lot_size = WholeNumber(label=gettext_lazy("Batch size"), required=False, min_value=1, max_value=LARGEST_LOT)

    example = {"bad": "3", "bad_in": "10", "good": "0.5", "good_in": "20"}
    names = {"quality": "bad", "risk": "bad_in", "consumer_risk": "bad_in", "producer_risk": "good_in"}

    @classmethod
    def asked(cls, query: Mapping[str, Any], **options: Any) -> Self:
        """The example is one question: where anything is asked, nothing of it is added."""
        return cls(dict(query.items()) if query else cls.example, **options)

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("good") is not None and not self.errors and data.get("good_in") is None:
            self.add_error("good_in", _("Say how seldom such a batch may be rejected."))
        return data


class IntervalForm(Question):
    n = WholeNumber(label=gettext_lazy("Units looked at"), max_value=LARGEST_LOT)
    nonconforming = WholeNumber(label=gettext_lazy("of them nonconforming"), max_value=LARGEST_LOT)
    confidence = Percent(
        label=gettext_lazy("Confidence (%)"), min_value=Decimal(50), max_value=Decimal("99.99"), decimal_places=2
    )

    example = {"n": "60", "nonconforming": "0", "confidence": "95"}


# Words that a line of the switching page may carry, in either language whatever the reader's is: an address is shared.
FLAGS = {
    "resubmitted": "resubmitted",
    "再提交": "resubmitted",
    "critical": "critical",
    "致命": "critical",
    "irregular": "irregular",
    "不稳定": "irregular",
}
RESUMES = {"resumed", "恢复"}


class SwitchingForm(Question):
    aql = aql_field()
    level = level_field()
    kind = kind_field()
    standard = standard_field()
    severity = Choice([(code, SEVERITIES[code]) for code in STRICTNESS], label=gettext_lazy("First severity"))
    reduced = forms.BooleanField(label=gettext_lazy("The manager approves reduced inspection"), required=False)
    lots = forms.CharField(
        label=gettext_lazy("Batches, one per line"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        max_length=20_000,
        help_text=gettext_lazy(
            "Units in the batch and nonconforming found, such as “1000 3”. For double and multiple plans the total after "
            "each sample: “1000 1 4”. A word may follow: resubmitted, critical, irregular (production). "
            "A line “resumed” ends a discontinued inspection."
        ),
    )

    example = {
        "aql": "2.5", "level": "II", "kind": "single", "severity": "normal",
        "lots": "1000 2\n1000 6\n1000 1\n1200 7\n1000 2\n800 1\n1000 3\n1000 2\n1000 0\n1000 1\n1000 2\n1000 3\n1000 2\n"
        "1000 1\n1000 0\n1000 2\n1000 1\n1000 3\n1000 2\n1000 1\n1000 0\n1000 2\n1000 1",
    }  # fmt: skip

    steps: list[tuple[Step, Lot]]
    state: State

    @classmethod
    def asked(cls, query: Mapping[str, Any], **options: Any) -> Self:
        """An unticked box is not in an address, so approval is only assumed for the example."""
        return super().asked(query if query else {"reduced": "on"}, **options)

    def clean_lots(self) -> list[tuple[int, str]]:
        text = unicodedata.normalize("NFKC", self.cleaned_data["lots"])
        lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if len(lines) > MOST_LOTS:
            raise ValidationError(_("At most %(most)s batches at once.") % {"most": MOST_LOTS})
        return lines

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        asked = {name: data[name] for name in ("aql", "level", "kind", "standard", "severity") if data.get(name)}
        for error in all_wrong({"lot_size": 1000, "aql": "2.5", **asked}):
            self.refuse(error)
        if self.errors:
            return data
        try:
            self.state = start(data["severity"])
        except SamplingError as error:
            self.refuse(error)
            return data
        self.steps = []
        for number, line in data["lots"]:
            try:
                self._play(line)
            except SamplingError as error:
                if error.field in ("aql", "level", "kind", "standard"):
                    self.refuse(error)
                else:
                    self.add_error("lots", _line_error(number, error))
                break
            except ValueError:
                text = _("Line %(number)s: “%(line)s” is not the units in a batch and the nonconforming found.")
                self.add_error("lots", text % {"number": number, "line": line[:40]})
                break
        return data

    def _play(self, line: str) -> None:
        """One line moves the state on."""
        parts = [part for part in re.split(r"[\s,;:、]+", line) if part]
        if parts[0].lower() in RESUMES:
            self.state = apply_event(self.state, Event(RESUMED))
            return
        flags = {FLAGS[part.lower()] for part in parts if part.lower() in FLAGS}
        lot_size, *counts = (int(part) for part in parts if part.lower() not in FLAGS)
        if not counts or lot_size > LARGEST_LOT:
            raise ValueError
        asked = {name: self.cleaned_data[name] for name in ("aql", "level", "kind", "standard")}
        plan = find_plan(lot_size=lot_size, severity=self.state.severity, **given(asked))
        lot = Lot(
            plans={"lot": plan},
            nonconforming={"lot": counts},
            reference=str(len(self.steps) + 1),
            resubmitted="resubmitted" in flags,
            critical="critical" in flags,
            production_steady="irregular" not in flags,
            reduced_approved=self.cleaned_data["reduced"],
        )
        done = step(self.state, lot)
        check_fits_lot(plan, counts, lot_size)
        self.steps.append((done, lot))
        self.state = done.after


def _line_error(number: int, error: SamplingError) -> str:
    if error.code == "undecided":
        sentence = _("these counts do not decide the batch. Give the total after each sample.")
    else:
        sentence = words.error_sentence(error, {"nonconforming": _("nonconforming found")})
    return _("Line %(number)s: %(sentence)s") % {"number": number, "sentence": sentence}


def given(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was not left open."""
    return {name: value for name, value in data.items() if value not in (None, "")}

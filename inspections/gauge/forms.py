"""What is typed of a study of a gauge: a table as it stands in a spreadsheet."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.forms import OnceForm
from inspections.gauge.services import Row

REFERENCE = ("reference", "标准", "基准")


class StudyForm(OnceForm):
    characteristic = forms.ChoiceField(label=gettext_lazy("Characteristic"))
    gauge = forms.CharField(
        label=gettext_lazy("Gauge"), max_length=80, help_text=gettext_lazy("Which calliper, which scale, by its number")
    )
    done_on = forms.DateField(
        label=gettext_lazy("Done on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    rows = forms.CharField(
        label=gettext_lazy("What was read"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "A line for each part and person, as copied from a spreadsheet: part, who, then each reading. “1 A 0.29 0.41 0.64”. "
            "Of what is not measured say good or bad; a line with “reference” as the person says what the part is known to be."
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["characteristic"].choices = choices  # type: ignore[attr-defined]

    def clean_rows(self) -> tuple[list[Row], dict[str, str]]:
        """The rows, and what each part is known to be."""
        rows: list[Row] = []
        known: dict[str, str] = {}
        for number, line in enumerate(self.cleaned_data["rows"].splitlines(), start=1):
            parts = [part for part in re.split(r"[\t;]+|\s+", unicodedata.normalize("NFKC", line).strip()) if part]
            if not parts:
                continue
            if len(parts) < 3:
                text = _("Line %(number)s needs a part, who measured, and what was read.")
                raise ValidationError(text % {"number": number}, code="incomplete")
            part, operator, *values = parts
            if operator.lower() in REFERENCE:
                known[part] = values[0]
            else:
                rows.append(Row(part, operator, values))
        return rows, known

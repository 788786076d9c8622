"""Shapes of what people say about what a product is made of."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from activity.errors import InvalidInput
from activity.forms import OnceForm
from compliance.models import DeclarationKind
from compliance.reading.declared import Row, pasted, rows_of
from imports.tables import as_shown, check_upload, read_table

BLANK_LINES = 5


FIRST_LINES = 8


class LineForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name (INCI)"), required=False, max_length=250)
    cas = forms.CharField(label=gettext_lazy("CAS number"), required=False, max_length=40)
    ec = forms.CharField(label=gettext_lazy("EC number"), required=False, max_length=40)
    percent = forms.CharField(label=gettext_lazy("Per cent"), required=False, max_length=40)
    function = forms.CharField(label=gettext_lazy("Function"), required=False, max_length=120)
    part = forms.CharField(label=gettext_lazy("Part"), required=False, max_length=120)

    @property
    def row(self) -> Row:
        data = getattr(self, "cleaned_data", {})
        return Row(**{name: data.get(name, "").strip() for name in self.fields})


class DeclarationForm(OnceForm):
    """The lines are a formset of their own; this brings what is pasted or imported into it."""

    pasted = forms.CharField(
        label=gettext_lazy("Paste lines"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("From a spreadsheet: name, CAS number, per cent, function; or with a heading."),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"), required=False, help_text=gettext_lazy("CSV or XLSX, with a heading.")
    )

    def rows(self) -> list[Row]:
        """What was pasted and imported. Raises ValidationError on the field for what cannot be read."""
        rows = pasted(self.cleaned_data["pasted"])
        file = self.cleaned_data["file"]
        if file:
            try:
                check_upload(file)
                table = read_table(file)
            except InvalidInput as refusal:
                raise ValidationError({"file": str(refusal)}) from None
            rows += rows_of([table.header, *([as_shown(cell) for cell in row.cells] for row in table.rows)])
        return rows


def line_forms(rows: Iterable[Row] = (), *, data: Any = None) -> forms.BaseFormSet:
    """A formset of lines, with some blank ones after those that there are."""
    rows = list(rows)
    formset = forms.formset_factory(
        LineForm, extra=BLANK_LINES if rows else FIRST_LINES, max_num=500, absolute_max=520, validate_max=False
    )
    initial = [{name: getattr(row, name) for name in LineForm.base_fields} for row in rows]
    for said, row in zip(initial, rows, strict=True):
        said["percent"] = row.percent or (f"{row.ppm} ppm" if row.ppm else "")
    return formset(data, prefix="lines") if data is not None else formset(initial=initial, prefix="lines")


def shown_fields(kind: str) -> Sequence[str]:
    if kind == DeclarationKind.MATERIALS:
        return ("part", "name", "cas", "ec", "percent")
    return ("name", "cas", "ec", "percent", "function")

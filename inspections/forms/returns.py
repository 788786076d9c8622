from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import Characteristic, CodeKind, ComplaintPoint, FoundBy, ReturnKind
from inspections.queries.returns import DIMENSIONS, week_of


class ReturnSearch(forms.Form):
    """What is shown of the returns. What makes no sense is left out."""

    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    kind = forms.ChoiceField(required=False, choices=ReturnKind)
    found_by = forms.ChoiceField(required=False, choices=FoundBy)
    characteristic = forms.CharField(required=False, max_length=40)
    inspection = forms.UUIDField(required=False)
    escaped = forms.BooleanField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in DIMENSIONS:
            self.fields[name] = forms.CharField(required=False, max_length=120)

    @property
    def chosen(self) -> dict:
        self.is_valid()
        return {name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)}


class WeekForm(forms.Form):
    """Which week (any day of it), counted by what, of whom."""

    day = forms.DateField(required=False)
    by = forms.ChoiceField(required=False, choices=[(name, name) for name in DIMENSIONS])
    supplier = forms.CharField(required=False, max_length=40)
    product = forms.CharField(required=False, max_length=60)

    def chosen(self, today: date) -> tuple[date, str, dict[str, str]]:
        """(Monday, dimension, what it is narrowed by); today's week and complaint points unless told."""
        self.is_valid()
        narrowed = {name: self.cleaned_data.get(name, "") for name in ("supplier", "product")}
        return week_of(self.cleaned_data.get("day") or today), self.cleaned_data.get("by") or "complaint", narrowed


class NameBatchForm(forms.Form):
    batch = forms.CharField(label=gettext_lazy("Batch number"), max_length=60)


class BatchCodesForm(forms.Form):
    """What stands on the units or the cartons of a batch."""

    batch = forms.CharField(label=gettext_lazy("Batch number"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("What it stands on"), choices=CodeKind)
    codes = forms.CharField(
        label=gettext_lazy("Codes"),
        help_text=gettext_lazy("One per line"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_codes(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["codes"].splitlines() if line.strip()]


class CatchesForm(forms.Form):
    """For each complaint point of a product the characteristic that should catch it. Field names are the points' codes."""

    def __init__(
        self, *args, points: list[ComplaintPoint], characteristics: list[Characteristic], catches: dict, **kwargs
    ):
        super().__init__(*args, **kwargs)
        choices = [("", _("none of them")), *((c.code, f"{c.local_name} ({c.code})") for c in characteristics)]
        for point in points:
            self.fields[point.code] = forms.ChoiceField(
                label=point.local_name, choices=choices, required=False, initial=catches.get(point.code, "")
            )


class DismissForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

"""Shape of an entry of a reference table: a field for each thing that it says."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from activity.forms import OnceForm
from compliance.catalogue.forms.sure import SureFilters
from compliance.models import ReferenceEntry, ReferenceTable

FIXED = {"key", "verification", "verified_markets", "jurisdiction"}


class EntryFilters(SureFilters):
    searched = ("key", "data__name_en", "data__name_zh", "data__cas", "data__legal_basis")
    table = django_filters.ChoiceFilter(choices=ReferenceTable.choices, label=_("Table"), empty_label=_("All tables"))


def is_structured(value: Any) -> bool:
    """What is edited as JSON: factors by number, exemptions with their limits."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))


class EntryForm(OnceForm):
    """Lists are written one below the other; what was a number stays one."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    is_active = forms.BooleanField(label=_("Papers are compared with it"), required=False)
    reason = forms.CharField(label=_("Why, and where it can be read"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any = None, *, entry: ReferenceEntry) -> None:
        initial = {"revision": entry.revision, "is_active": entry.is_active}
        self.entry = entry
        self.said = {name: value for name, value in entry.data.items() if name not in FIXED}
        super().__init__(data, initial=initial | {f"data-{n}": self._text(v) for n, v in self.said.items()})
        fields = {f"data-{name}": self._field(name, value) for name, value in self.said.items()}
        self.fields = fields | self.fields

    @staticmethod
    def _text(value: Any) -> Any:
        if isinstance(value, list) and not is_structured(value):
            return "\n".join(map(str, value))
        return value

    @staticmethod
    def _field(name: str, value: Any) -> forms.Field:
        label = name.replace("_", " ")
        if is_structured(value):
            return forms.JSONField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 6}))
        if isinstance(value, bool):
            return forms.BooleanField(label=label, required=False)
        if isinstance(value, int | float):
            return forms.DecimalField(label=label, required=False)
        is_long = isinstance(value, list) or len(str(value or "")) > 60
        widget = forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput
        return forms.CharField(label=label, required=False, widget=widget, max_length=20_000)

    @property
    def values(self) -> dict[str, Any]:
        """What the entry would say, in the types that it has; only what differs."""
        values = {}
        for name, before in self.said.items():
            said = self.cleaned_data[f"data-{name}"]
            if is_structured(before):
                said = said or type(before)()
            elif isinstance(before, list):
                said = [line.strip() for line in said.splitlines() if line.strip()]
            elif isinstance(before, bool):
                pass
            elif isinstance(before, int | float):
                said = None if said is None else (before if float(said) == before else str(said))
            elif before is None:
                said = said or None
            if said != before:
                values[name] = said
        return values


class EntryConfirmForm(OnceForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label=_("Where you read it"), max_length=1000)

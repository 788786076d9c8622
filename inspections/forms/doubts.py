from django import forms

from inspections.models import DoubtKind


class DoubtSearch(forms.Form):
    """What is shown of the list of doubts. What makes no sense is left out."""

    q = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False, choices=DoubtKind)
    product = forms.CharField(required=False, max_length=60)
    inspector = forms.CharField(required=False, max_length=150)

    @property
    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

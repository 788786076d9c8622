from django import forms

from inspections.models import InspectionStatus, Verdict


class InspectionSearch(forms.Form):
    """What is shown of the list of inspections. What makes no sense is left out."""

    q = forms.CharField(required=False, max_length=100)
    status = forms.ChoiceField(required=False, choices=InspectionStatus)
    verdict = forms.ChoiceField(required=False, choices=Verdict)
    product = forms.CharField(required=False, max_length=60)
    supplier = forms.CharField(required=False, max_length=40)

    @property
    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

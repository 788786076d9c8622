from django import forms

from inspections.models import CartonRule, InspectionStatus, Verdict


class StartForm(forms.Form):
    """How the units of the next round come, where whoever starts it says so; what makes no sense the service refuses."""

    cartons = forms.IntegerField(required=False)
    carton_rule = forms.CharField(required=False, empty_value=CartonRule.SQUARE_ROOT)


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

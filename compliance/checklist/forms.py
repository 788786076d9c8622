"""Fields that forms about papers and waivers share."""

from django import forms

from activity.languages import Text


def day(label: Text) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

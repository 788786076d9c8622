from django import forms
from django.utils.translation import gettext_lazy as _


class ImportForm(forms.Form):
    """The shape of the input only: what the file holds is the service's to check."""

    file = forms.FileField(label=_("File"), allow_empty_file=True)

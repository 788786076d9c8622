"""Numbers as people type them."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


class NumberField(forms.CharField):
    """A number as people type it: full-width digits and spaces around it are fine. Its value stays text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", super().to_python(value) or "").strip()


class WholeNumberField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(unicodedata.normalize("NFKC", str(value or "")).strip() or None)


def whole_number(**kwargs: Any) -> forms.IntegerField:
    """Digits on a phone's number pad, without the arrows that change a quantity by accident."""
    return forms.IntegerField(
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Write a whole number, digits alone.")},
        **kwargs,
    )

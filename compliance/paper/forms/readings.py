"""Shapes of what people say about findings, and of the facts by which a product is known."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.forms import field_of
from compliance.paper.words import COSMETIC_TYPES
from suppliers.models import Product


class FindingForm(forms.Form):
    act = forms.ChoiceField(choices=[("confirm", ""), ("overrule", "")])
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed to overrule: what did you see that the reader did not?"),
    )


class FactsForm(forms.Form):
    model_numbers = forms.CharField(
        label=gettext_lazy("Model numbers"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy(
            "As printed on product and papers, with commas between them. Papers have to name one of them."
        ),
    )
    battery_models = forms.CharField(
        label=gettext_lazy("Models of its batteries"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Of the cells and batteries in it: their papers name these, such as 602030."),
    )
    cosmetic_type = forms.ChoiceField(
        label=gettext_lazy("Type of cosmetic"),
        required=False,
        help_text=gettext_lazy("Limits of ingredients depend on it; without it the strictest count."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "cosmetic_type", forms.ChoiceField).choices = [("", _("not said")), *COSMETIC_TYPES.items()]

    @classmethod
    def of(cls, product: Product) -> "FactsForm":
        facts = getattr(product, "facts", None)
        if facts is None:
            return cls()
        models = {name: ", ".join(getattr(facts, name)) for name in ("model_numbers", "battery_models")}
        return cls(initial={**models, "cosmetic_type": facts.cosmetic_type})

    def models(self, field: str) -> list[str]:
        return [number.strip() for number in self.cleaned_data[field].split(",") if number.strip()]

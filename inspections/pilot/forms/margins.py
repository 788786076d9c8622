from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.forms import OnceForm, field_label
from activity.languages import Text
from inspections.models import MarginInputs
from inspections.rules.margins import AMOUNTS, DECISIVE, RATES
from inspections.rules.money import CURRENCIES
from inspections.rules.readings import ReadingError, parse_reading


class AmountField(forms.CharField):
    """An amount as people write it; the service reads and checks it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return plain_number(value) if isinstance(value, Decimal) else value


class PercentField(AmountField):
    """Percent on the page, a fraction inside."""

    def prepare_value(self, value: Any) -> Any:
        return plain_number(value * 100) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value).rstrip("%％ ")
        if not text:
            return None
        try:
            return parse_reading(text) / 100
        except (ReadingError, InvalidOperation):
            raise forms.ValidationError(_("“%(value)s” is not a number.") % {"value": text}, "not_a_number") from None


def plain_number(value: Decimal) -> str:
    """Without zeros at its end and without an exponent: 12.9, 100."""
    return f"{value.normalize():f}" if value else "0"


HELP = {
    "price": gettext_lazy("What the customer pays, without sales tax or VAT."),
    "goods": gettext_lazy("What the supplier is paid for one unit, duty and freight to the warehouse included."),
    "platform_rate": gettext_lazy("Percent of the price"),
    "channel_rate": gettext_lazy("Percent of the price that creators and affiliates get"),
    "payment_rate": gettext_lazy("Percent of the price"),
    "logistics": gettext_lazy("Picking, packing and the way to the customer"),
    "service": gettext_lazy("Customer service and warranty, per unit sold"),
    "promotion": gettext_lazy("Advertising, coupons and samples, per unit sold"),
    "reverse_logistics": gettext_lazy("Per returned unit: freight, unpacking, checking"),
    "resale_loss": gettext_lazy("Per returned unit; all of the goods where it cannot be sold again"),
    "commission_kept_rate": gettext_lazy("Percent of the commissions that is not given back"),
    "return_rate": gettext_lazy("Percent of the units sold, as far as it is known"),
}


class MarginForm(OnceForm):
    """What a unit brings and costs. The names are those of `margins.Costs`."""

    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(code, code) for code in CURRENCIES])
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Where the figures come from"),
        max_length=300,
        required=False,
    )

    def __init__(self, data: Any = None, *, current: MarginInputs | None = None) -> None:
        initial = {"currency": current.currency if current else "USD"}
        if current:
            answered = [name for name in (*AMOUNTS, *RATES) if name not in current.unanswered]
            initial |= {name: getattr(current, name) for name in answered}
        super().__init__(data, initial=initial)
        for name in (*AMOUNTS, *RATES):
            kind = PercentField if name in RATES else AmountField
            label = field_label(MarginInputs, name)
            needed = name in ("price", "goods")
            help_text = HELP.get(name, "")
            if name in DECISIVE:
                help_text = _("%(help)s. 0 has to be said.") % {"help": help_text}
            self.fields[name] = kind(label=_capitalised(label), help_text=help_text, required=needed)
        self.order_fields(["currency", *FIELD_ORDER, "note"])

    @property
    def values(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in (*AMOUNTS, *RATES)}

    def part(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def sold(self) -> list[forms.BoundField]:
        return self.part("currency", *FIELD_ORDER[:10])

    @property
    def returned(self) -> list[forms.BoundField]:
        return self.part(*FIELD_ORDER[10:], "note")


FIELD_ORDER = (
    "price", "goods", "platform_rate", "channel_rate", "logistics", "packaging", "payment_rate", "payment_fee", "service",
    "promotion", "return_rate", "reverse_logistics", "resale_loss", "commission_kept_rate",
)  # fmt: skip


def _capitalised(label: Text) -> str:
    text = str(label)
    return text[:1].upper() + text[1:]


class WhatIfForm(forms.Form):
    """A price and a rate of returns to try out. What makes no sense is left out."""

    price = AmountField(label=gettext_lazy("Price"), required=False)
    rate = PercentField(label=gettext_lazy("Rate of returns, percent"), required=False)

    @property
    def chosen(self) -> tuple[Decimal | None, Decimal | None]:
        self.is_valid()
        try:
            price = parse_reading(self.cleaned_data.get("price", ""))
        except ReadingError:
            price = None
        rate = self.cleaned_data.get("rate") if self.data.get("rate") else None
        good_price = price if price is not None and 0 < price < 10**9 else None
        return good_price, rate if rate is not None and 0 <= rate <= 1 else None

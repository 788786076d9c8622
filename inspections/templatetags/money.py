"""Amounts and shares as the reader's language writes them."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

from inspections.calculator.words.sampling import share

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str = "") -> str:
    """To the cent: "12.90 USD"."""
    return f"{number_format(amount, 2, use_l10n=True, force_grouping=True)} {currency}".strip()


register.filter("share", share)


@register.filter
def unlocalized(fraction: float) -> str:
    """For an attribute: with a point, whatever the language."""
    return f"{fraction:.4f}"


@register.filter
def magnitude(number: int) -> int:
    return abs(number)

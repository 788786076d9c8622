"""Amounts and shares as the reader's language writes them."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str = "") -> str:
    """To the cent: "12.90 USD"."""
    return f"{number_format(amount, 2, use_l10n=True, force_grouping=True)} {currency}".strip()


@register.filter
def share(fraction: Decimal | float | None) -> str:
    """A fraction in percent with at most two decimal places: "6.25 %"; a dash for none."""
    if fraction is None:
        return "–"
    percent = Decimal(f"{Decimal(fraction) * 100:.2f}").normalize()
    return f"{number_format(f'{percent:f}', use_l10n=True)} %"


@register.filter
def unlocalized(fraction: float) -> str:
    """For an attribute: with a point, whatever the language."""
    return f"{fraction:.4f}"


@register.filter
def magnitude(number: int) -> int:
    return abs(number)

"""Saying what a product brings and costs."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.models import MarginInputs
from inspections.rules.margins import AMOUNTS, DECISIVE, NAMES, RATES
from inspections.rules.money import CURRENCIES, MoneyError, parse_money
from inspections.rules.readings import ReadingError, decimal_places, parse_reading
from suppliers.models import Product

NEEDED = ("price", "goods")
RATE_PLACES = 6


def _amount_error(name: str, error: MoneyError) -> FieldError:
    details = {
        "negative": _("%(value)s is negative. An amount of money here is 0 or more."),
        "too_large": _("%(value)s is too large for the price of one unit."),
        "too_precise": _("%(value)s has more than four decimal places."),
        "unknown_currency": _("%(value)s is no currency that is known here. Write its three letters, such as USD."),
    }
    detail = details.get(error.code) or _("“%(value)s” is not an amount of money. Write it as 12.90.")
    return FieldError(name, error.code, detail % {"value": error.value})


def _checked_amounts(sent: Mapping[str, object], currency: str, errors: list[FieldError]) -> dict[str, Decimal]:
    """All amounts in the one currency; what is left out stands as 0, but for the price and the goods."""
    amounts = {}
    for name in AMOUNTS:
        value = sent.get(name)
        if value is None or value == "":
            amounts[name] = Decimal(0)
            if name in NEEDED:
                errors.append(FieldError(name, "required", _("Say what it is, 0 included.")))
            continue
        try:
            money = parse_money(value)
        except MoneyError as error:
            errors.append(_amount_error(name, error))
            continue
        if money.currency not in (None, currency):
            detail = _(
                "This is in %(other)s, all else in %(currency)s. Convert it: amounts of two currencies do not add up."
            )
            errors.append(FieldError(name, "currency_mix", detail % {"other": money.currency, "currency": currency}))
        amounts[name] = money.amount
    if "price" in amounts and not amounts["price"] and sent.get("price") not in (None, ""):
        errors.append(FieldError("price", "out_of_range", _("The price is above 0.")))
    if amounts.get("resale_loss", 0) > amounts.get("goods", 0) and "goods" in amounts:
        detail = _("A returned unit cannot lose more than the goods cost.")
        errors.append(FieldError("resale_loss", "out_of_range", detail))
    return amounts


def _checked_rates(sent: Mapping[str, object], errors: list[FieldError]) -> dict[str, Decimal]:
    rates = {}
    for name in RATES:
        value = sent.get(name)
        try:
            rates[name] = Decimal(0) if value is None or value == "" else parse_reading(value)
        except ReadingError as error:
            errors.append(FieldError(name, error.code, _("“%(value)s” is not a number.") % {"value": error.value}))
            continue
        if not 0 <= rates[name] <= 1:
            errors.append(FieldError(name, "out_of_range", _("A share lies between 0 and 1, which is 100 percent.")))
        elif decimal_places(rates[name]) > RATE_PLACES:
            errors.append(FieldError(name, "too_precise", _("This has more decimal places than are kept.")))
    return rates


@one_transaction()
def set_margin(
    *, product: Product, currency: str, values: Mapping[str, object], note: str = "", actor: User, at: datetime
) -> MarginInputs:
    """Write the next version of what a unit of the product brings and costs. What is said already gets no new version.

    `values` are amounts (see `inspections.rules.money.parse_money`) and fractions, by the names of `margins.Costs`; what is
    left out stands as 0; where it decides what a return costs it is unanswered, and the product affords nothing yet. Raises InvalidInput naming every field that is wrong, NotAllowed.
    """
    require(actor, "inspections.set_margin")
    currency = str(currency or "").strip().upper()
    errors: list[FieldError] = []
    if currency not in CURRENCIES:
        detail = _("Choose one of %(all)s.") % {"all": ", ".join(CURRENCIES)}
        raise InvalidInput.one("currency", "unknown_currency", detail)
    checked = _checked_amounts(values, currency, errors) | _checked_rates(values, errors)
    if len(note) > 300:
        errors.append(FieldError("note", "too_long", _("At most %(most)s characters are kept.") % {"most": 300}))
    if errors:
        raise InvalidInput(errors)
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    latest = product.margin_inputs.order_by("-version").first()
    unanswered = [name for name in DECISIVE if values.get(name) in (None, "")]
    is_same = latest and latest.currency == currency and latest.unanswered == unanswered
    if latest and is_same and all(getattr(latest, name) == checked[name] for name in NAMES):
        return latest
    inputs = MarginInputs.objects.create(
        product=product,
        version=latest.version + 1 if latest else 1,
        currency=currency,
        unanswered=unanswered,
        note=note.strip(),
        set_at=at,
        set_by=actor,
        **checked,
    )
    record_event(
        "margin.set",
        f"product:{product.sku}",
        at=at,
        actor=actor,
        version=inputs.version,
        affordable_return_rate=str(inputs.costs.affordable_return_rate()),
        unanswered=unanswered,
    )
    return inputs

"""Amounts of money as people and programs write them. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from inspections.rules.readings import ReadingError, decimal_places, parse_reading

MOST = Decimal(10) ** 9
PLACES = 4
# ISO 4217: those of the markets and of the makers, and the large ones beside them.
CURRENCIES = (
    "AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR", "INR", "JPY", "KRW", "MXN",
    "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "VND", "ZAR",
)  # fmt: skip


class MoneyError(ValueError):
    """Text that is no amount. `code` says why: not_an_amount, negative, too_large, too_precise, unknown_currency."""

    def __init__(self, code: str, value: object):
        self.code = code
        self.value = str(value)[:40]
        super().__init__(f"{code}: {self.value}")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, and its currency where one was written with it."""

    amount: Decimal
    currency: str | None = None


def parse_money(value: object) -> Money:
    """An amount that is not negative: 12.9, "12.90", "1,299.00", "USD 12.90", {"amount": "12.90", "currency": "USD"}.

    Raises MoneyError.
    """
    currency = None
    if isinstance(value, Mapping):
        if not set(value) <= {"amount", "currency"}:
            raise MoneyError("not_an_amount", dict(value))
        currency, value = str(value.get("currency") or "").strip().upper() or None, value.get("amount")
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip().upper()
        if found := re.search(r"^([A-Z]{3})\s*(?=[\d.+-])|(?<=[\d.])\s*([A-Z]{3})$", text):
            code = next(filter(None, found.groups()))
            if currency not in (None, code):
                raise MoneyError("not_an_amount", value)
            currency, text = code, (text[: found.start()] + text[found.end() :]).strip()
        value = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", text)
    if currency is not None and currency not in CURRENCIES:
        raise MoneyError("unknown_currency", currency)
    try:
        amount = parse_reading(value)
    except ReadingError as error:
        raise MoneyError("too_precise" if error.code == "too_precise" else "not_an_amount", error.value) from None
    if amount < 0:
        raise MoneyError("negative", amount)
    if amount >= MOST:
        raise MoneyError("too_large", amount)
    if decimal_places(amount) > PLACES:
        raise MoneyError("too_precise", amount)
    return Money(amount, currency)

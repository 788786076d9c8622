"""What a declaration says in one line, and what the law says about one substance."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

PER_CENT = {"%": Decimal(1), "ppm": Decimal("0.0001"), "mg/kg": Decimal("0.0001")}


@dataclass(frozen=True, slots=True)
class Line:
    """One ingredient or material; `function` says what it does or in which part it is. Concentrations are per cent by weight, from `low` to `high`, None where not said."""

    name: str
    cas: str = ""
    ec: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    function: str = ""


@dataclass(frozen=True, slots=True)
class Restriction:
    """One entry of a law. `limit` is in `unit`; `product_types` is empty where it is the same for all types, and
    `only_types` says that other types may not hold the substance at all."""

    key: str
    name: str
    names: frozenset[str]
    cas: str
    list: str
    markets: frozenset[str]
    category: str
    status: str
    limit: Decimal | None
    unit: str
    scope: str
    law: str
    is_group: bool = False
    applies_from: date | None = None
    product_types: frozenset[str] = frozenset()
    only_types: bool = False
    is_sure: bool = True

    @property
    def per_cent(self) -> Decimal | None:
        """The limit in per cent; None for a migration or an emission, which no declaration can be compared with."""
        factor = PER_CENT.get(self.unit)
        return None if factor is None or self.limit is None else self.limit * factor


@dataclass(frozen=True, slots=True)
class Product:
    """For what and where. `categories` and `markets` hold the own codes and those above; `type` is empty when unknown."""

    categories: frozenset[str]
    markets: frozenset[str]
    day: date
    type: str = ""


def written(share: Decimal | None) -> str:
    """Without the zeros that a database column adds."""
    return "" if share is None else f"{share.normalize():f}"

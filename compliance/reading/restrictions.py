"""What a declaration says in one line, and what the law says about one substance."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

PER_CENT = {
    "%": Decimal(1), "‰": Decimal("0.1"), "ppm": Decimal("0.0001"), "mg/kg": Decimal("0.0001"),
    "ppb": Decimal("0.0000001"), "µg/kg": Decimal("0.0000001"),
}  # fmt: skip
FILE = Path(__file__).parents[1] / "data" / "laws.csv"


def _laws() -> Mapping[str, Mapping[str, str]]:
    laws: dict[str, dict[str, str]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            laws.setdefault(row["list"], {}).update(dict.fromkeys(row["markets"].split(), row["law"]))
    return laws


# List -> market -> the law in which its entries stand there, where that is another than the entries name.
LAWS = _laws()
NANO = re.compile(r"\bnano\b|colloidal|纳米|胶体", re.IGNORECASE)


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
class Exemption:
    """A use that a law leaves open up to `limit` per cent: whoever relies on it claims it by its number. `materials` are
    words of which one has to stand in the line."""

    number: str
    limit: Decimal
    until: date | None
    materials: tuple[str, ...] = ()
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class Restriction:
    """One entry of a law. `limit` is in `unit`; `product_types` is empty where it is the same for all types, and
    `only_types` says that other types may not hold the substance at all, `others_free` that the entry says nothing of
    them, `is_professional` that only professionals may use it. `status` is prohibited, restricted, declare, allowed (on a list of what may be used), asked (a person has to
    see whether the entry holds) or noted.

    `numbers` are the CAS numbers of all forms that the entry names. Its limit counts what `expressed_as` says ("F",
    "acid"), and `factors` how much of that is in a form, by its CAS number. `least` is the lowest of several limits whose
    uses nobody sorted to types, `rinse_off` the limit in products that are rinsed off. Products for children under
    `under_age` years may not hold it. `sure_in` are the markets for which somebody read it in the law, None for all.
    """

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
    is_professional: bool = False
    others_free: bool = False
    numbers: frozenset[str] = frozenset()
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    expressed_as: str = ""
    least: Decimal | None = None
    rinse_off: Decimal | None = None
    under_age: int | None = None
    is_nano: bool = False
    exemptions: tuple[Exemption, ...] = ()
    sure_in: frozenset[str] | None = None

    @property
    def per_cent(self) -> Decimal | None:
        """The limit in per cent; None for a migration or an emission, which no declaration can be compared with."""
        return self._per_cent(self.limit)

    @property
    def least_per_cent(self) -> Decimal | None:
        return self._per_cent(self.least)

    def _per_cent(self, limit: Decimal | None) -> Decimal | None:
        factor = PER_CENT.get(self.unit)
        return None if factor is None or limit is None else limit * factor

    def told_in(self, markets: frozenset[str]) -> "Restriction":
        """It with the law of these markets, and with how sure it is there."""
        laws = LAWS.get(self.list, {})
        law = next((laws[market] for market in sorted(markets) if market in laws), self.law)
        is_sure = self.is_sure and (self.sure_in is None or bool(self.sure_in & markets))
        return self if (law, is_sure) == (self.law, self.is_sure) else replace(self, law=law, is_sure=is_sure)

    def counted(self, cas: str, share: Decimal) -> Decimal | None:
        """How much of a share counts against the limit; None where nobody said how much of it is in that form."""
        if factor := self.factors.get(cas):
            return share * factor
        return None if self.expressed_as else share


@dataclass(frozen=True, slots=True)
class Product:
    """For what and where. `categories` and `markets` hold the own codes and those above; `type` is empty when unknown.
    `youngest` is the age in years from which children use it, None where it is not for children or nobody said so."""

    categories: frozenset[str]
    markets: frozenset[str]
    day: date
    type: str = ""
    youngest: int | None = None


def written(share: Decimal | None) -> str:
    """Without the zeros that a database column adds."""
    return "" if share is None else f"{share.normalize():f}"

"""What a market is: one row of data/markets.json, and nothing of it in code."""

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

FACTS = ("zone", "country_names", "voltage", "languages", "return_days", "return_days_source")
FILE = Path(__file__).parent / "data" / "markets.json"


def is_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(
            _("“%(zone)s” is no time zone. Write it as the IANA does, such as Europe/Warsaw."),
            "no_time_zone",
            {"zone": value},
        )


def is_pattern(value: str) -> None:
    try:
        re.compile(value)
    except re.error as error:
        raise ValidationError(
            _("“%(pattern)s” is no pattern: %(error)s."), "no_pattern", {"pattern": value, "error": error}
        ) from None


class UnusableMarket(Exception):
    """A row of the file lacks a fact, or says one that cannot be."""


def load_markets(model: type[Model], *, path: Path = FILE) -> int:
    """Add the markets of the file that are not there yet, and let the others have the facts that it says. How many were
    added.

    A parent stands before its children. Raises UnusableMarket, which names market and fact.
    """
    there: dict[str, Any] = {market.code: market for market in list[Any](model._default_manager.all())}
    before = len(there)
    for row in json.loads(path.read_text()):
        code, parent = row["code"], row["parent"]
        if parent is not None and parent not in there:
            raise UnusableMarket(f"{path.name}, {code}: the parent {parent} is no market that stands before it.")
        market = there.setdefault(code, model(**row | {"parent": there.get(parent)}))
        for name in FACTS:
            setattr(market, name, row.get(name))
        try:
            market.full_clean()
        except ValidationError as error:
            raise UnusableMarket(f"{path.name}, {code}: {error}") from error
        market.save()
    return len(there) - before

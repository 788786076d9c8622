"""Which market an export means: by its code, its name, or its country as people call it."""

import json
from functools import cache

from babel import Locale
from babel.core import get_global
from django.conf import settings
from django.utils.translation import gettext as _

from imports.cells import CellError, text
from imports.columns import plain
from imports.tables import Cell
from suppliers.models import Market

# The languages of those who export files, in which CLDR names the countries.
LANGUAGES = ("en", "zh_Hans", "zh_Hant", "de", "fr", "es", "it", "id", "ms", "vi", "th", "ja", "ar", "fil")
# `also_called`: what people say beside the names that CLDR has, by the code of ISO 3166; `of_market`: that of a market whose
# own code is another.
KNOWN = json.loads((settings.BASE_DIR / "suppliers/data/countries.json").read_text(encoding="utf-8"))


@cache
def names_of_country(country: str) -> frozenset[str]:
    """What a country of ISO 3166-1 is called: alpha-2 and alpha-3 code and number, its names in the languages of the
    markets (Unicode CLDR), and what people say beside them."""
    replaced = get_global("territory_aliases")
    codes = [old for old, new in replaced.items() if list(new) == [country]]
    names = [Locale.parse(language).territories.get(country, "") for language in LANGUAGES]
    return frozenset(plain(name) for name in (country, *codes, *names, *KNOWN["also_called"].get(country, ())) if name)


class Markets:
    """Markets by code or name, in whatever case, or by their country. One statement."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        markets = list(Market.objects.all())
        for market in markets:
            country = market.code.rpartition("-")[2]
            country = KNOWN["of_market"].get(country, country)
            for name in names_of_country(country):
                self._codes.setdefault(name, market.code)
        for market in markets:
            for name in (market.code, market.name, market.name_zh):
                self._codes[plain(name)] = market.code

    def code_of(self, said: str) -> str | None:
        return self._codes.get(plain(said))

    def read(self, cell: Cell, usual: str = "") -> str:
        """The code of the market that a cell names, or else of the `usual` one; empty where neither names any."""
        said = text(cell) or usual
        if not said:
            return ""
        code = self.code_of(said)
        if code is None:
            raise CellError("unknown_market", no_such_market(said))
        return code


def no_such_market(said: str) -> str:
    return _("There is no market %(code)s.") % {"code": said}

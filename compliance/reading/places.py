"""Which country an address is in: by its name in the languages of the papers, its postal code, its telephone code or a city.

The names of countries are those of the Unicode CLDR, as Babel has them.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from babel import Locale

# Languages that papers name countries in.
LANGUAGES = ("en", "zh", "de", "fr", "es", "it", "nl", "pl", "pt", "ja", "th", "vi", "id", "ms", "sv")
# `also`: patterns by which addresses name countries beside their names; `cities` of suppliers and markets; `calling`: telephone
# codes; `union`: members of the European Union, and where its product law applies as well by the EEA agreement and that of
# Northern Ireland ("XI"). Countries of ISO 3166, and no markets: where a maker sits is asked of addresses, too.
KNOWN = json.loads((Path(__file__).parents[1] / "data/places.json").read_text(encoding="utf-8"))
ALSO: Mapping[str, str] = KNOWN["also"]
CITIES: Mapping[str, Sequence[str]] = KNOWN["cities"]
CALLING: Mapping[str, str] = KNOWN["calling"]
UNION = frozenset(KNOWN["union"])
COMPANY = re.compile(
    r"[^\n]{0,80}?(?:\bCo\.?,?\s?Ltd\b\.?|\b(?:Ltd|Limited|LLC|Inc|GmbH|UG|AG|SARL|SAS|S\.?L|S\.?r\.?l|B\.?V|Sdn\.? Bhd|Sp\. z o\.o)\b\.?|公司)",
    re.IGNORECASE,
)
TELEPHONE = re.compile(r"(?:\+|\b00)\s?(\d{1,3})[\s().-]*\d")


def is_in(country: str, allowed: frozenset[str]) -> bool:
    return country in (allowed | UNION if "EU" in allowed else allowed)


@cache
def _names() -> tuple[tuple[str, re.Pattern[str]], ...]:
    territories: list[Mapping[str, str]] = [dict(Locale.parse(language).territories) for language in LANGUAGES]
    codes = sorted(
        {code for names in territories for code in names if len(code) == 2 and code.isalpha()} - {"EU", "EZ", "UN"}
    )
    patterns = []
    for code in [*codes, "XI"]:
        names = {names[code] for names in territories if len(names.get(code, "")) > 2 or _is_sign(names.get(code, ""))}
        written = [
            re.escape(name) if _is_sign(name) else rf"\b{re.escape(name)}\b" for name in sorted(names, key=len)[::-1]
        ]
        patterns.append((code, re.compile("|".join(filter(None, [*written, ALSO.get(code)])), re.IGNORECASE)))
    return tuple((code, pattern) for code, pattern in patterns if pattern.pattern)


def _is_sign(name: str) -> bool:
    return any(ord(character) > 0x2E7F for character in name)


def country_of(address: str) -> str | None:
    """The ISO 3166 code of the country that an address is in, "XI" for Northern Ireland; None where nothing tells it.

    A country's name counts before a city, a city before a telephone; of several names the last one of the address. What a
    company calls itself tells nothing where an address follows: "Germany Direct Ltd., Shenzhen".
    """
    if (company := COMPANY.match(address)) and (found := _country_of(address[company.end() :])):
        return found
    return _country_of(address)


def _country_of(address: str) -> str | None:
    named = [(match.end(), len(match[0]), code) for code, names in _names() for match in names.finditer(address)]
    if named:
        return max(named)[2]
    for code, cities in CITIES.items():
        if any(re.search(city if _is_sign(city) else rf"\b{city}\b", address, re.IGNORECASE) for city in cities):
            return code
    if (call := TELEPHONE.search(address)) and not call[1].startswith("1"):
        return next((CALLING[call[1][:size]] for size in (3, 2) if call[1][:size] in CALLING), None)
    return "US" if call else None

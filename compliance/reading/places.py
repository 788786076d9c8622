"""Which country an address is in: by its name in the languages of the papers, its postal code, its telephone code or a city.

The names of countries are those of the Unicode CLDR, as Babel has them.
"""

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale

# Languages that papers name countries in.
LANGUAGES = ("en", "zh", "de", "fr", "es", "it", "nl", "pl", "pt", "ja", "th", "vi", "id", "ms", "sv")
# Members of the European Union, and where its product law applies as well by the EEA agreement and that of Northern Ireland.
UNION = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
        "IS",
        "LI",
        "NO",
        "XI",
    ]
)
# How addresses name countries beside their names.
ALSO: Mapping[str, str] = {
    "US": r"U\.S\.A?\.?|USA|(?-i:US)(?=\s*$)|(?-i:\b[A-Z]{2},? \d{5}(?:-\d{4})?\b)",
    "GB": r"(?-i:U\.?K\.?)|Great Britain|England|Scotland|Wales|(?-i:\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b)",
    "XI": r"Northern Ireland",
    "CN": r"P\.? ?R\.? ?C\b\.?|P\.? ?R\.? ?China|中国|[省市]",
    "HK": r"Hong ?Kong|香港",
    "CZ": r"Czech Republic",
    "KR": r"Korea\b",
}
CITIES: Mapping[str, str] = {
    "CN": "Shenzhen Guangzhou Dongguan Foshan Zhongshan Huizhou Zhuhai Shantou Yiwu Ningbo Hangzhou Wenzhou Jinhua Taizhou Suzhou"
    " Wuxi Shanghai Beijing Tianjin Qingdao Xiamen Quanzhou Fuzhou Guangdong Zhejiang Jiangsu Fujian Shandong Chongqing Chengdu"
    " 深圳 广州 东莞 佛山 中山 惠州 义乌 宁波 杭州 温州 苏州 上海 北京 天津 青岛 厦门 泉州 广东 浙江 江苏 福建",
    "DE": "Berlin Hamburg München Munich Köln Cologne Frankfurt Stuttgart Düsseldorf Leipzig",
    "FR": "Paris Lyon Marseille Toulouse Lille",
    "GB": "London Manchester Birmingham Leeds Glasgow Edinburgh Bristol Liverpool",
    "IT": "Milano Roma Torino",
    "ES": "Madrid Barcelona Valencia",
    "NL": "Amsterdam Rotterdam Utrecht Eindhoven",
    "PL": "Warszawa Warsaw Kraków Wrocław",
    "US": "California Texas Florida Delaware",
    "JP": "Tokyo Osaka 東京 大阪",
    "MY": "Selangor Penang",
    "TH": "Bangkok",
    "VN": "Hanoi",
    "ID": "Jakarta",
    "PH": "Manila Makati",
}
CALLING: Mapping[str, str] = {
    "86": "CN", "852": "HK", "44": "GB", "49": "DE", "33": "FR", "39": "IT", "34": "ES", "31": "NL", "48": "PL", "353": "IE",
    "81": "JP", "65": "SG", "60": "MY", "66": "TH", "84": "VN", "62": "ID", "63": "PH", "966": "SA", "971": "AE", "32": "BE",
    "43": "AT", "46": "SE", "45": "DK", "420": "CZ", "36": "HU", "40": "RO", "351": "PT", "30": "GR", "82": "KR",
}  # fmt: skip
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

    A country's name counts before a city, a city before a telephone; of several names the last one of the address.
    """
    named = [(match.end(), len(match[0]), code) for code, names in _names() for match in names.finditer(address)]
    if named:
        return max(named)[2]
    for code, cities in CITIES.items():
        if any(
            re.search(city if _is_sign(city) else rf"\b{city}\b", address, re.IGNORECASE) for city in cities.split()
        ):
            return code
    if (call := TELEPHONE.search(address)) and not call[1].startswith("1"):
        return next((CALLING[call[1][:size]] for size in (3, 2) if call[1][:size] in CALLING), None)
    return "US" if call else None

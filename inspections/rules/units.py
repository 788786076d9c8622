"""Units of one kind, and what one of them is in another. Pure.

Exact by definition: SI prefixes, and the inch, pound and gallon of the international agreement of 1959 (NIST SP 811, Appendix B).
What needs more than a factor, such as degrees, is not here.
"""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

# Each kind: what one of the unit is in the first of them.
KINDS: tuple[Mapping[str, str], ...] = (
    {"m": "1", "km": "1000", "dm": "0.1", "cm": "0.01", "mm": "0.001", "µm": "0.000001", "um": "0.000001", "nm": "0.000000001",
     "in": "0.0254", "inch": "0.0254", "\"": "0.0254", "ft": "0.3048", "米": "1", "厘米": "0.01", "毫米": "0.001"},
    {"g": "1", "kg": "1000", "mg": "0.001", "µg": "0.000001", "ug": "0.000001", "t": "1000000", "lb": "453.59237",
     "lbs": "453.59237", "oz": "28.349523125", "克": "1", "千克": "1000", "公斤": "1000", "毫克": "0.001"},
    {"l": "1", "ml": "0.001", "cl": "0.01", "dl": "0.1", "µl": "0.000001", "ul": "0.000001", "升": "1", "毫升": "0.001"},
    {"%": "1", "‰": "0.1", "ppm": "0.0001", "ppb": "0.0000001"},
    {"mg/kg": "1", "g/kg": "1000", "µg/kg": "0.001", "ug/kg": "0.001"},
    {"n": "1", "kn": "1000", "mn": "0.001"},
    {"v": "1", "kv": "1000", "mv": "0.001"}, {"a": "1", "ma": "0.001", "µa": "0.000001", "ua": "0.000001"},
    {"w": "1", "kw": "1000", "mw": "0.001"}, {"wh": "1", "kwh": "1000", "mwh": "0.001"}, {"ah": "1", "mah": "0.001"},
    {"s": "1", "ms": "0.001", "min": "60", "h": "3600", "秒": "1", "分钟": "60"},
    {"kpa": "1", "pa": "0.001", "bar": "100", "mbar": "0.1"}, {"hz": "1", "khz": "1000"},
    {"ω": "1", "kω": "1000", "ohm": "1", "kohm": "1000"},
    {"m²": "1", "cm²": "0.0001", "mm²": "0.000001"}, {"g/m²": "1", "gsm": "1"},
)  # fmt: skip
UNITS = {name for kind in KINDS for name in kind}
# Small letters would make another unit of these: mega is a million, milli a thousandth.
MEGA = {"MN", "MV", "MW", "MWh", "MPa", "MΩ", "MHz"}


def plain_unit(unit: str) -> str:
    """How units are compared: width and capitals do not matter, but where they change the unit."""
    unit = "".join(unicodedata.normalize("NFKC", unit).replace("\N{GREEK SMALL LETTER MU}", "µ").split()).rstrip(".")
    unit = unit.replace("m2", "m²")
    return unit if unit in MEGA else unit.lower()


@lru_cache(maxsize=500)
def factors_to(unit: str) -> Mapping[str, Decimal]:
    """Unit -> what a number in it is multiplied by to be one in `unit`. Only that itself where its kind is not known."""
    wanted = plain_unit(unit)
    if not wanted:
        return {}
    for kind in KINDS:
        if wanted in kind:
            return {name: Decimal(size) / Decimal(kind[wanted]) for name, size in kind.items()}
    return {wanted: Decimal(1)}


def converted(number: Decimal, unit: str, wanted: str) -> Decimal | None:
    """A number of one unit in another, exactly; None where the two are not known to be of one kind."""
    if plain_unit(unit) == plain_unit(wanted):
        return number
    factor = factors_to(wanted).get(plain_unit(unit))
    return None if factor is None else trimmed(number * factor)


def trimmed(number: Decimal) -> Decimal:
    """Without zeros behind the point that only a conversion made."""
    number = number.normalize()
    return number.quantize(Decimal(1)) if int(number.as_tuple().exponent) > 0 else number

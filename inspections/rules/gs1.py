"""Lot numbers in what a scanner reads: element strings of GS1, as they are printed or as they are sent. Pure.

GS1 General Specifications, section 3.4 (AI 10, batch or lot number) and 7.8 (which elements have a fixed length, and that FNC1
ends the others); section 5.1 for the symbology identifiers of ISO/IEC 15424.
"""

import re

LOT = "10"
# Digits behind the application identifiers of fixed length that goods and their cartons carry.
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
_OTHERS = ("10", "21", "22", "30", "37", "240", "241", "250", "400")
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9]")
# What FNC1 becomes on its way: the separator itself, or what programs write for it.
_SEPARATOR = re.compile(r"[\x1d\u241d^]|<GS>|\{GS\}|\s+")


def lots_in(code: str) -> list[str]:
    """The lots that a code may name, likeliest first: as it is, then what stands behind AI 10."""
    found = [code]
    bare = _SYMBOLOGY.sub("", code.strip()).lstrip("\x1d\u241d^")
    if printed := dict(re.findall(r"[(（\[]\s*(\d{2,4})\s*[)）\]]\s*([^(（\[]*)", bare)):
        found.append(printed.get(LOT, "").strip())
    else:
        found += [bare, _lot_of(bare)]
        if bare.startswith(LOT):
            found.append(bare[len(LOT) :].strip())
    return list(dict.fromkeys(each for each in found if each))


def _lot_of(sent: str) -> str:
    """The lot of a string without brackets, read element by element; "" where it is none, or cannot be followed to it."""
    rest = sent
    while rest:
        identifier = next((each for each in (*_FIXED, *_OTHERS) if rest.startswith(each)), "")
        rest = rest[len(identifier) :]
        if identifier in _FIXED:
            value, rest = rest[: _FIXED[identifier]], rest[_FIXED[identifier] :]
            if not value.isdecimal():
                return ""
            rest = _SEPARATOR.sub("", rest, count=1) if _SEPARATOR.match(rest) else rest
            continue
        value, *behind = _SEPARATOR.split(rest, maxsplit=1)
        if identifier == LOT:
            return value
        if not identifier or not behind:
            return ""
        rest = behind[0]
    return ""

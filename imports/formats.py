"""What a cell of a spreadsheet shows of the number that it stores: number formats, ISO/IEC 29500-1, 18.8.30 and 18.8.31.

Numbers alone. How a day is shown depends on the computer that shows it; days are told by `Format.is_day` and read as days.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache

GENERAL = "General"
# Those that a file names by their number alone. 14 to 22 and 45 to 47 are days and times, and so are 27 to 36 and 50 to 58,
# which Chinese, Japanese, Korean and Thai Excel have.
BUILTIN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)', 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)", 41: "#,##0_);(#,##0)", 42: '"$"#,##0_);("$"#,##0)',
    43: "#,##0.00_);(#,##0.00)", 44: '"$"#,##0.00_);("$"#,##0.00)', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@", **dict.fromkeys([*range(27, 37), *range(50, 59)], "yyyy-mm-dd"),
}  # fmt: skip
# What a double holds for certain, and the most that Excel shows.
SURE_DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)

_TOKENS = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<exponent>[Ee][+-])|(?P<general>General)'
    r"|(?P<mark>[0#?.,%/])|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_CONDITION = re.compile(r"(<=|>=|<>|=|<|>)\s*(-?[0-9.]+)")
_MEETS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b,
}  # fmt: skip
_PLACES = "0#?"
_SIMPLE = re.compile(r"(#,##(?=0(?!0)))?(0+)(?:\.(0+))?(%)?")
_WIDE = Context(prec=400)


def sure(written: str) -> Decimal:
    """The number of a cell without the noise of binary fractions: 57.699999999999996 is 57.7. Raises ArithmeticError."""
    return SURE_DIGITS.create_decimal(written)


def plain(number: Decimal) -> str:
    """Digits without an exponent, and without zeros that say nothing."""
    return f"{number.normalize():f}" if number else "0"


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the up to four parts of a format: its tokens as (kind, text), and what a number must meet to be shown by it."""

    tokens: Sequence[tuple[str, str]]
    condition: tuple[str, Decimal] | None

    @property
    def letters(self) -> str:
        return "".join(text for kind, text in self.tokens if kind == "other").lower()


@dataclass(frozen=True, slots=True)
class Format:
    """How a spreadsheet shows numbers. `code` is as the file has it."""

    code: str
    sections: tuple[_Section, ...]
    is_day: bool
    is_time: bool
    is_general: bool
    simple: re.Match[str] | None  # most are: 0, 0.00, #,##0.00, 0.0%

    @property
    def percents(self) -> int:
        """How often it multiplies by 100: once for each sign that is not quoted."""
        return self.sections[0].tokens.count(("mark", "%"))

    def show(self, number: Decimal) -> str:
        """What is seen of a number: a decimal point, commas between thousands, and whatever else the format says."""
        if self.is_general:
            return plain(number)
        if self.simple:
            return _simply(self.simple, number)
        section, is_signed = self._section_of(number)
        if not section.tokens:  # such a part shows nothing
            return ""
        if any(kind == "general" for kind, _text in section.tokens):
            return _around(section, plain(number if is_signed else abs(number)))
        sign = "-" if is_signed and number < 0 else ""
        shown = _shown(section.tokens, abs(number))
        return shown if not re.search("[1-9]", shown) else sign + shown

    def _section_of(self, number: Decimal) -> tuple[_Section, bool]:
        """The part that shows a number, and whether it is shown with its sign: the part for negative ones has its own."""
        parts = self.sections[:3]
        if any(part.condition for part in parts):
            for place, part in enumerate(parts):
                if part.condition is None or _MEETS[part.condition[0]](number, part.condition[1]):
                    return part, not (place and part.condition is None and len(parts) > 1)
            return parts[-1], True
        if number < 0 and len(parts) > 1:
            return parts[1], False
        return (parts[2] if number == 0 and len(parts) > 2 else parts[0]), True


def _simply(code: re.Match[str], number: Decimal) -> str:
    groups, whole, places, percent = code.groups()
    number = number.scaleb(2) if percent else number
    rounded = number.quantize(Decimal(1).scaleb(-len(places or "")), ROUND_HALF_UP, _WIDE)
    digits, point, rest = (f"{abs(rounded):,f}" if groups else f"{abs(rounded):f}").partition(".")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{digits.zfill(len(whole))}{point}{rest}{percent or ''}"


def _around(section: _Section, number: str) -> str:
    texts = [
        number if kind == "general" else text
        for kind, text in section.tokens
        if kind in ("general", "literal", "other")
    ]
    return ("".join(texts) if any(kind == "general" for kind, _text in section.tokens) else number).strip()


@lru_cache(maxsize=2048)
def format_of(code: str) -> Format:
    """The format that a code writes."""
    sections: list[_Section] = []
    tokens: list[tuple[str, str]] = []
    condition: tuple[str, Decimal] | None = None
    is_elapsed = False
    for found in _TOKENS.finditer(code or GENERAL):
        kind, text = str(found.lastgroup), found.group(found.lastgroup or 0)
        if kind == "other" and text == ";":
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "bracket":
            is_elapsed = is_elapsed or re.fullmatch(r"(?i)h+|m+|s+", text) is not None
            if met := _CONDITION.fullmatch(text):
                condition = (met[1], Decimal(met[2]))
            elif text.startswith("$"):
                tokens.append(("literal", text[1:].partition("-")[0]))
        elif kind in ("quoted", "escaped"):
            tokens.append(("literal", text))
        elif found.lastgroup is None:
            tokens.append(("literal", " " if found.group().startswith("_") else ""))
        else:
            tokens.append((kind, text))
    sections.append(_Section(tuple(tokens), condition))
    letters = "".join(section.letters for section in sections[:3])
    is_general = any(kind == "general" for section in sections for kind, _text in section.tokens)
    is_day = not is_general and any(letter in letters for letter in "yd")
    is_time = not is_general and (is_elapsed or any(letter in letters for letter in "hs"))
    return Format(
        code,
        tuple(sections),
        is_day or (not is_general and not is_time and "m" in letters),
        is_time,
        code in ("", "@", GENERAL),
        _SIMPLE.fullmatch(code),
    )


def _shown(tokens: Sequence[tuple[str, str]], number: Decimal) -> str:
    marks = [text for kind, text in tokens if kind == "mark"]
    number = number.scaleb(2 * marks.count("%"))
    last = max((place for place, (kind, text) in enumerate(tokens) if kind == "mark" and text in _PLACES), default=-1)
    behind = "".join(text for kind, text in tokens[last + 1 :] if kind == "mark")
    number = number.scaleb(-3 * (len(behind) - len(behind.lstrip(","))))
    if any(kind == "exponent" for kind, _text in tokens):
        return _scientific(tokens, number)
    if "/" in marks:
        return _fraction(tokens, number)
    point = next((place for place, token in enumerate(tokens) if token == ("mark", ".")), None)
    whole, decimals = (tokens, ()) if point is None else (tokens[:point], tokens[point + 1 :])
    places = sum(1 for kind, text in decimals if kind == "mark" and text in _PLACES)
    digits, _point, rest = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE):f}".partition(".")
    return _whole(whole, digits.lstrip("0")) + ("" if point is None else _decimals(decimals, rest))


def _whole(tokens: Sequence[tuple[str, str]], digits: str) -> str:
    """The digits before the point in their places, from the right; those that find none stand at the first."""
    first = next((i for i, (kind, text) in enumerate(tokens) if kind == "mark" and text in _PLACES), None)
    last = max((i for i, (kind, text) in enumerate(tokens) if kind == "mark" and text in _PLACES), default=-1)
    is_grouped = any(token == ("mark", ",") for token in tokens[first or 0 : last + 1])
    shown: list[str] = []
    count, left = 0, list(digits)

    def put(digit: str) -> None:
        nonlocal count
        if is_grouped and count and count % 3 == 0 and digit.isdigit():
            shown.append(",")
        shown.append(digit)
        count += 1

    for place in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[place]
        if kind == "mark" and text in _PLACES:
            if left:
                put(left.pop())
            elif text != "#":
                put("0" if text == "0" else " ")
            while place == first and left:
                put(left.pop())
        elif kind in ("literal", "other") or text == "%":
            shown.append(text[::-1])
    return "".join(shown)[::-1]


def _decimals(tokens: Sequence[tuple[str, str]], digits: str) -> str:
    shown, left = ["."], list(digits)
    for kind, text in tokens:
        if kind == "mark" and text in _PLACES:
            digit = left.pop(0)
            if text == "0" or any(each != "0" for each in [digit, *left]):
                shown.append(digit)
            elif text == "?":
                shown.append(" ")
        elif kind in ("literal", "other") or text == "%":
            shown.append(text)
    return "".join(shown)


def _scientific(tokens: Sequence[tuple[str, str]], number: Decimal) -> str:
    place = next(i for i, (kind, _text) in enumerate(tokens) if kind == "exponent")
    before, after = tokens[:place], tokens[place + 1 :]
    point = next((i for i, token in enumerate(before) if token == ("mark", ".")), len(before))
    width = max(1, sum(1 for kind, text in before[:point] if kind == "mark" and text in _PLACES))
    places = sum(1 for kind, text in before[point:] if kind == "mark" and text in _PLACES)
    power = (number.adjusted() // width) * width if number else 0
    mantissa = number.scaleb(-power).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if mantissa >= Decimal(10) ** width:
        power += width
        mantissa = number.scaleb(-power).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    sign = "-" if power < 0 else "+" if tokens[place][1].endswith("+") else ""
    return _shown(before, mantissa) + "E" + sign + _whole(after, str(abs(power)).lstrip("0"))


def _fraction(tokens: Sequence[tuple[str, str]], number: Decimal) -> str:
    slash = next(i for i, token in enumerate(tokens) if token == ("mark", "/"))
    under = "".join(text for _kind, text in tokens[slash + 1 :]).strip()
    fixed = int(under) if under.isdecimal() and int(under) else 0
    over = "".join(text if kind == "mark" or text == " " else "" for kind, text in tokens[:slash]).rstrip()
    value = Fraction(number)
    whole = int(value) if " " in over.strip() else 0
    rest = value - whole
    part = Fraction(round(rest * fixed), fixed) if fixed else rest.limit_denominator(10 ** max(1, len(under)) - 1)
    if not part:
        return str(whole)
    if part == 1 and whole:
        return str(whole + 1)
    numerator, denominator = (int(part * fixed), fixed) if fixed else (part.numerator, part.denominator)
    return f"{whole} {numerator}/{denominator}" if whole else f"{numerator}/{denominator}"

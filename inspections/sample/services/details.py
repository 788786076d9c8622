"""What is noted of a sample beside its checks: measures, colour, barcode, seal, where it is kept. Checked, not stored."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import get_format
from django.utils.translation import gettext as _
from stdnum import ean
from stdnum.exceptions import ValidationError as WrongNumber

from activity.errors import FieldError, InvalidInput
from inspections.rules.colours import is_possible
from inspections.rules.notation import read
from inspections.rules.readings import Beyond, ReadingError, decimal_places, parse_reading

LARGEST_MEASURE = 1_000_000
LONGEST_TEXT = 10_000
BRIGHTEST, MOST_CHROMATIC = 150, 300
MEASURES = ("length_mm", "width_mm", "height_mm", "weight_g")


@dataclass(frozen=True, slots=True)
class SampleDetails:
    """As it was sent: numbers may be text. `colour` is L*, a*, b* under D65 for the 2° observer, `colour_confirmed` whether
    somebody has said that a colour which no surface sends back is right, since this one fluoresces."""

    length_mm: object = None
    width_mm: object = None
    height_mm: object = None
    weight_g: object = None
    colour: Sequence[object] | None = None
    colour_confirmed: bool = False
    barcode: str = ""
    label_text: str = ""
    seal_number: str = ""
    kept_at: str = ""
    kept_until: date | None = None
    note: str = ""


def parse_number(
    value: object, field: str, errors: list[FieldError], *, places: int = 2, unit: str = ""
) -> Decimal | None:
    """A number in `unit`, also one that was typed with another unit of its kind; None where there is none, or an error was added."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            number = read(value, unit=unit, usual=get_format("DECIMAL_SEPARATOR"))
        else:
            number = parse_reading(value)
        if isinstance(number, Beyond):
            raise ReadingError("not_a_number", str(value))
    except ReadingError as error:
        errors.append(FieldError(field, error.code, _("“%(value)s” is not a number.") % {"value": error.value}))
        return None
    if decimal_places(number) > places:
        detail = _("At most %(places)s decimal places are kept.") % {"places": places}
        errors.append(FieldError(field, "too_precise", detail))
        return None
    return number


def parse_colour(
    value: Sequence[object] | None, errors: list[FieldError], field: str = "colour", *, is_confirmed: bool = False
) -> list[Decimal]:
    """L*, a*, b*; empty where there is none, or where an error was added.

    A colour beyond those that surfaces send back is asked about unless it `is_confirmed`: fluorescing ones go beyond.
    """
    given = list(value or ())
    if all(part is None or part == "" for part in given):
        return []
    missing = [name for name, part in zip(("l", "a", "b"), given, strict=True) if part is None or part == ""]
    if missing:
        detail = _("A colour has all three of L*, a* and b*.")
        errors.extend(FieldError(f"{field}.{name}", "required", detail) for name in missing)
        return []
    wrong: list[FieldError] = []
    numbers = [parse_number(part, f"{field}.{name}", wrong) for name, part in zip(("l", "a", "b"), given, strict=True)]
    errors.extend(wrong)
    lab = [number for number in numbers if number is not None]
    if wrong:
        return []
    shown = dict(zip(("l", "a", "b"), lab, strict=True))
    if not 0 <= lab[0] <= BRIGHTEST or max(abs(lab[1]), abs(lab[2])) >= MOST_CHROMATIC:
        detail = _("L* lies between 0 and %(most)s, a* and b* between -%(far)s and %(far)s.")
        errors.append(FieldError(field, "out_of_range", detail % {"most": BRIGHTEST, "far": MOST_CHROMATIC}))
        return []
    if not is_confirmed and not is_possible(lab):
        detail = _(
            "Only a surface that fluoresces has the colour L* %(l)s, a* %(a)s, b* %(b)s: it lies beyond the MacAdam limits "
            "under D65. Look at the numbers, their signs, and that the instrument was set to D65; if it is right, say so."
        )
        errors.append(FieldError(field, "outside_gamut", detail % shown))
        return []
    return lab


def parse_barcode(value: str, errors: list[FieldError]) -> str:
    """The digits of an EAN-8, UPC-A, EAN-13 or GTIN-14 whose check digit is right."""
    text = unicodedata.normalize("NFKC", value).strip()
    if not text:
        return ""
    try:
        return str(ean.validate(text))
    except WrongNumber:
        digits = ean.compact(text)
        if digits.isdecimal() and len(digits) in (8, 12, 13, 14):
            detail = _("The check digit of %(barcode)s is wrong: it would be %(digit)s.") % {
                "barcode": digits,
                "digit": ean.calc_check_digit(digits[:-1]),
            }
            errors.append(FieldError("barcode", "check_digit", detail))
        else:
            errors.append(FieldError("barcode", "not_a_barcode", _("An EAN or UPC has 8, 12, 13 or 14 digits.")))
        return ""


def check_details(details: SampleDetails, *, today: date) -> dict[str, Any]:
    """The values of Sample's columns. Raises InvalidInput naming every field that is wrong; `today` is of the server."""
    errors: list[FieldError] = []
    values: dict[str, Any] = {}
    for name in MEASURES:
        number = parse_number(getattr(details, name), name, errors, unit=name.rpartition("_")[2])
        if number is not None and not 0 < number < LARGEST_MEASURE:
            detail = _("Give a number above 0 and below %(most)s.") % {"most": LARGEST_MEASURE}
            errors.append(FieldError(name, "out_of_range", detail))
        values[name] = number
    lab = parse_colour(details.colour, errors, is_confirmed=details.colour_confirmed)
    values["lab_l"], values["lab_a"], values["lab_b"] = lab or (None, None, None)
    values["barcode"] = parse_barcode(details.barcode, errors)
    for name, longest in (("label_text", LONGEST_TEXT), ("note", LONGEST_TEXT), ("seal_number", 60), ("kept_at", 120)):
        text = getattr(details, name).strip()
        if len(text) > longest:
            detail = _("At most %(most)s characters are kept.") % {"most": longest}
            errors.append(FieldError(name, "too_long", detail))
        values[name] = text
    values["kept_until"] = details.kept_until
    if details.kept_until and details.kept_until < today:
        errors.append(FieldError("kept_until", "past", _("The sample cannot be kept until a day that is over.")))
    if errors:
        raise InvalidInput(errors)
    return values

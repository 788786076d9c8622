"""Uses that a law leaves open, claimed by their number in the line of a declaration: "brass, exemption 6(c)"."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from compliance.reading.restrictions import Exemption, Line

CLAIM = re.compile(
    r"(?:exempt(?:ion|ed)?|Ausnahme|豁免(?:条款)?)\s*(?:under|by|per|no\.?|nr\.?|number|号|第|:|：)?\s*"
    r"(?:annex\s+(?:III|IV)\s*,?\s*)?(\d{1,2}\s*(?:[(（]\s*[a-z]\s*[)）]|[a-z]\b)?(?:\s*[-–]\s*[IVX]+)?)",
    re.IGNORECASE,
)


def claimed(line: Line) -> str:
    """The number that a line claims, as laws write it: 6(c), 7(c)-I; empty where it claims none."""
    match = CLAIM.search(f"{line.function} {line.name}")
    if not match:
        return ""
    number = re.sub(r"\s", "", match[1]).translate(str.maketrans("（）–", "()-"))
    head, _dash, part = number.partition("-")
    head = re.sub(r"^(\d+)([a-z])$", r"\1(\2)", head.lower())
    return f"{head}-{part.upper()}" if part else head


def judged(line: Line, exemptions: Sequence[Exemption], day: date, share: Decimal) -> tuple[str, Exemption | None]:
    """What a claim is worth: "" where nothing is claimed, else unknown, over, expired, unfitting or open."""
    if not (number := claimed(line)):
        return "", None
    one = next((exemption for exemption in exemptions if exemption.number == number), None)
    if one is None:
        return "unknown", None
    if share > one.limit:
        return "over", one
    if one.until and one.until < day:
        return "expired", one
    said = f"{line.name} {line.function}".casefold()
    fits = not one.materials or any(word.casefold() in said for word in one.materials)
    return ("open" if fits else "unfitting"), one

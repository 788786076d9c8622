"""Which characteristic a title means: its code or its name in either language, with or without the unit behind it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from imports.cells import CellError
from imports.columns import plain
from inspections.models import Characteristic
from inspections.rules.units import factors_to, plain_unit

# "DIA (mm)", "DIA [mm]", "DIA / mm", "DIA, mm", "直径（mm）", "DIA in mm"
_WITH_UNIT = re.compile(
    r"(?P<name>.+?)\s*(?:[(（\[【{<]\s*(?P<inside>[^()（）\[\]【】{}<>]+?)\s*[)）\]】}>]|[,，:：/／_\-]\s*(?P<behind>[^\s,，:：/／_]+)"
    r"|\s+(?:in\s+)?(?P<spaced>\S+))\s*"
)


@dataclass(frozen=True, slots=True)
class Titled:
    """The characteristic of a title, and the unit that the title names, "" for none."""

    characteristic: Characteristic
    unit: str = ""


def titled(title: str, characteristics: Sequence[Characteristic]) -> Titled | None:
    """What a title means; None where it is no characteristic. Raises CellError where it may be two, or names another unit."""
    if found := _named(title, characteristics):
        return Titled(found)
    parts = _WITH_UNIT.fullmatch(title.strip())
    if parts is None:
        return None
    found = _named(parts["name"], characteristics)
    unit = parts["inside"] or parts["behind"] or parts["spaced"]
    if found is None:
        return None
    if plain_unit(unit) in factors_to(found.unit):
        return Titled(found, "" if plain_unit(unit) == plain_unit(found.unit) else unit)
    if not parts["inside"] or not found.is_measured:
        return None
    detail = _("The title says %(said)s, and the unit of %(code)s is %(unit)s. Convert the readings.")
    raise CellError("other_unit", detail % {"said": unit, "code": found.code, "unit": found.unit or "–"})


def _named(title: str, characteristics: Sequence[Characteristic]) -> Characteristic | None:
    """By its code as it is written, else by code or name however it is written."""
    exact = next((c for c in characteristics if c.code == title), None)
    if exact:
        return exact
    wanted = plain(title)
    found = [c for c in characteristics if wanted in {plain(name) for name in (c.code, c.name, c.name_zh) if name}]
    if len(found) > 1:
        codes = ", ".join(c.code for c in found)
        raise CellError("two_characteristics", _("This may be %(codes)s. Write the code.") % {"codes": codes})
    return found[0] if found else None

"""The tables that papers are compared with, as the readers of papers take them."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from activity.errors import FieldError, InvalidInput
from compliance.models import ReferenceEntry, ReferenceTable, Requirement
from compliance.reading.cosmetics import types_of
from compliance.reading.ingredients import names_of
from compliance.reading.manuals import Section
from compliance.reading.numbers import NumberFormat
from compliance.reading.substances import Restriction


def _entries(table: ReferenceTable) -> QuerySet[ReferenceEntry]:
    return ReferenceEntry.objects.filter(table=table, is_active=True).order_by("key")


def sections() -> list[Section]:
    return [section_of(entry.data) for entry in _entries(ReferenceTable.SECTIONS)]


def section_of(data: Mapping[str, Any]) -> Section:
    return Section(**{field: data[field] for field in Section.__slots__})


def section_names() -> dict[str, tuple[str, str]]:
    """Key -> the name in English and in Chinese."""
    return {
        entry.key: (entry.data["name_en"], entry.data["name_zh"])
        for entry in ReferenceEntry.objects.filter(table=ReferenceTable.SECTIONS)
    }


def voltages() -> dict[str, str]:
    return {entry.key: entry.data["pattern"] for entry in _entries(ReferenceTable.VOLTAGES)}


def languages(markets: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of which a manual for a market (chain, own code first) needs one; empty where nobody sorted it."""
    entries = {entry.key: entry.data["manual_languages"] for entry in _entries(ReferenceTable.LANGUAGES)}
    found: list[str] = next((entries[market] for market in markets if market in entries), [])
    return tuple(language for language in found if re.fullmatch(r"[a-z]{2,3}", language))


def number_formats() -> list[NumberFormat]:
    wanted_by: dict[str, set[str]] = {}
    for key, markets in Requirement.objects.exclude(number_format="").values_list("number_format", "markets"):
        wanted_by.setdefault(key, set()).update(markets)
    return [
        format_of(entry.data, frozenset(wanted_by.get(entry.key, ()))) for entry in _entries(ReferenceTable.NUMBERS)
    ]


def format_of(data: Mapping[str, Any], markets: frozenset[str] = frozenset()) -> NumberFormat:
    fields = ("key", "name", "regex", "on_mismatch", "check", "example_valid")
    return NumberFormat(**{field: data[field] for field in fields}, markets=markets)


def restrictions() -> list[Restriction]:
    return [restriction_of(entry.data, is_sure=entry.is_sure) for entry in _entries(ReferenceTable.SUBSTANCES)]


def restriction_of(data: Mapping[str, Any], *, is_sure: bool = True) -> Restriction:
    """Raises KeyError, ValueError or InvalidOperation for data that is none."""
    types, only = types_of(data["product_scope"])
    return Restriction(
        key=data["key"],
        name=data["name_en"],
        names=names_of(data["name_en"]) | names_of(data["inci"] or ""),
        cas=data["cas"] or "",
        list=data["list"],
        markets=frozenset(data["markets"]),
        category=data["category_scope"],
        status=data["status"],
        limit=None if data["limit"] is None else Decimal(str(data["limit"])),
        unit=data["unit"],
        scope=data["product_scope"],
        law=data["legal_basis"],
        is_group=data["group_entry"],
        applies_from=date.fromisoformat(data["applies_from"]) if data["applies_from"] else None,
        product_types=types,
        only_types=only,
        is_sure=is_sure,
    )


def check_entry(table: str, data: Mapping[str, Any]) -> None:
    """Raises InvalidInput naming what of an entry cannot be used."""
    patterns = {
        ReferenceTable.SECTIONS: ("patterns_any", "value_patterns"),
        ReferenceTable.VOLTAGES: ("pattern",),
        ReferenceTable.NUMBERS: ("regex",),
    }.get(ReferenceTable(table), ())
    errors = []
    for name in patterns:
        for pattern in data[name] if isinstance(data[name], list) else [data[name]]:
            try:
                re.compile(pattern.replace("{", "").replace("}", "") if name == "value_patterns" else pattern)
            except re.error as error:
                text = _("“%(pattern)s” is no pattern: %(error)s.") % {"pattern": pattern, "error": error}
                errors.append(FieldError(name, "no_pattern", text))
    if table == ReferenceTable.SUBSTANCES:
        try:
            restriction_of(data)
        except (KeyError, ValueError, InvalidOperation):
            errors.append(FieldError("limit", "invalid", _("Limit or date cannot be read.")))
    if errors:
        raise InvalidInput(errors)

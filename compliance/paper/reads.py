"""The tables that papers are compared with, as the readers of papers take them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from activity.errors import FieldError, InvalidInput
from compliance.models import (
    ProductFacts,
    ReferenceEntry,
    ReferenceTable,
    Requirement,
    RequirementKind,
    Verification,
)
from compliance.reading.cosmetics import types_of
from compliance.reading.ingredients import names_of
from compliance.reading.manuals import Place, Section
from compliance.reading.numbers import NumberFormat
from compliance.reading.restrictions import Exemption, Restriction
from suppliers.models import Product


class Tables:
    """The tables as they are, or as they would be if one entry said what `instead` says. Each is read once."""

    def __init__(self, instead: ReferenceEntry | None = None) -> None:
        self._instead = instead

    def _entries(self, table: ReferenceTable) -> list[ReferenceEntry]:
        entries = list(ReferenceEntry.objects.filter(table=table).order_by("key"))
        other = self._instead
        if other is not None and other.table == table:
            said = [entry for entry in entries if entry.key != other.key]
            entries = sorted([*said, other], key=lambda entry: entry.key)
        return [entry for entry in entries if entry.is_active]

    @cached_property
    def sections(self) -> list[Section]:
        return [section_of(entry.data) for entry in self._entries(ReferenceTable.SECTIONS)]

    @cached_property
    def voltages(self) -> dict[str, str]:
        return {entry.key: entry.data["pattern"] for entry in self._entries(ReferenceTable.VOLTAGES)}

    @cached_property
    def _languages(self) -> dict[str, list[str]]:
        return {entry.key: entry.data["manual_languages"] for entry in self._entries(ReferenceTable.LANGUAGES)}

    @cached_property
    def _with_law_of_languages(self) -> set[str]:
        """The markets of which the table says something, be it that nothing is compared."""
        return set(ReferenceEntry.objects.filter(table=ReferenceTable.LANGUAGES).values_list("key", flat=True))

    def languages(self, markets: Sequence[str], place: Place) -> tuple[str, ...]:
        """Of which a manual for a market (chain, own code first) needs one; empty where nobody sorted it.

        What the table says of its law goes before what is spoken there.
        """
        if place.market not in self._with_law_of_languages:
            return place.languages
        found: list[str] = next((self._languages[market] for market in markets if market in self._languages), [])
        return tuple(language for language in found if re.fullmatch(r"[a-z]{2,3}", language))

    @cached_property
    def number_formats(self) -> list[NumberFormat]:
        wanted_by: dict[str, set[str]] = {}
        for key, markets in Requirement.objects.exclude(number_format="").values_list("number_format", "markets"):
            wanted_by.setdefault(key, set()).update(markets)
        entries = self._entries(ReferenceTable.NUMBERS)
        return [format_of(entry.data, frozenset(wanted_by.get(entry.key, ()))) for entry in entries]

    @cached_property
    def standards(self) -> frozenset[str]:
        """The standards that requirements ask for, without their editions."""
        asked = Requirement.objects.filter(asks__has_key="standards").values_list("asks__standards", flat=True)
        return frozenset(name.partition(":")[0] for groups in asked for group in groups for name in group)

    @cached_property
    def restrictions(self) -> list[Restriction]:
        entries = self._entries(ReferenceTable.SUBSTANCES)
        return [
            restriction_of(entry.data, is_sure=entry.is_sure, is_confirmed=entry.confirmed_by_id is not None)
            for entry in entries
        ]


def section_names() -> dict[str, tuple[str, str]]:
    """Key -> the name in English and in Chinese."""
    return {
        entry.key: (entry.data["name_en"], entry.data["name_zh"])
        for entry in ReferenceEntry.objects.filter(table=ReferenceTable.SECTIONS)
    }


def section_of(data: Mapping[str, Any]) -> Section:
    return Section(**{field: data[field] for field in Section.__slots__})


def format_of(data: Mapping[str, Any], markets: frozenset[str] = frozenset()) -> NumberFormat:
    fields = ("key", "name", "regex", "on_mismatch", "check", "example_valid")
    return NumberFormat(**{field: data[field] for field in fields}, markets=markets)


def restriction_of(data: Mapping[str, Any], *, is_sure: bool = True, is_confirmed: bool = False) -> Restriction:
    """Raises KeyError, ValueError, TypeError, AttributeError or InvalidOperation for data that is none. What a person confirmed is sure in every
    market that it names, what was read in a law in those for which it was."""
    types, only = (
        (frozenset(data["types"]), data.get("only_types", False))
        if "types" in data
        else types_of(data["product_scope"])
    )
    names = [data["name_en"], data["inci"] or "", data.get("name_zh") or "", *data.get("names", ())]
    read_in = data.get("verified_markets")
    return Restriction(
        key=data["key"],
        name=data["name_en"],
        names=frozenset().union(*map(names_of, names)),
        cas=data["cas"] or "",
        list=data["list"],
        markets=frozenset(data["markets"]),
        category=data["category_scope"],
        status=data["status"],
        limit=_decimal(data["limit"]),
        unit=data["unit"],
        scope=data["product_scope"],
        law=data["legal_basis"],
        is_group=data["group_entry"],
        applies_from=_date(data["applies_from"]),
        product_types=types,
        only_types=only,
        is_sure=is_sure,
        is_professional=data.get("professional", False),
        others_free=data.get("others_free", False),
        numbers=frozenset(filter(None, [data["cas"], *data.get("numbers", ())])),
        factors={cas: Decimal(str(factor)) for cas, factor in data.get("factors", {}).items()},
        expressed_as=data.get("expressed_as", ""),
        least=_decimal(data.get("least")),
        rinse_off=_decimal(data.get("rinse_off")),
        under_age=data.get("under_age"),
        is_nano=data.get("nano", False),
        exemptions=tuple(map(_exemption, data.get("exemptions", ()))),
        sure_in=None if is_confirmed or read_in is None else frozenset(read_in),
    )


def _exemption(data: Mapping[str, Any]) -> Exemption:
    return Exemption(
        number=data["number"],
        limit=Decimal(str(data["limit"])),
        until=_date(data["until"]),
        materials=tuple(data.get("materials", ())),
        is_sure=data["verification"] == Verification.VERIFIED,
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


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
        except (KeyError, ValueError, InvalidOperation, TypeError, AttributeError):
            errors.append(FieldError("limit", "invalid", _("Limit or date cannot be read.")))
    if errors:
        raise InvalidInput(errors)


def models_of(product: Product) -> tuple[str, ...]:
    """The model numbers by which papers know a product; without one nobody can tell whether a paper is about it."""
    facts: ProductFacts | None = getattr(product, "facts", None)
    said = [*(facts.model_numbers if facts else ()), product.model_code]
    return tuple(dict.fromkeys(filter(None, said)))


def battery_models_of(product: Product) -> tuple[str, ...]:
    """The model numbers of the cells and batteries in a product, by which their papers know them."""
    facts: ProductFacts | None = getattr(product, "facts", None)
    return tuple(facts.battery_models) if facts else ()


# Whose papers are issued in the market itself. A declaration may be signed, and a report written, anywhere.
ISSUED_THERE = frozenset(
    {RequirementKind.CERTIFICATION, RequirementKind.REGISTRATION, RequirementKind.RESPONSIBLE_PERSON}
)


def date_order(requirement: Requirement) -> str:
    """In which order days and months stand in papers that are issued in that market: month first in the US alone."""
    if requirement.jurisdiction == "US":
        signs_there = requirement.kind == RequirementKind.DECLARATION_OF_CONFORMITY and "person" in requirement.asks
        return "mdy" if signs_there or requirement.kind in ISSUED_THERE else ""
    return "dmy" if requirement.jurisdiction and requirement.kind in ISSUED_THERE else ""

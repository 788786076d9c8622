"""Whether an entry of a table that papers are compared with would stop fewer of them than now. Pure (R13)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Judge = Callable[[Any, Any], bool]


def _more(before: list, after: list) -> bool:
    return "*" in after or ("*" not in before and {*before} <= {*after})


def _fewer_of_which_one_is_enough(before: list, after: list) -> bool:
    return bool(after) and {*after} <= {*before}


def _lower(before: Any, after: Any) -> bool:
    return before is not None and after is not None and Decimal(str(after)) <= Decimal(str(before))


def _earlier(before: str | None, after: str | None) -> bool:
    return after is None or (before is not None and after <= before)


def _becomes(strictest: Any) -> Judge:
    return lambda before, after: after == strictest


def _filled_in(before: Any, after: Any) -> bool:
    return not before


# What says nothing about which paper is stopped.
WORDS = {
    "note",
    "source",
    "legal_basis",
    "example_wording",
    "example_valid",
    "example_invalid",
    "name",
    "english_enough",
}
# Table -> field -> whether the entry is at least as strict with it as before. A field that is not named is not.
STRICTER: Mapping[str, Mapping[str, Judge]] = {
    "substances": {
        "limit": _lower,
        "markets": _more,
        "applies_from": _earlier,
        "status": _becomes("prohibited"),
        "name_en": _filled_in,
        "name_zh": _filled_in,
        "inci": _filled_in,
        "cas": _filled_in,
    },
    "manual_sections": {
        "categories": _more,
        "markets": _more,
        "severity": _becomes("block"),
        "patterns_any": _fewer_of_which_one_is_enough,
        "name_en": lambda before, after: True,
        "name_zh": lambda before, after: True,
    },
    "manual_language_rules": {"manual_languages": _fewer_of_which_one_is_enough},
    "number_formats": {"on_mismatch": _becomes("block"), "check": _filled_in},
}


def stops_less(table: str, before: Mapping[str, Any], after: Mapping[str, Any], *, was: bool, will: bool) -> bool:
    """Whether any paper that the entry stops may pass once it says `after`; what cannot be told does.

    Both are the data of the entry; `was` and `will` say whether papers are compared with it.
    """
    if not was:
        return False
    rules = STRICTER.get(table, {})
    return not will or any(
        not (name in WORDS or (name in rules and rules[name](before.get(name), after[name])))
        for name in after
        if after[name] != before.get(name)
    )

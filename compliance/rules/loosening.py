"""Whether a requirement's new text lets papers count that did not, or asks less of them. Pure (R13)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from compliance.rules.requirements import ALL, PlatformRule, Rule


def loosens(before: Rule, after: Rule) -> bool:
    """Whether any paper may count longer, later or with less by `after` than by `before`; what cannot be told does.

    When it applies to which category, market and trait is not looked at: that shows in what a listing is asked.
    """
    return (
        after.validity_type != before.validity_type
        or _is_longer(before.validity_months, after.validity_months)
        or _is_longer(before.policy_max_age_months, after.policy_max_age_months)
        or not all(any(_is_as_strict(kept, wish) for kept in after.platform_rules) for wish in before.platform_rules)
        or (after.group != "" and after.group != before.group)
        or _asks_an_older_edition(before, after)
        or (after.applies_from or date.min) > (before.applies_from or date.min)
        or (after.applies_until or date.max) < (before.applies_until or date.max)
    )


def asks_less(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a requirement's new text, apart from what `loosens` looks at, concerns less or wants less of a paper.

    Both as a revision has them (field -> value, as JSON holds it). What cannot be told does.
    """
    return (
        (before["severity"] == "block" and after["severity"] != "block")
        or (before["is_ban"] and not after["is_ban"])
        or any(_names_fewer(before[name], after[name]) for name in ("categories", "markets"))
        or any(not set(before[name]) >= set(after[name]) for name in ("categories_exclude", "traits_all"))
        or (
            bool(after["traits_any"])
            and not (before["traits_any"] and {*before["traits_any"]} <= {*after["traits_any"]})
        )
        or not set(before["fields"]) <= set(after["fields"])
        or set(before["evidence"]) != set(after["evidence"])
        or any(name not in after["asks"] or after["asks"][name] != wish for name, wish in before["asks"].items())
        or (before["number_format"] not in ("", after["number_format"]))
        or before["kind"] != after["kind"]
    )


def _names_fewer(before: list[str], after: list[str]) -> bool:
    return ALL not in after and not set(before) <= set(after)


def _is_longer(before: int | None, after: int | None) -> bool:
    """None: no limit."""
    return before is not None and (after is None or after > before)


def _asks_an_older_edition(before: Rule, after: Rule) -> bool:
    if not before.edition or not before.edition_from:
        return False
    return after.edition != before.edition or after.edition_from is None or after.edition_from > before.edition_from


def _is_as_strict(kept: PlatformRule, wish: PlatformRule) -> bool:
    return (
        kept.platform == wish.platform
        and (ALL in kept.markets or kept.markets >= wish.markets)
        and not _is_longer(wish.max_age_days, kept.max_age_days)
        and (kept.min_remaining_days or 0) >= (wish.min_remaining_days or 0)
    )

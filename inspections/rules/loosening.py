"""What a version of a specification asks less than the one in force, and what it asks more. Pure.

Each difference loosens, tightens or is neutral. What cannot be compared (a limit in a unit that is not convertible, a field
that nobody has judged here, plans of two kinds that do not order) counts as loosening: a person looks at it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inspections.sampling.plans import NONCONFORMITIES, Plan
from inspections.sampling.schemes import CLASSES, VARIABLES_LEVELS, Rule, Scheme, TabledRule, VariablesRule

LOOSENS, TIGHTENS, NEUTRAL = "loosens", "tightens", "neutral"
GONE, ADDED = "gone", "added"
# General and special levels by the size of sample that they lead to.
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
# The last lot size of each line of ISO 2859-1, table 1, and the first of the next: where a plan changes.
LOTS = tuple(
    sorted({size for last in (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
            for size in (last, last + 1)} | {2, 1_000_000})
)  # fmt: skip
# What a unit is of its kind's first one.
UNITS = {
    "µm": ("length", Decimal("0.001")), "um": ("length", Decimal("0.001")), "mm": ("length", Decimal(1)),
    "cm": ("length", Decimal(10)), "m": ("length", Decimal(1000)),
    "mg": ("mass", Decimal("0.001")), "g": ("mass", Decimal(1)), "kg": ("mass", Decimal(1000)),
    "ml": ("volume", Decimal(1)), "l": ("volume", Decimal(1000)),
    "ms": ("time", Decimal(1)), "s": ("time", Decimal(1000)), "min": ("time", Decimal(60_000)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """`code` is that of a characteristic, or empty where `what` is a part of the scheme: a class's name, "drift",
    "first_batches_in_full", "counts" or "variables". Of a characteristic `what` is a field, GONE or ADDED."""

    code: str
    what: str
    effect: str

    def as_dict(self) -> dict[str, str]:
        return {"characteristic": self.code, "what": self.what, "effect": self.effect}


Facts = Mapping[str, Any]  # the fields of a characteristic by name, as stored


def differences(
    before: Sequence[Facts], scheme_before: Mapping[str, Any], after: Sequence[Facts], scheme_after: Mapping[str, Any]
) -> list[Difference]:
    """Characteristic by characteristic, then the scheme. Both schemes are ones that `Scheme.from_dict` accepts."""
    was, now = {each["code"]: each for each in before}, {each["code"]: each for each in after}
    old, new = Scheme.from_dict(dict(scheme_before)), Scheme.from_dict(dict(scheme_after))
    found = [Difference(code, ADDED, TIGHTENS) for code in now if code not in was]
    found += [Difference(code, GONE, LOOSENS) for code in was if code not in now]
    for code, facts in now.items():
        if code in was:
            found += _of_characteristic(code, was[code], facts, old, new)
    return found + list(_of_scheme(old, new))


def loosening(found: Sequence[Difference]) -> list[Difference]:
    return [each for each in found if each.effect == LOOSENS]


# Characteristics


def _of_characteristic(code: str, was: Facts, now: Facts, old: Scheme, new: Scheme) -> Iterator[Difference]:
    for name in now:
        if was.get(name) == now[name]:
            continue
        if name == "variables":
            effect = _variables(_rule_of(was, old), _rule_of(now, new), _aql_of(was, old))
        else:
            effect = _FIELDS.get(name, _unknown)(was, now)
        yield Difference(code, name, effect)


def _unknown(was: Facts, now: Facts) -> str:
    return LOOSENS


def _neutral(was: Facts, now: Facts) -> str:
    return NEUTRAL


def _class(was: Facts, now: Facts) -> str:
    lower = CLASSES.index(now["nonconformity_class"]) > CLASSES.index(was["nonconformity_class"])
    return LOOSENS if lower else TIGHTENS


def _measured(was: Facts, now: Facts) -> str:
    return TIGHTENS if now["is_measured"] else LOOSENS


def _unit(was: Facts, now: Facts) -> str:
    """By itself a unit changes nothing where it converts; the limits are compared by what they come to."""
    return NEUTRAL if not (was["is_measured"] and now["is_measured"]) or _scale(was, now) else LOOSENS


def _scale(was: Facts, now: Facts) -> Decimal | None:
    """What a number of `now` is multiplied by to be one of `was`; None where nobody can tell."""
    before, after = was["unit"].strip().lower(), now["unit"].strip().lower()
    if before == after:
        return Decimal(1)
    if before in UNITS and after in UNITS and UNITS[before][0] == UNITS[after][0]:
        return UNITS[after][1] / UNITS[before][1]
    return None


def _limit(name: str, wider: int) -> Callable[[Facts, Facts], str]:
    """`wider` is 1 where a higher limit is wider, -1 where a lower one is."""

    def compare(was: Facts, now: Facts) -> str:
        before, after = was[name], now[name]
        if not (was["is_measured"] and now["is_measured"]):
            return NEUTRAL  # told by the kind of check
        if after is None:
            return LOOSENS
        if before is None:
            return TIGHTENS
        scale = _scale(was, now)
        if scale is None:
            return LOOSENS
        further = (after * scale - before) * wider
        return NEUTRAL if not further else LOOSENS if further > 0 else TIGHTENS

    return compare


# The variables plan is compared with the schemes at hand. A field that is missing here loosens, whatever it says.
_FIELDS: dict[str, Callable[[Facts, Facts], str]] = {
    "code": _neutral,
    "name": _neutral,
    "name_zh": _neutral,
    "aspect": _neutral,
    "target": _neutral,
    "method": _neutral,
    "method_zh": _neutral,
    "picture": _neutral,
    "nonconformity_class": _class,
    "is_measured": _measured,
    "unit": _unit,
    "lower": _limit("lower", -1),
    "upper": _limit("upper", 1),
}
COMPARED = frozenset(_FIELDS) | {"variables"}


def _rule_of(facts: Facts, scheme: Scheme) -> VariablesRule | None:
    """As `Characteristic.variables_rule`."""
    if facts["variables"]:
        return VariablesRule.from_dict(facts["variables"])
    return scheme.variables if facts["is_measured"] and facts["nonconformity_class"] != "critical" else None


def _aql_of(facts: Facts, scheme: Scheme) -> str | None:
    """The AQL by which it was counted in its class; None where its class accepts on zero or has a plan of another kind."""
    rule = scheme.rules.get(facts["nonconformity_class"])
    return rule.aql if isinstance(rule, TabledRule) else None


def _variables(before: VariablesRule | None, after: VariablesRule | None, counted_by: str | None) -> str:
    if before == after:
        return NEUTRAL
    if after is None:
        return LOOSENS
    if before is None:
        return TIGHTENS if counted_by and Fraction(after.aql) <= Fraction(counted_by) else LOOSENS
    higher_aql = Fraction(after.aql) - Fraction(before.aql)
    lower_level = VARIABLES_LEVELS.index(before.level) - VARIABLES_LEVELS.index(after.level)
    if higher_aql > 0 or lower_level > 0:
        return LOOSENS
    return TIGHTENS if higher_aql or lower_level else NEUTRAL


# The scheme


def _of_scheme(old: Scheme, new: Scheme) -> Iterator[Difference]:
    for name in CLASSES:
        effect = _class_plan(old, new, name)
        if effect != NEUTRAL:
            yield Difference("", name, effect)
    if _counts_nonconformities(old) != _counts_nonconformities(new):
        yield Difference("", "counts", TIGHTENS if _counts_nonconformities(new) else LOOSENS)
    if old.variables != new.variables:
        aqls = [rule.aql for rule in old.rules.values() if isinstance(rule, TabledRule)]
        strictest = min(aqls, key=Fraction) if aqls and len(aqls) == len(old.rules) else None
        yield Difference("", "variables", _variables(old.variables, new.variables, strictest))
    if old.first_batches_in_full != new.first_batches_in_full:
        fewer = new.first_batches_in_full < old.first_batches_in_full
        yield Difference("", "first_batches_in_full", LOOSENS if fewer else TIGHTENS)
    if old.drift_tightens != new.drift_tightens:
        yield Difference("", "drift", TIGHTENS if new.drift_tightens else LOOSENS)


def _counts_nonconformities(scheme: Scheme) -> bool:
    return scheme.definition.get("counts") == NONCONFORMITIES


def _class_plan(old: Scheme, new: Scheme, name: str) -> str:
    before, after = old.rules.get(name), new.rules.get(name)
    if before == after or (name != "critical" and None in (before, after)):
        return NEUTRAL  # of a class that only one of them plans nothing is in both
    if isinstance(before, TabledRule) and isinstance(after, TabledRule):
        return _tabled(before, after)
    stricter = _dominates(_plans(new, after, name), _plans(old, before, name))
    looser = _dominates(_plans(old, before, name), _plans(new, after, name))
    return NEUTRAL if stricter and looser else TIGHTENS if stricter else LOOSENS


def _tabled(before: TabledRule, after: TabledRule) -> str:
    """By AQL and level: single, double and multiple plans of one AQL are made to accept alike."""
    steps = [
        Fraction(after.aql) - Fraction(before.aql),
        Fraction(LEVELS.index(before.level) - LEVELS.index(after.level)),
        Fraction(_allowed_in_full(after) - _allowed_in_full(before)) if before.acceptance != after.acceptance else 0,
    ]
    if any(step > 0 for step in steps):
        return LOOSENS
    return TIGHTENS if any(step < 0 for step in steps) else NEUTRAL


def _allowed_in_full(rule: TabledRule) -> int:
    """In the largest lot that is inspected in full."""
    return rule.full_inspection(LOTS[-1], "normal").acceptance


def _plans(scheme: Scheme, rule: Rule | None, name: str) -> list[Plan]:
    if rule is None:
        return [scheme.plans(size, classes=[name])[name] for size in LOTS]
    return [rule.plan(size, "normal") for size in LOTS]


def _dominates(strict: Sequence[Plan], easy: Sequence[Plan]) -> bool:
    """Whether every sample that a plan of `strict` accepts would be accepted by that of `easy`, in lots of all sizes.

    So it is where never fewer units are taken and never more of them may be bad, at whatever stage it is decided.
    """
    return all(
        min(stage.sample_size for stage in one.all_stages if stage.acceptance is not None) >= other.sample_size
        and one.acceptance <= min(stage.rejection for stage in other.all_stages) - 1
        for one, other in zip(strict, easy, strict=True)
    )

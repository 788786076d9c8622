"""What a version of a specification asks less than the one in force, and what it asks more. Pure.

Each difference loosens, tightens or is neutral. What cannot be compared (a limit in a unit that is not convertible, a field
that nobody has judged here, plans of two kinds that do not order) counts as loosening: a person looks at it. So does another
meaning under the same code: nobody but a person tells a mended spelling from a check that looks at something else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inspections.rules.units import factors_to, plain_unit
from inspections.sampling.own import OwnRule
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
        elif name == "sampling":
            effect = _sampling(was, now, old, new)
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
    return LOOSENS  # one that is measured looks at something else than one that conforms or not


# What says what is looked at: each with the field that says it in the other language.
_WORDS = {"name": "name_zh", "name_zh": "name", "method": "method_zh", "method_zh": "method"}
MEANING = (*_WORDS, "aspect", "picture")


def means_another(was: Facts, now: Facts) -> bool:
    """Whether a check, though its code is the same, may look at something else: by any of MEANING."""
    return any(_FIELDS[name](was, now) == LOOSENS for name in MEANING)


def _meaning(name: str) -> Callable[[Facts, Facts], str]:
    """A translation that was missing and a first picture say the same in one more way."""

    def compare(was: Facts, now: Facts) -> str:
        if was[name] == now[name]:
            return NEUTRAL
        other = _WORDS.get(name)
        is_translated = other is not None and bool(was[other]) and was[other] == now[other]
        return NEUTRAL if not was[name] and (is_translated or name == "picture") else LOOSENS

    return compare


def _target(was: Facts, now: Facts) -> str:
    """What is expected of a reading; a first one says more."""
    if not (was["is_measured"] and now["is_measured"]) or was["target"] is None:
        return NEUTRAL
    scale = _scale(was, now)
    same = now["target"] is not None and scale is not None and now["target"] * scale == was["target"]
    return NEUTRAL if same else LOOSENS


def _unit(was: Facts, now: Facts) -> str:
    """Another one is no other check only where every limit comes to what it was."""
    if not (was["is_measured"] and now["is_measured"]):
        return NEUTRAL
    return NEUTRAL if _scale(was, now) and all(_same(was, now, name) for name in ("lower", "upper")) else LOOSENS


def _same(was: Facts, now: Facts, name: str) -> bool:
    """Whether a limit comes to the same once it is in the unit of `was`."""
    scale = _scale(was, now)
    if None in (was[name], now[name], scale):
        return was[name] is None and now[name] is None
    return bool(now[name] * scale == was[name])


def _scale(was: Facts, now: Facts) -> Decimal | None:
    """What a number of `now` is multiplied by to be one of `was`; None where nobody can tell."""
    before, after = plain_unit(was["unit"]), plain_unit(now["unit"])
    return Decimal(1) if before == after else factors_to(before).get(after)


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
    "target": _target,
    "nonconformity_class": _class,
    "is_measured": _measured,
    "unit": _unit,
    "lower": _limit("lower", -1),
    "upper": _limit("upper", 1),
} | {name: _meaning(name) for name in MEANING}
COMPARED = frozenset(_FIELDS) | {"variables", "sampling"}


def _rule_of(facts: Facts, scheme: Scheme) -> VariablesRule | None:
    """As `Characteristic.variables_rule`."""
    if facts["variables"]:
        return VariablesRule.from_dict(facts["variables"])
    is_estimated = facts["is_measured"] and facts["nonconformity_class"] != "critical" and not facts["sampling"]
    return scheme.variables if is_estimated else None


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


def _sampling(was: Facts, now: Facts, old: Scheme, new: Scheme) -> str:
    """By the plans that it is judged by in lots of all sizes, its own or those of its class."""
    if _rule_of(was, old) or _rule_of(now, new):
        return LOOSENS  # from or to an estimate: these do not order
    before, after = _plans_of(was, old), _plans_of(now, new)
    stricter, looser = _dominates(after, before), _dominates(before, after)
    return NEUTRAL if stricter and looser else TIGHTENS if stricter else LOOSENS


def _plans_of(facts: Facts, scheme: Scheme) -> list[Plan]:
    name = facts["nonconformity_class"]
    if facts["sampling"]:
        own = OwnRule.from_dict(facts["sampling"])
        return [own.plan(scheme.rules.get(name), size) for size in LOTS]
    return _plans(scheme, scheme.rules.get(name), name)


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

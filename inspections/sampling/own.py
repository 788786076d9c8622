"""A sampling of its own for one check, beside the plan of its class (ISO 2859-1:1999, 10.1).

The special levels S-1 to S-4 are for tests where small samples must do and larger risks can be borne; a fixed number of units of
which none may be nonconforming is what destructive tests are agreed on.
"""

from dataclasses import dataclass

from . import standard as tables
from .computed import plan_of
from .errors import SamplingError
from .plans import UNITS, Plan, find_plan
from .schemes import Rule, TabledRule, is_zero

FIELD = "sampling"
ZERO = "0"


@dataclass(frozen=True, slots=True)
class OwnRule:
    """How the plan of a check is found: `n` units of which none may be nonconforming, or by `level` and `aql`.

    `aql` left open is that of the class, whose standard, kind and severity hold either way; "0" accepts on zero.
    """

    level: str | None = None
    aql: str | None = None
    n: int | None = None

    @classmethod
    def from_dict(cls, definition: object) -> "OwnRule":
        """From {"level"}, {"level", "aql"} or {"n"}. Raises SamplingError naming `sampling`."""
        if not isinstance(definition, dict) or set(definition) not in ({"level"}, {"level", "aql"}, {"n"}):
            raise SamplingError("own_sampling", field=FIELD)
        if "n" in definition:
            n = definition["n"]
            n = int(n) if isinstance(n, str) and n.isascii() and n.isdigit() else n
            if isinstance(n, bool) or not isinstance(n, int) or n < 1:
                raise SamplingError("whole_number", field=FIELD, value=definition["n"], lowest=1)
            return cls(n=n)
        level = definition["level"]
        if level not in tables.LEVELS:
            raise SamplingError("level", field=FIELD, value=level, choices=", ".join(tables.LEVELS))
        if "aql" not in definition or is_zero(definition["aql"]):
            return cls(level=level, aql=ZERO if "aql" in definition else None)
        try:
            return cls(level=level, aql=tables.normalise_aql(definition["aql"]))
        except SamplingError as error:
            raise SamplingError(error.code, **error.params | {"field": FIELD}) from None

    def as_dict(self) -> dict:
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}

    def plan(self, of_class: Rule | None, lot_size: int, severity: str = "normal") -> Plan:
        """The plan of one batch. `of_class` is the rule of its class in the scheme, None where that accepts on zero over the
        others' sample: then a level gives the size of its code letter, and none may be nonconforming.

        Raises SamplingError where a level is asked for and the class has no AQL.
        """
        if self.n is not None:
            size = min(self.n, lot_size)
            return plan_of(size, lot_size, 0, kind="fixed", severity=severity, counts=UNITS)
        level = self.level or "II"
        if self.aql == ZERO or (self.aql is None and of_class is None):
            return _accept_on_zero(lot_size, level, severity)
        if self.aql is None and not isinstance(of_class, TabledRule):
            raise SamplingError("own_level_needs_aql", field=FIELD)
        rule = of_class if isinstance(of_class, TabledRule) else None
        try:
            return find_plan(
                lot_size=lot_size,
                level=level,
                aql=self.aql or (rule.aql if rule else ""),
                severity=severity,
                kind=rule.kind if rule else "single",
                standard=rule.standard if rule else None,
                counts=rule.counts if rule and self.aql is None else None,
            )
        except SamplingError as error:
            raise SamplingError(error.code, **error.params | {"field": FIELD}) from None


def _accept_on_zero(lot_size: int, level: str, severity: str) -> Plan:
    """As many units as the code letter of the level takes, none nonconforming."""
    size = 1
    if lot_size > 1:
        letter = tables.code_letter(lot_size, level)
        table = tables.master_table(tables.ISO, "single", severity)
        cells = (table[letter, aql] for aql in tables.AQLS)
        size = next(cell.stages[-1][0] for cell in cells if cell.effective_letter == letter)
    return plan_of(min(size, lot_size), lot_size, 0, kind="fixed", severity=severity, counts=UNITS)

"""A sampling scheme: the agreement on how the plan of every batch of a product is found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor
from typing import Any

from . import standard as tables
from .computed import c0_sample_size, limiting_quality_plan, percentage_sample_size, plan_of
from .errors import SamplingError
from .plans import NONCONFORMITIES, UNITS, Plan, Stage, check_severity, find_plan

CLASSES = ("critical", "major", "minor")
COMPUTED_KINDS = ("lq", "c0", "percentage", "fixed", "all")
SCHEME_KINDS = tables.KINDS + COMPUTED_KINDS
_KEYS_OF_KIND = {
    "lq": ("lq", "consumer_risk"),
    "c0": ("ltpd", "consumer_risk"),
    "percentage": ("percent", "min", "max"),
    "fixed": ("n",),
    "all": (),
}
_COMMON_KEYS = ("kind", "counts", "acceptance")
_TABLED_KEYS = ("standard", "level", "aql")
VARIABLES_LEVELS = ("S-3", "S-4", "I", "II", "III")
VARIABLES_AQLS = ("0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10")
_SCHEME_KEYS = ("critical", "first_batches_in_full", "variables", "drift")
WARN, TIGHTEN = "warn", "tighten"


@dataclass(frozen=True, slots=True)
class TabledRule:
    """A class whose plan is looked up in a standard. `acceptance` is that of batches inspected in full."""

    kind: str
    aql: str
    standard: str | None
    level: str
    counts: str | None
    acceptance: int | None

    def plan(self, lot_size: int, severity: str) -> Plan:
        return find_plan(
            lot_size=lot_size, level=self.level, aql=self.aql, severity=severity,
            kind=self.kind, standard=self.standard, counts=self.counts,
        )  # fmt: skip

    def full_inspection(self, lot_size: int, severity: str) -> Plan:
        """Every unit of the lot. Without an acceptance number of its own it accepts the share that the AQL names.

        An acceptance number made for a sample would reject every whole lot of the quality that it is meant to accept.
        """
        acceptance = floor(lot_size * Fraction(self.aql) / 100) if self.acceptance is None else self.acceptance
        counts = self.plan(lot_size, severity).counts
        return plan_of(lot_size, lot_size, acceptance, kind="all", severity=severity, counts=counts)


@dataclass(frozen=True, slots=True)
class ComputedRule:
    """A class whose plan is computed: lq and c0 with `percent` as the limiting quality, or `percent` of the lot between two numbers.

    Of lq `acceptance` is lowered where a lot at the limiting quality holds no more nonconforming units than that.
    """

    kind: str
    counts: str
    acceptance: int
    percent: Fraction = Fraction(100)
    consumer_risk: Fraction = Fraction(1, 10)
    lowest: int = 1
    highest: int | None = None

    def plan(self, lot_size: int, severity: str) -> Plan:
        acceptance = self.acceptance
        if self.kind == "lq":
            size, acceptance = limiting_quality_plan(lot_size, self.percent, self.consumer_risk, acceptance)
        elif self.kind == "c0":
            size = c0_sample_size(lot_size, self.percent, self.consumer_risk)
        else:
            size = percentage_sample_size(lot_size, self.percent, lowest=self.lowest, highest=self.highest)
        return plan_of(size, lot_size, acceptance, kind=self.kind, severity=severity, counts=self.counts)

    def full_inspection(self, lot_size: int, severity: str) -> Plan:
        return plan_of(lot_size, lot_size, self.acceptance, kind="all", severity=severity, counts=self.counts)


Rule = TabledRule | ComputedRule


@dataclass(frozen=True, slots=True)
class VariablesRule:
    """How the variables plan of a measured characteristic is found, see `variables.find_variables_plan`.

    `form` 1 judges by k, for one limit only; form 2 by M.
    """

    aql: str
    level: str = "II"
    form: int = 2

    @classmethod
    def from_dict(cls, definition: object, field: str = "variables") -> "VariablesRule":
        """From `aql`, `level` and `form`. Raises SamplingError naming what is wrong below `field`."""
        if not isinstance(definition, dict) or "aql" not in definition:
            raise SamplingError("missing", field=f"{field}.aql")
        for key in definition:
            if key not in ("aql", "level", "form"):
                raise SamplingError("unknown_key", field=f"{field}.{key}", value=key)
        try:
            aql = tables.normalise_aql(definition["aql"])
        except SamplingError as error:
            raise SamplingError(error.code, **error.params | {"field": f"{field}.aql"}) from None
        if aql not in VARIABLES_AQLS:
            raise SamplingError("variables_aql", field=f"{field}.aql", value=aql)
        level = definition.get("level", "II")
        if level not in VARIABLES_LEVELS:
            raise SamplingError("level", field=f"{field}.level", value=level, choices=", ".join(VARIABLES_LEVELS))
        form = definition.get("form", 2)
        if isinstance(form, bool) or form not in (1, 2):
            raise SamplingError("form", field=f"{field}.form", value=form)
        return cls(aql, level, form)

    def as_dict(self) -> dict:
        return {"aql": self.aql, "level": self.level, "form": self.form}

    def check_limits(self, lower: object, upper: object, field: str = "variables") -> None:
        """Raises SamplingError where a characteristic with these limits (None: there is none) cannot be judged so."""
        if lower is not None and upper is not None:
            if self.form == 1:
                raise SamplingError("form_one_sided", field=f"{field}.form")
            if lower == upper:
                raise SamplingError("no_tolerance", field=f"{field}.aql", value=lower)


@dataclass(frozen=True, slots=True)
class Scheme:
    """Frozen; made by `from_dict`, which checks all of it.

    JSON form: `kind` (single, double, multiple: with `standard`, `level` and `aql` per class; lq: the limiting quality in
    percent, one for all or per class, and `consumer_risk` as a fraction; c0: `ltpd` in percent and `consumer_risk`; percentage: `percent`, `min`, `max`; fixed: `n`; all), and optionally `counts`
    (units or nonconformities), `acceptance` per class (default 0) for kinds without a table, `critical` (a plan of its
    own in the same form), `first_batches_in_full`, `drift` (warn, the default, or tighten: what a drift does to the next
    plans; tabled kinds only), and `variables`: the `aql`, `level` and `form` (1 or 2, default) of the
    variables plan by which each measured characteristic of the classes major and minor is judged, instead of being
    counted in its class.
    """

    rules: dict[str, Rule]
    definition: dict = field(compare=False)
    first_batches_in_full: int = 0
    variables: VariablesRule | None = None

    @classmethod
    def from_dict(cls, definition: dict) -> "Scheme":
        """Raises SamplingError naming the first field that is missing, unknown or impossible."""
        if not isinstance(definition, dict):
            raise SamplingError("missing", field="kind")
        own = definition.get("critical")
        if isinstance(own, dict) and set(own) == {"aql"} and is_zero(own["aql"]):
            own = None
        tabled = definition.get("kind", "single") not in COMPUTED_KINDS
        rules = _rules(definition, classes=CLASSES if own is None and tabled else CLASSES[1:], extra_keys=_SCHEME_KEYS)
        if own is not None:
            if not isinstance(own, dict):
                raise SamplingError("missing", field="critical.kind")
            own = {key: definition[key] for key in ("kind", "standard", "level") if key in definition} | own
            if "aql" in own and not isinstance(own["aql"], dict):
                own["aql"] = {"critical": own["aql"]}
            try:
                rules |= _rules(own, classes=("critical",))
            except SamplingError as error:
                raise SamplingError(error.code, **error.params | {"field": f"critical.{error.field}"}) from None
        variables = definition.get("variables")
        drift = definition.get("drift", WARN)
        if drift not in (WARN, TIGHTEN):
            raise SamplingError("drift", field="drift", value=drift)
        if drift == TIGHTEN and not tabled:
            raise SamplingError("drift_needs_table", field="drift")
        first = _whole(definition.get("first_batches_in_full", 0), "first_batches_in_full", lowest=0)
        return cls(rules, dict(definition), first, None if variables is None else VariablesRule.from_dict(variables))

    def as_dict(self) -> dict:
        return dict(self.definition)

    @property
    def is_tabled(self) -> bool:
        """Whether the plans come from the AQL tables, which are the ones with severities."""
        return self.definition.get("kind", "single") in tables.KINDS

    @property
    def drift_tightens(self) -> bool:
        """Whether the next plans are tightened while a characteristic drifts."""
        return self.definition.get("drift") == TIGHTEN

    def is_in_full(self, batches_before: int | None) -> bool:
        """Whether the batch is one of the first, which are inspected in full; see `plans`."""
        return batches_before is not None and batches_before < self.first_batches_in_full

    def has_plan_for(self, name: str) -> bool:
        """Whether it plans a class. Critical, where it has no plan of its own, goes with the others."""
        return name in self.rules or name == "critical"

    def plans(
        self,
        lot_size: int,
        *,
        classes: Iterable[str] = CLASSES,
        severity: str | Mapping[str, str] = "normal",
        batches_before: int | None = None,
    ) -> dict[str, Plan]:
        """Per class the plan of one batch, each class on its own sample and under its own `severity`, or all under one.

        Critical accepts on zero over the largest sample of the others, unless the scheme gives it a plan of its own: of
        their plans in force and, where critical is tightened by itself, of their tightened ones.
        `batches_before` is how many batches were planned under this scheme before; None means enough that none is
        inspected in full for being among the first. Raises SamplingError.
        """
        if type(lot_size) is not int or lot_size < 1:
            raise SamplingError("lot_size", field="lot_size", value=lot_size)
        severities = dict.fromkeys(CLASSES, severity) if isinstance(severity, str) else severity
        for each in severities.values():
            check_severity(each)
        in_full = self.is_in_full(batches_before)
        plans = {
            name: rule.full_inspection(lot_size, severities[name]) if in_full else rule.plan(lot_size, severities[name])
            for name, rule in self.rules.items()
        }
        if "critical" not in plans:
            plans["critical"] = self._critical(lot_size, list(plans.values()), severities["critical"])
        for name in classes:
            if name not in plans:
                raise _missing_class(name)
        return {name: plans[name] for name in classes}

    def _critical(self, lot_size: int, others: list[Plan], severity: str) -> Plan:
        """On zero over the others' samples."""
        if severity == "tightened":
            tightened = [rule.plan(lot_size, severity) for rule in self.rules.values()]
            return replace(_accept_on_zero(others + tightened), severity=severity)
        is_reduced = all(plan.severity == "reduced" for plan in others)
        return replace(_accept_on_zero(others), severity="reduced" if is_reduced else "normal")


def is_major_above_minor(limits: Mapping[str, object]) -> bool:
    """Whether AQLs accept more of what is graver: worth asking about, and no error."""
    major, minor = limits.get("major"), limits.get("minor")
    return bool(major and minor) and Fraction(str(major)) > Fraction(str(minor))


def _accept_on_zero(others: list[Plan]) -> Plan:
    """Accept on zero over every unit that the other classes take, at each of their stages."""
    widest = max(others, key=lambda plan: plan.sample_size)
    first = max(plan.all_stages[0].sample_size for plan in others)
    sizes = [first, *(stage.sample_size for stage in widest.stages if stage.sample_size > first)]
    return replace(
        widest,
        acceptance=0,
        rejection=1,
        aql=None,
        counts=UNITS,
        inspect_all=any(plan.inspect_all for plan in others),
        stages=tuple(Stage(size, 0, 1) for size in sizes) if len(sizes) > 1 else (),
    )


def is_zero(aql: object) -> bool:
    """Whether somebody writes that none is accepted as an AQL: 0, "0.0"."""
    text = str(aql).strip()
    return not isinstance(aql, bool) and text.replace(".", "", 1).isdigit() and not text.strip("0.")


def _missing_class(name: object) -> SamplingError:
    if name in CLASSES:
        return SamplingError("class_without_plan", field=f"aql.{name}", value=name)
    return SamplingError("class", field="class", value=name, choices=", ".join(CLASSES))


def _rules(definition: dict, *, classes: tuple[str, ...], extra_keys: tuple[str, ...] = ()) -> dict[str, Rule]:
    """One rule per class, checked by looking up a plan for each."""
    kind = definition.get("kind", "single")
    if not isinstance(kind, str) or kind not in SCHEME_KINDS:
        raise SamplingError("kind", field="kind", value=kind, choices=", ".join(SCHEME_KINDS))
    allowed = _COMMON_KEYS + extra_keys + (_TABLED_KEYS if kind in tables.KINDS else _KEYS_OF_KIND[kind])
    # The fields of a table do no harm to a computed kind: a form sends them all.
    for key in definition:
        if key not in allowed and key not in _TABLED_KEYS:
            raise SamplingError("unknown_key", field=str(key), value=key)
    acceptance = _acceptance(definition.get("acceptance"))
    counts = definition.get("counts")
    if counts not in (None, UNITS, NONCONFORMITIES):
        raise SamplingError("counts", field="counts", value=counts)
    rules: dict[str, Rule] = {}
    if kind not in tables.KINDS:
        for name in classes if kind != "lq" else _classes_with_limit(definition, classes):
            parameters = _lq(definition, name) if kind == "lq" else _PARAMETERS_OF[kind](definition)
            rules[name] = ComputedRule(kind, counts or UNITS, acceptance.get(name, 0), **parameters)
        if kind == "lq" and counts == NONCONFORMITIES:
            raise SamplingError("lq_counts_units", field="counts", value=counts)
        return rules
    aqls = definition.get("aql")
    if not isinstance(aqls, dict) or not any(name in aqls for name in classes if not is_zero(aqls.get(name))):
        raise SamplingError("missing", field="aql")
    for name, aql in aqls.items():
        if name not in CLASSES:
            raise _missing_class(name)
        if name == "critical" and is_zero(aql):
            continue  # as the trade writes that none is accepted
        if name in classes:
            standard, level = definition.get("standard"), definition.get("level", "II")
            rule = TabledRule(kind, tables.normalise_aql(aql), standard, level, counts, acceptance.get(name))
            rule.plan(1000, "normal")  # refuses what no table holds
            if standard is not None:
                tables.master_table(standard, kind, "normal")  # also where the plan of that lot is a single one
            rules[name] = rule
    return rules


def _classes_with_limit(definition: dict, classes: tuple[str, ...]) -> list[str]:
    """The classes that a limiting quality is given for."""
    limits = definition.get("lq")
    if not isinstance(limits, dict):
        return list(classes)
    for name in limits:
        if name not in CLASSES:
            raise _missing_class(name)
    if not any(name in limits for name in classes):
        raise SamplingError("missing", field="lq")
    return [name for name in classes if name in limits]


def _lq(definition: dict, name: str) -> dict[str, Any]:
    limits = definition.get("lq")
    field = f"lq.{name}" if isinstance(limits, dict) else "lq"
    return {
        "percent": _number({field: limits[name] if isinstance(limits, dict) else limits}, field, 100),
        "consumer_risk": _number(definition, "consumer_risk", 1, default="0.10"),
    }


def _c0(definition: dict) -> dict[str, Any]:
    return {
        "percent": _number(definition, "ltpd", 100),
        "consumer_risk": _number(definition, "consumer_risk", 1, default="0.10"),
    }


def _percentage(definition: dict) -> dict[str, Any]:
    lowest = _whole(definition.get("min") or 1, "min")
    highest = None if definition.get("max") is None else _whole(definition["max"], "max")
    if highest is not None and lowest > highest:
        raise SamplingError("range", field="min", lowest=lowest, highest=highest)
    return {"percent": _number(definition, "percent", 100), "lowest": lowest, "highest": highest}


def _fixed(definition: dict) -> dict[str, Any]:
    if definition.get("n") is None:
        raise SamplingError("missing", field="n")
    return {"highest": _whole(definition["n"], "n")}


def _all(definition: dict) -> dict[str, Any]:
    return {}


_PARAMETERS_OF = {"c0": _c0, "percentage": _percentage, "fixed": _fixed, "all": _all}


def _acceptance(value: object) -> dict[str, int]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        return dict.fromkeys(("major", "minor"), _whole(value, "acceptance", lowest=0))
    for name in value:
        if name not in CLASSES:
            raise _missing_class(name)
    return {name: _whole(number, f"acceptance.{name}", lowest=0) for name, number in value.items()}


def _whole(value: object, name: str, *, lowest: int = 1) -> int:
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    if not isinstance(number, int) or isinstance(number, bool) or number < lowest:
        raise SamplingError("whole_number", field=name, value=value, lowest=lowest)
    return number


def _number(definition: dict, name: str, highest: int, *, default: str | None = None) -> Fraction:
    """A number above 0 and up to `highest`."""
    value = definition.get(name, default)
    if value is None:
        raise SamplingError("missing", field=name)
    text = str(value).strip()
    try:  # written out: the fraction of 1e-99999999 would fill the memory
        number = Fraction(text) if len(text) <= 40 and "e" not in text.lower() else Fraction(0)
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    if isinstance(value, bool) or not 0 < number <= highest:
        raise SamplingError("above", field=name, value=value, lowest=0, highest=highest)
    return number

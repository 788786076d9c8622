"""Sampling by variables: the s-method of ANSI/ASQ Z1.9 for one measured characteristic. Not ISO 3951.

Instead of counting bad units it estimates, from the mean and the standard deviation of a sample, what percentage of the
lot lies outside the limits. It needs far fewer units and a normal distribution.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from math import inf, isfinite, sqrt

import numpy as np
import scipy

from .errors import SamplingError
from .plans import check_severity
from .schemes import VARIABLES_LEVELS, VariablesRule
from .standard import normalise_aql, read_table

Z19 = "ansi-z1.9"
LEVELS = VARIABLES_LEVELS
FORMS = (1, 2)
SMALLEST_LOT = 3
NORMALITY_ALPHA = 0.05
FEWEST_TO_JUDGE_NORMALITY = 8
FEWEST_TO_ESTIMATE = 3


@dataclass(frozen=True, slots=True)
class VariablesPlan:
    """Z1.9 tables A-2, B-1 to B-4: measure `sample_size` units.

    `k`: form 1, accept where the distance of the mean from the limit is at least k standard deviations. `m_percent`:
    form 2, accept where the estimated percentage outside both limits is at most M. They agree for one limit. `form` is
    the one that decides.
    """

    sample_size: int
    k: float
    m_percent: float
    inspect_all: bool
    code_letter: str
    severity: str
    aql: str
    standard: str = Z19
    form: int = 2

    def as_dict(self) -> dict:
        return asdict(self)

    @classmethod
    def from_dict(cls, plan: dict) -> "VariablesPlan":
        return cls(**plan)


@dataclass(frozen=True, slots=True)
class VariablesVerdict:
    """The judgement of the readings of one sample. Percentages estimate the share of the lot outside each limit.

    `q_lower` and `q_upper` are distances of the mean from the limits in standard deviations, None without the limit.
    `warnings` are codes: `not_normal` (Shapiro-Wilk at 5 %), `too_few_to_judge_normality`, `no_spread`.
    """

    accepted: bool
    form: int
    mean: float
    sd: float
    q_lower: float | None
    q_upper: float | None
    percent_below: float
    percent_above: float
    percent_outside: float
    normality_p: float | None
    warnings: tuple[str, ...]


def find_variables_plan(
    *, lot_size: int, level: str = "II", aql: str | float, severity: str = "normal", form: int = 2
) -> VariablesPlan:
    """The Z1.9 s-method plan of a lot of at least 3 units. Raises SamplingError."""
    if type(lot_size) is not int or lot_size < SMALLEST_LOT:
        raise SamplingError("variables_lot_size", field="lot_size", value=lot_size)
    if level not in LEVELS:
        raise SamplingError("level", field="level", value=level, choices=", ".join(LEVELS))
    check_severity(severity)
    aql = normalise_aql(aql)
    if (severity, "B", aql) not in _table():
        raise SamplingError("variables_aql", field="aql", value=aql)
    lot_maxima, letters = _code_letters()
    letter = letters[level][bisect_left(lot_maxima, lot_size)]
    sample_size, k, m_percent = _table()[severity, letter, aql]
    return VariablesPlan(
        sample_size=min(sample_size, lot_size),
        k=k,
        m_percent=m_percent,
        inspect_all=sample_size >= lot_size,
        code_letter=letter,
        severity=severity,
        aql=aql,
        form=form,
    )


def plan_by_rule(rule: VariablesRule, lot_size: int, *, severity: str = "normal") -> VariablesPlan | None:
    """The variables plan that a rule gives to one lot; None for a lot of one or two units, which is counted."""
    if lot_size < SMALLEST_LOT:
        return None
    return find_variables_plan(lot_size=lot_size, level=rule.level, aql=rule.aql, severity=severity, form=rule.form)


def one_step_tighter(plan: VariablesPlan) -> VariablesPlan:
    """The criterion of the next smaller AQL, which for the same letter is that of tightened inspection (table B-3)."""
    _size, k, m_percent = _table()["tightened", plan.code_letter, plan.aql]
    return replace(plan, k=max(k, plan.k), m_percent=min(m_percent, plan.m_percent))


def at_least_as_strict(candidate: VariablesPlan, previous: VariablesPlan, *, lot_size: int) -> VariablesPlan:
    """The plan of a re-inspection of `lot_size` units: the candidate if it measures as many units and allows no more.

    Else the plan before, with no more units than there are now.
    """
    measures_enough = candidate.inspect_all or (
        not previous.inspect_all and candidate.sample_size >= previous.sample_size
    )
    if measures_enough and candidate.m_percent <= previous.m_percent and candidate.k >= previous.k:
        return candidate
    return replace(
        previous,
        sample_size=lot_size if previous.inspect_all else min(previous.sample_size, lot_size),
        inspect_all=previous.inspect_all or previous.sample_size >= lot_size,
    )


def judge(
    plan: VariablesPlan,
    readings: Sequence[float],
    *,
    lower: float | None = None,
    upper: float | None = None,
    form: int | None = None,
) -> VariablesVerdict:
    """Accept or not, by form 2 (estimated percentage against M) or, for one limit, form 1 (distance against k).

    `form` left open is the plan's. Raises SamplingError where readings or limits are missing, or a reading is not a
    number.
    """
    usable = _usable(readings)
    if usable < len(readings) or usable < plan.sample_size:
        raise SamplingError("readings", field="readings", found=usable, needed=max(plan.sample_size, len(readings)))
    return estimate(plan, readings, lower=lower, upper=upper, form=form)


def estimate(
    plan: VariablesPlan,
    readings: Sequence[float],
    *,
    lower: float | None = None,
    upper: float | None = None,
    form: int | None = None,
) -> VariablesVerdict:
    """What at least three readings say so far; `accepted` is what they would decide if they were the whole sample.

    Where every unit of the lot is measured nothing is estimated: the share outside is counted, and accepted up to the
    AQL. Raises SamplingError as `judge` does.
    """
    form = plan.form if form is None else form
    if lower is None and upper is None:
        raise SamplingError("limit_missing", field="lower")
    if lower is not None and upper is not None and lower >= upper:
        raise SamplingError("limits_reversed", field="lower", lower=lower, upper=upper)
    if form not in FORMS or isinstance(form, bool):
        raise SamplingError("form", field="form", value=form)
    if form == 1 and lower is not None and upper is not None:
        raise SamplingError("form_one_sided", field="form")
    usable = _usable(readings)
    if usable < max(len(readings), FEWEST_TO_ESTIMATE):
        raise SamplingError("readings", field="readings", found=usable, needed=max(FEWEST_TO_ESTIMATE, len(readings)))
    values = np.asarray(readings, float)
    n, mean, sd = len(values), float(values.mean()), spread(values)
    q_lower = None if lower is None else _distance(mean - lower, sd)
    q_upper = None if upper is None else _distance(upper - mean, sd)
    if plan.inspect_all:
        below, above = (
            0.0 if limit is None else 100 * float(np.mean(outside))
            for limit, outside in ((lower, values < (lower or 0)), (upper, values > (upper or 0)))
        )
        accepted = below + above <= float(plan.aql)
    else:
        below, above = (0.0 if q is None else estimated_percent(q, n) for q in (q_lower, q_upper))
        distances = [q for q in (q_lower, q_upper) if q is not None]
        accepted = min(distances) >= plan.k if form == 1 else below + above <= plan.m_percent
    normality_p, warnings = _normality(values, sd)
    return VariablesVerdict(
        accepted=bool(accepted),
        form=form,
        mean=mean,
        sd=sd,
        q_lower=q_lower,
        q_upper=q_upper,
        percent_below=below,
        percent_above=above,
        percent_outside=below + above,
        normality_p=normality_p,
        warnings=warnings,
    )


def estimated_percent(q: float, n: int) -> float:
    """Z1.9 table B-5: the best unbiased estimate of the percentage outside a limit q standard deviations away.

    G. J. Lieberman and G. J. Resnikoff, 1955: the symmetric beta distribution with parameters n / 2 - 1, at
    (1 - q sqrt(n) / (n - 1)) / 2.
    """
    if n < FEWEST_TO_ESTIMATE:
        raise SamplingError("readings", field="readings", found=n, needed=FEWEST_TO_ESTIMATE)
    x = 0.5 - 0.5 * q * sqrt(n) / (n - 1)
    return 100 * float(scipy.special.betainc(n / 2 - 1, n / 2 - 1, min(max(x, 0.0), 1.0)))


def spread(values: np.ndarray) -> float:
    """The sample standard deviation; 0 where the readings differ by no more than their rounding."""
    differ = np.ptp(values) > 1e-12 * np.abs(values).max()
    return float(values.std(ddof=1)) if differ else 0.0


def chances_of_acceptance(plan: VariablesPlan, qualities: Iterable[float]) -> list[float]:
    """Operating characteristic: how often lots with these shares beyond one limit are accepted.

    The distance of the mean from the limit follows the noncentral t distribution, so for one limit this is exact; for
    two it is where all that is outside lies beyond one of them.
    """
    from .intervals import noncentral_t  # late: takes a second to load, and only this needs it

    n = plan.sample_size
    return [1 - noncentral_t(sqrt(n) * plan.k, n - 1, sqrt(n) * float(scipy.stats.norm.isf(p))) for p in qualities]


def _usable(readings: Sequence[object]) -> int:
    return sum(isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) for value in readings)


def _distance(room: float, sd: float) -> float:
    if sd:
        return room / sd
    return inf if room >= 0 else -inf


def _normality(values: np.ndarray, sd: float) -> tuple[float | None, tuple[str, ...]]:
    if not sd:
        return None, ("no_spread",)
    if len(values) < FEWEST_TO_JUDGE_NORMALITY:
        return None, ("too_few_to_judge_normality",)
    p = float(scipy.stats.shapiro((values - values.mean()) / sd).pvalue)
    return p, ("not_normal",) if p < NORMALITY_ALPHA else ()


@cache
def _code_letters() -> tuple[tuple[int, ...], dict[str, tuple[str, ...]]]:
    rows = read_table("variables_z19_codeletters")
    return (
        tuple(int(row["lot_max"]) for row in rows[:-1]),
        {level: tuple(row[level] for row in rows) for level in LEVELS},
    )


@cache
def _table() -> dict[tuple[str, str, str], tuple[int, float, float]]:
    rows = read_table("variables_z19_s")
    return {
        (row["severity"], row["letter"], row["aql"]): (
            int(row["n"]),
            float(row["k_printed_milstd414"] or row["k_from_M"]),
            float(row["M_percent"]),
        )
        for row in rows
    }

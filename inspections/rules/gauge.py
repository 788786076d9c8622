"""How far a measurement can be trusted: gauge R&R of readings, and agreement of people who say good or bad. Pure.

AIAG, Measurement Systems Analysis, 4th edition, chapters III.B (crossed, ANOVA) and III.C (attributes); intervals of the gauge's
variance by Burdick, Borror and Montgomery (modified large sample).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from math import inf, sqrt
from typing import Any

import numpy as np
import scipy

# Above this p the interaction of operators and parts is taken for chance and joins the repeatability.
POOLED_ABOVE = 0.25
# Six standard deviations hold all but 0.27 % of what a gauge reads of one unit.
SPREADS = 6
# A guard band of so many standard deviations: what is read within it passes wrongly at most 1 time in 20.
GUARD = 1.645
CONFIDENCE = 0.95
FEWEST_PARTS, FEWEST_OPERATORS, FEWEST_TRIALS = 2, 2, 2


class StudyError(ValueError):
    """A study that cannot be judged. `code`: parts, operators, trials, unequal, no_spread, reference, values."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code}: {detail}" if detail else code)


@dataclass(frozen=True, slots=True)
class Crossed:
    """A crossed study by analysis of variance: standard deviations in the unit of the readings.

    `gauge` is repeatability and reproducibility together, between `low` and `high` with 95 % confidence (`high` infinite where
    too few operators tell). `interaction` is part of the reproducibility; `pooled` says that it was taken for chance.
    `categories` is how many kinds of part the gauge tells apart (ndc); None where it has no spread.
    """

    parts: int
    operators: int
    trials: int
    repeatability: float
    operator: float
    interaction: float
    reproducibility: float
    gauge: float
    low: float
    high: float
    part: float
    total: float
    pooled: bool
    p_interaction: float | None
    categories: int | None

    def as_dict(self) -> dict[str, Any]:
        return {name: None if value == inf else value for name, value in asdict(self).items()}


def crossed(readings: Sequence[Sequence[Sequence[float]]]) -> Crossed:
    """`readings` are [operator][part][trial]: every operator measured every part equally often, at least twice.

    Raises StudyError.
    """
    sizes = {len(trials) for parts in readings for trials in parts}
    if len({len(parts) for parts in readings}) > 1 or len(sizes) > 1:
        raise StudyError("unequal")
    x = np.array(readings, float)
    if x.ndim != 3 or x.shape[0] < FEWEST_OPERATORS:
        raise StudyError("operators")
    o, p, r = x.shape
    if p < FEWEST_PARTS:
        raise StudyError("parts")
    if r < FEWEST_TRIALS:
        raise StudyError("trials")
    if np.ptp(x) == 0:
        raise StudyError("no_spread")
    grand, of_part, of_operator, cell = x.mean(), x.mean((0, 2)), x.mean((1, 2)), x.mean(2)
    squares = {
        "part": o * r * float(((of_part - grand) ** 2).sum()),
        "operator": p * r * float(((of_operator - grand) ** 2).sum()),
        "both": r * float(((cell - of_part[None, :] - of_operator[:, None] + grand) ** 2).sum()),
        "error": float(((x - cell[:, :, None]) ** 2).sum()),
    }
    degrees = {"part": p - 1, "operator": o - 1, "both": (p - 1) * (o - 1), "error": p * o * (r - 1)}
    mean = {name: squares[name] / degrees[name] for name in squares}
    chance = None
    if mean["error"]:
        chance = float(scipy.stats.f.sf(mean["both"] / mean["error"], degrees["both"], degrees["error"]))
    pooled = chance is not None and chance > POOLED_ABOVE
    if pooled:
        degrees["error"] += degrees.pop("both")
        mean["error"] = (squares["error"] + squares["both"]) / degrees["error"]
        mean["both"] = mean["error"]
    repeatability = mean["error"]
    interaction = 0.0 if pooled else max(0.0, (mean["both"] - mean["error"]) / r)
    operator = max(0.0, (mean["operator"] - mean["both"]) / (p * r))
    part = max(0.0, (mean["part"] - mean["both"]) / (o * r))
    gauge = repeatability + interaction + operator
    shares = {"operator": 1 / (p * r)} | (
        {"error": 1 - 1 / (p * r)} if pooled else {"both": (1 - 1 / p) / r, "error": 1 - 1 / r}
    )
    low, high = _interval({name: (share * mean[name], degrees[name]) for name, share in shares.items()}, gauge)
    return Crossed(
        parts=p, operators=o, trials=r,
        repeatability=sqrt(repeatability), operator=sqrt(operator), interaction=sqrt(interaction),
        reproducibility=sqrt(operator + interaction), gauge=sqrt(gauge), low=sqrt(low), high=sqrt(high),
        part=sqrt(part), total=sqrt(gauge + part), pooled=pooled, p_interaction=chance,
        categories=int(sqrt(2) * sqrt(part / gauge)) if gauge else None,
    )  # fmt: skip


def _interval(terms: Mapping[str, tuple[float, int]], gauge: float) -> tuple[float, float]:
    """Of a sum of mean squares with positive weights: (weighted mean square, degrees of freedom) each, around it."""
    tail = (1 - CONFIDENCE) / 2
    down = sum(((1 - d / scipy.stats.chi2.isf(tail, d)) * ms) ** 2 for ms, d in terms.values())
    up = sum(((d / scipy.stats.chi2.ppf(tail, d) - 1) * ms) ** 2 for ms, d in terms.values())
    whole = sum(ms for ms, _degrees in terms.values())
    return min(max(whole - sqrt(down), 0.0), gauge), max(whole + sqrt(up), gauge)


def share_of_tolerance(sd: float, lower: Decimal | None, upper: Decimal | None) -> float | None:
    """What six standard deviations take of the distance between the limits; None where there are not two that differ."""
    if lower is None or upper is None or lower == upper:
        return None
    return SPREADS * sd / float(upper - lower)


def guard_band(sd: float) -> float:
    """How far inside a limit a reading has to be for a unit that just breaks it to be read so at most 1 time in 20."""
    return GUARD * sd


def within_guard(
    readings: Sequence[Decimal | None], lower: Decimal | None, upper: Decimal | None, band: float
) -> list[int]:
    """Units (from 1) that conform as read, but so near a limit that the gauge cannot tell."""
    width = Decimal(f"{band:.12g}")
    return [
        unit
        for unit, reading in enumerate(readings, start=1)
        if reading is not None
        and (lower is None or reading >= lower)
        and (upper is None or reading <= upper)
        and ((lower is not None and reading < lower + width) or (upper is not None and reading > upper - width))
    ]


@dataclass(frozen=True, slots=True)
class Agreement:
    """People who say good (True) or bad of the same parts. A kappa is (value, low, high), or None where it is undefined.

    `between` is Fleiss' kappa of all that was said; `with_reference` Cohen's kappa of each operator with what is known to be
    so; `missed` and `false_alarms` are (said, of so many) bad parts called good and good ones called bad. Intervals by the
    jackknife over parts, since what is said of one part belongs together.
    """

    parts: int
    operators: int
    trials: int
    between: tuple[float, float, float] | None
    with_reference: dict[str, tuple[float, float, float] | None]
    missed: dict[str, tuple[int, int]]
    false_alarms: dict[str, tuple[int, int]]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def agreement(said: Mapping[str, Sequence[Sequence[bool]]], reference: Sequence[bool] | None = None) -> Agreement:
    """`said` are operator -> [part][trial], `reference` what each part is known to be. Raises StudyError."""
    if len({len(parts) for parts in said.values()}) > 1 or len({len(t) for p in said.values() for t in p}) > 1:
        raise StudyError("unequal")
    x = np.array(list(said.values()), bool)
    if x.ndim != 3 or x.shape[0] < 1 or (x.shape[0] < FEWEST_OPERATORS and x.shape[2] < FEWEST_TRIALS):
        raise StudyError("operators")
    if x.shape[1] < FEWEST_PARTS:
        raise StudyError("parts")
    if reference is not None and len(reference) != x.shape[1]:
        raise StudyError("reference")
    found = Agreement(
        parts=x.shape[1],
        operators=x.shape[0],
        trials=x.shape[2],
        between=_with_interval(lambda kept: _fleiss(x[:, kept]), x.shape[1]),
        with_reference={},
        missed={},
        false_alarms={},
    )
    if reference is None:
        return found
    known = np.array(reference, bool)
    for name, by_one in zip(said, x, strict=True):
        of_bad, of_good = by_one[~known], by_one[known]
        found.with_reference[name] = _with_interval(
            lambda kept, by_one=by_one: _cohen(by_one[kept], known[kept]), x.shape[1]
        )
        found.missed[name] = int(of_bad.sum()), int(of_bad.size)
        found.false_alarms[name] = int((~of_good).sum()), int(of_good.size)
    return found


def _fleiss(x: np.ndarray) -> float | None:
    """Kappa of [operator][part][trial], every saying a rating of its part (Fleiss 1971)."""
    ratings = x.shape[0] * x.shape[2]
    good = x.sum((0, 2))
    alike = (good * (good - 1) + (ratings - good) * (ratings - good - 1)) / (ratings * (ratings - 1))
    share = good.sum() / (ratings * len(good))
    by_chance = share**2 + (1 - share) ** 2
    return None if by_chance == 1 else float((alike.mean() - by_chance) / (1 - by_chance))


def _cohen(said: np.ndarray, known: np.ndarray) -> float | None:
    """Kappa of [part][trial] with what each part is (Cohen 1960)."""
    alike = float((said == known[:, None]).mean())
    good, truly = float(said.mean()), float(known.mean())
    by_chance = good * truly + (1 - good) * (1 - truly)
    return None if by_chance == 1 else (alike - by_chance) / (1 - by_chance)


def _with_interval(kappa: Any, parts: int) -> tuple[float, float, float] | None:
    """The value with its 95 % interval by the jackknife over parts; None where it is undefined."""
    whole = kappa(np.arange(parts))
    if whole is None:
        return None
    left_out = [kappa(np.delete(np.arange(parts), each)) for each in range(parts)]
    pseudo = np.array([parts * whole - (parts - 1) * (whole if each is None else each) for each in left_out])
    reach = float(scipy.stats.t.isf((1 - CONFIDENCE) / 2, parts - 1)) * float(pseudo.std(ddof=1)) / sqrt(parts)
    return whole, max(whole - reach, -1.0), min(whole + reach, 1.0)

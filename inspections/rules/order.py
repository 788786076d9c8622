"""How the readings of a process follow each other in the order of production: what an honest inspection may look like. Pure.

Units are often taken as they were made: cavities of a tool in turn, packs of units alike, a slow drift, a level that wanders.
Such readings are not independent, and what repeats in them is no sign of copying. All values here are whole numbers, in
steps of the instrument, in the order of the units.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
import scipy

# As many cavities as a tool usually has at most, and so the farthest units that are compared as neighbours.
FARTHEST = 16
# How large a part of the differences between neighbours the noise is told from: small enough to lie inside packs of two.
PART = 0.3


def local_noise(values: Sequence[int]) -> float:
    """The standard deviation between neighbours of the same kind, in steps.

    By the smaller differences and second differences, at the distance of up to 16 units at which they are least: a level
    that drifts, packs, and cavities in turn add nothing to it.
    """
    x = np.asarray(values, float)
    farthest = min(FARTHEST, len(x) // 4)
    least = np.inf
    for lag in range(1, farthest + 1):
        step = x[lag:] - x[:-lag]
        least = min(least, _noise_in(step, 2), _noise_in(step[lag:] - step[:-lag], 6))
    return float(least) if np.isfinite(least) else 0.0


def _noise_in(differences: np.ndarray, times: int) -> float:
    """That makes so many times its variance in differences of rounded readings; rounding adds a twelfth each time."""
    sizes = np.abs(differences)
    largest = float(np.partition(sizes, int(PART * len(sizes)))[int(PART * len(sizes))])
    share = float(np.mean(sizes <= largest))
    if share >= 1:
        return 0.0
    spread = (largest + 0.5) / float(scipy.special.ndtri((1 + share) / 2))
    return sqrt(max(spread**2 / times - 1 / 12, 0.0))


def stays_in_a_step(values: Sequence[int]) -> float:
    """The chance at most that a reading is the one before it, from how often readings at some distance are alike.

    Two readings of one level with a noise of r steps are alike with the chance E(1 - |D|)+, D normal with variance 2 r^2, where
    the level lies anywhere in a step; one that lies in the middle repeats with 2 Phi(1 / 2r) - 1, and no level that wanders,
    drifts or jumps repeats more often.
    """
    x = np.asarray(values)
    alike = max(float(np.mean(x[lag:] == x[:-lag])) for lag in range(1, min(FARTHEST, len(x) // 2) + 1))
    return middle_of_a_step(_noise_of(alike))


def middle_of_a_step(noise: float) -> float:
    """How often a reading with this noise, in steps, repeats where the level is in the middle of one."""
    return 1.0 if noise <= 0 else float(2 * scipy.special.ndtr(1 / (2 * noise)) - 1)


_NOISES = np.geomspace(0.02, 200, 400)
_D = np.linspace(0, 1, 401)
_SPREADS = sqrt(2) * _NOISES[:, None]
_ALIKE = np.trapezoid((1 - _D) * 2 * np.exp(-((_D / _SPREADS) ** 2) / 2) / (_SPREADS * sqrt(2 * np.pi)), _D, axis=1)


def alike_with(noise: float) -> float:
    """How often two readings of one level are alike."""
    return float(np.interp(noise, _NOISES, _ALIKE)) if noise > 0 else 1.0


def _noise_of(alike: float) -> float:
    """The noise in steps at which two readings of a level are alike so often."""
    return float(np.interp(-alike, -_ALIKE, _NOISES))


def goes_on_alike(values: Sequence[int], besides: int) -> tuple[float, int]:
    """The chance that two stretches which are alike at one unit are alike at the next, and how many pairs are alike.

    The highest of those at all distances and at the multiples of each up to 16: cavities in turn are alike at multiples of
    their number alone. The distance `besides` is left out, and where it is farther than any tool has cavities, its multiples.
    """
    x = np.asarray(values)
    n = len(x)
    counts = np.zeros((n, 2))
    for lag in range(1, n - 1):
        if lag == besides or (besides > FARTHEST and lag % besides == 0):
            continue
        alike = x[lag:] == x[:-lag]
        counts[lag] = alike[:-1].sum(), (alike[1:] & alike[:-1]).sum()
    highest = 0.0
    for period in range(1, FARTHEST + 1):
        some, both = counts[period::period].sum(axis=0)
        if period == 1 or some >= FEWEST_ALIKE:
            highest = max(highest, (both + 1) / (some + 2))
    return min(highest, 1.0), int(counts[:, 0].sum()) + 1


FEWEST_ALIKE = 10


def stands_together(chosen: Sequence[bool]) -> bool:
    """Whether chosen units are neighbours more often than units picked at random would be."""
    return _excess(chosen, 1)


def stands_in_turn(chosen: Sequence[bool]) -> bool:
    """Whether they stand at even distances more often."""
    return any(_excess(chosen, lag) for lag in range(2, min(FARTHEST, len(chosen) // 2) + 1))


def _excess(chosen: Sequence[bool], lag: int) -> bool:
    b = np.asarray(chosen, float)
    pairs, share = len(b) - lag, float(b.mean())
    both = float((b[lag:] * b[:-lag]).sum())
    return both - pairs * share**2 > 2.5 * sqrt(pairs) * share * (1 - share)


def effective_size(values: Sequence[int]) -> float:
    """As how many independent readings these count for a mean: fewer where neighbours are alike.

    By the sum of the autocorrelations, as far as those of two neighbouring distances are positive together (C. J. Geyer,
    1992), or by the first one as high as two of its standard errors make it, whichever leaves fewer.
    """
    x = np.asarray(values, float)
    x = x - x.mean()
    squares, n = float((x**2).sum()), len(x)
    if not squares:
        return float(n)
    total = 0.0
    for lag in range(1, n // 2, 2):
        pair = float((x[lag:] * x[:-lag]).sum() + (x[lag + 1 :] * x[: -lag - 1]).sum()) / squares + 2 / n
        if pair <= 0:
            break
        total += pair
    first = min(float((x[1:] * x[:-1]).sum()) / squares + 2 / sqrt(n), 0.98)
    return max(min(n / (1 + 2 * total), n * (1 - first) / (1 + first)), 2.0)


def alike_near_by(now: Sequence[int], then: Sequence[int]) -> list[float]:
    """How often readings of two rounds are the same, at each distance of up to 16 places but none."""
    a, b = np.asarray(now), np.asarray(then)
    farthest = min(FARTHEST, len(a) // 2)
    return [0.0] + [
        float(np.mean(x == y)) for lag in range(1, farthest + 1) for x, y in ((a[lag:], b[:-lag]), (a[:-lag], b[lag:]))
    ]

"""Readings that chance alone rarely makes. Pure.

None of it says that anybody cheated: each doubt says what was seen, and how often an honest inspection shows the same. The
probabilities are per inspection: those of one kind are multiplied by the number of checks that were looked at
(Bonferroni), so that a long list of checks raises no more false alarms than a short one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import exp, gcd, log, sqrt

import numpy as np
import scipy

from inspections.rules.order import (
    alike_near_by,
    alike_with,
    effective_size,
    goes_on_alike,
    local_noise,
    middle_of_a_step,
    stands_in_turn,
    stands_together,
    stays_in_a_step,
)

NEAR_LIMIT, RUN, BLOCK, DIGITS, PACE = "near_limit", "run", "block", "digits", "pace"
COPIED, DISAGREE, PHOTO, ABANDONED = "copied", "disagree", "photo", "abandoned"
KINDS = (NEAR_LIMIT, RUN, BLOCK, DIGITS, PACE, COPIED, DISAGREE, PHOTO, ABANDONED)

RARE = 0.002  # a doubt is raised where chance does the same in at most 1 of 500 inspections
FEWEST_READINGS = 10
SHORTEST_BLOCK = 4
SHORTEST_RUN = 4
FEWEST_OUTSIDE = 8  # so many readings say how much those outside a run, or a heap, differ
RESEMBLING = 0.55  # neighbours that differ by so much less than all readings do
FEWEST_DIGITS = 50
LEAST_SPREAD = 5  # standard deviation in steps of the instrument, from which on last digits are as good as uniform
BANDS = 10  # a limit's neighbourhood is a tenth of the tolerance wide

# Where the product has no history: seconds per reading or unit, and the spread of their logarithm among inspections.
USUAL_SECONDS, SPREAD_OF_SECONDS = 5.0, 0.7
FEWEST_EARLIER = 5
FEWEST_BEFORE = 3

USUALLY_ABANDONED = 0.03  # the share of inspections that rain, power and lorries put an end to
FEWEST_ABANDONED = 3


@dataclass(frozen=True, slots=True)
class Column:
    """The readings of one characteristic in unit order, None where there is none, and its limits.

    `earlier` are those of the round before on other units of the same batch, empty where there was none.
    """

    code: str
    readings: tuple[Decimal | None, ...]
    lower: Decimal | None = None
    upper: Decimal | None = None
    target: Decimal | None = None
    earlier: tuple[Decimal | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """What two people found in the same batch on one characteristic that is not measured: bad units of so many."""

    code: str
    bad: int
    n: int
    earlier_bad: int
    earlier_n: int


@dataclass(frozen=True, slots=True)
class Clock:
    """How long an inspection took, and seconds per reading or unit of earlier ones of the same product."""

    seconds: float
    work: int
    earlier: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something seen, and the probability that an honest inspection shows as much. `code` of the characteristic, or ""."""

    kind: str
    probability: float
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def doubts_about(
    columns: Sequence[Column],
    *,
    counted: Sequence[Counted] = (),
    clock: Clock | None = None,
    other_inspector: bool = False,
) -> list[Doubt]:
    """What is rare enough to be told. `other_inspector`: the round before was somebody else's, on an unchanged batch."""
    ready = [column for column in map(_scaled, columns) if len(column.values) >= FEWEST_READINGS]
    found: list[Doubt] = []
    for look in (near_limit, longest_run, repeated_block):
        found += _rare(look(column) for column in ready)
    repeated = [column for column in ready if len(column.earlier) >= FEWEST_READINGS]
    found += _rare(copied(column) for column in repeated)
    if other_inspector:
        found += _rare([*map(disagreement, repeated), *map(disagreement_on_count, counted)])
    found += _rare([last_digits(ready)])
    if clock:
        found += _rare([pace(clock)])
    return found


def is_usual(doubt: Doubt, earlier: Sequence[Column]) -> bool:
    """Whether the process showed the same before: in a third of at least three earlier columns, of other people's."""
    if len(earlier) < FEWEST_BEFORE:
        return False
    alike = sum(doubt.kind in {found.kind for found in doubts_about([column])} for column in earlier)
    return 3 * alike >= len(earlier)


def _rare(looked_at: Iterable[Doubt | None]) -> list[Doubt]:
    """Of all that was looked at, None where there was nothing to see: what stays rare among so many."""
    looked = list(looked_at)
    found = []
    for doubt in looked:
        if doubt is not None and (p := min(1.0, doubt.probability * len(looked))) <= RARE:
            found.append(Doubt(doubt.kind, p, doubt.code, doubt.facts))
    return found


@dataclass(frozen=True, slots=True)
class Scaled:
    """A column as whole numbers of its last decimal place; `written` is the last one that its readings have."""

    column: Column
    written: int
    places: int
    values: list[int]
    units: list[int]
    earlier: list[int]

    @property
    def code(self) -> str:
        return self.column.code

    def text(self, value: int) -> str:
        return f"{Decimal(value).scaleb(-self.places):f}"

    @property
    def step(self) -> int:
        """The step of the instrument as far as the readings show it; 0 where they are all the same."""
        return gcd(*(value - self.values[0] for value in self.values))

    @property
    def steps(self) -> list[int]:
        """The values in steps of the instrument above the first."""
        step = self.step or 1
        return [(value - self.values[0]) // step for value in self.values]


def _scaled(column: Column) -> Scaled:
    read = [(unit, reading) for unit, reading in enumerate(column.readings, start=1) if reading is not None]
    earlier = [reading for reading in column.earlier if reading is not None]
    limits = [limit for limit in (column.lower, column.upper) if limit is not None]
    written = max((_places(reading) for _unit, reading in read), default=0)
    places = max([written, *map(_places, earlier), *(_places(limit.normalize()) for limit in limits)])
    return Scaled(
        column,
        written,
        places,
        [int(reading.scaleb(places)) for _unit, reading in read],
        [unit for unit, _reading in read],
        [int(reading.scaleb(places)) for reading in earlier],
    )


def _places(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def near_limit(scaled: Scaled) -> Doubt | None:
    """Crowded just inside a limit: a heap in its neighbourhood that neither the readings further in nor those beyond share.

    A distribution with one hump that is fuller in the last band than in the one before it has its hump there, so it
    falls further in; it does not rise again. The chance is the largest of three binomial probabilities at 1/2 (last band
    against the one before; fullest band against that one, for the best of ten; last band against the first one beyond
    the limit), for both limits.
    """
    width = _band(scaled)
    best = None
    sides = [
        (limit, sign) for limit, sign in ((scaled.column.lower, -1), (scaled.column.upper, 1)) if limit is not None
    ]
    for limit, sign in sides:
        if not width:
            break
        edge = sign * int(limit.scaleb(scaled.places))
        # Band 0 lies just inside the limit, band 1 further in, band -1 beyond it. A reading on the limit is inside.
        bands = Counter((edge - sign * value) // width for value in scaled.values)
        last, before, beyond = bands[0], bands[1], bands[-1]
        fullest = max((count for band, count in bands.items() if 2 <= band < 2 + BANDS), default=0)
        chance = max(
            _at_least(last, last + before),
            min(1.0, BANDS * _at_least(fullest, fullest + before)),
            _at_least(last, last + beyond),
        )
        chance = min(1.0, chance * len(sides))
        if chance <= RARE and _lies_there(scaled, [(edge - sign * value) // width == 0 for value in scaled.values]):
            chance = 1.0
        if best is None or chance < best.probability:
            facts = {
                "side": "upper" if sign > 0 else "lower",
                "limit": f"{limit.normalize():f}",
                "width": scaled.text(width),
                "inside": last,
                "before": before,
                "beyond": beyond,
                "n": len(scaled.values),
            }
            best = Doubt(NEAR_LIMIT, chance, scaled.code, facts)
    return best


def _lies_there(scaled: Scaled, inside: Sequence[bool]) -> bool:
    """Whether a heap is one cavity, pack or stretch of the process: in turn or together, and either as uneven as the other
    readings are among their neighbours, or of a process whose other readings resemble their neighbours too."""
    is_together = stands_together(inside)
    heap, others = (
        [value for value, is_inside in zip(scaled.steps, inside, strict=True) if is_inside == wanted]
        for wanted in (True, False)
    )
    if len(others) < FEWEST_OUTSIDE or not (is_together or stands_in_turn(inside)):
        return False
    noise = local_noise(others)
    is_as_uneven = 0 < noise <= 2 * float(np.std(heap))
    return is_as_uneven or (is_together and noise < RESEMBLING * float(np.std(others)))


def _band(scaled: Scaled) -> int:
    """A tenth of the tolerance in whole steps of the instrument.

    With one limit and no target, from the median to the quartile away from it, which a heap at the limit does not widen.
    """
    c, step = scaled.column, scaled.step
    limit = c.upper if c.lower is None else c.lower
    if c.lower is not None and c.upper is not None:
        tolerance = c.upper - c.lower
    elif c.target is not None and limit is not None:
        tolerance = 2 * abs(limit - c.target)
    else:
        ordered = sorted(scaled.values, reverse=c.upper is None)
        range_ = abs(ordered[len(ordered) // 2] - ordered[len(ordered) // 4])
        tolerance = Decimal(range_).scaleb(-scaled.places) * BANDS
    if not step:
        return 0
    return max(step, int(tolerance.scaleb(scaled.places)) // BANDS // step * step)


def _at_least(count: int, of: int) -> float:
    """P(at least so many) of `of` fair coins."""
    return float(scipy.special.bdtrc(count - 1, of, 0.5)) if count else 1.0


def longest_run(scaled: Scaled) -> Doubt:
    """The same value again and again: how many such runs a process has on average whose neighbours differ as these do.

    By how often readings at some distance are alike in all of the column, or by how much those outside the run differ,
    whichever says less: half of all may be frozen.
    """
    start, length = _longest(scaled.steps)
    facts = {
        "value": scaled.text(scaled.values[start]), "length": length, "unit": scaled.units[start], "n": len(scaled.values),
    }  # fmt: skip
    return Doubt(RUN, _chance_of_run(scaled.steps, start, length), scaled.code, facts)


def _longest(values: Sequence[int]) -> tuple[int, int]:
    """Where the longest run of one value begins, and how long it is."""
    longest, begun = (0, 1), 0
    for index in range(1, len(values)):
        if values[index] != values[index - 1]:
            begun = index
        if index - begun + 1 > longest[1]:
            longest = begun, index - begun + 1
    return longest


def _chance_of_run(values: list[int], start: int, length: int) -> float:
    if length < SHORTEST_RUN:
        return 1.0
    outside = values[:start] + values[start + length :]
    noise = local_noise(outside) if len(outside) >= FEWEST_OUTSIDE else 0.0
    repeats = min(stays_in_a_step(values), middle_of_a_step(noise))
    return min(1.0, 2 * (len(values) - length + 1) * repeats ** (length - 1))


def repeated_block(scaled: Scaled) -> Doubt | None:
    """The same values in the same order twice: how many such pairs a process has on average whose stretches are alike as
    these are elsewhere, see `goes_on_alike`."""
    values, n = scaled.steps, len(scaled.values)
    found, length = None, SHORTEST_BLOCK
    while again := _twice(values, length):
        found = (*again, length)
        length += 1
    if found is None:
        return Doubt(BLOCK, 1.0, scaled.code)
    first, second, length = found
    start, run = _longest(values)
    is_frozen = _chance_of_run(values, start, run) <= RARE  # a doubt of its own, which says nothing of the others
    others = values[:start] + values[start + run :] if is_frozen else values
    goes_on, alike = goes_on_alike(others, second - first)
    once = [value for index, value in enumerate(values) if not second <= index < second + length]
    goes_on = max(goes_on, alike_with(local_noise(once)))
    block = [scaled.text(value) for value in scaled.values[first : first + length]]
    facts = {"block": block[:12], "length": length, "first": scaled.units[first], "second": scaled.units[second]}
    return Doubt(BLOCK, min(1.0, alike * goes_on ** (length - 1)), scaled.code, facts | {"n": n})


def _twice(values: Sequence[int], length: int) -> tuple[int, int] | None:
    """Where a block of so many values, not all the same, stands a first and, apart from it, a second time."""
    seen: dict[tuple[int, ...], int] = {}
    for start in range(len(values) - length + 1):
        block = tuple(values[start : start + length])
        first = seen.setdefault(block, start)
        if start - first >= length and len(set(block)) > 1:
            return first, start
    return None


def last_digits(columns: Sequence[Scaled]) -> Doubt | None:
    """Last digits that are favoured, over all checks whose readings spread far enough: chi-square against equal shares.

    Where an instrument shows every second digit only, among the five that it shows. What is rare is looked at again with
    those checks alone whose neighbours spread far enough: a few cavities or packs have a few digits.
    """
    found = _favoured(columns, lambda values, every: _spread(values) >= LEAST_SPREAD * every)
    if found is None or found.probability > RARE:
        return found
    return _favoured(columns, lambda values, every: local_noise([value // every for value in values]) >= LEAST_SPREAD)


def _favoured(columns: Sequence[Scaled], spreads: Callable[[list[int], int], bool]) -> Doubt | None:
    pools: dict[int, Counter[int]] = {1: Counter(), 2: Counter()}
    for scaled in columns:
        factor = 10 ** (scaled.places - scaled.written)
        values = [value // factor for value in scaled.values]
        digits = [abs(value) % 10 for value in values]
        every = gcd(10, *digits)
        if every in pools and spreads(values, every):
            pools[every].update(digits)
    looked_at = [(every, pool) for every, pool in pools.items() if pool.total() >= FEWEST_DIGITS]
    found = []
    for every, pool in looked_at:
        share = pool.total() * every / 10
        chi2 = sum((pool[digit] - share) ** 2 / share for digit in range(0, 10, every))
        counts = {str(digit): pool[digit] for digit in range(0, 10, every)}
        facts = {"digits": counts, "n": pool.total(), "favourite": pool.most_common(1)[0][0]}
        found.append(
            Doubt(DIGITS, min(1.0, float(scipy.special.chdtrc(10 // every - 1, chi2)) * len(looked_at)), "", facts)
        )
    return min(found, key=lambda doubt: doubt.probability, default=None)


def _spread(values: Sequence[int]) -> float:
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def pace(clock: Clock) -> Doubt | None:
    """More readings or units than the clock allows: the share of inspections that are as quick.

    Seconds per reading are taken to be log-normal: by a prediction from the earlier inspections of the product (Student's
    t), or, where there are fewer than five, around five seconds.
    """
    if clock.work < FEWEST_READINGS or clock.seconds <= 0:
        return None
    seconds = clock.seconds / clock.work
    logs = [log(each) for each in clock.earlier if each > 0]
    n = len(logs)
    facts = {"seconds": round(clock.seconds), "work": clock.work, "each": round(seconds, 2), "earlier": n}
    if n < FEWEST_EARLIER:
        chance = float(scipy.special.ndtr((log(seconds) - log(USUAL_SECONDS)) / SPREAD_OF_SECONDS))
        return Doubt(PACE, chance, "", facts | {"earlier": 0, "usual": USUAL_SECONDS})
    mean = sum(logs) / n
    # Two inspections that took equally long say nothing of the third: no less spread than a tenth.
    spread = max(0.1, sqrt(sum((each - mean) ** 2 for each in logs) / (n - 1)))
    chance = float(scipy.special.stdtr(n - 1, (log(seconds) - mean) / (spread * sqrt(1 + 1 / n))))
    return Doubt(PACE, chance, "", facts | {"usual": round(exp(mean), 2)})


def copied(scaled: Scaled) -> Doubt:
    """The readings of the round before, on other units, in the same places: binomial, from how often values recur there or,
    where that is more often, at places near by: cavities in turn, or a drift, are alike in two honest rounds."""
    pairs = list(zip(scaled.values, scaled.earlier, strict=False))
    same = sum(now == then for now, then in pairs)
    now, then = (Counter(values) for values in zip(*pairs, strict=True))
    alike = sum(now[value] * then[value] for value in now) / len(pairs) ** 2
    chance = _binomial(same, len(pairs), alike)
    if chance <= RARE:
        noise = min(local_noise(scaled.steps), local_noise([value // (scaled.step or 1) for value in scaled.earlier]))
        alike = max(alike, alike_with(noise), *alike_near_by(*zip(*pairs, strict=True)))
        chance = _binomial(same, len(pairs), alike)
    return Doubt(COPIED, chance, scaled.code, {"same": same, "expected": round(alike * len(pairs), 1), "n": len(pairs)})


def _binomial(count: int, of: int, share: float) -> float:
    """P(at least so many); 1 where the share leaves no other."""
    return float(scipy.special.bdtrc(count - 1, of, share)) if 0 < share < 1 and count else 1.0


def disagreement(scaled: Scaled) -> Doubt:
    """Two people's readings of units of the same batch that differ by more than chance: Kolmogorov and Smirnov, with
    readings that resemble their neighbours counted as the fewer independent ones that they are worth."""
    found = scipy.stats.ks_2samp(scaled.values, scaled.earlier, method="asymp")
    chance = float(found.pvalue)
    if chance <= RARE:
        sizes = effective_size(scaled.values), effective_size(scaled.earlier)
        chance = max(chance, float(scipy.special.kolmogorov(found.statistic * sqrt(sizes[0] * sizes[1] / sum(sizes)))))
    means = [sum(values) / len(values) / 10**scaled.places for values in (scaled.values, scaled.earlier)]
    facts = {"mean": round(means[0], scaled.places + 1), "earlier_mean": round(means[1], scaled.places + 1)}
    return Doubt(DISAGREE, chance, scaled.code, facts | {"n": len(scaled.values), "earlier_n": len(scaled.earlier)})


def disagreement_on_count(counted: Counted) -> Doubt:
    """The same of a check that is not measured: Fisher's exact test on the shares of bad units."""
    table = [[counted.bad, counted.n - counted.bad], [counted.earlier_bad, counted.earlier_n - counted.earlier_bad]]
    facts = {
        "bad": counted.bad,
        "n": counted.n,
        "earlier_bad": counted.earlier_bad,
        "earlier_n": counted.earlier_n,
    }
    return Doubt(DISAGREE, float(scipy.stats.fisher_exact(table)[1]), counted.code, facts)


def abandoned_again(batch: tuple[int, int], inspector: tuple[int, int]) -> Doubt | None:
    """Inspections abandoned again and again: of one batch, or by one inspector of one product; binomial.

    Each pair is how many were abandoned, of how many. None where neither is rare.
    """
    looked_at: list[Doubt | None] = []
    for where, (abandoned, of) in (("batch", batch), ("inspector", inspector)):
        chance = (
            float(scipy.special.bdtrc(abandoned - 1, of, USUALLY_ABANDONED)) if abandoned >= FEWEST_ABANDONED else 1.0
        )
        facts = {"where": where, "abandoned": abandoned, "of": of, "usual": USUALLY_ABANDONED}
        looked_at.append(Doubt(ABANDONED, chance, "", facts))
    return min(_rare(looked_at), key=lambda doubt: doubt.probability, default=None)


def same_picture(differing_bits: int | None, compared: int) -> Doubt:
    """A photo that was used before, among so many it was compared with.

    `differing_bits` of the two 64-bit hashes, None for the same file to the byte (SHA-256). As if the bits of different
    pictures were fair coins.
    """
    chance = 2.0**-256 if differing_bits is None else float(scipy.special.bdtr(differing_bits, 64, 0.5))
    return Doubt(
        PHOTO, min(1.0, chance * max(compared, 1)), "", {"same_file": differing_bits is None, "compared": compared}
    )

"""Which single plan meets the risks that producer and consumer can bear."""

import scipy

from .errors import SamplingError
from .plans import NONCONFORMITIES, UNITS

LARGEST_SAMPLE = 1_000_000


def smallest_sample(
    *, ac: int, quality: float, risk: float, lot_size: int | None = None, counts: str = UNITS
) -> int | None:
    """The smallest n that accepts, on up to `ac`, lots of this quality with at most this probability.

    None where no sample does: a lot that holds no more than `ac` nonconforming units always passes.
    """
    _check(quality, "quality", counts)
    _check(risk, "risk", UNITS)
    too_few, enough = 0, LARGEST_SAMPLE if lot_size is None else lot_size
    if _pa(enough, ac, quality, lot_size, counts) > risk:
        return None
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if _pa(middle, ac, quality, lot_size, counts) <= risk:
            enough = middle
        else:
            too_few = middle
    return enough


def find_single_plan(
    *,
    good: float,
    producer_risk: float,
    bad: float,
    consumer_risk: float,
    lot_size: int | None = None,
    counts: str = UNITS,
) -> tuple[int, int]:
    """The (n, Ac) with the smallest Ac, and for it the smallest n, that meets both risks.

    Lots of quality `good` are rejected with at most `producer_risk`, lots of quality `bad` accepted with at most
    `consumer_risk`. In a lot both qualities are rounded to whole units. Raises SamplingError where no plan does.
    """
    for name, value in (("good", good), ("bad", bad)):
        _check(value, name, counts)
    for name, value in (("producer_risk", producer_risk), ("consumer_risk", consumer_risk)):
        _check(value, name, UNITS)
    if good >= bad:
        raise SamplingError("good_not_below_bad", field="good", good=good, bad=bad)

    def meets(ac: int) -> int | None:
        n = smallest_sample(ac=ac, quality=bad, risk=consumer_risk, lot_size=lot_size, counts=counts)
        return n if n is not None and _pa(n, ac, good, lot_size, counts) >= 1 - producer_risk else None

    too_few, enough = -1, 1
    while meets(enough) is None:
        if smallest_sample(ac=enough, quality=bad, risk=consumer_risk, lot_size=lot_size, counts=counts) is None:
            break
        too_few, enough = enough, enough * 2
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if meets(middle) is not None else (middle, enough)
    n = meets(enough)
    if n is None:
        raise SamplingError("no_plan", field="good", good=good, bad=bad)
    return n, enough


def _pa(n: int, ac: int, p: float, lot_size: int | None, counts: str) -> float:
    if counts == NONCONFORMITIES:
        return float(scipy.special.pdtr(ac, n * p))
    if lot_size is not None:
        return float(scipy.stats.hypergeom.cdf(ac, lot_size, round(lot_size * p), n))
    return 1.0 if ac >= n else float(scipy.special.bdtr(ac, n, p))


def _check(value: float, name: str, counts: str) -> None:
    highest = 1 if counts == UNITS else 10
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < highest:
        raise SamplingError("between", field=name, value=value, lowest=0, highest=highest)

"""How fast plans are looked up and a characteristic page is computed: python -m bench.sampling"""

from time import perf_counter

from inspections.sampling import find_plan
from inspections.sampling.standard import AQLS, LEVELS, SEVERITIES

LOOK_UPS = 200_000
AIM_LOOK_UPS = 100_000
AIM_MILLISECONDS = 100


def look_ups_per_second() -> float:
    """Look-ups of single plans over all levels, severities and AQLs and lots of 2 to a million, in one process."""
    questions = [
        {
            "lot_size": 2 + number * 7919 % 999_999,
            "level": LEVELS[number % len(LEVELS)],
            "aql": AQLS[number % len(AQLS)],
            "severity": SEVERITIES[number % len(SEVERITIES)],
        }
        for number in range(LOOK_UPS)
    ]
    find_plan(**questions[0])
    began = perf_counter()
    for question in questions:
        find_plan(**question)
    return LOOK_UPS / (perf_counter() - began)


def milliseconds_per_curve(kind: str, lot_size: int, *, exact: bool) -> float:
    """The slowest of five computations of all that a characteristic page shows of one plan."""
    from inspections.sampling.curves import curve_of

    plan = find_plan(lot_size=lot_size, aql="2.5", kind=kind)
    curve = curve_of(plan, lot_size=lot_size if exact else None)
    slowest = 0.0
    for _ in range(5):
        began = perf_counter()
        points = curve.points()
        curve.asn([p for p, _ in points])
        curve.aoql()
        for pa in (0.95, 0.50, 0.10):
            curve.quality_at(pa)
        slowest = max(slowest, perf_counter() - began)
    return slowest * 1000


def main() -> None:
    print(f"plan look-ups: {look_ups_per_second():,.0f} per second in one process (aim {AIM_LOOK_UPS:,})")
    for kind in ("single", "double", "multiple"):
        for lot_size, exact in ((1200, True), (100_000, True), (100_000, False)):
            taken = milliseconds_per_curve(kind, lot_size, exact=exact)
            how = "hypergeometric" if exact else "binomial"
            print(f"curve, {kind}, lot of {lot_size:,}, {how}: {taken:.1f} ms (aim {AIM_MILLISECONDS})")


if __name__ == "__main__":
    main()

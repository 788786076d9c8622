"""The product's figures against the same worked out anew in R (`bench/independent.R`), from R's own distributions and analysis of variance.

`python -m bench.independent`: the largest difference of each kind; needs Rscript (Debian: r-base-core).
"""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from shutil import which

import numpy as np

from inspections.rules.gauge import agreement, crossed
from inspections.sampling import find_plan
from inspections.sampling.cartons import pa_of_alike_units, pa_of_whole_cartons
from inspections.sampling.computed import limiting_quality_plan
from inspections.sampling.curves import curve_of, single_curve
from inspections.sampling.intervals import _one_sided_interval, clopper_pearson, upper_bound

SCRIPT = Path(__file__).with_name("independent.R")
TOLERANCE = 1e-8


def study() -> np.ndarray:
    """[person][part][trial], with a fixed seed; persons do not differ from part to part."""
    rng = np.random.default_rng(20261130)
    made = rng.normal(0, 1, (1, 10, 1)) + rng.normal(0, 0.2, (3, 1, 1)) + rng.normal(0, 0.2, (3, 10, 3))
    return np.round(made, 3)


def ours() -> Iterator[tuple[str, float]]:
    for lot in (30, 50, 100, 200, 500, 1000, 3200, 10000):
        for limit in ("0.5", "2", "5", "12.5"):
            for asked in (0, 1, 3):
                n, _ac = limiting_quality_plan(lot, Fraction(limit), Fraction(1, 10), asked)
                yield f"lq {limit} of {lot}, Ac {asked}", n
    double = curve_of(find_plan(lot_size=1000, aql="2.5", kind="double"), lot_size=1000)
    for p in (0.01, 0.04, 0.08):
        yield f"single 80/5 in 1000 at {p}", float(single_curve(80, 5, lot_size=1000).pa(p))
        yield f"double 50+50, 2/5 6/7, in 1000 at {p}", float(double.pa(p))
    plan = find_plan(lot_size=1000, aql="2.5")
    for opened in (8, 12, 50):
        yield f"whole cartons, {opened} of 50", pa_of_whole_cartons(plan, 0.1, cartons=50, opened=opened)
        yield f"alike units, {opened} cartons", pa_of_alike_units(plan, 0.1, opened=opened, correlation=0.2)
    for bad, n in ((0, 60), (3, 80), (12, 125)):
        yield f"interval of {bad} in {n}, high", clopper_pearson(bad, n)[1]
        yield f"one-sided bound of {bad} in {n}", upper_bound(bad, n)
    for n, cpk in ((5, -0.3), (13, 1.2), (80, 1.8), (125, 0.9)):
        low, high = _one_sided_interval(cpk, n, n - 1, 0.95)
        yield f"one-sided Cpk {cpk} of {n} readings, low", low
        yield f"one-sided Cpk {cpk} of {n} readings, high", high
    found = crossed(study().tolist())
    yield "gauge: p of the interaction", found.p_interaction or 0
    for name, value in (
        ("repeatability", found.repeatability),
        ("reproducibility", found.reproducibility),
        ("gauge", found.gauge),
        ("parts", found.part),
    ):
        yield f"gauge: {name}", value
    good, bad_part = [True] * 22 + [False] * 18, [[True]] * 18 + [[False]] * 4 + [[True]] * 6 + [[False]] * 12
    kappa = agreement({"A": bad_part, "B": bad_part}, good).with_reference["A"]
    yield "kappa", kappa[0] if kappa else 0


def theirs() -> dict[str, float]:
    gauge = ",".join(f"{value:.3f}" for value in study().ravel())
    told = subprocess.run(
        [which("Rscript") or "Rscript", "--vanilla", str(SCRIPT)],
        env=os.environ | {"GAUGE": gauge},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {name: float(value) for name, value in (line.split("\t") for line in told.splitlines())}


def main() -> int:
    if which("Rscript") is None:
        print("Rscript is not installed (Debian: r-base-core), so nothing was compared.")
        return 0
    expected, worst = theirs(), defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    for name, value in ours():
        kind = " ".join(name.replace(":", "").split()[: 2 if name[0] != "l" else 1])
        worst[kind] = max(worst[kind], abs(value - expected.pop(name)))
        count[kind] += 1
    for kind, difference in worst.items():
        print(f"{kind:20} {count[kind]:4} figures, largest difference {difference:.1e}")
    failed = bool(expected) or max(worst.values()) > TOLERANCE
    print("R has what we have not:" if expected else "", *expected, sep="\n" if expected else "")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

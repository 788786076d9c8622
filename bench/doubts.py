"""How often honest inspections raise a doubt, and how often readings that were made up do, by simulation with fixed seeds.

`python -m bench.doubts [inspections]`: per kind of process and sample size the share that is flagged, in percent.
"""

import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import numpy as np
from numpy.random import Generator

from inspections.rules.doubts import Column, doubts_about

Process = Callable[[Generator, int], np.ndarray]


def cavities(*levels: float, noise: float = 0.03) -> Process:
    return lambda rng, n: np.resize(levels, n) + rng.normal(0, noise, n)


def wandering(correlation: float, sd: float = 0.15) -> Process:
    def made(rng: Generator, n: int) -> np.ndarray:
        x = np.empty(n)
        x[0] = rng.normal(0, sd)
        for i in range(1, n):
            x[i] = correlation * x[i - 1] + rng.normal(0, sd * np.sqrt(1 - correlation**2))
        return x

    return made


def packs(size: int, between: float = 0.15, within: float = 0.03) -> Process:
    return lambda rng, n: np.repeat(rng.normal(0, between, n // size + 1), size)[:n] + rng.normal(0, within, n)


def ramp(width: float, noise: float) -> Process:
    return lambda rng, n: np.linspace(-width / 2, width / 2, n) + rng.normal(0, noise, n)


def wear(period: int, width: float, noise: float) -> Process:
    """A tool that wears and is set again."""
    return lambda rng, n: (np.arange(n) + rng.integers(period)) % period / period * width + rng.normal(0, noise, n)


def settling(rng: Generator, n: int) -> np.ndarray:
    return 0.8 * np.exp(-np.arange(n) / 8) + rng.normal(0, 0.02, n)


def cycle(rng: Generator, n: int) -> np.ndarray:
    return 0.2 * np.sin(2 * np.pi * (np.arange(n) / 23 + rng.random())) + rng.normal(0, 0.03, n)


HONEST: dict[str, tuple[Process, int]] = {
    "normal": (lambda rng, n: rng.normal(0, 0.15, n), 2),
    "normal, coarse": (lambda rng, n: rng.normal(0, 0.15, n), 1),
    "skewed": (lambda rng, n: rng.gamma(2, 0.1, n), 2),
    "4 cavities to 0.1": (cavities(-0.3, -0.1, 0.1, 0.3), 1),
    "2 cavities to 0.1": (cavities(-0.1, 0.1, noise=0.08), 1),
    "8 cavities to 0.01": (cavities(*np.linspace(-0.3, 0.3, 8), noise=0.008), 2),
    "cavity at the limit": (cavities(0.0, 0.44, noise=0.02), 2),
    "wandering .9 to 0.1": (wandering(0.9), 1),
    "wandering .9 to 0.01": (wandering(0.9), 2),
    "wandering .98 to 0.1": (wandering(0.98), 1),
    "ramp to 0.1": (ramp(0.6, 0.02), 1),
    "ramp to 0.01": (ramp(0.4, 0.01), 2),
    "packs of ten to 0.1": (packs(10), 1),
    "packs of ten to 0.01": (packs(10), 2),
    "pairs to 0.01": (packs(2, within=0.006), 2),
    "wear to 0.01": (wear(20, 0.5, 0.008), 2),
    "settling to 0.1": (settling, 1),
    "cycle to 0.1": (cycle, 1),
}


def copied_block(rng: Generator, n: int) -> np.ndarray:
    x = rng.normal(0, 0.15, n)
    length = max(6, n // 8)
    x[n - length :] = x[:length]
    return x


def frozen(share: float) -> Process:
    def made(rng: Generator, n: int) -> np.ndarray:
        x = rng.normal(0, 0.15, n)
        length = max(6, int(share * n))
        x[n // 5 : n // 5 + length] = x[n // 5]
        return x

    return made


def heaped(rng: Generator, n: int) -> np.ndarray:
    """What lies beyond the limit of 0.5 is written down as just inside it."""
    x = rng.normal(0.2, 0.15, n)
    return np.where(rng.random(n) < 0.3, 0.5 - rng.random(n) * 0.05, x)


FAULTY: dict[str, tuple[Process, int]] = {
    "copied block": (copied_block, 2),
    "frozen, a tenth": (frozen(0.1), 2),
    "frozen, half": (frozen(0.5), 2),
    "frozen, three quarters": (frozen(0.75), 2),
    "heaped at the limit": (heaped, 2),
}


def column(process: Process, rng: Generator, n: int, places: int, *, earlier: bool = True) -> Column:
    def written(values: np.ndarray) -> tuple[Decimal, ...]:
        return tuple(Decimal(f"{10 + value:.{places}f}") for value in values)

    before = written(process(rng, n)) if earlier else ()
    return Column("A", written(process(rng, n)), Decimal("9.5"), Decimal("10.5"), Decimal(10), before)


def flagged(process: Process, places: int, n: int, inspections: int, *, other_inspector: bool = True) -> Counter[str]:
    """How many of so many inspections raise each kind of doubt; "any" counts those that raise one at all."""
    rng, found = np.random.default_rng(n * 1000 + places), Counter[str]()
    for _ in range(inspections):
        doubts = doubts_about([column(process, rng, n, places)], other_inspector=other_inspector)
        found.update({doubt.kind for doubt in doubts})
        found["any"] += bool(doubts)
    return found


def three_checks(inspections: int) -> Counter[str]:
    """How many honest inspections of three checks, on instruments fine and coarse, raise each kind of doubt."""
    rng, found = np.random.default_rng(42), Counter[str]()

    def written(values: np.ndarray, places: int) -> tuple[Decimal, ...]:
        return tuple(Decimal(f"{value:.{places}f}") for value in values)

    for _ in range(inspections):
        now, before = written(rng.normal(50, 0.15, 50), 2), written(rng.normal(50, 0.15, 50), 2)
        columns = [
            Column("A", now, Decimal("49.5"), Decimal("50.5"), Decimal(50), before),
            Column("B", written(rng.gamma(9, 0.02, 50), 3), upper=Decimal("0.30")),
            Column("C", written(rng.normal(75, 1.2, 50), 1), lower=Decimal(72), target=Decimal(75)),
        ]
        found.update(doubt.kind for doubt in doubts_about(columns, other_inspector=True))
    return found


def main(inspections: int) -> None:
    print("honest, three checks, of 2,000:", dict(three_checks(2_000)))
    for name, processes in (("honest", HONEST), ("faulty", FAULTY)):
        for label, (process, places) in processes.items():
            said = []
            for n in (32, 80, 200):
                found = flagged(process, places, n, inspections)
                kinds = " ".join(f"{kind} {100 * k / inspections:.1f}" for kind, k in found.items() if kind != "any")
                said.append(f"{100 * found['any'] / inspections:5.1f} ({kinds})")
            print(f"{name:7} {label:24}", *said, sep="  ")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

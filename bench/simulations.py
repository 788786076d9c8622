"""What the pages say of odds, against histories drawn at random with fixed seeds: cartons, whole inspections, pilot runs,
promises, drift.

`python -m bench.simulations`: a line for each, what is told and what came out. The decision pages quote them.
"""

import numpy as np
from scipy.stats import norm

from inspections.rules.drift import change_in_rate
from inspections.rules.ladder import DRIFTING, MEASURED, Series, read
from inspections.rules.pilot_figures import COVERAGES, delivery_promise
from inspections.rules.pilots import CURTAILED, SEQUENTIAL, boundary
from inspections.sampling import Plan, Scheme, find_plan
from inspections.sampling.cartons import pa_of_alike_units, pa_of_whole_cartons
from inspections.sampling.computed import limiting_quality_plan
from inspections.sampling.curves import curve_of

SEED = 20261130


def told(what: str, said: float, found: float) -> None:
    print(f"{what:74} told {100 * said:6.2f} %  simulated {100 * found:6.2f} %")


def cartons(lots: int = 20_000) -> None:
    """1,000 units in 50 cartons, n 80, Ac 5, 10 % nonconforming: mixed, alike in a carton, whole cartons bad."""
    plan, rng = find_plan(lot_size=1000, aql="2.5"), np.random.default_rng(SEED)
    for opened in (8, 50):
        sizes = np.full(opened, 80 // opened) + (np.arange(opened) < 80 % opened)
        bad = rng.permuted(np.tile(np.arange(50) < 5, (lots, 1)), axis=1)[:, :opened]
        whole = ((bad * sizes).sum(axis=1) <= plan.acceptance).mean()
        told(
            f"{opened} of 50 cartons opened, 5 cartons bad",
            pa_of_whole_cartons(plan, 0.1, cartons=50, opened=opened),
            whole,
        )
        shares = rng.beta(0.4, 3.6, (lots, opened))
        alike = (rng.binomial(sizes, shares).sum(axis=1) <= plan.acceptance).mean()
        told(
            f"{opened} cartons opened, correlation 0.2",
            pa_of_alike_units(plan, 0.1, opened=opened, correlation=0.2),
            alike,
        )


def whole_inspection(lots: int = 40_000) -> None:
    """Major and minor on one sample of 80: independent faults, and units that count in their gravest class alone."""
    rng = np.random.default_rng(SEED)
    plans: dict[str, Plan] = Scheme.from_dict({"aql": {"major": "2.5", "minor": "4.0"}}).plans(
        1000, classes=("major", "minor")
    )
    curves = {name: curve_of(plan) for name, plan in plans.items()}
    for label, shares in (
        ("at the AQLs", {"major": 0.025, "minor": 0.04}),
        ("bad in both", {"major": 0.1, "minor": 0.1}),
    ):
        faults = {name: rng.random((lots, 80)) < share for name, share in shares.items()}
        apart = rng.multinomial(80, [*shares.values(), 1 - sum(shares.values())], lots)
        said = float(np.prod([float(curves[name].pa(share)) for name, share in shares.items()]))
        passes = np.all([faults[name].sum(axis=1) <= plans[name].acceptance for name in plans], axis=0)
        told(f"whole inspection, {label}, faults independent", said, passes.mean())
        passes = np.all([apart[:, i] <= plans[name].acceptance for i, name in enumerate(plans)], axis=0)
        told(f"whole inspection, {label}, each unit in one class (told is a bound)", said, passes.mean())


def limiting_quality(lots: int = 40_000) -> None:
    """Lots at the limiting quality, drawn without replacement."""
    rng = np.random.default_rng(SEED)
    for lot_size, limit, ac in ((200, 5, 0), (1000, 5, 1), (3000, 2, 3)):
        n, acceptance = limiting_quality_plan(lot_size, limit, 0.1, ac)  # type: ignore[arg-type]
        bad = -(-lot_size * limit // 100)
        passes = rng.hypergeometric(bad, lot_size - bad, n, lots) <= acceptance
        told(f"limiting quality {limit} % of {lot_size}: n {n}, Ac {acceptance} (at most 10 %)", 0.1, passes.mean())


def pilot_runs(runs: int = 20_000) -> None:
    """At a true rate of just the limit each rule passes, and fails, by mistake at most 1 time in 20."""
    rng = np.random.default_rng(SEED)
    for kind in (CURTAILED, SEQUENTIAL):
        rule = boundary(kind, limit=0.1, size=100)
        bad = (rng.random((runs, 100)) < 0.1).cumsum(axis=1)
        passed = (bad <= np.array(rule.passes)[1:]).argmax(axis=1) + 1000 * ~(bad <= np.array(rule.passes)[1:]).any(
            axis=1
        )
        failed = (bad >= np.array(rule.fails)[1:]).argmax(axis=1) + 1000 * ~(bad >= np.array(rule.fails)[1:]).any(
            axis=1
        )
        told(f"pilot run of 100, limit 10 %, {kind}: passes at the limit", rule.wrong_pass, (passed < failed).mean())
        told(f"pilot run of 100, limit 10 %, {kind}: fails at the limit", rule.wrong_fail, (failed < passed).mean())


def promises(runs: int = 100_000) -> None:
    """Lognormal days of 120 parcels, read while some are under way: a promise that holds for less than it says is broken.

    Of those given on that day; below 1 of 100 runs with a promise nothing is said.
    """
    took = np.sort(np.random.default_rng(SEED).lognormal(2, 0.4, (runs, 120)), axis=1)
    for day in (6, 10, 14, 17, 20, 30):
        arrived = (took <= day).sum(axis=1)
        for coverage in COVERAGES:
            given = broken = 0
            for count in np.unique(arrived):
                promise = delivery_promise(range(count), under_way=120 - int(count))
                if promise.low is None or promise.high is None or promise.coverage != coverage:
                    continue
                promised = norm.cdf((np.log(took[arrived == count][:, [promise.low, promise.high]]) - 2) / 0.4)
                given += len(promised)
                broken += int((promised[:, 1] - promised[:, 0] < coverage).sum())
            label = f"promise for {coverage:.0%} on day {day}, given in {given} of {runs}: broken, of those"
            told(f"{label} (at most)", 0.05, broken / max(given, 1))


def change_of_rate(series: int = 20_000) -> None:
    """Rates at rest: how often a change is found whose p-value is below a level."""
    rng = np.random.default_rng(SEED)
    for n, p in ((80, 0.2), (80, 0.01)):
        changes = [change_in_rate(rng.binomial(n, p, 30), np.full(30, n)) for _ in range(series)]
        found = np.array([change.p for change in changes if change])
        for level in (0.05, 0.01):
            told(f"change of a rate of {p} at rest, p below {level} (about)", level, (found < level).mean())


def guard_band(units: int = 4_000_000) -> None:
    """Units of a process with limits at -1 and 1, read by a gauge: what a band of 1.645 of its deviations changes."""
    rng = np.random.default_rng(SEED)
    for cp in (1.0, 0.67):
        true = rng.normal(0, 1 / (3 * cp), units)
        bad = np.abs(true) > 1
        for gauge in (0.1, 0.22, 0.3):
            read_at = np.abs(true + rng.normal(0, gauge / 3, units))
            for label, limit in (("as agreed", 1.0), ("guard band", 1 - 1.645 * gauge / 3)):
                taken = read_at <= limit
                print(
                    f"Cp {cp}, gauge {gauge:.0%} of the tolerance, limits {label:10}: "
                    f"of 10,000 units {1e4 * (taken & bad).mean():6.1f} bad taken as good, "
                    f"{1e4 * (~taken & ~bad).mean():7.1f} good as bad; {bad.mean():.2%} are bad, {(~taken).mean():.2%} read so"
                )


def drift(histories: int = 60, batches: int = 60) -> None:
    """A steady process looked at every other batch: how often the watch tells a drift, a change for the worse, for nothing."""

    def steady(means: np.ndarray) -> Series:
        n = len(means)
        same = {
            name: np.full(n, float(value)) for name, value in (("lower", -6), ("upper", 6), ("target", 0), ("sds", 1))
        }
        return Series(
            kind=MEASURED, sizes=np.full(n, 20), values=means, base=np.arange(min(n, 25)), watched=np.arange(n),
            lows=means - 2, highs=means + 2, **same,
        )  # fmt: skip

    for correlation, said in ((0.0, 0.10), (0.5, 0.5), (0.8, 0.9)):
        rng, alarms = np.random.default_rng(SEED), 0
        for _ in range(histories):
            noise = rng.standard_normal(batches + 50)
            x = np.zeros(batches + 50)
            for i in range(1, len(x)):
                x[i] = correlation * x[i - 1] + noise[i]
            alarms += any(read(steady(x[50 : 50 + n])).state == DRIFTING for n in range(8, batches + 1, 2))
        told(
            f"a drift told within {batches} batches for nothing, correlation {correlation} (about)",
            said,
            alarms / histories,
        )


def main() -> None:
    for simulate in (
        cartons,
        whole_inspection,
        limiting_quality,
        pilot_runs,
        promises,
        change_of_rate,
        guard_band,
        drift,
    ):
        simulate()


if __name__ == "__main__":
    main()

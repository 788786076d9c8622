"""Whether classes are counted and switched as ISO 2859-1 says, by a second reading in fresh code: python -m bench.classes

Random inspections and random histories of lots, judged unit by unit and class by class here, and by `inspections.rules.verdicts` and
`inspections.sampling.by_class` there. Nothing of the rules is imported for the reading here but the numbers of the plans.
"""

import random
from collections.abc import Iterator

from inspections.rules.verdicts import Finding, tally
from inspections.sampling import Plan, Scheme
from inspections.sampling.by_class import apply_to_each, start_each, step_each
from inspections.sampling.switching import Event, Lot

CLASSES = ("critical", "major", "minor")
INSPECTIONS, HISTORIES, LOTS = 20_000, 400, 60
SCHEME = Scheme.from_dict(
    {"standard": "iso2859-1", "level": "II", "kind": "single", "aql": {"major": "2.5", "minor": "4.0"}}
)
TIGHTER = {"major": 4, "minor": 6}  # Re of letter J one AQL step tighter: 1.5 and 2.5


def inspections(chance: random.Random) -> Iterator[str]:
    """What differs between the two readings of random samples of 20 units, some checks judged by plans of their own."""
    for number in range(INSPECTIONS):
        units: list[set[str]] = [set() for _ in range(20)]
        checks = [(chance.choice(CLASSES), f"C{i}", chance.random() < 0.3) for i in range(chance.randint(1, 6))]
        bad = {code: {u for u in range(20) if chance.random() < 0.15} for _name, code, _own in checks}
        for name, code, _own in checks:
            for unit in bad[code]:
                units[unit].add(name)
        most_serious = [min(found, key=CLASSES.index) if found else None for found in units]
        in_class = {
            name: {u for n, code, own in checks if n == name and not own for u in bad[code]} for name in CLASSES
        }
        wanted = {name: sum(most_serious[u] == name for u in in_class[name]) for name in CLASSES}
        wanted |= {code: len(bad[code]) for _name, code, own in checks if own}
        allowed = {name: chance.randint(0, 6) for name in wanted}
        plans = {name: plan_of(allowed[name]) for name in wanted}
        found = [
            Finding(
                name, frozenset(u + 1 for u in bad[code]), len(bad[code]), len(bad[code]), judged_by=code if own else ""
            )
            for name, code, own in checks
        ]
        own_plans = {code: plans[code] for _name, code, own in checks if own}
        told = tally({name: plans[name] for name in CLASSES}, found, own=own_plans)
        counts = {name: t.nonconforming for name, t in {**told.classes, **told.own}.items()}
        verdict = "rejected" if any(wanted[name] > allowed[name] for name in wanted) else "accepted"
        if (counts, told.outcome) != (wanted, verdict):
            yield f"inspection {number}: {counts} {told.outcome}, here {wanted} {verdict}"


def plan_of(most: int) -> Plan:
    return Plan(20, most, most + 1, False, "F", "F", "normal", "single", "iso2859-1", "2.5", "units")


class History:
    """One class, as clauses 9.3 and 9.4 read: nothing but lists of what happened since the severity was entered."""

    def __init__(self, name: str):
        self.name, self.severity, self.stopped, self.approved = name, "normal", False, False
        self.enter("normal")

    def enter(self, severity: str) -> None:
        self.severity, self.since, self.score = severity, [], 0
        self.approved = self.approved and severity == "reduced"

    def lot(self, bad: int, rejection: int, critical: bool) -> None:
        accepted = bad < rejection
        if self.stopped:
            return
        self.since.append(accepted)
        if self.severity == "normal":
            self.score = self.score + 3 if accepted and self.name in TIGHTER and bad < TIGHTER[self.name] else 0
            if self.since[-5:].count(False) >= 2:
                self.enter("tightened")
            else:
                self.reduce()
        elif self.severity == "tightened":
            if self.since[-5:] == [True] * 5:
                self.enter("normal")
            self.stopped = self.since.count(False) >= 5
        elif not accepted or critical:
            self.enter("normal")

    def approve(self) -> None:
        self.approved = True
        self.reduce()

    def reduce(self) -> None:
        if self.severity == "normal" and self.score >= 30 and self.approved:
            self.enter("reduced")


def histories(chance: random.Random) -> Iterator[str]:
    """What differs between the two readings of random histories, lot by lot."""
    for number in range(HISTORIES):
        here, there = {name: History(name) for name in CLASSES}, start_each()
        quality = {name: chance.choice((0.02, 0.1, 0.3, 0.6)) for name in CLASSES}
        for lot in range(LOTS):
            if chance.random() < 0.1:
                there = apply_to_each(there, Event("reduced_approved"))
                for history in here.values():
                    history.approve()
            plans = SCHEME.plans(1000, severity={name: state.severity for name, state in there.items()})
            bad = {
                name: chance.randint(0, plan.rejection + 1) if chance.random() < quality[name] else chance.randint(0, 1)
                for name, plan in plans.items()
            }
            bad["critical"] = int(chance.random() < quality["critical"] / 3)
            critical = bad["critical"] > 0
            there = step_each(there, {
                name: Lot({name: plan}, {name: [bad[name]]}, critical=critical and name == "critical",
                          critical_elsewhere=critical and name != "critical", severity=there[name].severity)
                for name, plan in plans.items()
            })  # fmt: skip
            for name, history in here.items():
                history.lot(bad[name], plans[name].rejection, critical)
            one = {name: "discontinued" if each.stopped else each.severity for name, each in here.items()}
            other = {name: state.status for name, state in there.items()}
            scores = {name: (each.score, there[name].score) for name, each in here.items()}
            if one != other or any(first != second for first, second in scores.values()):
                yield f"history {number}, lot {lot}: {other}, here {one}; scores {scores}"
                break


def main() -> None:
    chance = random.Random(2859)
    for what, count, found in (
        ("inspections", INSPECTIONS, list(inspections(chance))),
        ("histories", HISTORIES, list(histories(chance))),
    ):
        print(f"{what}: {count:,} compared, {len(found)} differ")
        print("\n".join(found[:10]))


if __name__ == "__main__":
    main()

"""The pick list of an inspection: which cartons to open, which units to take, and the number that each gets."""

from dataclasses import dataclass
from itertools import groupby

from inspections.models import Inspection
from inspections.sampling.picks import Pick, pick_list


@dataclass(frozen=True, slots=True)
class NumberedPick:
    """A unit to take, and the number to write on it: its number in the sample."""

    number: int
    pick: Pick
    is_new: bool
    checks: tuple[str, ...] = ()  # those that look at the first units alone, by their own sampling


@dataclass(frozen=True, slots=True)
class OpenCarton:
    """A carton to open (`number` None: the units are not in cartons) and what to take from it, in its order."""

    number: int | None
    picks: list[NumberedPick]

    @property
    def is_new(self) -> bool:
        """Whether there is something to take from it that an earlier sample did not take."""
        return any(each.is_new for each in self.picks)


@dataclass(frozen=True, slots=True)
class Picks:
    """What to take by the present sample. `stage_sizes` and the inspection's own fields are what the draw depends on."""

    inspection: Inspection
    stage_sizes: list[int]
    cartons: list[OpenCarton]
    taken_before: int
    sample_size: int

    @property
    def is_everything(self) -> bool:
        return self.sample_size == self.inspection.lot_size

    @property
    def further(self) -> int:
        """Units to take now: all of the sample, or what a further sample adds to those taken before."""
        return self.sample_size - self.taken_before

    @property
    def first_number(self) -> int:
        return self.taken_before + 1

    @property
    def new_cartons(self) -> list[OpenCarton]:
        """Those with something to take now."""
        return [carton for carton in self.cartons if carton.is_new]

    @property
    def carton_numbers(self) -> list[int]:
        return [carton.number for carton in self.new_cartons if carton.number is not None]


def stage_sizes(inspection: Inspection) -> list[int]:
    """Every sample size at which some class or plan of a single check decides, ascending.

    Drawn in these steps, the first units of the sample are a random sample too, for what looks at fewer.
    """
    plans = [*inspection.frozen_plans.values(), *inspection.frozen_own.values()]
    counted = {stage.sample_size for plan in plans for stage in plan.all_stages}
    return sorted(counted | {plan.sample_size for plan in inspection.by_variables.values()})


def taken_before(inspection: Inspection) -> int:
    """Units that the earlier samples took, all classes together."""
    if inspection.stage == 1:
        return 0
    sizes = [plan.sample_size for plan in inspection.by_variables.values()]
    counted = [(plan, inspection.stage_counts.get(name, ())) for name, plan in inspection.frozen_plans.items()]
    counted += [(plan, inspection.own_stage_counts.get(code, ())) for code, plan in inspection.frozen_own.items()]
    for plan, counts in counted:
        finished = min(len(counts) + 1, inspection.stage - 1)
        sizes.append(plan.all_stages[min(finished, len(plan.all_stages)) - 1].sample_size)
    return max(sizes)


def picks_of(inspection: Inspection) -> Picks:
    """The draw of an inspection up to its present sample; the same whenever it is asked for. No query.

    What a further sample adds is drawn from the same seed, so that what was taken before stays.
    """
    sizes = stage_sizes(inspection)
    drawn = pick_list(
        lot_size=inspection.lot_size,
        stage_sizes=sizes,
        seed=inspection.pick_seed,
        cartons=inspection.cartons,
        rule=inspection.carton_rule,
    )
    size = inspection.sample_size
    before = min(taken_before(inspection), size)
    in_order = sorted(drawn.picks, key=lambda pick: (pick.stage, pick.unit))[:size]
    own = {code: plan.sample_size for code, plan in inspection.own.items() if plan.sample_size < size}
    numbered = [
        NumberedPick(number, pick, number > before, tuple(code for code, n in own.items() if number <= n))
        for number, pick in enumerate(in_order, start=1)
    ]
    numbered.sort(key=lambda each: each.pick.unit)
    cartons = [
        OpenCarton(number, list(group)) for number, group in groupby(numbered, key=lambda each: each.pick.carton)
    ]
    return Picks(inspection, sizes, cartons, before, size)

"""What a count of nonconforming decides, stage by stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from .errors import SamplingError
from .plans import UNITS, Plan

ACCEPTED = "accepted"
REJECTED = "rejected"
NEXT_SAMPLE = "next_sample"


@dataclass(frozen=True, slots=True)
class Decision:
    """`stage` is the stage that decided, or the last one inspected (0 before the first).

    `next_sample_size` is how many more units to take, where the outcome is the next sample. `in_gap`: accepted with a
    count between Ac and Re of a reduced Z1.4 plan, which ends reduced inspection.
    """

    outcome: str
    stage: int
    next_sample_size: int | None = None
    in_gap: bool = False


def decide(plan: Plan, nonconforming: Sequence[int]) -> Decision:
    """Accept, reject or take the next sample.

    `nonconforming` are the counts found after each stage inspected so far, cumulative; what is counted is
    `plan.counts`. The first stage that decides ends it (ISO 2859-1 clause 11.1, Z1.4 clause 10). Raises SamplingError
    `counts_per_stage` unless the counts are whole, never fall and are at most as many as the stages.
    """
    stages = plan.all_stages
    counts = list(nonconforming)
    if (
        len(counts) > len(stages)
        or any(type(count) is not int or count < 0 for count in counts)
        or counts != sorted(counts)
    ):
        raise SamplingError("counts_per_stage", field="nonconforming", value=counts, stages=len(stages))
    for number, (stage, count) in enumerate(zip(stages, counts, strict=False), start=1):
        if count >= stage.rejection:
            return Decision(REJECTED, number)
        if stage.acceptance is not None and count <= stage.acceptance:
            return Decision(ACCEPTED, number)
        if number == len(stages):
            return Decision(ACCEPTED, number, in_gap=True)
    taken = stages[len(counts) - 1].sample_size if counts else 0
    return Decision(NEXT_SAMPLE, len(counts), next_sample_size=stages[len(counts)].sample_size - taken)


def check_fits_lot(plan: Plan, nonconforming: Sequence[int], lot_size: int) -> None:
    """Raise SamplingError where more nonconforming units were counted than the lot has units."""
    most = max(nonconforming, default=0)
    if plan.counts == UNITS and most > lot_size:
        raise SamplingError("nonconforming", field="nonconforming", value=most, n=lot_size)

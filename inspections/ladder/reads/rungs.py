"""The first inspections of products in time, and what each found: what a ladder stands on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from inspections.models import Characteristic, Inspection, InspectionStatus, Result, SpecificationStatus
from inspections.rules.ladder import UNITS
from suppliers.models import Product


class Rung(NamedTuple):
    """A first inspection that has a verdict. `plan` and `stage_counts` are those of the inspection.

    `findings` are how many there are on its batch beside the results, which only the team may know.
    """

    pk: int
    uid: UUID
    number: str
    at: datetime
    specification: int
    plan: dict
    variables_plans: dict
    own_plans: dict
    stage_counts: dict
    own_stage_counts: dict
    verdict: str
    findings: int

    def sample_size(self, characteristic: Characteristic) -> int:
        """How many units it was checked on."""
        name = characteristic.nonconformity_class
        if characteristic.code in self.variables_plans:
            return self.variables_plans[characteristic.code]["sample_size"]
        own = self.own_plans.get(characteristic.code)
        plan = own or self.plan[name]
        counts = self.own_stage_counts.get(characteristic.code, ()) if own else self.stage_counts.get(name, ())
        stages = plan.get("stages")
        return stages[min(len(counts), len(stages) - 1)]["sample_size"] if stages else plan["sample_size"]

    def counts(self, characteristic: Characteristic) -> str:
        """Whether units or nonconformities were counted."""
        plan = self.own_plans.get(characteristic.code) or self.plan.get(characteristic.nonconformity_class)
        return plan["counts"] if plan else UNITS


def rungs_of(products: Iterable[Product]) -> dict[int, list[Rung]]:
    """Product id -> its first submissions in time. One statement."""
    found = (
        Inspection.objects.filter(batch__product__in=products, round=1, status=InspectionStatus.SUBMITTED)
        .order_by("submitted_at", "id")
        .values_list(
            "batch__product", "id", "uid", "batch__number", "submitted_at", "specification", "plan", "variables_plans", "own_plans",
            "stage_counts", "own_stage_counts", "verdict", "batch__finding_count",
        )
    )  # fmt: skip
    rungs: dict[int, list[Rung]] = defaultdict(list)
    for product, *row in found:
        rungs[product].append(Rung(*row))
    return rungs


def characteristics_of(product: Product, rungs: Sequence[Rung]) -> list[Characteristic]:
    """Of every version that is active or was inspected by; those of the newest version last. One statement."""
    versions = {rung.specification for rung in rungs}
    return list(
        Characteristic.objects.filter(
            Q(specification__in=versions) | Q(specification__status=SpecificationStatus.ACTIVE),
            specification__product=product,
        )
        .select_related("specification")
        .order_by("specification__version", "position")
    )


Values = Mapping[tuple[int, int], tuple]


def values_of(rungs: Sequence[Rung], characteristics: Sequence[Characteristic]) -> Values:
    """(inspection, characteristic) -> mean, sd, minimum, maximum, nonconforming, nonconformities. One statement.

    Without those that have readings and no mean, since one of them is only known to be beyond a number.
    """
    rows = (
        Result.objects.filter(
            characteristic__in=[c.pk for c in characteristics], inspection__in=[rung.pk for rung in rungs]
        )
        .exclude(readings__isnull=False, mean=None)
        .values_list(
            "inspection", "characteristic", "mean", "sd", "minimum", "maximum", "nonconforming", "nonconformities"
        )
    )
    return {(inspection, characteristic): values for inspection, characteristic, *values in rows}  # type: ignore[misc]

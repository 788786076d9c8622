"""Raising doubts: at submission, in its transaction, and for photos when they are processed. They block nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum

from inspections.models import (
    Batch,
    Characteristic,
    Disposition,
    DispositionKind,
    DoubtFlag,
    DoubtKind,
    HoldResponse,
    Inspection,
    InspectionStatus,
    Photo,
    Result,
)
from inspections.rules import doubts
from inspections.rules.readings import Beyond

MOST_EARLIER = 30
MOST_BY_INSPECTOR = 30
MOST_BEFORE = 10
# What a process may show by itself, whoever inspects it.
OF_THE_PROCESS = (doubts.NEAR_LIMIT, doubts.RUN, doubts.BLOCK)


def with_earlier_round(characteristics: QuerySet[Characteristic], batch: Batch) -> QuerySet[Characteristic]:
    """Each with what the last submitted round of the batch found on it: `earlier_readings`, `earlier_bad`.

    And `was_worked_on`: units may have been made good since, so that the rounds need not agree.
    """
    earlier = Result.objects.filter(
        characteristic=OuterRef("pk"), inspection__batch=batch.pk, inspection__status=InspectionStatus.SUBMITTED
    ).order_by("-inspection_id")
    worked = [kind for kind in DispositionKind if kind.facts.works_on_units]
    return characteristics.annotate(
        earlier_readings=Subquery(earlier.values("readings")[:1]),
        earlier_bad=Subquery(earlier.values("nonconforming")[:1]),
        was_worked_on=Exists(HoldResponse.objects.filter(hold__batch=batch.pk))
        | Exists(Disposition.objects.filter(hold__batch=batch.pk, kind__in=worked)),
    )


def raise_doubts(
    inspection: Inspection, results: Mapping[int, Result], characteristics: Sequence[Characteristic], *, at: datetime
) -> None:
    """Store what is doubtful about an inspection that is submitted now; `results` by characteristic id.

    One statement where there is something, none where there is not, and one more for the pace of an inspection that was
    recorded check by check. `characteristics` of a re-inspection are those of `with_earlier_round`.
    """
    pairs = [(c, results[c.pk]) for c in characteristics]
    found = doubts.doubts_about(
        [_column(c, result, inspection) for c, result in pairs if result.readings is not None],
        counted=_counted(inspection, pairs),
        clock=_clock(inspection, pairs, at=at),
        other_inspector=_is_comparable(inspection, characteristics),
    )
    found = _unusual(found, inspection)
    by_code = {c.code: c for c in characteristics}
    DoubtFlag.objects.bulk_create(
        DoubtFlag(
            inspection=inspection,
            kind=doubt.kind,
            characteristic=by_code.get(doubt.code),
            probability=doubt.probability,
            facts=doubt.facts,
            raised_at=at,
        )
        for doubt in found
    )


def _unusual(found: Sequence[doubts.Doubt], inspection: Inspection) -> list[doubts.Doubt]:
    """Without what the process showed before too, in inspections by other people; one statement where there is a doubt."""
    codes = {doubt.code for doubt in found if doubt.kind in OF_THE_PROCESS and doubt.code}
    if not codes:
        return list(found)
    rows = (
        Result.objects.filter(
            characteristic__code__in=codes,
            inspection__batch__product=inspection.batch.product_id,
            inspection__status=InspectionStatus.SUBMITTED,
            readings__isnull=False,
        )
        .exclude(inspection__batch=inspection.batch_id)
        .exclude(inspection__inspector=inspection.inspector_id)
        .select_related("characteristic")
        .order_by("-inspection_id")[: MOST_BEFORE * len(codes)]
    )
    earlier: dict[str, list[doubts.Column]] = {code: [] for code in codes}
    for row in rows:
        c = row.characteristic
        earlier[c.code].append(doubts.Column(c.code, tuple(row.readings or ()), c.lower, c.upper, c.target))
    return [
        doubt
        for doubt in found
        if doubt.kind not in OF_THE_PROCESS or not doubts.is_usual(doubt, earlier.get(doubt.code, []))
    ]


def _column(c: Characteristic, result: Result, inspection: Inspection) -> doubts.Column:
    earlier = getattr(c, "earlier_readings", None) if inspection.previous_id else None
    readings = tuple(None if isinstance(each, Beyond) else each for each in result.readings or ())
    return doubts.Column(c.code, readings, c.lower, c.upper, c.target, tuple(earlier or ()))


def _is_comparable(inspection: Inspection, characteristics: Sequence[Characteristic]) -> bool:
    """Whether another person looked at the same batch in the round before, and nothing was done to it since."""
    previous = inspection.previous
    if previous is None or previous.status != InspectionStatus.SUBMITTED:
        return False
    is_other = previous.inspector_id != inspection.inspector_id
    return is_other and not any(getattr(c, "was_worked_on", True) for c in characteristics)


def _counted(inspection: Inspection, pairs: Sequence[tuple[Characteristic, Result]]) -> list[doubts.Counted]:
    if inspection.previous is None:
        return []
    earlier_bad: dict[int, int] = {
        c.pk: bad
        for c, result in pairs
        if result.readings is None and (bad := getattr(c, "earlier_bad", None)) is not None
    }
    attributes = [c for c, _result in pairs if c.pk in earlier_bad]
    try:
        sizes, before = (each.sample_sizes(attributes) for each in (inspection, inspection.previous))
    except KeyError:  # the class has no plan in one of the rounds
        return []
    found = {c.pk: result.nonconforming for c, result in pairs}
    return [
        doubts.Counted(
            c.code,
            found[c.pk],
            sizes[c.code],
            min(earlier_bad[c.pk], before[c.code]),
            before[c.code],
        )
        for c in attributes
    ]


def _clock(
    inspection: Inspection, pairs: Sequence[tuple[Characteristic, Result]], *, at: datetime
) -> doubts.Clock | None:
    """From when the inspection was begun; of one that a program sends whole, between its devices' times, if they differ.

    A unit counts once for all that is looked at, and once more for each reading of it.
    """
    if inspection.planned_at < at:
        seconds = (at - inspection.planned_at).total_seconds()
        timed = [result for _c, result in pairs]
        earlier = _earlier_paces(inspection, [c for c, _result in pairs])
    else:
        timed = sorted((result for _c, result in pairs), key=lambda result: result.recorded_at)
        seconds = (timed[-1].recorded_at - timed[0].recorded_at).total_seconds()
        timed = [result for result in timed if result.recorded_at > timed[0].recorded_at]
        earlier = ()
    work = work_of(timed, inspection, [c for c, _result in pairs])
    return doubts.Clock(seconds, work, earlier) if seconds > 0 and work else None


def work_of(results: Sequence[Result], inspection: Inspection, characteristics: Sequence[Characteristic]) -> int:
    """Readings, and units that were looked at."""
    readings = sum(len(result.readings or ()) for result in results)
    sizes, codes = inspection.sample_sizes(characteristics), {c.pk: c.code for c in characteristics}
    looked_at = [sizes[codes[result.characteristic_id]] for result in results if result.readings is None]
    return readings + max(looked_at, default=0)


def _earlier_paces(inspection: Inspection, characteristics: Sequence[Characteristic]) -> tuple[float, ...]:
    """Seconds per reading or unit of the last inspections by the same specification that were recorded by hand.

    Those whose own pace was doubtful are no measure for others, and what is carried along no check of theirs.
    """
    characteristics = [c for c in characteristics if c.code not in inspection.carried]
    earlier = (
        Inspection.objects.filter(
            specification=inspection.specification_id,
            status=InspectionStatus.SUBMITTED,
            submitted_at__gt=F("planned_at"),
        )
        .exclude(pk=inspection.pk)
        .exclude(doubts__kind=DoubtKind.PACE)
        .order_by("-id")
        .only("planned_at", "submitted_at", "plan", "variables_plans", "own_plans", "stage_counts", "own_stage_counts")[
            :MOST_EARLIER
        ]
    )
    paces = []
    for each in earlier:
        sizes = each.sample_sizes(characteristics)
        readings = sum(sizes[c.code] for c in characteristics if c.is_measured)
        looked_at = max((sizes[c.code] for c in characteristics if not c.is_measured), default=0)
        if each.submitted_at and readings + looked_at:
            paces.append((each.submitted_at - each.planned_at).total_seconds() / (readings + looked_at))
    return tuple(paces)


def doubt_abandonment(inspection: Inspection, *, at: datetime) -> None:
    """Note that inspections are abandoned again and again: of the batch, or by the inspector of the product.

    `inspection` is abandoned already, by the one who leads it. A sample that was signed as invalid is no such case.
    """
    others = Inspection.objects.filter(is_invalid=False).order_by("-id")
    of_batch = list(others.filter(batch=inspection.batch_id).values_list("id", "status"))
    by_inspector = list(
        others.filter(batch__product=inspection.batch.product_id, inspector=inspection.inspector_id).values_list(
            "id", "status"
        )[:MOST_BY_INSPECTOR]
    )
    looked_at = {"batch": of_batch, "inspector": by_inspector}
    abandoned = {
        where: [pk for pk, status in rows if status == InspectionStatus.ABANDONED] for where, rows in looked_at.items()
    }
    doubt = doubts.abandoned_again(
        (len(abandoned["batch"]), len(of_batch)), (len(abandoned["inspector"]), len(by_inspector))
    )
    if doubt is None:
        return
    results = Result.objects.filter(inspection__in=abandoned[str(doubt.facts["where"])])
    found = results.aggregate(found=Sum("nonconforming"))["found"] or 0
    DoubtFlag.objects.create(
        inspection=inspection,
        kind=doubt.kind,
        probability=doubt.probability,
        facts={**doubt.facts, "found": found},
        raised_at=at,
    )


def doubt_photo(photo: Photo, *, differing_bits: int, compared: int, at: datetime) -> None:
    """A photo of an inspection shows what an earlier one does (`earlier_use`), among so many compared with.

    The facts name the earlier one's inspection as `earlier`, its sample as `earlier_sample`, or,
    of a finding beside every inspection, its batch as `earlier_batch`.
    """
    inspection, earlier = cast(Inspection, photo.inspection), cast(Photo, photo.earlier_use)
    same_file = earlier.sha256 == photo.sha256
    doubt = doubts.same_picture(None if same_file else differing_bits, compared)
    DoubtFlag.objects.create(
        inspection=inspection,
        kind=DoubtKind.PHOTO,
        characteristic_id=photo.characteristic_id,
        photo=photo,
        probability=doubt.probability,
        facts={**doubt.facts, **_earlier_of(earlier)},
        raised_at=at,
    )


def _earlier_of(photo: Photo) -> dict[str, str]:
    if photo.sample:
        return {"earlier_sample": str(photo.sample.uid)}
    inspection = photo.inspection or (photo.finding.inspection if photo.finding else None)
    if photo.finding and inspection is None:
        return {"earlier_batch": photo.finding.batch.number}
    return {"earlier": str(cast(Inspection, inspection).uid)}  # a photo is of one of the three

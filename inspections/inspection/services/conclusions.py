"""From the last answered check to the verdict, and to what it does to the batch.

The caller holds the locks of the product and the batch.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import User
from activity.errors import RuleBroken
from activity.models import Event
from activity.services import happened
from inspections.doubt.services import raise_doubts
from inspections.finding.reads import further_units
from inspections.hold.services.holds import end_hold, stop_batch
from inspections.hold.services.reinspections import found_before, keep_for, why_it_stays
from inspections.inspection.services.planning import insert_inspection
from inspections.inspection.services.results import current_tallies, nonconforming_units_of
from inspections.models import (
    Characteristic,
    HoldReason,
    Inspection,
    InspectionStatus,
    NonconformityClass,
    Result,
    Verdict,
)
from inspections.rules.verdicts import ClassTally, Tallies
from inspections.specification.services.versions import Unanswered
from inspections.switching.services import Standing, count_lot


class CountFell(RuleBroken):
    code = "count_fell"
    detail = gettext_lazy(
        "Fewer nonconforming units are named than at the end of the first sample. What a finished sample showed stays."
    )


def conclude(
    inspection: Inspection,
    results: Mapping[int, Result],
    characteristics: Sequence[Characteristic],
    *,
    standing: Standing | None = None,
    actor: User,
    at: datetime,
) -> list[Event]:
    """Set the verdict, save, and move the batch's units accordingly.

    Where a double or multiple plan asks for another sample, the inspection stays open for it instead. Raises Unanswered.
    """
    if open_codes := [c.code for c in characteristics if c.pk not in results or not results[c.pk].is_complete]:
        raise Unanswered(open_codes)
    now = current_tallies(inspection, results, characteristics)
    counts = _counts_with(inspection.stage_counts, now.classes)
    own_counts = _counts_with(inspection.own_stage_counts, now.own)
    verdict = now.outcome
    facts: dict[str, Any] = {"inspection": str(inspection.uid), "round": inspection.round}
    save = inspection.save if inspection.pk else partial(insert_inspection, inspection)
    if verdict == "next_sample":
        _take_next_sample(inspection, now, counts, own_counts, results, characteristics)
        save()
        told = {"counts": counts} | ({"own_counts": own_counts} if own_counts else {})
        return [happened("inspection.next_sample", inspection.batch.stream, at=at, actor=actor, **told, **facts)]
    inspection.status = InspectionStatus.SUBMITTED
    inspection.submitted_at = at
    inspection.verdict = verdict
    inspection.tally = facts["tally"] = {
        name: t.as_dict() | {"counted": counts[name]} for name, t in now.classes.items()
    }
    names = {c.code: {"name": c.name, "name_zh": c.name_zh, "class": c.nonconformity_class} for c in characteristics}
    inspection.own_tally = {
        code: names[code] | t.as_dict() | {"counted": own_counts[code]} for code, t in now.own.items()
    }
    inspection.variables_tally = {code: names[code] | t.as_dict() for code, t in now.variables.items()}
    if now.own:
        facts["own"] = inspection.own_tally
    if now.variables:
        facts["variables"] = {code: names[code] | {"settled": t.settled} for code, t in now.variables.items()}
    batch = inspection.batch
    events = [happened(f"inspection.{inspection.verdict}", batch.stream, at=at, actor=actor, **facts)]
    if inspection.verdict == Verdict.REJECTED:
        if inspection.hold is None or not inspection.hold.remaining:
            inspection.hold, stopped = stop_batch(batch, reason=HoldReason.REJECTED, finding=facts, at=at, actor=actor)
            events += stopped
        save()
    else:
        if inspection.taken_back and not inspection.hold:  # whatever it shows by now: a second person signs
            inspection.hold, stopped = stop_batch(
                batch, reason=HoldReason.REJECTED, finding=inspection.taken_back, at=at, actor=actor
            )
            events += stopped
        nonconforming = nonconforming_units_of(inspection, results.values()) + further_units(inspection, batch)
        events += _release_accepted(inspection, nonconforming, save, actor=actor, at=at)
    raise_doubts(inspection, results, characteristics, at=at)
    return events + count_lot(inspection, standing, at=at, actor=actor)


def _counts_with(finished: Mapping[str, Sequence[int]], tallies: Mapping[str, ClassTally]) -> dict[str, list[int]]:
    """The counts at the end of each sample, the present one included. Raises CountFell; a unit that has gone over to a more
    serious class does not make it fall."""
    if any(t.shown < max(finished.get(name, ()), default=0) for name, t in tallies.items()):
        raise CountFell
    return {name: [*finished.get(name, ()), t.counted] for name, t in tallies.items()}


def _take_next_sample(
    inspection: Inspection,
    now: Tallies,
    counts: Mapping[str, list[int]],
    own_counts: Mapping[str, list[int]],
    results: Mapping[int, Result],
    characteristics: Sequence[Characteristic],
) -> None:
    """Go to the next stage of the classes that are not decided; their checks are open again for the further units.

    Critical goes with them, so that it is looked at on every unit that is taken.
    """
    critical = now.classes.get(NonconformityClass.CRITICAL)
    undecided = {name for name, t in now.classes.items() if t.settled == "next_sample"}
    own_undecided = {code for code, t in now.own.items() if t.settled == "next_sample"}
    if critical and critical.plan.stages:
        undecided.add(NonconformityClass.CRITICAL)
    inspection.stage_counts = {**inspection.stage_counts, **{name: counts[name] for name in undecided}}
    inspection.own_stage_counts = {
        **inspection.own_stage_counts, **{code: own_counts[code] for code in own_undecided}
    }  # fmt: skip
    for characteristic in characteristics:
        code = inspection.judged_by(characteristic)
        goes_on = code in own_undecided if code else characteristic.nonconformity_class in undecided
        if goes_on and not inspection.is_closed(characteristic):
            result = results[characteristic.pk]
            units = result.nonconforming_units
            inspection.stage_findings[characteristic.code] = result.nonconforming if units is None else units
            result.is_complete = False
            if result.pk:
                result.save(update_fields=["is_complete"])


def _release_accepted(
    inspection: Inspection, nonconforming: int, save: Callable[[], None], *, actor: User, at: datetime
) -> list[Event]:
    """Save the inspection and make the accepted units available, but for the `nonconforming` and for what earlier rounds found:
    these are set aside.

    A re-inspection planned after the hold was placed ends it, all but the units that were sorted out as bad, unless it has
    to stay (`why_it_stays`). An inspection that found something critical itself, and was accepted on a plan that allows
    it, ends nothing. What stays on hold keeps its nonconforming units there, as sorted out.
    """
    batch, hold = inspection.batch, inspection.batch.open_hold
    is_again = hold is not None and inspection.round > 1 and inspection.planned_at > hold.placed_at
    stays = why_it_stays(hold, inspection) if hold and is_again and not inspection.hold_id else ""
    good = 0
    if not inspection.hold_id:
        batch.move(batch.awaiting, source="awaiting", to="available")
        if hold and is_again and not stays:
            good = hold.remaining - hold.sorted_out
            batch.move(good, source="on_hold", to="available")
        if not hold or hold.remaining - good <= hold.sorted_out:
            nonconforming += found_before(batch, at=at)
        inspection.set_aside = min(nonconforming, batch.available)
        batch.move(inspection.set_aside, source="available", to="set_aside")
        batch.deviation_until = None
    save()
    events = []
    sorted_out = 0
    if hold:
        hold.batch = batch
        hold.remaining -= good
        sorted_out = min(nonconforming - inspection.set_aside, hold.remaining - hold.sorted_out)
        hold.sorted_out += sorted_out
        if stays:
            events.append(keep_for(stays, hold, inspection, actor=actor, at=at))
        elif good:
            hold.to_countersign = None
        if good and not hold.remaining:
            events.append(end_hold(hold, actor=actor, at=at, inspection=inspection))
        if good or sorted_out or stays:
            hold.save()
    if inspection.set_aside or sorted_out:
        facts = {"inspection": str(inspection.uid), "quantity": inspection.set_aside, "sorted_out": sorted_out}
        events.append(happened("units.set_aside", batch.stream, at=at, actor=actor, **facts))
    if not inspection.hold_id:
        batch.save_quantities()
    return events

"""What comes back of a pilot run after its end: on the record, and its question asked again."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.models import PilotLate, PilotOutcome, PilotRun, PilotStatus, PilotUnit
from inspections.pilot.reads import beyond_limits, counts_of_units, facts_of, lock_run, rules_of
from inspections.pilot.services.outcomes import (
    OutcomeInput,
    check_outcome,
    known_complaints,
    match_units,
    spread_reason,
)
from inspections.pilot.services.runs import (
    PilotNotRunning,
)
from inspections.rules.pilot_figures import Judgement, judge
from inspections.rules.pilots import FAIL


@one_transaction()
def record_late_outcomes(
    *,
    run: PilotRun,
    outcomes: Sequence[OutcomeInput],
    actor: User,
    at: datetime,
    needs_reason: bool = True,
    field: str = "outcomes",
) -> PilotRun:
    """Write what came back of units after the run was concluded, and ask its rule again with it.

    The verdict stays; where the rule says fail now, the run has failed afterwards, and the gate closes. What is there
    already is no change. Raises InvalidInput naming each wrong one, PilotNotRunning for a run that has no verdict,
    NotAllowed.
    """
    require(actor, "inspections.run_pilot")
    run = lock_run(run)
    if run.status != PilotStatus.CONCLUDED:
        raise PilotNotRunning
    if not outcomes:
        raise InvalidInput.one(field, "required", _("Give the outcome of at least one unit."))
    units = list(run.units.all())
    matched, misnamed = match_units(outcomes, units)
    errors = [FieldError(f"{field}.{index}.{name}", code, detail) for index, name, code, detail in misnamed]
    complaints, known = known_complaints(), set(late_of(run).values_list("unit_id", "outcome"))
    new = []
    for index, (sent, unit) in enumerate(zip(outcomes, matched, strict=True)):
        began, today = localdate(run.started_at), localdate(at)
        wrong = check_outcome(sent, complaints=complaints, began=began, today=today, needs_reason=needs_reason)
        if sent.outcome == PilotOutcome.OK:
            wrong.append(
                ("outcome", "not_late", _("The run is over. Only what came back, or was complained of, is added."))
            )
        errors += [FieldError(f"{field}.{index}.{name}", code, detail) for name, code, detail in wrong]
        if unit is None or wrong or (unit.pk, sent.outcome) in known:
            continue
        spread = spread_reason(sent)
        new.append(
            PilotLate(
                unit=unit,
                outcome=spread.outcome,
                damage=spread.damage,
                complaints=sorted(set(spread.complaints)),
                return_reason=spread.return_reason,
                returned_on=spread.returned_on,
                note=spread.note.strip(),
                recorded_at=at,
                recorded_by=actor,
            )
        )
    if errors:
        raise InvalidInput(errors)
    if not new:
        return run
    PilotLate.objects.bulk_create(new)
    named = [{"unit": late.unit.number, "outcome": late.outcome} for late in new]
    record_event("pilot.came_back_late", run.stream, at=at, actor=actor, **facts_of(run), units=named)
    judgement = judgement_with_late(run, units, at=at)
    if judgement.verdict == FAIL and run.failed_late_at is None and run.verdict != FAIL:
        run.failed_late_at = at
        run.save(update_fields=["failed_late_at"])
        bad = {rate.name: rate.bad for rate in judgement.rates}
        record_event("pilot.failed_late", run.stream, at=at, actor=actor, **facts_of(run), back=judgement.back, bad=bad)
    return run


def late_of(run: PilotRun) -> QuerySet[PilotLate]:
    """What came back of its units after its end."""
    return PilotLate.objects.filter(unit__run=run)


def judgement_with_late(run: PilotRun, units: Sequence[PilotUnit], *, at: datetime) -> Judgement:
    """By the frozen rule, with what came back since. The units are changed in memory, and not stored."""
    by_id = {unit.pk: unit for unit in units}
    for late in late_of(run):
        unit = by_id[late.unit_id]
        unit.damage = (
            unit.damage or late.damage or ("product" if PilotOutcome.DAMAGED in (late.outcome, unit.outcome) else "")
        )
        if PilotOutcome.COMPLAINED in (late.outcome, unit.outcome):
            unit.complaints = unit.complaints or late.complaints or ["unknown"]
        unit.complaints = [*unit.complaints, *late.complaints]
        unit.outcome = unit.outcome if unit.outcome == PilotOutcome.RETURNED else late.outcome
        unit.recorded_at = unit.recorded_at or late.recorded_at
    beyond = beyond_limits(run)
    counts = counts_of_units(run, units, at=at)
    return judge(rules_of(run), *counts, critical=beyond["critical"], major=beyond["major"])

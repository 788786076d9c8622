"""What becomes of the units that are set aside: the only ways out of there (R2)."""

from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.models import Event
from activity.services import record_event
from activity.transactions import one_transaction
from inspections.models import AsideStep, AsideStepKind, Batch, InspectionStatus, Verdict


class NothingSetAside(RuleBroken):
    code = "nothing_set_aside"
    detail = gettext_lazy("No units of this batch are set aside, so there is nothing left to settle.")


class BatchOnHold(RuleBroken):
    code = "batch_on_hold"
    detail = gettext_lazy(
        "This batch is on hold, so nothing joins what may ship. Decide the hold first; units set aside can be returned or "
        "scrapped meanwhile."
    )


class BatchNotAccepted(RuleBroken):
    code = "batch_not_accepted"
    detail = gettext_lazy(
        "This batch is not accepted any more, so units that replace others are not good by its inspection. Have it "
        "inspected again, or let a quality manager sign a release."
    )


class InspectorMayNotSign(NotAllowed):
    code = "inspector_may_not_sign"
    detail = gettext_lazy(
        "Who inspected the batch may not let its nonconforming units ship. Ask a second person to sign, or replace the units."
    )


def has_inspected(batch: Batch, user: User) -> bool:
    """Whether the user led or recorded an inspection that set units of the batch aside or rejected it, or ever had a part in
    it, or told a finding of the batch (R3)."""
    if batch.finding_count and batch.findings.filter(found_by=user).exists():
        return True
    found = batch.inspections.filter(Q(set_aside__gt=0) | Q(verdict=Verdict.REJECTED))
    if found.filter(Q(inspector=user) | Q(results__recorded_by=user)).exists():
        return True
    uids = [str(uid) for uid in found.values_list("uid", flat=True)]
    return Event.objects.filter(stream=batch.stream, actor=user, data__inspection__in=uids).exists()


def is_accepted(batch: Batch) -> bool:
    """Whether the batch's last round accepted it, and nothing since stands against that: no rework, and nothing critical that
    nobody has released (SQL: `last_accepted_at`, `critical_stands`)."""
    ended = batch.inspections.counted().exclude(status=InspectionStatus.OPEN)
    last = ended.order_by("-round").first()
    if last is None or last.verdict != Verdict.ACCEPTED:
        return False
    reworked = Q(dispositions__kind="rework", dispositions__decided_at__gt=last.submitted_at)
    if batch.holds.filter(reworked).exists():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT critical_stands(%s, %s)", [batch.pk, last.submitted_at])
        return not cursor.fetchone()[0]


def steps_for(batch: Batch, user: User, *, is_inspector: bool) -> list[AsideStepKind]:
    """What the user may do now with what is set aside; `is_inspector` as `has_inspected` says."""
    if not batch.set_aside:
        return []
    return [
        kind
        for kind in AsideStepKind
        if user.has_perm(kind.facts.permission)
        and not (kind.facts.is_signed and is_inspector)
        and not (kind.facts.place_after == "available" and batch.open_hold)
    ]


@one_transaction()
def settle_set_aside(
    *, batch: Batch, kind: str, quantity: int, note: str, actor: User, at: datetime, signature: str = ""
) -> AsideStep:
    """Say what became of units that are set aside: replaced, reworked, released, returned or scrapped (AsideStepKind).

    `signature` says how the actor signed ("password" or "token"); it is kept where the kind asks for one. The insert moves
    the units: a trigger of the database does it. Raises NothingSetAside, BatchOnHold, BatchNotAccepted,
    InspectorMayNotSign, InvalidInput, NotAllowed.
    """
    if kind not in AsideStepKind.values:
        choices = ", ".join(AsideStepKind.values)
        raise InvalidInput.one("kind", "invalid_choice", _("Choose one of %(all)s.") % {"all": choices})
    facts = AsideStepKind(kind).facts
    require(actor, facts.permission)
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not batch.set_aside:
        raise NothingSetAside
    errors = []
    if not 1 <= quantity <= batch.set_aside:
        detail = _("1 to %(most)s units are set aside.") % {"most": f"{batch.set_aside:,}"}
        errors.append(FieldError("quantity", "out_of_range", detail))
    if not note.strip():
        errors.append(FieldError("note", "required", _("Say what was done; it is kept for good.")))
    if facts.is_signed and not signature:
        errors.append(FieldError("password", "required", _("Sign with your password.")))
    if errors:
        raise InvalidInput(errors)
    if facts.place_after == "available":
        if batch.open_hold:
            raise BatchOnHold
        if not facts.is_signed and not is_accepted(batch):
            raise BatchNotAccepted
    if facts.is_signed and has_inspected(batch, actor):
        raise InspectorMayNotSign
    step = AsideStep.objects.create(
        batch=batch,
        kind=kind,
        place=facts.place_after,
        quantity=quantity,
        note=note.strip(),
        signature=signature if facts.is_signed else "",
        done_at=at,
        done_by=actor,
    )
    record_event(
        facts.event,
        batch.stream,
        at=at,
        actor=actor,
        step=kind,
        quantity=quantity,
        note=step.note,
        set_aside=[batch.set_aside, batch.set_aside - quantity],
    )
    return step

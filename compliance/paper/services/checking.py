"""Checking a paper at one sitting: what a person says of each thing that is asked, and what becomes of the paper."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from activity.errors import FieldError, InvalidInput, RuleBroken
from activity.transactions import one_transaction
from compliance.models import Evidence, EvidenceState, Finding
from compliance.paper.services.clearance import require_clear
from compliance.paper.services.evidence import accept_evidence, check_evidence, refuse_evidence
from compliance.paper.services.findings import check_label, decide_finding

# What may become of a paper. "pass" is checked by the first and accepted by the second person, each where it is due.
DECISIONS = ("later", "pass", "refuse")


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of one finding: whether the thing is there after all, on which page, or why it does not matter."""

    finding: UUID
    is_there: bool
    page: int | None = None
    reason: str = ""


@one_transaction()
def check_paper(
    *,
    evidence: Evidence,
    said: Sequence[Said],
    elements: Mapping[str, bool],
    decision: str,
    reason: str,
    actor: User,
    at: datetime,
) -> Evidence:
    """Keep what a person saw, and decide about the paper by it: all or nothing.

    Raises what `decide_finding`, `check_label` and the decision raise; an InvalidInput names the finding.
    """
    findings = {finding.uid: finding for finding in evidence.findings.current().select_related("evidence")}
    for one in said:
        name = f"findings.{one.finding}"
        if (finding := findings.get(one.finding)) is None:
            raise InvalidInput.one(name, "unknown", _("This is not found any more. Look at the paper again."))
        try:
            decide_finding(
                finding=finding, overrule=one.is_there, reason=one.reason, seen_on=one.page, actor=actor, at=at
            )
        except InvalidInput as refusal:
            raise InvalidInput([FieldError(name, error.code, error.detail) for error in refusal.errors]) from None
    if elements:
        check_label(evidence=evidence, answers=elements, actor=actor, at=at)
    if decision == "refuse":
        return refuse_evidence(evidence=evidence, reason=reason, actor=actor, at=at)
    if decision == "pass":
        return _pass(evidence, actor, at)
    return evidence


def is_first_look(evidence: Evidence) -> bool:
    """Whether passing it is the first of two looks."""
    return evidence.is_blocking and evidence.state == EvidenceState.SUBMITTED


def _pass(evidence: Evidence, actor: User, at: datetime) -> Evidence:
    if is_first_look(evidence):
        require_clear(evidence)
        return check_evidence(evidence=evidence, actor=actor, at=at)
    return accept_evidence(evidence=evidence, actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class Passed:
    """What came of one paper of several; `refusal` says why it waits on."""

    evidence: Evidence
    refusal: RuleBroken | None = None


def pass_papers(*, papers: Collection[Evidence], actor: User, at: datetime) -> list[Passed]:
    """Pass several papers in which all that is asked was found, or seen by somebody before; the others stay as they are."""
    done = []
    for evidence in papers:
        try:
            with one_transaction():
                done.append(Passed(_pass(evidence, actor, at)))
        except RuleBroken as refusal:
            done.append(Passed(evidence, refusal))
    return done


def sisters_of(evidence: Evidence) -> dict[str, Finding]:
    """What was said of the same things in the same file where it was shown for a sister product: fingerprint -> finding.

    To be offered, never taken over by itself: whether it holds for this one, a person says.
    """
    others = Finding.objects.filter(
        evidence__document=evidence.document_id, state="overruled", is_ban=False, is_current=True
    ).exclude(evidence=evidence)
    rows = others.select_related("decided_by", "evidence").prefetch_related("evidence__listings__product")
    return {finding.fingerprint: finding for finding in rows.order_by("decided_at")}

"""Changes of a specification that returns from the market ask for: proposed by the program, decided by a person."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import InvalidInput, RuleBroken
from activity.services import happened, record_event, record_events
from activity.transactions import one_transaction
from inspections.models import (
    Aspect,
    ComplaintPoint,
    MarketReturn,
    NonconformityClass,
    Proposal,
    ProposalKind,
    ProposalStatus,
    Shipment,
    Specification,
    SpecificationStatus,
)
from inspections.returns.services.catches import ASPECTS, active_characteristics_of
from inspections.rules import escapes
from inspections.rules.escapes import Evidence
from inspections.specification.services.characteristics import CharacteristicInput, input_of
from inspections.specification.services.versions import draft_specification
from suppliers.models import Product

LOOK_BACK = timedelta(days=180)


class AlreadyDecided(RuleBroken):
    code = "proposal_decided"
    detail = gettext_lazy("Somebody has decided on this proposal already.")


class NothingToChange(RuleBroken):
    code = "proposal_outdated"
    detail = gettext_lazy(
        "The specification has changed since: what was proposed no longer fits. Dismiss it, or edit the specification."
    )


def find_evidence(product: Product, *, today: date) -> Iterator[tuple[ProposalKind, str, str, str, Evidence]]:
    """(kind, subject, class now, class proposed, evidence) for all that came back in the last half year. Six statements."""
    since = today - LOOK_BACK
    characteristics = {c.code: c for c in active_characteristics_of([product.pk]).get(product.pk, ())}
    if not characteristics:
        return
    catches = dict(product.catches.values_list("complaint", "characteristic"))
    shipments = Shipment.objects.with_taken_back().filter(batch__product=product, shipped_at__date__gte=since)
    shipped = shipments.aggregate(units=Sum("away"))["units"] or 0
    seen: dict[tuple[ProposalKind, str], set[int]] = defaultdict(set)
    batches: dict[tuple[ProposalKind, str], set[int]] = defaultdict(set)
    came_back = MarketReturn.objects.standing().filter(product=product, happened_on__gte=since).exclude(complaints=[])
    for pk, batch, complaints in came_back.values_list("pk", "batch_id", "complaints"):
        for complaint in complaints:
            code = catches.get(complaint, "")
            key = (
                (ProposalKind.RAISE_CLASS, code)
                if code in characteristics
                else (ProposalKind.ADD_CHARACTERISTIC, complaint)
            )
            seen[key].add(pk)
            if batch:
                batches[key].add(batch)
    addable = set(
        ComplaintPoint.objects.filter(code__in=[s for k, s in seen if k == ProposalKind.ADD_CHARACTERISTIC], parent__code__in=ASPECTS).values_list("code", flat=True)
    )  # fmt: skip
    for (kind, subject), units in sorted(seen.items()):
        now = characteristics[subject].nonconformity_class if kind == ProposalKind.RAISE_CLASS else ""
        proposed = escapes.NEXT_CLASS.get(now) if now else escapes.NEW_CLASS if subject in addable else None
        if proposed:
            found = escapes.evidence(
                len(units), shipped, batches=len(batches[kind, subject]), since=since.isoformat(),
                nonconformity_class=now or escapes.NEW_CLASS,
            )  # fmt: skip
            yield kind, subject, now, proposed, found


@one_transaction()
def propose(*, product: Product, at: datetime) -> list[Proposal]:
    """Propose what the returns of a product are evidence enough for. May run again: an open proposal gets the new counts,
    and one that is drafted waits for its version.

    What was dismissed is proposed again when there is twice as much evidence.
    """
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    earlier = {(p.kind, p.subject): p for p in product.proposals.order_by("id")}
    events, new = [], []
    for kind, subject, now, proposed, found in find_evidence(product, today=localtime(at).date()):
        if not escapes.is_convincing(found):
            continue
        last = earlier.get((kind, subject))
        if last and last.status == ProposalStatus.OPEN:
            last.evidence, last.class_from, last.class_to = found.as_dict(), now, proposed
            last.save(update_fields=["evidence", "class_from", "class_to"])
            continue
        if last and last.status == ProposalStatus.ACCEPTED:
            continue
        if last and last.class_to == proposed and not escapes.is_new_evidence(found, Evidence(**last.evidence)):
            continue
        new.append(
            Proposal(
                product=product,
                kind=kind,
                subject=subject,
                class_from=now,
                class_to=proposed,
                evidence=found.as_dict(),
                proposed_at=at,
            )
        )
        events.append(
            happened("proposal.made", f"product:{product.sku}", at=at, actor=None, proposal=kind, subject=subject, escapes=found.escapes)
        )  # fmt: skip
    Proposal.objects.bulk_create(new)
    record_events(events)
    return new


def _open(proposal: Proposal, actor: User) -> tuple[Product, Proposal]:
    """Both under lock. Raises AlreadyDecided, NotAllowed."""
    require(actor, "inspections.specify")
    product = Product.objects.select_for_update(no_key=True).get(pk=proposal.product_id)
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.status != ProposalStatus.OPEN:
        raise AlreadyDecided
    return product, proposal


def _changed(specification: Specification, proposal: Proposal) -> list[CharacteristicInput]:
    """The characteristics of a version with what is proposed. Raises NothingToChange."""
    characteristics = list(specification.characteristics.order_by("position"))
    inputs = [input_of(c) for c in characteristics]
    codes = [c.code for c in characteristics]
    if proposal.kind == ProposalKind.RAISE_CLASS:
        if proposal.subject not in codes:
            raise NothingToChange
        index = codes.index(proposal.subject)
        inputs[index] = replace(inputs[index], nonconformity_class=proposal.class_to)
        return inputs
    point = ComplaintPoint.objects.select_related("parent").get(code=proposal.subject)
    group = point.parent.code if point.parent else ""
    code = _code_to_add(proposal)
    if code in codes:
        raise NothingToChange
    aspect = ASPECTS.get(group, (Aspect.APPEARANCE,))[0]
    inputs.append(
        CharacteristicInput(code, f"No complaint: {point.name}", aspect, proposal.class_to, False, name_zh=f"无此投诉：{point.name_zh}")
    )  # fmt: skip
    return inputs


def _code_to_add(proposal: Proposal) -> str:
    """The code of the characteristic that a complaint point asks for."""
    return proposal.subject.upper().replace("_", "-")


def _has(specification: Specification | None, proposal: Proposal) -> bool:
    """Whether a version is as strict as was proposed."""
    if specification is None:
        return False
    classes = dict(specification.characteristics.values_list("code", "nonconformity_class"))
    if proposal.kind == ProposalKind.ADD_CHARACTERISTIC:
        return _code_to_add(proposal) in classes
    ranks = NonconformityClass.values  # the strictest first
    found = classes.get(proposal.subject)
    return found is not None and ranks.index(found) <= ranks.index(proposal.class_to)


@one_transaction()
def follow_versions(*, product: Product, at: datetime) -> None:
    """Look what became of the proposals that were accepted: done where a version with them is in force, drafted where the
    draft has them, and open again where neither does. May run again."""
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    accepted = list(product.proposals.filter(status=ProposalStatus.ACCEPTED).order_by("id"))
    if not accepted:
        return
    versions = {each.status: each for each in product.specifications.exclude(status=SpecificationStatus.RETIRED)}
    active, draft = versions.get(SpecificationStatus.ACTIVE), versions.get(SpecificationStatus.DRAFT)
    events = []
    for proposal in accepted:
        facts: dict[str, Any] = {"proposal": proposal.kind, "subject": proposal.subject}
        if active and _has(active, proposal):
            proposal.status, proposal.drafted_version = ProposalStatus.DONE, active.version
            events.append(happened("proposal.done", f"product:{product.sku}", at=at, actor=None, version=active.version, **facts))  # fmt: skip
        elif draft and _has(draft, proposal):
            proposal.drafted_version = draft.version
        else:
            facts["version"] = proposal.drafted_version
            proposal.status, proposal.drafted_version = ProposalStatus.OPEN, None
            proposal.decided_at = proposal.decided_by = None
            events.append(happened("proposal.reopened", f"product:{product.sku}", at=at, actor=None, **facts))
        proposal.save(update_fields=["status", "drafted_version", "decided_at", "decided_by"])
    record_events(events)


@one_transaction()
def accept_proposal(*, proposal: Proposal, actor: User, at: datetime) -> Proposal:
    """Draft a version of the specification with what is proposed: on top of the draft that there is, else of the version
    in force. Nothing is in force before somebody activates it. Raises AlreadyDecided, NothingToChange, NotAllowed."""
    product, proposal = _open(proposal, actor)
    versions = product.specifications.exclude(status=SpecificationStatus.RETIRED).order_by("-version")
    base = versions.first()
    if base is None:
        raise NothingToChange
    inputs = _changed(base, proposal)
    draft = draft_specification(product=product, characteristics=inputs, scheme=base.scheme, actor=actor, at=at)
    proposal.status, proposal.drafted_version = ProposalStatus.ACCEPTED, draft.version
    proposal.decided_at, proposal.decided_by = at, actor
    proposal.save()
    record_event(
        "proposal.accepted", f"product:{product.sku}", at=at, actor=actor,
        proposal=proposal.kind, subject=proposal.subject, version=draft.version,
    )  # fmt: skip
    return proposal


@one_transaction()
def dismiss_proposal(*, proposal: Proposal, reason: str, actor: User, at: datetime) -> Proposal:
    """Raises AlreadyDecided, InvalidInput without a reason, NotAllowed."""
    product, proposal = _open(proposal, actor)
    reason = reason.strip()
    if not reason or len(reason) > 300:
        raise InvalidInput.one("reason", "required", _("Say why in 1 to 300 characters; it is kept with the proposal."))
    proposal.status, proposal.reason = ProposalStatus.DISMISSED, reason
    proposal.decided_at, proposal.decided_by = at, actor
    proposal.save()
    record_event(
        "proposal.dismissed", f"product:{product.sku}", at=at, actor=actor,
        proposal=proposal.kind, subject=proposal.subject, reason=reason,
    )  # fmt: skip
    return proposal

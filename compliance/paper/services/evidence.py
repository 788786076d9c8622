"""Papers shown for requirements: submitted, checked by one person, accepted by another, refused, revoked, looked up."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.transactions import one_transaction
from compliance.checklist.services import Chains, lock_products, paper_of, refresh_checklists
from compliance.models import (
    ChecklistItem,
    Document,
    DocumentStatus,
    Evidence,
    EvidenceListing,
    EvidenceState,
    Examination,
    LookupResult,
    RegisterLookup,
    Requirement,
    Severity,
)
from compliance.paper.services.clearance import require_clear
from compliance.paper.services.events import tell_of_paper
from compliance.paper.services.proposals import (
    PaperInput,
    as_read,
    dates_missing,
    further_fields_of,
    number_is_demanded,
)
from compliance.reading.text import tidy
from compliance.rules.requirements import day_in, validity
from suppliers.models import Listing


class NotYourOwnUpload(NotAllowed):
    code = "own_upload"
    detail = gettext_lazy("You brought this paper: another person checks and accepts it.")


class SamePerson(NotAllowed):
    code = "same_person"
    detail = gettext_lazy("You checked this paper. As it blocks go-live, a second person accepts it.")


class EvidenceNotOpen(RuleBroken):
    code = "evidence_not_open"
    detail = gettext_lazy("This paper does not wait for this any more. Look at where it stands now.")


class DocumentNotReady(RuleBroken):
    code = "document_not_ready"
    detail = gettext_lazy("The document has not been scanned yet, or it was refused. It is not accepted before that.")


class PaperHasRunOut(RuleBroken):
    code = "paper_has_run_out"
    detail = gettext_lazy("This paper has run out in every market that it names. Ask for a newer one.")


@one_transaction()
def submit_evidence(
    *,
    document: Document,
    requirement: Requirement,
    listings: Collection[Listing],
    paper: PaperInput,
    actor: User,
    at: datetime,
) -> Evidence:
    """Show a document for a requirement of some listings, all of the document's supplier.

    Raises InvalidInput naming each field that is missing or wrong, NotAllowed.
    """
    require(actor, "compliance.upload_evidence")
    listings = list(Listing.objects.filter(pk__in={listing.pk for listing in listings})
                    .select_related("product__supplier", "market").order_by("pk"))  # fmt: skip
    if not listings:
        raise InvalidInput.one("listings", "required", _("Name at least one product and market that it is for."))
    lock_products([listing.pk for listing in listings])
    errors = [*_wrong_listings(document, requirement, listings), *_wrong_fields(requirement, paper)]
    if document.status == DocumentStatus.REFUSED:
        errors.append(FieldError("document", "refused", _("The scanner refused this file. Upload another one.")))
    if errors:
        raise InvalidInput(errors)
    evidence = Evidence.objects.create(
        document=document,
        requirement=requirement,
        is_blocking=requirement.severity == Severity.BLOCK,
        number=tidy(paper.number).strip(),
        issuing_body=paper.issuing_body.strip(),
        standard=paper.standard.strip(),
        edition=paper.edition.strip(),
        model_numbers=[tidy(number).strip() for number in paper.model_numbers if number.strip()],
        holder=paper.holder.strip(),
        issued_on=paper.issued_on,
        valid_from=paper.valid_from,
        valid_to=paper.valid_to,
        fields={name: text.strip() for name, text in paper.fields.items() if text.strip()},
        as_read=as_read(document, requirement, listings),
        submitted_by=actor,
        submitted_at=at,
    )
    EvidenceListing.objects.bulk_create(EvidenceListing(evidence=evidence, listing=listing) for listing in listings)
    _tell("evidence.submitted", evidence, listings, at=at, actor=actor, document=document.name)
    return evidence


def _wrong_listings(
    document: Document, requirement: Requirement, listings: Collection[Listing]
) -> Iterable[FieldError]:
    applies = set(
        ChecklistItem.objects.filter(requirement=requirement, listing__in=listings).values_list("listing", flat=True)
    )
    for listing in listings:
        if listing.product.supplier_id != document.supplier_id:
            text = _("%(listing)s is made by another supplier than the one whose document this is.")
            yield FieldError("listings", "other_supplier", text % {"listing": listing})
        elif listing.pk not in applies:
            text = _("%(requirement)s does not apply to %(listing)s.")
            names = {"requirement": requirement.local_name, "listing": listing}
            yield FieldError("listings", "does_not_apply", text % names)


def _wrong_fields(requirement: Requirement, paper: PaperInput) -> Iterable[FieldError]:
    if paper.valid_from and paper.valid_to and paper.valid_to < paper.valid_from:
        yield FieldError("valid_to", "date_order", _("The paper ends before it begins. Look at the dates again."))
    if paper.issued_on and paper.valid_to and paper.valid_to < paper.issued_on:
        yield FieldError("valid_to", "date_order", _("The paper ends before it was issued. Look at the dates again."))
    if number_is_demanded(requirement) and not paper.number.strip():
        yield FieldError("number", "required", _("Papers of this kind bear a number. Type it as it is printed."))
    if requirement.edition and not (paper.edition.strip() or paper.standard.strip()):
        text = _("Say which edition it was tested to; %(edition)s counts now.") % {"edition": requirement.edition}
        yield FieldError("edition", "required", text)
    for name in dates_missing(requirement, paper):
        yield FieldError(name, "required", _("Without this date nobody can say until when the paper counts."))
    if unknown := set(paper.fields) - set(further_fields_of(requirement)):
        for name in sorted(unknown):
            text = _("%(requirement)s asks for no such field.") % {"requirement": requirement.local_name}
            yield FieldError(f"fields.{name}", "unknown_field", text)


def _tell(
    kind: str, evidence: Evidence, listings: Collection[Listing], *, at: datetime, actor: User, **data: Any
) -> None:
    """One event for each listing that the paper names, and then the checklists that it changes."""
    tell_of_paper(kind, evidence, listings, at=at, actor=actor, **data)
    refresh_checklists([listing.pk for listing in listings], at=at, is_told=True)


def _locked(evidence: Evidence) -> tuple[Evidence, list[Listing]]:
    """As it is now, under the lock of the products that it names."""
    listings = list(evidence.listings.select_related("product", "market").order_by("pk"))
    lock_products([listing.pk for listing in listings])
    related = ("document", "requirement")
    return Evidence.objects.select_for_update(of=("self",)).select_related(*related).get(pk=evidence.pk), listings


def _require_another(evidence: Evidence, actor: User) -> None:
    require(actor, "compliance.check_evidence")
    if actor.pk in (evidence.submitted_by_id, evidence.document.uploaded_by_id):
        raise NotYourOwnUpload


@one_transaction()
def check_evidence(*, evidence: Evidence, actor: User, at: datetime) -> Evidence:
    """The first pair of eyes: the paper says what was typed, and it is about these products."""
    evidence, listings = _locked(evidence)
    _require_another(evidence, actor)
    if evidence.state != EvidenceState.SUBMITTED:
        raise EvidenceNotOpen
    evidence.state, evidence.checked_by, evidence.checked_at = EvidenceState.CHECKED, actor, at
    evidence.save()
    _tell("evidence.checked", evidence, listings, at=at, actor=actor)
    return evidence


@one_transaction()
def accept_evidence(*, evidence: Evidence, actor: User, at: datetime) -> Evidence:
    """The paper counts from now on. Where it blocks go-live, somebody else has checked it before.

    Raises NotYourOwnUpload, SamePerson, EvidenceNotOpen, DocumentNotReady, NotReadYet, FindingsOpen, LabelNotChecked,
    PaperHasRunOut.
    """
    evidence, listings = _locked(evidence)
    _require_another(evidence, actor)
    if evidence.state not in (EvidenceState.SUBMITTED, EvidenceState.CHECKED):
        raise EvidenceNotOpen
    evidence.is_blocking = evidence.requirement.severity == Severity.BLOCK
    if evidence.is_blocking and evidence.state == EvidenceState.SUBMITTED:
        raise EvidenceNotOpen(_("This paper blocks go-live: one person checks it first, another one accepts it."))
    if evidence.is_blocking and evidence.checked_by_id == actor.pk:
        raise SamePerson
    if evidence.document.status != DocumentStatus.READY:
        raise DocumentNotReady
    require_clear(evidence)
    if all(_has_run_out(evidence, listing, at) for listing in listings):
        raise PaperHasRunOut
    if evidence.checked_by is None:
        evidence.checked_by, evidence.checked_at = actor, at
    evidence.state, evidence.accepted_by, evidence.accepted_at = EvidenceState.ACCEPTED, actor, at
    evidence.save()
    _tell("evidence.accepted", evidence, listings, at=at, actor=actor)
    return evidence


def _has_run_out(evidence: Evidence, listing: Listing, at: datetime) -> bool:
    chains = Chains()
    markets, zone = chains.markets[listing.market_id], chains.zones[listing.market_id]
    last = validity(evidence.requirement.rule, paper_of(evidence), markets).last
    return last is not None and last < day_in(zone, at)


@one_transaction()
def refuse_evidence(*, evidence: Evidence, reason: str, actor: User, at: datetime) -> Evidence:
    """The paper does not do. `reason` tells its supplier what to bring instead."""
    evidence, listings = _locked(evidence)
    _require_another(evidence, actor)
    if evidence.state not in (EvidenceState.SUBMITTED, EvidenceState.CHECKED):
        raise EvidenceNotOpen
    return _end(evidence, EvidenceState.REFUSED, reason, listings, actor, at)


@one_transaction()
def revoke_evidence(*, evidence: Evidence, reason: str, actor: User, at: datetime) -> Evidence:
    """An accepted paper counts no more: withdrawn by who issued it, or found to be wrong."""
    require(actor, "compliance.check_evidence")
    evidence, listings = _locked(evidence)
    if evidence.state != EvidenceState.ACCEPTED:
        raise EvidenceNotOpen(_("Only a paper that is accepted can be revoked."))
    return _end(evidence, EvidenceState.REVOKED, reason, listings, actor, at)


def _end(
    evidence: Evidence, state: EvidenceState, reason: str, listings: Collection[Listing], actor: User, at: datetime
) -> Evidence:
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why, so that the next paper is the right one."))
    evidence.state, evidence.ended_by, evidence.ended_at, evidence.ended_reason = state, actor, at, reason.strip()
    evidence.save()
    _tell(f"evidence.{state.value}", evidence, listings, at=at, actor=actor, reason=reason.strip())
    return evidence


@one_transaction()
def record_lookup(
    *,
    evidence: Evidence,
    register: str,
    result: LookupResult,
    actor: User,
    at: datetime,
    number: str = "",
    note: str = "",
    screenshot: Document | None = None,
) -> RegisterLookup:
    """Note that somebody looked the paper up in a public register, and what it said."""
    require(actor, "compliance.check_evidence")
    if not register.strip():
        raise InvalidInput.one("register", "required", _("Name the register."))
    evidence, listings = _locked(evidence)
    if screenshot is not None and screenshot.supplier_id != evidence.document.supplier_id:
        raise InvalidInput.one("screenshot", "other_supplier", _("The screenshot is kept with another supplier."))
    lookup = RegisterLookup.objects.create(
        evidence=evidence,
        register=register.strip(),
        number=number.strip() or evidence.number,
        result=result,
        note=note.strip(),
        screenshot=screenshot,
        looked_up_by=actor,
        looked_up_at=at,
    )
    _tell("evidence.looked_up", evidence, listings, at=at, actor=actor, register=lookup.register, result=result)
    Examination.objects.filter(evidence=evidence).update(due_at=at)
    return lookup

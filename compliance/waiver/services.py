"""Waivers: going without a paper for a while, signed by two people."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from activity.errors import FieldError, InvalidInput, NotAllowed, RuleBroken
from activity.services import happened, record_events
from activity.transactions import one_transaction
from compliance.checklist.services import lock_products, refresh_checklists, stream_of
from compliance.models import ChecklistItem, Evidence, Finding, Requirement, RequirementRevision, Waiver, WaiverState
from compliance.rules.requirements import day_in
from suppliers.models import Listing


class WaiverOfABan(RuleBroken):
    code = "waiver_of_a_ban"
    detail = gettext_lazy("A ban cannot be waived. Bring the paper that shows that it is kept, or do not sell there.")


class WaiverExists(RuleBroken):
    code = "waiver_exists"
    detail = gettext_lazy("There is a waiver of this requirement for this listing already. End it before asking anew.")


# As the constraint `waiver_has_a_longest_term` has it too. Who needs longer asks anew, with both signatures.
LONGEST_DAYS = 90


def last_day_of(listing: Listing, *, at: datetime) -> date:
    """The last day that a waiver asked for now may cover, in the listing's market."""
    return _today(listing, at) + timedelta(LONGEST_DAYS)


class SameSigner(NotAllowed):
    code = "same_signer"
    detail = gettext_lazy("You asked for this waiver: the second signature is another person's.")


class WaiverNotOpen(RuleBroken):
    code = "waiver_not_open"
    detail = gettext_lazy("This waiver does not wait for a signature any more.")


def is_banned(listing: Listing, requirement: Requirement) -> bool:
    """Whether the requirement is a ban, or the listing's newest paper for it shows something that is banned there.

    What stopped being a ban is one for a listing that is judged by the text before, until that is signed.
    """
    if requirement.is_ban or _was_a_ban(listing, requirement):
        return True
    papers = Evidence.objects.filter(requirement=requirement, listings=listing).order_by("-pk")
    return Finding.objects.current().filter(evidence=papers.values("pk")[:1], is_ban=True).exists()


def _was_a_ban(listing: Listing, requirement: Requirement) -> bool:
    kept = ChecklistItem.objects.filter(listing=listing, requirement=requirement, revision__isnull=False)
    texts = RequirementRevision.objects.filter(requirement=requirement, number__in=kept.values("revision"))
    return texts.filter(data__is_ban=True).exists()


def _about(waiver: Waiver) -> dict[str, str]:
    return {
        "waiver": str(waiver.uid),
        "requirement": waiver.requirement.key,
        "name": waiver.requirement.name,
        "name_zh": waiver.requirement.name_zh,
        "product": waiver.listing.product.sku,
        "market": waiver.listing.market.code,
    }


def _tell(kind: str, waiver: Waiver, *, at: datetime, actor: User | None, **data: str) -> None:
    record_events([happened(kind, stream_of(waiver.listing), at=at, actor=actor, **_about(waiver), **data)])


def _locked(waiver: Waiver) -> Waiver:
    """As it is now, under the lock of its product."""
    lock_products([waiver.listing_id])
    related = ("listing__product", "listing__market", "requirement")
    return Waiver.objects.select_related(*related).get(pk=waiver.pk)


def _today(listing: Listing, at: datetime) -> date:
    return day_in(listing.market.zone, at)


@one_transaction()
def request_waiver(
    *, listing: Listing, requirement: Requirement, reason: str, limit: str, expires_on: date, actor: User, at: datetime
) -> Waiver:
    """Ask, with the first signature, to go without a paper until the end of `expires_on` in the listing's market, at most
    LONGEST_DAYS from today.

    Raises InvalidInput, WaiverOfABan, WaiverExists, NotAllowed.
    """
    require(actor, "compliance.sign_waiver")
    errors = [
        FieldError(field, "required", _("A waiver needs a reason, and a limit such as a quantity or an order."))
        for field, text in (("reason", reason), ("limit", limit))
        if not text.strip()
    ]
    if expires_on < _today(listing, at):
        errors.append(FieldError("expires_on", "in_the_past", _("This day is over in the listing's market.")))
    if expires_on > (last := last_day_of(listing, at=at)):
        detail = _("A waiver covers at most %(count)s days. The last possible day is %(day)s; both sign anew after it.")
        errors.append(FieldError("expires_on", "too_long", detail % {"count": LONGEST_DAYS, "day": last.isoformat()}))
    if errors:
        raise InvalidInput(errors)
    lock_products([listing.pk])
    if is_banned(listing, requirement):
        raise WaiverOfABan
    if not ChecklistItem.objects.filter(listing=listing, requirement=requirement).exists():
        raise InvalidInput.one(
            "requirement",
            "does_not_apply",
            _("%(requirement)s does not apply to %(listing)s, so there is nothing to waive.")
            % {"requirement": requirement.local_name, "listing": listing},
        )
    if Waiver.objects.filter(listing=listing, requirement=requirement).exclude(state=WaiverState.ENDED).exists():
        raise WaiverExists
    waiver = Waiver.objects.create(
        listing=listing,
        requirement=requirement,
        reason=reason,
        limit=limit,
        expires_on=expires_on,
        requested_by=actor,
        requested_at=at,
    )
    _tell("waiver.requested", waiver, at=at, actor=actor, reason=reason, limit=limit, until=expires_on.isoformat())
    return waiver


@one_transaction()
def sign_waiver(*, waiver: Waiver, actor: User, at: datetime) -> Waiver:
    """The second signature: from now on the item is waived. Raises SameSigner, WaiverNotOpen, WaiverOfABan."""
    require(actor, "compliance.sign_waiver")
    waiver = _locked(waiver)
    if waiver.state != WaiverState.REQUESTED or waiver.expires_on < _today(waiver.listing, at):
        raise WaiverNotOpen
    if waiver.requested_by_id == actor.pk:
        raise SameSigner
    if is_banned(waiver.listing, waiver.requirement):
        raise WaiverOfABan
    waiver.state, waiver.signed_by, waiver.signed_at = WaiverState.SIGNED, actor, at
    waiver.save()
    _tell("waiver.signed", waiver, at=at, actor=actor, limit=waiver.limit, until=waiver.expires_on.isoformat())
    refresh_checklists([waiver.listing_id], at=at, is_told=True)
    return waiver


@one_transaction()
def end_waiver(*, waiver: Waiver, reason: str, actor: User, at: datetime) -> Waiver:
    """Refuse a waiver that was asked for, or end one that was signed. Raises InvalidInput without a reason."""
    require(actor, "compliance.sign_waiver")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why it ends."))
    waiver = _locked(waiver)
    if waiver.state == WaiverState.ENDED:
        raise WaiverNotOpen(_("This waiver has ended already."))
    return _end(waiver, reason, actor, at)


def _end(waiver: Waiver, reason: str, actor: User, at: datetime) -> Waiver:
    waiver.state, waiver.ended_by, waiver.ended_at, waiver.ended_reason = WaiverState.ENDED, actor, at, reason
    waiver.save()
    _tell("waiver.ended", waiver, at=at, actor=actor, reason=reason)
    refresh_checklists([waiver.listing_id], at=at, is_told=True)
    return waiver


def end_waivers_of_ban(*, requirement: Requirement, actor: User, at: datetime) -> None:
    """End what was waived of a requirement that has become a ban. In the caller's transaction."""
    standing = Waiver.objects.filter(requirement=requirement).exclude(state=WaiverState.ENDED)
    for waiver in standing.order_by("pk"):
        _end(_locked(waiver), _("It has become a ban, and a waiver never covers one."), actor, at)

"""Deciding what goes on the market, when, and what is taken off it (R4)."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.access import require
from accounts.models import User
from accounts.signature import digest as digest_over
from accounts.signature import require_shown
from activity.errors import InvalidInput, RuleBroken
from activity.services import record_event
from activity.transactions import one_transaction
from compliance.catalogue.reads import requirement_names
from compliance.gate.services.gates import lock_gates, refresh
from compliance.gate.words import check_answer
from compliance.models import Gate, GateState, GoLiveDecision, LiveState
from compliance.rules.requirements import day_in
from suppliers.models import Listing

# Nobody plans further ahead: a later day is a slip of the pen.
FURTHEST = timedelta(days=5 * 366)


class GateClosed(RuleBroken):
    code = "gate_closed"

    def __init__(self, gate: Gate):
        names = requirement_names()
        failing = [check_answer(check, names) for check in gate.checks if check["code"] in gate.unmet]
        super().__init__(
            _("%(product)s may not go live in %(market)s: %(reasons)s")
            % {"product": gate.sku, "market": gate.market, "reasons": " · ".join(check["detail"] for check in failing)},
            checks=failing,
        )


class AlreadyLive(RuleBroken):
    code = "already_live"
    detail = _("This listing is live already. Take it off the market first to decide anew.")


class NotLive(RuleBroken):
    code = "not_live"
    detail = _("This listing is not live, so there is nothing to take off the market.")


def _lock(listing: Listing) -> Listing:
    """The listing under the lock of its product, which its checklist is worked out under too."""
    locked = Listing.objects.select_for_update(of=("product", "self"), no_key=True)
    return locked.select_related("product", "market").get(pk=listing.pk)


def _lock_gate(listing: Listing) -> Gate:
    [gate] = lock_gates(Gate.objects.filter(pk=listing.pk))
    return gate


def digest_of(gate: Gate) -> str:
    """Names what a gate says, check by check, as somebody reads it before signing that a listing goes live."""
    return digest_over(
        str(gate.listing_id),
        [(check["code"], check["state"], check["why"], check["data"], check["link"]) for check in gate.checks],
    )


def _stream(listing: Listing) -> str:
    return f"listing:{listing.product.sku}:{listing.market.code}"


def _require_sensible(field: str, day: date, listing: Listing, at: datetime) -> None:
    """Raises InvalidInput for a day that is over in the market, and for one more than five years ahead."""
    today = day_in(listing.market.zone, at)
    if day > today + FURTHEST:
        detail = _("%(day)s is more than five years away. Choose a day until %(last)s.")
        names = {"day": day.isoformat(), "last": (today + FURTHEST).isoformat()}
        raise InvalidInput.one(field, "too_far", detail % names)
    if day < today:
        detail = _("%(day)s lies in the past in %(market)s, where it is %(today)s.")
        names = {"day": day.isoformat(), "market": listing.market.code, "today": today.isoformat()}
        raise InvalidInput.one(field, "past", detail % names)


def _set_planned(listing: Listing, on: date | None, *, actor: User, at: datetime) -> None:
    if listing.planned_on == on:
        return
    before, listing.planned_on = listing.planned_on, on
    listing.save(update_fields=["planned_on"])
    days = {"before": before, "on": on}
    facts = {"product": listing.product.sku, "market": listing.market.code, **days}
    record_event("listing.planned", _stream(listing), at=at, actor=actor, **facts)


@one_transaction()
def plan_go_live(*, listing: Listing, on: date | None, actor: User, at: datetime) -> Listing:
    """Set the planned go-live: the day that papers are judged on, and work out the gate for it.

    Raises AlreadyLive, InvalidInput, NotAllowed.
    """
    require(actor, "compliance.take_live")
    listing = _lock(listing)
    if on and on != listing.planned_on:
        _require_sensible("on", on, listing, at)
    if Gate.objects.filter(pk=listing.pk, live=LiveState.LIVE).exists():
        raise AlreadyLive
    _set_planned(listing, on, actor=actor, at=at)
    refresh([_lock_gate(listing)], at=at)
    return listing


@one_transaction()
def take_live(
    *,
    listing: Listing,
    on: date,
    signature: str,
    actor: User,
    at: datetime,
    note: str = "",
    digest: str | None = None,
) -> GoLiveDecision:
    """Sign that a listing is sold from `on`, in its market's calendar. `signature`: "password" or "token".

    The gate is worked out for that day under its lock, and the decision keeps all of it. Raises GateClosed with the
    checks that are not met, ChangedMeanwhile where `digest` names another gate than it is (`digest_of`), AlreadyLive, InvalidInput for a day in the past, NotAllowed.
    """
    require(actor, "compliance.take_live")
    listing = _lock(listing)
    _require_sensible("on", on, listing, at)
    if digest is not None:
        require_shown(digest, digest_of(_lock_gate(listing)))
    _set_planned(listing, on, actor=actor, at=at)
    gate = _lock_gate(listing)
    if gate.live == LiveState.LIVE:
        raise AlreadyLive
    facts, evaluation = refresh([gate], at=at)[listing.pk]
    if gate.state != GateState.OPEN:
        raise GateClosed(gate)
    decision = GoLiveDecision.objects.create(
        listing=listing,
        on=on,
        note=note.strip(),
        evaluation={"day": evaluation.day, "checks": gate.checks, "facts": facts.as_dict()},
        signature=signature,
        decided_at=at,
        decided_by=actor,
    )
    record_event(
        "listing.taken_live",
        gate.stream,
        at=at,
        actor=actor,
        product=gate.sku,
        market=gate.market,
        on=on,
        decision=str(decision.uid),
    )
    return decision


@one_transaction()
def take_off(*, listing: Listing, reason: str, actor: User, at: datetime) -> Gate:
    """Take a live listing off the market by hand; a new decision brings it back. Raises NotLive, InvalidInput, NotAllowed."""
    require(actor, "compliance.take_live")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why it is taken off the market."))
    listing = _lock(listing)
    gate = _lock_gate(listing)
    if gate.live != LiveState.LIVE:
        raise NotLive
    gate.live = LiveState.WITHDRAWN
    gate.save(update_fields=["live"])
    about = {"product": gate.sku, "market": gate.market, "reason": reason.strip()}
    record_event("listing.taken_off", gate.stream, at=at, actor=actor, **about)
    return gate

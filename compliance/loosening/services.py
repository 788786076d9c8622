"""What of a listing that is sold stays asked, though it would not be by itself, and who lets it go (R4, R13).

Whatever asks less, by whatever door, comes to the same place: the checklist is worked out anew. There, an item that blocks
and would go, block no more or ask for less is kept, judged as before, and waits in a Loosening for a second person.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.signature import digest as digest_over
from accounts.signature import require_shown
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from activity.services import happened, record_event, record_events
from activity.transactions import one_transaction
from compliance.models import (
    ChecklistItem,
    Gate,
    GateState,
    LiveState,
    Loosening,
    LooseningCause,
    LooseningState,
    Requirement,
    RequirementRevision,
    Severity,
)
from compliance.rules.loosening import loosens
from compliance.rules.requirements import Rule, Subject, applies, in_force
from suppliers.models import Listing, Product


class LooseningNotWaiting(RuleBroken):
    code = "loosening_not_waiting"
    detail = gettext_lazy("This change does not wait for a signature any more.")


class AskerMayNotSign(NotAllowed):
    code = "asker_may_not_sign"
    detail = gettext_lazy("You had a part in this change: the second signature is another person's.")


@dataclass(slots=True)
class Cause:
    """What somebody changed, about a product (its SKU) or a requirement (its key).

    `said` are the values before and after, as `Loosening.said`. `traits` are those that were answered otherwise, None
    where all may turn on it. `before` is the requirement as it was, with its revision. `papers` is filled in: what came,
    went or waits, each as in `Loosening.papers` with "what" beside it.
    """

    what: LooseningCause
    about: str
    actor: User | None
    said: Sequence[Mapping[str, Any]] = ()
    traits: frozenset[str] | None = None
    before: Requirement | None = None
    papers: list[dict[str, str]] = field(default_factory=list)

    def touches(self, rule: Rule) -> bool:
        return self.traits is None or bool(self.traits & rule.traits)


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement that a listing is asked, by which text and why. `kept`: the columns of an item that is kept."""

    requirement: Requirement
    reason: dict[str, Any]
    kept: Mapping[str, Any] = field(default_factory=dict)


LET_GO: Mapping[str, Any] = {"loosening_id": None, "revision": None}


def stream_of(loosening: Loosening) -> str:
    kind = "requirement" if loosening.cause == LooseningCause.REQUIREMENT else "product"
    return f"{kind}:{loosening.about}"


def sold_among(listings: Collection[int]) -> set[int]:
    """Those of these listings (ids) that are sold, were, or are open for a day that is planned."""
    is_planned = Q(state=GateState.OPEN, planned_on__isnull=False)
    sold = Gate.objects.filter(~Q(live=LiveState.NEVER) | is_planned, pk__in=listings)
    return set(sold.values_list("pk", flat=True))


class Keeping:
    """What is kept while checklists are worked out, chunk after chunk, and what comes of it."""

    def __init__(self, causes: Iterable[Cause], at: datetime) -> None:
        self.causes = {cause.about: cause for cause in causes}
        self.at = at
        self.sold: set[int] = set()
        self.texts: dict[tuple[int, int], Requirement] = {}
        self.made: dict[str, Loosening] = {}
        self.joined: dict[int, Loosening] = {}  # waiting already, with somebody more who has a part in it
        self.released: set[int] = set()

    def read(self, listings: Collection[int], items: Iterable[ChecklistItem]) -> None:
        """Look up, for the next chunk, which of its listings are sold, and the texts that its items are judged by."""
        self.sold = sold_among(listings)
        pairs = {(item.requirement_id, item.revision): item.requirement for item in items if item.revision}
        for row in RequirementRevision.objects.filter(requirement__in={pk for pk, _number in pairs}):
            if (pair := (row.requirement_id, row.number)) in pairs:
                self.texts[pair] = pairs[pair].as_said(row.data)
                self.texts[pair].revision = row.number

    def keep(
        self,
        listing: Listing,
        items: Iterable[ChecklistItem],
        asked: Mapping[str, Asked],
        subject: Subject,
        day: date,
    ) -> dict[str, Asked]:
        """Requirement key -> what stays asked as before, of the items that the listing has."""
        items = list(items)
        found = {}
        for item in items:
            if (
                listing.pk in self.sold
                and item.is_blocking
                and (kept := self._kept(listing, item, asked, subject, day))
            ):
                found[item.requirement.key] = kept
            elif item.loosening_id:
                self.released.add(item.loosening_id)
        return found | self._apart(listing, items, asked)

    def _kept(
        self, listing: Listing, item: ChecklistItem, asked: Mapping[str, Asked], subject: Subject, day: date
    ) -> Asked | None:
        if item.loosening and item.loosening.state == LooseningState.SIGNED:
            return None
        key = item.requirement.key
        before = self._before(item)
        if before and _is_over(before.rule, subject, day):
            before = None
        now = asked.get(key)
        if now is None and before is None and _is_over(item.requirement.rule, subject, day):
            return None
        if not _is_less(item, before, now.requirement if now else None):
            return None
        requirement = before or item.requirement
        columns = {
            "is_blocking": True,
            "group": item.group,
            "revision": before and before.revision,
            "loosening_id": self._waits_in(listing, item, requirement).pk,
        }
        return Asked(requirement, item.reason, columns)

    def _before(self, item: ChecklistItem) -> Requirement | None:
        """The text that it is judged by, where that is not the requirement's own."""
        if item.revision:
            return self.texts[item.requirement_id, item.revision]
        cause = self.causes.get(item.requirement.key)
        return cause.before if cause else None

    def _apart(self, listing: Listing, items: Iterable[ChecklistItem], asked: Mapping[str, Asked]) -> dict[str, Asked]:
        """A requirement that is written into the group of one that is asked stands for it only once that is signed."""
        groups = {item.group for item in items if item.is_blocking and item.group}
        there = {item.requirement.key for item in items}
        found = {}
        for key in self.causes.keys() & asked.keys() - there:
            requirement = asked[key].requirement
            if listing.pk in self.sold and requirement.group in groups and requirement.severity == Severity.BLOCK:
                loosening = self._new(listing, self.causes[key], requirement)
                columns = {"is_blocking": True, "group": "", "revision": None, "loosening_id": loosening.pk}
                found[key] = Asked(requirement, asked[key].reason, columns)
        return found

    def _waits_in(self, listing: Listing, item: ChecklistItem, requirement: Requirement) -> Loosening:
        cause = self.causes.get(item.requirement.key) or self.causes.get(listing.product.sku)
        waiting = item.loosening
        if waiting is None:
            return self._new(listing, cause, requirement)
        actor = cause.actor if cause and cause.touches(requirement.rule) else None
        if actor and waiting.state == LooseningState.WAITING:
            joined = self.joined.setdefault(waiting.pk, waiting)
            joined.changed_by = sorted({*joined.changed_by, actor.pk})
            if cause and cause.about == joined.about:
                joined.said = _said_since(joined.said, cause.said)
        return waiting

    def _new(self, listing: Listing, cause: Cause | None, requirement: Requirement) -> Loosening:
        about = cause.about if cause else listing.product.sku
        if about not in self.made:
            actor = cause.actor if cause else None
            self.made[about] = Loosening.objects.create(
                cause=cause.what if cause else LooseningCause.UNKNOWN,
                about=about,
                said=list(cause.said) if cause else [],
                asked_by=actor,
                asked_at=self.at,
                changed_by=[actor.pk] if actor else [],
            )
        self.made[about].papers.append(_paper(listing, requirement))
        self.tell(listing, requirement, "waits")
        return self.made[about]

    def tell(self, listing: Listing, requirement: Requirement, what: str) -> None:
        """Say to what changed the product that a paper came, went or waits."""
        if cause := self.causes.get(listing.product.sku):
            cause.papers.append(_paper(listing, requirement) | {"what": what})

    def finish(self) -> None:
        """Store what waits now, and end what has nothing left that waits for it."""
        for loosening in self.made.values():
            loosening.save(update_fields=["papers"])
        for loosening in self.joined.values():
            loosening.save(update_fields=["changed_by", "said"])
        over = Loosening.objects.filter(pk__in=self.released, state=LooseningState.WAITING, items=None)
        ended = list(over.select_for_update(of=("self",)).order_by("pk"))
        for loosening in ended:
            loosening.state, loosening.decided_at = LooseningState.WITHDRAWN, self.at
            loosening.save()
        record_events(
            [
                happened(
                    kind, stream_of(each), at=self.at, actor=each.asked_by if kind == ASKED else None, **told(each)
                )
                for kind, some in ((ASKED, self.made.values()), ("loosening.withdrawn", ended))
                for each in some
            ]
        )


ASKED = "loosening.asked"


def _said_since(said: Sequence[Mapping[str, Any]], since: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The values before the first change and after the last one, by name."""
    by_name = {each["name"]: each for each in said}
    for each in since:
        known = by_name.get(each["name"])
        by_name[each["name"]] = {**each, "before": known["before"]} if known else each
    return list(by_name.values())


def digest_of(loosening: Loosening) -> str:
    """What is shown before it is signed: the change, what goes with it and who had a part; and the text that is asked instead."""
    text = Requirement.objects.filter(key=loosening.about).values_list("revision", flat=True)
    is_text = loosening.cause == LooseningCause.REQUIREMENT
    shown = (loosening.uid, loosening.said, loosening.papers, loosening.changed_by)
    return digest_over(*shown, list(text) if is_text else [])


def _paper(listing: Listing, requirement: Requirement) -> dict[str, str]:
    names = {"name": requirement.name, "name_zh": requirement.name_zh}
    return {
        "product": listing.product.sku,
        "market": listing.market.code,
        "requirement": requirement.key,
    } | names


def told(loosening: Loosening) -> dict[str, Any]:
    """What its events say."""
    return {
        "loosening": str(loosening.uid),
        "cause": loosening.cause,
        "said": loosening.said,
        "papers": loosening.papers,
    }


def _is_over(rule: Rule, subject: Subject, day: date) -> bool:
    """Whether but for its days a rule would apply."""
    return not in_force(rule, day) and bool(applies(replace(rule, applies_from=None, applies_until=None), subject, day))


def _is_less(item: ChecklistItem, before: Requirement | None, now: Requirement | None) -> bool:
    """Whether a blocking item is asked no more, or by what asks for less."""
    if now is None or now.severity != Severity.BLOCK or (now.group and now.group != item.group):
        return True
    return before is not None and (loosens(before.rule, now.rule) or (before.is_ban and not now.is_ban))


def _locked(loosening: Loosening) -> Loosening:
    """As it is now, under the lock of the products whose checklists wait for it."""
    products = Product.objects.filter(listings__checklist_items__loosening=loosening).order_by("pk")
    list(Product.objects.filter(pk__in=products.values("pk")).order_by("pk").select_for_update(no_key=True))
    return Loosening.objects.select_for_update(of=("self",)).get(pk=loosening.pk)


def _decide(
    loosening: Loosening,
    state: LooseningState,
    *,
    reason: str,
    signature: str,
    actor: User,
    at: datetime,
    digest: str | None = None,
) -> Loosening:
    require(actor, "compliance.sign_waiver")
    if not reason.strip():
        raise InvalidInput.one("reason", "required", _("Say why; it stays on the record."))
    loosening = _locked(loosening)
    if loosening.state != LooseningState.WAITING:
        raise LooseningNotWaiting
    if digest is not None:
        require_shown(digest, digest_of(loosening))
    if state == LooseningState.SIGNED and actor.pk in loosening.changed_by:
        raise AskerMayNotSign
    loosening.state, loosening.reason, loosening.signature = state, reason.strip(), signature
    loosening.decided_by, loosening.decided_at = actor, at
    loosening.save()
    kind = f"loosening.{state}"
    record_event(kind, stream_of(loosening), at=at, actor=actor, reason=loosening.reason, **told(loosening))
    return loosening


@one_transaction()
def sign_loosening(
    *, loosening: Loosening, reason: str, signature: str, digest: str, actor: User, at: datetime
) -> Loosening:
    """The second signature: from now on the papers are asked no more. `signature`: "password" or "token"; `digest` names what
    was shown (`digest_of`).

    Raises AskerMayNotSign for whoever had a part in the change, ChangedMeanwhile, LooseningNotWaiting, InvalidInput, NotAllowed.
    """
    how = {"signature": signature, "digest": digest}
    return _decide(loosening, LooseningState.SIGNED, reason=reason, **how, actor=actor, at=at)


@one_transaction()
def refuse_loosening(*, loosening: Loosening, reason: str, actor: User, at: datetime) -> Loosening:
    """Say that the papers stay asked, whatever was changed. Raises LooseningNotWaiting, InvalidInput, NotAllowed."""
    return _decide(loosening, LooseningState.REFUSED, reason=reason, signature="", actor=actor, at=at)

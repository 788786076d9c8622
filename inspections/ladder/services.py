"""Noticing that a characteristic drifts, ending that, and saying which batches are its normal.

A drift judges no batch. It warns, and where the scheme says so it tightens the next plans until it is ended.
"""

from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import require
from accounts.models import User
from accounts.signature import digest as digest_over
from accounts.signature import require_shown
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.hold.services.holds import people_of
from inspections.ladder.reads import Track, ladder_of
from inspections.ladder.words import change_facts
from inspections.models import Baseline, Drift, DriftEnding, Inspection, InspectionStatus
from inspections.rules.drift import Change
from inspections.rules.ladder import DRIFTING, FEWEST_FOR_LIMITS, Reading
from inspections.sampling.intervals import Capability
from suppliers.models import Product


class DriftEnded(RuleBroken):
    code = "drift_ended"
    detail = gettext_lazy("This drift was ended already. Load the ladder again to see how it stands.")


class InspectorMayNotEndDrift(NotAllowed):
    code = "inspector_may_not_end_drift"
    detail = gettext_lazy("Who inspected where the drift was seen may not end it. Ask a second person to sign.")


def _product_under_lock(product: Product) -> Product:
    return Product.objects.select_for_update(no_key=True).get(pk=product.pk)


@one_transaction()
def watch_product(*, product: Product, seen_in: Inspection, at: datetime) -> list[Drift]:
    """Record each drift of the product that is not known yet, `seen_in` being its newest first submission.

    A characteristic has one open drift at most, so a signal is told once, however often this runs.
    """
    product = _product_under_lock(product)
    noticed, events = [], []
    for track in ladder_of(product).tracks:
        reading = track.reading
        if track.is_colour or track.drift or reading is None or reading.state != DRIFTING:
            continue
        kind, change = reading.moves[-1]
        drift = Drift.objects.create(
            product=product,
            code=track.code,
            kind=kind,
            since_id=track.rungs[change.first].pk,
            seen_in=seen_in,
            facts=_facts(track, reading, change),
            noticed_at=at,
        )
        noticed.append(drift)
        events.append(
            happened(
                "product.drifted",
                f"product:{product.sku}",
                at=at,
                actor=None,
                drift=str(drift.uid),
                characteristic=drift.code,
                moved=drift.kind,
                since=track.numbers[change.first],
                batch=seen_in.batch.number,
                facts=drift.facts,
            )
        )
    if events:
        record_events(events)
    return noticed


def _facts(track: Track, reading: Reading, change: Change) -> dict[str, Any]:
    return change_facts(track, change) | {
        "name": track.characteristic.name,
        "name_zh": track.characteristic.name_zh,
        "class": track.characteristic.nonconformity_class,
        "cpk_before": _cpk(reading.before),
        "cpk_after": _cpk(reading.now),
    }


def _cpk(capability: Capability | None) -> list[float] | None:
    found = capability.cpk if capability else None
    return [found.value, found.low, found.high] if found else None


def digest_of(drift: Drift) -> str:
    """Names what is known of a drift, the newest inspection of its product included: what somebody reads before signing."""
    judged = Inspection.objects.filter(batch__product=drift.product_id, submitted_at__isnull=False)
    return digest_over(drift.uid, drift.facts, drift.ended_at, judged.aggregate(last=Max("submitted_at"))["last"])


@one_transaction()
def end_drift(
    *, drift: Drift, ending: str, note: str, signature: str, actor: User, at: datetime, digest: str | None = None
) -> Drift:
    """The quality manager's word that a drift is over: the cause is mended, or this is the new normal from now on.

    It ends the tightening of plans that the drift brought about. `digest` names what was shown
    (`digest_of`). Raises DriftEnded, InspectorMayNotEndDrift, ChangedMeanwhile, InvalidInput, NotAllowed.
    """
    require(actor, "inspections.decide_hold")
    if ending not in DriftEnding.values:
        choices = ", ".join(DriftEnding.values)
        raise InvalidInput.one("ending", "invalid_choice", _("Choose one of %(all)s.") % {"all": choices})
    if not note.strip():
        raise InvalidInput.one("note", "required", _("Say why; it is kept with the decision."))
    product = _product_under_lock(drift.product)
    drift = product.drifts.select_for_update().select_related("since__batch").get(pk=drift.pk)
    drift.product = product
    if drift.ended_at is not None:
        raise DriftEnded
    if actor.pk in {user for user, _hold in people_of(Q(pk__in=[drift.since_id, drift.seen_in_id]))}:
        raise InspectorMayNotEndDrift
    if digest is not None:
        require_shown(digest, digest_of(drift))
    drift.ended_at, drift.ended_by, drift.ending, drift.note = at, actor, ending, note.strip()
    drift.save()
    if ending == DriftEnding.NEW_NORMAL:
        Baseline.objects.create(
            product=product, code=drift.code, first=drift.since, note=note.strip(), set_at=at, set_by=actor
        )
    record_events(
        [
            happened(
                "product.drift_ended",
                f"product:{product.sku}",
                at=at,
                actor=actor,
                drift=str(drift.uid),
                characteristic=drift.code,
                ending=ending,
                note=note.strip(),
                signature=signature,
                name=drift.facts["name"],
                name_zh=drift.facts["name_zh"],
            )
        ]
    )
    return drift


@one_transaction()
def set_baseline(
    *, product: Product, code: str, first: str, last: str, note: str, actor: User, at: datetime
) -> Baseline:
    """Say which batches are the normal of a characteristic, by the numbers of the first and the last of them.

    An empty `last` leaves it to the usual number of batches. Raises InvalidInput naming the field, NotAllowed.
    """
    require(actor, "inspections.decide_hold")
    product = _product_under_lock(product)
    track = ladder_of(product, only=code).track(code)
    if track is None:
        detail = _("The specification has no critical or major characteristic %(code)s.") % {"code": code}
        raise InvalidInput.one("characteristic", "unknown_characteristic", detail)
    place = {rung.number: index for index, rung in enumerate(track.rungs)}
    for field, number in (("first", first), ("last", last)):
        if number not in place and (field == "first" or number):
            detail = _("%(code)s was not checked on a first inspection of a batch %(number)s of this product.")
            raise InvalidInput.one(field, "unknown_batch", detail % {"code": code, "number": number or "–"})
    if last and place[last] - place[first] + 1 < FEWEST_FOR_LIMITS:
        detail = _("Control limits need at least %(least)s batches; from %(first)s to %(last)s there are %(count)s.")
        count = max(place[last] - place[first] + 1, 0)
        raise InvalidInput.one(
            "last", "too_few", detail % {"least": FEWEST_FOR_LIMITS, "first": first, "last": last, "count": count}
        )
    if not note.strip():
        raise InvalidInput.one("note", "required", _("Say why; it is kept with the decision."))
    baseline = Baseline.objects.create(
        product=product,
        code=code,
        first_id=track.rungs[place[first]].pk,
        last_id=track.rungs[place[last]].pk if last else None,
        note=note.strip(),
        set_at=at,
        set_by=actor,
    )
    facts = {"characteristic": code, "first": first, "last": last, "note": note.strip()}
    record_events([happened("product.baseline_set", f"product:{product.sku}", at=at, actor=actor, **facts)])
    return baseline


def newest_first_submission(product: Product) -> Inspection | None:
    """The one that a drift would be seen in."""
    return (
        Inspection.objects.filter(batch__product=product, round=1, status=InspectionStatus.SUBMITTED)
        .select_related("batch")
        .order_by("submitted_at", "id")
        .last()
    )

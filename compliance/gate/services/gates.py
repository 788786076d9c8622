"""Keeping each listing's gate true, in the transaction of whatever changed it, and by the clock (R4)."""

import json
import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import QuerySet

from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from compliance.gate.reads import Listed, read_facts
from compliance.models import Gate, GateDefect, GateState, LiveState
from compliance.rules import gates
from suppliers.models import Product

logger = logging.getLogger(__name__)
CHUNK = 1000
# What the facts come to. `live` and `changed_at` are history.
COMPUTED = (
    "state",
    "checks",
    "failing",
    "unmet",
    "acts_next",
    "due_on",
    "planned_on",
    "valid_until",
    "next_change_at",
    "words",
)
STORED = (*COMPUTED, "live", "changed_at")

# Events of the gate itself, and those that say nothing a gate rests on; any other kind may matter.
IRRELEVANT = {
    "evidence.examined",
    "finding.confirmed",
    "finding.overruled",
    "label.checked",
    "product.identified",
    "declaration.made",
    "reference.changed",
    "reference.confirmed",
    "gate.opened",
    "gate.closed",
    "gate.changed",
    "gate.defect",
    "listing.suspended",
    "listing.taken_live",
    "listing.taken_off",
    "batch.registered",
    "result.recorded",
    "inspection.planned",
    "inspection.next_sample",
    "supplier.told",
    "hold.told",
}


def computed(listed: Listed, facts: gates.Facts, evaluation: gates.Evaluation) -> dict[str, Any]:
    """The columns of a gate as they should be, in the order of COMPUTED."""
    unmet = evaluation.unmet
    # What went wrong comes before what nobody has done, and what is due first before what is due later.
    following = min(unmet, key=lambda check: (check.state != gates.FAIL, check.due is None, check.due), default=None)
    return {
        "state": evaluation.state,
        "checks": [check.as_dict() for check in evaluation.checks],
        "failing": [check.code for check in unmet if check.state == gates.FAIL],
        "unmet": [check.code for check in unmet],
        "acts_next": (following.acts or "") if following else "",
        "due_on": following.due if following else None,
        "planned_on": facts.planned_on,
        "valid_until": evaluation.valid_until,
        "next_change_at": gates.start_of(evaluation.next_day, facts.zone) if evaluation.next_day else None,
        "words": listed.words,
    }


def _differences(gate: Gate, columns: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if getattr(gate, name) != value}


def lock_gates(rows: QuerySet[Gate]) -> list[Gate]:
    """Gates come last in the lock order, by their listing. Read facts under the lock alone."""
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _products_of(events: Iterable[Event]) -> QuerySet | None:
    """The SKUs that the events may matter to; None where they are about no product."""
    skus: set[str] = set()
    batches: set[str] = set()
    suppliers: set[str] = set()
    for event in events:
        subject, _colon, name = event.stream.partition(":")
        if subject in ("product", "listing"):
            skus.add(name.split(":")[0])
        elif subject == "batch":
            batches.add(name)
        elif event.kind == "supplier.changed":
            suppliers.add(name)
        if isinstance(product := event.data.get("product"), str):
            skus.add(product)
    found = [
        Product.objects.filter(**{field: names}).values("sku")
        for field, names in (("sku__in", skus), ("batches__number__in", batches), ("supplier__code__in", suppliers))
        if names
    ]
    return found[0].union(*found[1:]) if found else None


def refresh_after(events: Collection[Event]) -> None:
    """Bring every gate up to date that the events of this transaction may matter to. Called at its end."""
    products = _products_of(events)
    if products is not None:
        refresh(lock_gates(Gate.objects.filter(sku__in=products)), at=max(event.at for event in events))


def refresh(locked: Sequence[Gate], *, at: datetime) -> dict[int, tuple[gates.Facts, gates.Evaluation]]:
    """Work out locked gates anew and store what differs; a live listing whose gate closed is suspended with it.

    By listing: what each rests on, and what came out.
    """
    by_listing = {gate.pk: gate for gate in locked}
    results = {}
    changed = []
    events: list[Event] = []
    for listing, facts in read_facts(by_listing) if by_listing else ():
        evaluation = gates.evaluate(facts, at)
        results[listing.pk] = facts, evaluation
        gate = by_listing[listing.pk]
        if differences := _differences(gate, computed(listing, facts, evaluation)):
            events += _change(gate, differences, at)
            changed.append(gate)
    if changed:
        _store(changed)
    if events:
        record_events(events)
    return results


def _change(gate: Gate, differences: dict[str, Any], at: datetime) -> list[Event]:
    """Set what differs, in memory; the events that tell of it."""
    before = {check["code"]: check["state"] for check in gate.checks}
    # By what was worked out last, whatever the database has closed since (migration 0010).
    was_open = bool(before) and all(state in gates.MET for state in before.values())
    for name, value in differences.items():
        setattr(gate, name, value)
    turned = [
        {"code": check["code"], "before": before[check["code"]], "state": check["state"]}
        for check in gate.checks
        if check["code"] in before and before[check["code"]] != check["state"]
    ]
    is_open = gate.state == GateState.OPEN
    if is_open != was_open:
        gate.changed_at = at
        kind = "gate.opened" if is_open else "gate.closed"
    elif turned:
        kind = "gate.changed"
    else:
        return []
    about = {"product": gate.sku, "market": gate.market, "reasons": reasons_of(gate)}
    events = [happened(kind, gate.stream, at=at, actor=None, state=gate.state, turned=turned, **about)]
    if not is_open and (gate.live == LiveState.LIVE or (was_open and _is_suspended_untold(gate))):
        gate.live = LiveState.SUSPENDED
        events.append(happened("listing.suspended", gate.stream, at=at, actor=None, **about))
    return events


def _is_suspended_untold(gate: Gate) -> bool:
    """Whether the database suspended it, for what was written round the services: then nobody was told yet."""
    about_it = Event.objects.filter(
        stream=gate.stream, kind__in=["listing.taken_live", "listing.suspended", "listing.taken_off"]
    )
    last = about_it.order_by("-id").values_list("kind", flat=True).first()
    return gate.live == LiveState.SUSPENDED and last == "listing.taken_live"


def reasons_of(gate: Gate) -> list[dict[str, Any]]:
    """The checks that keep a gate closed, as data."""
    return [
        {name: check[name] for name in ("code", "state", "why", "data")}
        for check in gate.checks
        if check["state"] not in gates.MET
    ]


_STORE = f"""
    UPDATE compliance_gate SET {", ".join(f"{column} = fresh.{column}" for column in STORED)}
    FROM jsonb_populate_recordset(NULL::compliance_gate, %s::jsonb) AS fresh
    WHERE compliance_gate.listing_id = fresh.listing_id
"""  # noqa: S608 our own column names


def _store(changed: Sequence[Gate]) -> None:
    """Write gates in one statement, however many."""
    rows = [{"listing_id": gate.pk} | {column: getattr(gate, column) for column in STORED} for gate in changed]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [json.dumps(rows, cls=DjangoJSONEncoder)])


@one_transaction()
def refresh_some(listings: Collection[int], *, at: datetime) -> None:
    refresh(lock_gates(Gate.objects.filter(pk__in=listings)), at=at)


def refresh_due(*, at: datetime) -> int:
    """Work out every gate whose time has come: a paper began or ended, or its row has never been worked out."""
    done = 0
    while some := refresh_some_due(at=at):
        done += some
    return done


def refresh_some_due(*, at: datetime) -> int:
    """The same for at most a thousand: what a program that asks can wait for, though the clock's own task stood still."""
    due = list(Gate.objects.filter(next_change_at__lte=at).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if due:
        refresh_some(due, at=at)
    return len(due)


def recompute_all(*, at: datetime) -> int:
    """Work out every gate from scratch, a thousand at a time, and report each that was not what it should be.

    How many were wrong. They are put right; a live listing among them whose gate should be closed is suspended.
    """
    refresh_due(at=at)
    found = last = 0
    while chunk := list(Gate.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        found += _recompute(Gate.objects.filter(pk__gt=last, pk__lte=chunk[-1]), at)
        last = chunk[-1]
    return found


@one_transaction()
def _recompute(some: QuerySet[Gate], at: datetime) -> int:
    locked = some.select_for_update(of=("self",), no_key=True).order_by("pk")
    stored = {pk: columns for pk, *columns in locked.values_list("pk", *COMPUTED)}
    should = {listing.pk: computed(listing, facts, gates.evaluate(facts, at)) for listing, facts in read_facts(stored)}
    differing = [pk for pk, columns in stored.items() if pk in should and columns != list(should[pk].values())]
    wrong = Gate.objects.filter(pk__in=differing).order_by("pk") if differing else Gate.objects.none()
    defects, events = [], []
    for gate in wrong:
        if gate.next_change_at and gate.next_change_at <= at:
            continue
        differences = _differences(gate, should[gate.pk])
        was = {name: getattr(gate, name) for name in differences}
        defects.append(GateDefect(listing_id=gate.pk, found_at=at, stored=was, computed=differences))
        about = {"product": gate.sku, "market": gate.market, "fields": sorted(differences)}
        events.append(happened("gate.defect", gate.stream, at=at, actor=None, **about))
        logger.error("The gate of %s is not what it should be: %s", gate, ", ".join(sorted(differences)))
    if defects:
        GateDefect.objects.bulk_create(defects)
        record_events(events)
        found = {defect.listing_id for defect in defects}
        refresh([gate for gate in wrong if gate.pk in found], at=at)
    return len(defects)

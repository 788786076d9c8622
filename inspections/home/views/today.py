from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime, now

from accounts.models import User
from accounts.requests import PageRequest
from accounts.roles import Role
from inspections.batch.page import counts_by_state, rows
from inspections.doubt.page import doubts_for
from inspections.hold.page import AnswerState, find_holds, found_per_hold
from inspections.home.page import (
    SHOWN,
    batches_of_merchandiser,
    open_inspections,
    rejected_since,
    tally_since,
    to_inspect,
    to_inspect_again,
    to_settle,
)
from inspections.ladder.reads import drifting_products
from inspections.ladder.words import drift_sentences, drift_title
from inspections.models import Batch, BatchState, DoubtKind, Drift, HoldStatus
from inspections.photo.page import reused_photos
from inspections.sample.page.lists import waiting_for_decision
from inspections.specification.page import waiting_for_signature
from suppliers.models import Supplier

QUARTER = timedelta(days=90)
RECENT = timedelta(days=14)
SHOWN_PHOTOS = 2


def home(request: PageRequest) -> HttpResponse:
    """What needs doing now, by the role of who asks."""
    user = request.user
    at = now()
    context: dict = {"role": user.role}
    if user.has_perm("inspections.inspect"):
        context["to_settle"] = list(to_settle(user)[:SHOWN])
    if user.role in (Role.QC, Role.ADMIN):
        context |= _for_inspector(user)
    if user.role in (Role.MANAGER, Role.ADMIN):
        context |= _for_manager(user, at)
    if user.role in (Role.MERCHANDISER, Role.ADMIN):
        context |= _for_merchandiser(user, at)
    if user.role == Role.SUPPLIER:
        return render(request, "inspections/home/supplier.html", context | _for_supplier(user, at))
    return render(request, "inspections/home/today.html", context)


def _for_inspector(user: User) -> dict:
    waiting = to_inspect(user)
    return {
        "mine": list(open_inspections(user, inspector=user)),
        "again": list(to_inspect_again(user)),
        "waiting": list(waiting[:SHOWN]),
        "waiting_count": waiting.count(),
    }


def _for_manager(user: User, at: datetime) -> dict:
    holds: QuerySet[Any] = find_holds(user, at=at).filter(status=HoldStatus.OPEN).order_by("placed_at")
    states = Counter(holds.values_list("answer_state", flat=True))
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "holds": list(holds[:SHOWN]),
        "hold_count": states.total(),
        "overdue_count": states[AnswerState.OVERDUE],
        "answered_count": states[AnswerState.ANSWERED],
        "rejected": list(rejected_since(user, midnight)),
        "doubts": list(doubts_for(user).filter(raised_at__gte=at - RECENT).exclude(kind=DoubtKind.PHOTO)[:SHOWN]),
        "drifting": drifting(user),
        "unsigned": list(waiting_for_signature(user)[:SHOWN]),
        "samples": list(waiting_for_decision(user)[:SHOWN]),
        "reused": list(reused_photos(user).filter(uploaded_at__gte=at - RECENT)[:SHOWN]),
    }


def _for_merchandiser(user: User, at: datetime) -> dict:
    batches = batches_of_merchandiser(user)
    holds = find_holds(user, at=at).filter(status=HoldStatus.OPEN, batch__in=batches)
    counts = counts_by_state(batches)
    return {
        "unsigned": list(waiting_for_signature(user)[:SHOWN]),
        "drifting": drifting(user, mine=True),
        "stopped": list(holds.order_by("-placed_at")[:SHOWN]),
        "stopped_count": counts[BatchState.ON_HOLD],
        "may_ship": list(rows(batches.filter(available__gt=0))[:SHOWN]),
        "may_ship_count": counts[BatchState.ACCEPTED],
        "pending": list(rows(batches.filter(state=BatchState.AWAITING))[:SHOWN]),
        "pending_count": counts[BatchState.AWAITING],
    }


def drifting(user: User, *, mine: bool = False) -> list[tuple[Drift, str, list[str]]]:
    """What drifts, each with its name and what was noticed."""
    return [(drift, drift_title(drift), drift_sentences(drift)) for drift in drifting_products(user, mine=mine)[:SHOWN]]


def _for_supplier(user: User, at: datetime) -> dict:
    holds: list[Any] = list(find_holds(user, at=at).filter(status=HoldStatus.OPEN).order_by("answer_due_at"))
    found = found_per_hold(holds)
    for hold in holds:
        hold.found = found[hold.pk]
        hold.photos = [photo for item in hold.found for photo in item.photos][:SHOWN_PHOTOS]
    return {
        "suppliers": list(Supplier.objects.visible_to(user).order_by("code")),
        "to_answer": [hold for hold in holds if hold.answer_state != AnswerState.ANSWERED],
        "answered": [hold for hold in holds if hold.answer_state == AnswerState.ANSWERED],
        "pending": list(rows(Batch.objects.visible_to(user).filter(state=BatchState.AWAITING))[:SHOWN]),
        "tally": tally_since(user, at - QUARTER),
    }

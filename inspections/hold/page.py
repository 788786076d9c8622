"""Holds as their pages show them: what was found, what was answered, what happened."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil, floor

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, TextChoices, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activity.models import Event
from inspections.models import (
    Batch,
    Characteristic,
    Hold,
    HoldResponse,
    HoldStatus,
    Inspection,
    NonconformityClass,
    Photo,
    PhotoStatus,
    Result,
)
from inspections.sampling.intervals import clopper_pearson
from suppliers.story import story_for


def quantity_links(batch: Batch, hold: Hold | None) -> dict[str, str]:
    """The records behind each number of the bar; `hold` is the open one."""
    page = reverse("batch-detail", args=[batch.number])
    return {
        "shipped": f"{page}#shipments",
        "available": reverse("shipment-create", args=[batch.number]),
        "on_hold": reverse("hold-detail", args=[hold.uid]) if hold else "",
        "set_aside": reverse("batch-set-aside", args=[batch.number]),
        "awaiting": f"{page}#plan",
        "returned": f"{page}#holds",
        "scrapped": f"{page}#holds",
    }


def released_together(quantities: dict[str, int]) -> dict[str, int]:
    """For suppliers: what was found good, whether or not it has left. How fast it sells is not their business."""
    return quantities | {"available": quantities["available"] + quantities["shipped"], "shipped": 0}


class AnswerState(TextChoices):
    WAITING = "waiting", _("waiting for the supplier")
    OVERDUE = "overdue", _("answer overdue")
    ANSWERED = "answered", _("answered")


def find_holds(user: User, *, at: datetime) -> QuerySet[Hold]:
    """The user's holds, newest first, each with batch, product, supplier and the state of its answer. One statement.

    Adds `answered_at`, `answer_count`, `wants_reinspection` (of the last answer) and `answer_state`.
    """
    last_answer = HoldResponse.objects.filter(hold=OuterRef("pk")).order_by("-id")
    return (
        Hold.objects.visible_to(user)
        .select_related("batch__product", "batch__supplier", "ended_by")
        .annotate(
            answered_at=Max("responses__responded_at"),
            answer_count=Count("responses"),
            wants_reinspection=Subquery(last_answer.values("wants_reinspection")[:1]),
            answer_state=Case(
                When(answered_at__isnull=False, then=Value("answered")),
                When(answer_due_at__lt=at, then=Value("overdue")),
                default=Value("waiting"),
            ),
        )
        .order_by("-id")
    )


def in_answer_state(holds: QuerySet[Hold], state: str, *, at: datetime) -> QuerySet[Hold]:
    """Those whose answer is in one of AnswerState."""
    is_answered = Exists(HoldResponse.objects.filter(hold=OuterRef("pk")))
    if state == AnswerState.ANSWERED:
        return holds.filter(is_answered)
    is_overdue = Q(answer_due_at__lt=at)
    return holds.filter(~is_answered, is_overdue if state == AnswerState.OVERDUE else ~is_overdue)


@dataclass(slots=True)
class Found:
    """One characteristic on which units of the sample did not conform.

    `looked_at` is how many units were checked, None where the check is not finished; `readings` are (unit, reading)
    of the units outside the limits, in unit order, `units` the numbers of all units that do not conform.
    """

    inspection: Inspection
    characteristic: Characteristic
    nonconforming: int
    looked_at: int | None
    units: list[int] = field(default_factory=list)
    readings: list[tuple[int, object]] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)


CLASS_ORDER = NonconformityClass.values


def found_in(inspections: Iterable[Inspection]) -> tuple[list[Found], list[Photo]]:
    """What does not conform, critical first, and the photos that belong to no such characteristic. Two statements."""
    by_id = {inspection.pk: inspection for inspection in inspections}
    results = (
        Result.objects.filter(inspection__in=by_id, nonconforming__gt=0)
        .select_related("characteristic")
        .order_by("inspection_id", "characteristic__position")
    )
    photos: dict[tuple[int | None, int | None], list[Photo]] = defaultdict(list)
    for photo in Photo.objects.filter(inspection__in=by_id).exclude(status=PhotoStatus.REFUSED).order_by("id"):
        photos[photo.inspection_id, photo.characteristic_id].append(photo)
    found = []
    for result in results:
        inspection = by_id[result.inspection_id]
        found.append(_found(result, inspection, photos.pop((inspection.pk, result.characteristic_id), [])))
    found.sort(key=lambda item: CLASS_ORDER.index(item.characteristic.nonconformity_class))
    return found, [photo for group in photos.values() for photo in group]


def _found(result: Result, inspection: Inspection, photos: list[Photo]) -> Found:
    characteristic = result.characteristic
    units = result.nonconforming_units or []
    readings: list[tuple[int, object]] = []
    looked_at: int | None = None
    if result.readings is not None:
        looked_at = sum(reading is not None for reading in result.readings)
        readings = [(unit, result.readings[unit - 1]) for unit in units]
    elif result.is_complete:
        looked_at = inspection.sample_sizes([characteristic])[characteristic.code]
    return Found(inspection, characteristic, result.nonconforming, looked_at, units, readings, photos)


@dataclass(frozen=True, slots=True)
class Risk:
    """What the worst finding says of the units that a hold covers: between `low` and `high` of them are like that.

    Two-sided Clopper-Pearson limits at 95 %, as whole units.
    """

    found: Found
    low: int
    high: int


def risk_of(hold: Hold, found: Iterable[Found]) -> Risk | None:
    """None where no check was looked at to the end. `found` is critical first."""
    worst = next((item for item in found if item.looked_at), None)
    if worst is None or not worst.looked_at:
        return None
    low, high = clopper_pearson(worst.nonconforming, worst.looked_at)
    return Risk(worst, max(1, floor(low * hold.remaining)), ceil(high * hold.remaining))


def found_per_hold(holds: Iterable[Hold]) -> dict[int, list[Found]]:
    """Hold id -> what was found, critical first. Three statements."""
    inspections = Inspection.objects.filter(hold__in=[hold.pk for hold in holds])
    found, _others = found_in(inspections)
    per_hold: dict[int, list[Found]] = defaultdict(list)
    for item in found:
        if item.inspection.hold_id:
            per_hold[item.inspection.hold_id].append(item)
    return per_hold


def answers_to(hold: Hold) -> QuerySet[HoldResponse]:
    """The supplier's answers, newest first, with who wrote them and their files. Two statements."""
    return hold.responses.select_related("responded_by").prefetch_related("files").order_by("-id")


def story_of_hold(user: User, hold: Hold, inspections: Iterable[Inspection]) -> QuerySet[Event]:
    """From the first inspection that the hold rests on until the hold ended."""
    began = min([inspection.planned_at for inspection in inspections], default=hold.placed_at)
    story = story_for(user, hold.batch.stream).filter(at__gte=min(began, hold.placed_at))
    return story.filter(at__lte=hold.ended_at) if hold.status == HoldStatus.ENDED else story

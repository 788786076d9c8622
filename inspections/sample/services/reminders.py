"""Reminding people of golden samples whose keeping ends."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate, localtime

from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from inspections.models import Sample

STEPS = (30, 7, 0, -1)  # days before the last one on which the sample is kept; -1: it is over
FROM_HOUR = 7  # of the server's time zone
KIND = "sample.keeping_ends"


def step_of(days_left: int) -> int | None:
    """The reminder that is due with so many days left: the nearest step that has been reached, None before the first."""
    return min((step for step in STEPS if step >= days_left), default=STEPS[-1]) if days_left <= STEPS[0] else None


@one_transaction()
def remind_of_keeping(*, at: datetime) -> int:
    """One event for each golden sample and step, from seven in the morning on. How many; a day that was missed is made up for."""
    if localtime(at).hour < FROM_HOUR:
        return 0
    today = localdate(at)
    samples = Sample.objects.golden().filter(kept_until__lte=today + timedelta(days=STEPS[0])).select_related("product")
    events = []
    for sample in samples.order_by("kept_until", "id"):
        if sample.kept_until is None:
            continue
        told = {"sample": str(sample.uid), "kept_until": str(sample.kept_until)}
        told["step"] = str(step_of((sample.kept_until - today).days))
        if not Event.objects.filter(kind=KIND, stream=sample.stream, data__contains=told).exists():
            days = (sample.kept_until - today).days
            events.append(happened(KIND, sample.stream, at=at, actor=None, code=sample.code, days=days, **told))
    record_events(events)
    return len(events)

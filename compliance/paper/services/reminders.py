"""Reminding people of papers that run out, each person in one digest."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db.models import Max
from django.utils.timezone import localtime, make_aware

from activity.models import Event
from activity.services import happened, record_events
from activity.transactions import one_transaction
from compliance.models import ChecklistItem, ItemState, Reminder, Requirement
from compliance.rules.reminders import STEPS, step_of
from compliance.rules.requirements import day_in

FROM_HOUR = 7  # of the server's time zone
KIND = "papers.run_out"


@one_transaction()
def remind(*, at: datetime) -> int:
    """Once a day, from seven in the morning on: one event for each reader with all that is due. How many readers.

    The readers are the merchandiser of the product, who waits for the paper, and its supplier, who has it renewed. The
    mails leave after commit; a day on which nothing ran is made up for.
    """
    morning = make_aware(datetime.combine(localtime(at).date(), time(FROM_HOUR)))
    if at < morning or Event.objects.filter(kind="papers.reminded", at__gte=morning).exists():
        return 0
    due = _due(at)
    Reminder.objects.bulk_create(
        [
            Reminder(listing_id=item.listing_id, requirement_id=item.requirement_id, valid_to=last_day, step=step, at=at)
            for item, last_day, step in due
        ]
    )  # fmt: skip
    by_reader: dict[str, list[dict]] = defaultdict(list)
    for item, last_day, step in due:
        product = item.listing.product
        line = {
            "product": product.sku,
            "market": item.listing.market.code,
            "requirement": item.requirement.key,
            "state": item.state,
            "valid_to": last_day,
            "step": step,
        }
        by_reader[f"supplier:{product.supplier.code}"].append(line)
        if product.merchandiser:
            by_reader[f"user:{product.merchandiser.username}"].append(line)
    events = [happened(KIND, reader, at=at, actor=None, papers=lines) for reader, lines in sorted(by_reader.items())]
    record_events([*events, happened("papers.reminded", "papers", at=at, actor=None, readers=len(events))])
    return len(events)


def _due(at: datetime) -> list[tuple[ChecklistItem, date, int]]:
    """Items that count now and whose next step has come, with their last day and that step; by the last day."""
    longest = Requirement.objects.aggregate(longest=Max("renewal_lead_days"))["longest"] or 0
    latest = at.date() + timedelta(days=max(longest, *STEPS) + 1)
    items = list(
        ChecklistItem.objects.filter(state__in=[ItemState.ACCEPTED, ItemState.WAIVED], valid_to__lte=latest)
        .filter(valid_to__gte=at.date() - timedelta(days=1))
        .select_related(
            "requirement", "listing__market", "listing__product__supplier", "listing__product__merchandiser"
        )
        .order_by("valid_to", "listing__product__sku", "listing__market__code", "requirement__key")
    )
    sent = set(
        Reminder.objects.filter(valid_to__gte=at.date() - timedelta(days=1)).values_list(
            "listing_id", "requirement_id", "valid_to", "step"
        )
    )
    due = []
    for item in items:
        if item.valid_to is None:
            continue
        step = step_of((item.valid_to - day_in(item.listing.market.zone, at)).days, item.requirement.renewal_lead_days)
        if step is not None and (item.listing_id, item.requirement_id, item.valid_to, step) not in sent:
            due.append((item, item.valid_to, step))
    return due

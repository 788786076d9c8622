from celery import shared_task
from django.utils.timezone import now

from activity.services import deliver_one, forget_answers
from activity.webhooks import send_one


@shared_task
def deliver_events() -> int:
    """Deliver all that is due. Several may run at once."""
    delivered = 0
    while deliver_one(now=now()):
        delivered += 1
    return delivered


@shared_task
def send_webhooks() -> None:
    """Send all messages that are due. Several may run at once; those of one stream go one after the other."""
    while send_one(now=now()):
        pass


@shared_task
def forget_old_answers() -> int:
    """Delete what was kept for repeats that come no more."""
    return forget_answers(now=now())

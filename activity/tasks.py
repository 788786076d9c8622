from celery import shared_task
from django.utils.timezone import now

from activity.services import deliver_one


@shared_task
def deliver_events() -> int:
    """Deliver all that is due. Several may run at once."""
    delivered = 0
    while deliver_one(now=now()):
        delivered += 1
    return delivered

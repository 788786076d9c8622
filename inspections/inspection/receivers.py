"""Who is told that an inspection was walked away from when its record already rejected the batch."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from activity import mails
from activity.models import Event
from activity.services import receiver
from inspections.inspection.services import typing_errors  # noqa: F401 says who signs that one
from inspections.models import Inspection
from suppliers.addresses import addresses_of_people


@receiver("inspection.abandoned")
def tell_managers_of_abandonment(event: Event) -> None:
    """Tell every quality manager of one that counts as not accepted. A repeated mail has the same Message-ID."""
    if not event.data.get("counts"):
        return
    inspection = Inspection.objects.select_related("batch__product", "batch__supplier", "inspector", "hold").get(
        uid=event.data["inspection"]
    )
    hold = inspection.hold
    if hold is None:  # the database has none that counts without
        return
    hold.batch = inspection.batch
    managers = User.objects.filter(groups__name=Role.MANAGER, is_active=True).order_by("id")
    mails.send(
        "inspections/inspection/mail/abandoned_rejecting",
        addresses_of_people(managers),
        event=event,
        inspection=inspection,
        hold=hold,
        url=settings.SITE_URL + reverse("hold-detail", args=[hold.uid]),
    )

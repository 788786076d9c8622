"""Who is told of a finding that came when nothing was open that could count it. Each function may run again."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from activity import mails
from activity.models import Event
from activity.services import receiver
from inspections.models import Finding
from suppliers.addresses import addresses_of_people


@receiver("finding.recorded")
def tell_managers_of_a_late_finding(event: Event) -> None:
    """Tell those who decide: no verdict changes by it, so somebody has to judge."""
    if not event.data["late"]:
        return
    finding = Finding.objects.select_related(
        "batch__product", "batch__supplier", "inspection", "characteristic", "hold__batch", "found_by"
    ).get(uid=event.data["finding"])
    managers = User.objects.filter(groups__name=Role.MANAGER, is_active=True).order_by("id")
    url = settings.SITE_URL + reverse("batch-detail", args=[finding.batch.number]) + "#findings"
    mails.send(
        "inspections/finding/mail/finding_late", addresses_of_people(managers), event=event, finding=finding, url=url
    )

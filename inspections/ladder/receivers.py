"""Looking for drift after each first submission, and telling who has to know."""

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import now

from accounts.models import User
from accounts.roles import Role
from activity import mails
from activity.models import Event
from activity.services import receiver
from inspections.ladder.services import watch_product
from inspections.models import Drift, Inspection, InspectionStatus
from suppliers.addresses import addresses_of_people


@receiver("inspection.accepted", "inspection.rejected")
def look_for_drift(event: Event) -> None:
    """Compare a first submission with those before it.

    Where another of the product followed, that one's turn looks at both, so that an import of hundreds is read once.
    """
    inspection = Inspection.objects.select_related("batch__product").get(uid=event.data["inspection"])
    if inspection.round > 1:
        return
    product = inspection.batch.product
    later = Inspection.objects.filter(
        Q(submitted_at__gt=inspection.submitted_at) | Q(submitted_at=inspection.submitted_at, pk__gt=inspection.pk),
        batch__product=product,
        round=1,
        status=InspectionStatus.SUBMITTED,
    )
    if not later.exists():
        watch_product(product=product, seen_in=inspection, at=now())


@receiver("product.drifted")
def tell_of_drift(event: Event) -> None:
    """Tell the quality managers, and who plans to sell the product."""
    drift = Drift.objects.select_related("product__merchandiser", "product__supplier", "since__batch").get(
        uid=event.data["drift"]
    )
    people = list(User.objects.filter(groups__name=Role.MANAGER, is_active=True).order_by("id"))
    if drift.product.merchandiser and drift.product.merchandiser not in people:
        people.append(drift.product.merchandiser)
    url = settings.SITE_URL + reverse("ladder-characteristic", args=[drift.product.sku, drift.code])
    mails.send(
        "inspections/ladder/mail/product_drifted", addresses_of_people(people), event=event, drift=drift, url=url
    )

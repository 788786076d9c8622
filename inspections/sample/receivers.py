"""Who is told of samples that wait, and of what was decided on them. Each function may run again."""

from collections.abc import Iterable

from django.conf import settings
from django.dispatch import receiver as connect
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from activity import mails
from activity.mails import Address
from activity.models import Event
from activity.services import receiver, recorded
from inspections.models import Sample
from inspections.sample.services.standing import follow_specification
from suppliers.addresses import addresses_of_people, addresses_of_supplier
from suppliers.models import Product


@connect(recorded, dispatch_uid="samples")
def keep_samples_true(sender: type[Event], events: list[Event], **kwargs: object) -> None:
    """Hold a product's samples against the version that was put in force, in its transaction: the gate rests on it."""
    for event in events:
        if event.kind == "specification.activated":
            product = Product.objects.get(sku=event.stream.removeprefix("product:"))
            follow_specification(product=product, actor=event.actor, at=event.at)


@receiver("sample.checked")
def tell_who_decides_samples(event: Event) -> None:
    """Tell those who approve samples that one waits for them; who checked it may not."""
    sample = _sample(event)
    checker = event.actor_id or 0  # of nobody, where no person did it
    managers = User.objects.filter(groups__name=Role.MANAGER, is_active=True).exclude(pk=checker).order_by("id")
    send_about_sample("sample_checked", addresses_of_people(managers), event=event, sample=sample)


@receiver("sample.keeping_ends")
def tell_of_a_sample_that_runs_out(event: Event) -> None:
    """Tell who looks after the product, and who received the sample, that the day until which it is kept is near or over."""
    sample = _sample(event)
    people = {person for person in (sample.product.merchandiser, sample.received_by) if person and person.is_active}
    addresses = addresses_of_people(sorted(people, key=lambda person: person.pk))
    send_about_sample("sample_keeping_ends", addresses, event=event, sample=sample, data=event.data)


@receiver("sample.approved", "sample.refused")
def tell_supplier_of_its_sample(event: Event) -> None:
    """Tell the people of the supplier what was decided on their sample, and why."""
    sample = _sample(event)
    send_about_sample("sample_decided", addresses_of_supplier(sample.supplier), event=event, sample=sample)


def _sample(event: Event) -> Sample:
    return Sample.objects.select_related("product__merchandiser", "supplier", "received_by").get(
        uid=event.data["sample"]
    )


def send_about_sample(
    template: str, addresses: Iterable[Address], *, event: Event, sample: Sample, **context: object
) -> None:
    """A mail about a sample, with the link to it."""
    url = settings.SITE_URL + reverse("sample-detail", args=[sample.uid])
    mails.send(f"inspections/sample/mail/{template}", addresses, event=event, sample=sample, url=url, **context)

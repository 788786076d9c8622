"""What happens to papers after they came, and who is told of those that run out."""

from datetime import date

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from activity import mails
from activity.models import Event
from activity.services import receiver
from compliance.models import ItemState, Requirement
from compliance.paper.services import reading
from suppliers.addresses import addresses_of_people, addresses_of_supplier
from suppliers.models import Product, Supplier


@receiver("papers.run_out")
def send_digest(event: Event) -> None:
    """One mail with all papers of a reader that run out, those that end first at the top."""
    kind, name = event.stream.split(":", 1)
    if kind == "supplier":
        addresses = addresses_of_supplier(Supplier.objects.get(code=name))
    else:
        addresses = addresses_of_people(User.objects.filter(username=name))
    lines = event.data["papers"]
    requirements = Requirement.objects.in_bulk({line["requirement"] for line in lines}, field_name="key")
    products = Product.objects.in_bulk({line["product"] for line in lines}, field_name="sku")
    papers = [
        {
            "requirement": requirements[line["requirement"]],
            "product": products[line["product"]],
            "market": line["market"],
            "valid_to": date.fromisoformat(line["valid_to"]),
            "days": (date.fromisoformat(line["valid_to"]) - event.at.date()).days,
            "is_waiver": line["state"] == ItemState.WAIVED,
            "url": settings.SITE_URL + reverse("listing-detail", args=[line["product"], line["market"]]),
        }
        for line in lines
        if line["requirement"] in requirements and line["product"] in products
    ]
    if papers:
        mails.send("compliance/paper/mail/papers_run_out", addresses, event=event, papers=papers, first=papers[0])


@receiver(
    "document.uploaded",
    "evidence.submitted",
    "evidence.looked_up",
    "reference.changed",
    "requirement.changed",
    "product.identified",
    "traits.answered",
)
def read_what_came(event: Event) -> None:
    """Have a document read, and papers compared with what is asked, as soon as a worker is free."""
    reading.nudge()

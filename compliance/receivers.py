"""What this app does when something happened: in its transaction keep gates true, after it tell people by mail."""

from datetime import date

from django.conf import settings
from django.dispatch import receiver as connect
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from activity import mails
from activity.models import Event
from activity.services import receiver, recorded
from activity.transactions import at_the_end
from compliance.gate_words import say
from compliance.models import Gate, ItemState, Requirement
from compliance.queries.gates import requirement_names
from compliance.services import reading
from compliance.services.checklists import refresh_checklists
from compliance.services.gates import IRRELEVANT, refresh_after
from suppliers.addresses import addresses_of_people, addresses_of_supplier
from suppliers.models import Listing, Product, Supplier

# What changes a product's category, its markets or the day that is planned.
OF_CHECKLISTS = {"product.created", "product.changed", "listing.added", "listing.removed", "listing.planned"}


@connect(recorded, dispatch_uid="checklists")
def keep_checklists_true(sender: type[Event], events: list[Event], **kwargs: object) -> None:
    """Work out the checklists of products that were made, moved to another category, or listed in more markets."""
    if mattering := [event for event in events if event.kind in OF_CHECKLISTS]:
        skus = {event.stream.split(":")[1] for event in mattering}
        listings = list(Listing.objects.filter(product__sku__in=skus).values_list("pk", flat=True))
        refresh_checklists(listings, at=max(event.at for event in mattering))


@connect(recorded, dispatch_uid="gates")
def keep_gates_true(sender: type[Event], events: list[Event], **kwargs: object) -> None:
    """Work out anew whatever gates an event may matter to, once, when all else of its transaction is done."""
    if relevant := [event for event in events if event.kind not in IRRELEVANT]:
        at_the_end(refresh_after, relevant)


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
        mails.send("compliance/mail/papers_run_out", addresses, event=event, papers=papers, first=papers[0])


@receiver("listing.suspended")
def tell_of_suspension(event: Event) -> None:
    """Tell who looks after the product, or who decided where nobody does, that it has to be taken down."""
    gate = Gate.objects.select_related("listing__product__merchandiser", "listing__market", "decision__decided_by").get(
        sku=event.data["product"], market=event.data["market"]
    )
    person = gate.listing.product.merchandiser or (gate.decision and gate.decision.decided_by)
    for address, language in addresses_of_people([person] if person else []):
        with override(language):
            names = requirement_names()
            reasons = [say(reason, "detail", names) for reason in event.data["reasons"]]
        url = settings.SITE_URL + reverse("listing-detail", args=[gate.sku, gate.market])
        mails.send(
            "compliance/mail/listing_suspended", [(address, language)], event=event, gate=gate, reasons=reasons, url=url
        )


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

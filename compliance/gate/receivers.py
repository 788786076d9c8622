"""What keeps gates true, in the transaction of what changed, and who is told of a suspension."""

from django.conf import settings
from django.dispatch import receiver as connect
from django.urls import reverse
from django.utils.translation import override

from activity import mails
from activity.models import Event
from activity.services import receiver, recorded
from activity.transactions import at_the_end
from compliance.catalogue.reads import requirement_names
from compliance.gate.services.gates import IRRELEVANT, refresh_after
from compliance.gate.words import say
from compliance.models import Gate
from suppliers.addresses import addresses_of_people


@connect(recorded, dispatch_uid="gates")
def keep_gates_true(sender: type[Event], events: list[Event], **kwargs: object) -> None:
    """Work out anew whatever gates an event may matter to, once, when all else of its transaction is done."""
    if relevant := [event for event in events if event.kind not in IRRELEVANT]:
        at_the_end(refresh_after, relevant)


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
            "compliance/gate/mail/listing_suspended",
            [(address, language)],
            event=event,
            gate=gate,
            reasons=reasons,
            url=url,
        )

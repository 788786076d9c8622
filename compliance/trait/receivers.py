"""Who is told of questions about a product."""

from django.conf import settings
from django.urls import reverse

from activity import mails
from activity.models import Event
from activity.services import receiver
from suppliers.addresses import addresses_of_supplier
from suppliers.models import Product


@receiver("traits.asked")
def ask_by_mail(event: Event) -> None:
    """One mail to the supplier with all that is asked of it at once."""
    product = Product.objects.select_related("supplier").get(sku=event.stream.split(":", 1)[1])
    url = settings.SITE_URL + reverse("product-compliance", args=[product.sku]) + "#traits"
    addresses = addresses_of_supplier(product.supplier)
    traits = event.data["traits"]
    mails.send("compliance/trait/mail/asked", addresses, event=event, product=product, traits=traits, url=url)

"""What every page about one product shows."""

from django import template
from django.template.context import RequestContext

from suppliers import product_tabs
from suppliers.models import Product

register = template.Library()


@register.inclusion_tag("suppliers/product_tabs.html", takes_context=True, name="product_tabs")
def show_product_tabs(context: RequestContext, product: Product) -> dict:
    """{% product_tabs product %}: the tabs of a product's pages."""
    request = context["request"]
    return {"tabs": product_tabs.tabs_of(product, request.user, request.path)}

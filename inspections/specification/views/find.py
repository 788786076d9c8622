"""What pages of specifications are about, of what their reader may see."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from accounts.requests import PageRequest
from inspections.models import Specification
from inspections.specification.page import specifications_of, with_characteristics
from inspections.specification.services.versions import version_or_successor
from suppliers.models import Product

EXAMPLE_LOT = 1000  # units, for which plans are shown
asks_and_takes = require_http_methods(["GET", "HEAD", "POST"])


def find_product(request: PageRequest, sku: str) -> Product:
    return get_object_or_404(Product.objects.visible_to(request.user).select_related("supplier"), sku=sku)


def find_version(request: PageRequest, sku: str, version: int) -> Specification:
    """The version of that number; of a draft that was thrown away the version that took its place."""
    versions = with_characteristics(specifications_of(find_product(request, sku), request.user))
    found = version_or_successor(versions, version)
    if found is None:
        raise Http404
    return found

"""The page of a product: where it sells, what it must be, and how its batches have done."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import PageRequest
from inspections.batch.page import rows
from inspections.models import Batch, SpecificationStatus
from inspections.specification.page import specifications_of
from inspections.switching.page import strictness_of
from suppliers.models import Product
from suppliers.story import story_within_the_team

SHOWN = 20


@require_safe
def product_detail(request: PageRequest, sku: str) -> HttpResponse:
    products = Product.objects.visible_to(request.user).select_related("supplier", "category", "merchandiser")
    product = get_object_or_404(products, sku=sku)
    versions = list(specifications_of(product, request.user))
    context = {
        "product": product,
        "listings": product.listings.select_related("market").order_by("market__code"),
        "versions": versions,
        "unsigned": next((version for version in versions if version.waits_for_signature), None),
        "has_draft": any(version.status == SpecificationStatus.DRAFT for version in versions),
        "active": next((version for version in versions if version.status == SpecificationStatus.ACTIVE), None),
        "batches": rows(Batch.objects.visible_to(request.user).filter(product=product))[:SHOWN],
        "story": story_within_the_team(request.user, f"product:{product.sku}"),
        "strictness": strictness_of(product),
        "may_specify": request.user.has_perm("inspections.specify"),
    }
    return render(request, "inspections/home/product_detail.html", context)

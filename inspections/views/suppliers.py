"""The page of a supplier: what it makes, and how its batches have done."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from inspections.models import Batch, Hold
from inspections.queries.suppliers import tally_of
from suppliers.models import Supplier
from suppliers.queries import products_for_list

DAYS = 90
SHOWN = 20


@require_safe
def supplier_detail(request: HttpRequest, code: str) -> HttpResponse:
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user), code=code)
    products = products_for_list(request.user, supplier=supplier)
    holds = Hold.objects.visible_to(request.user).open().filter(batch__supplier=supplier)
    batches = Batch.objects.visible_to(request.user).filter(supplier=supplier)
    context = {
        "supplier": supplier,
        "products": products[:SHOWN],
        "product_count": products.count(),
        "members": supplier.members.order_by("username"),
        "holds": holds.select_related("batch__product").order_by("placed_at"),
        "batches": batches.select_related("product").order_by("-id")[:SHOWN],
        "tally": tally_of(supplier, since=now() - timedelta(days=DAYS)),
        "days": DAYS,
    }
    return render(request, "inspections/supplier_detail.html", context)

"""The run and the product that a page is about; what is not the reader's to see is not there."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import User
from inspections.models import PilotRun
from inspections.pilot.reads import find_pilots
from suppliers.models import Product


def find_product(user: User, sku: str) -> Product:
    return get_object_or_404(Product.objects.visible_to(user).select_related("supplier", "category"), sku=sku)


def find_run(user: User, uid: UUID) -> PilotRun:
    runs = find_pilots(user).select_related("product__category", "product__supplier", "planned_by", "concluded_by")
    return get_object_or_404(runs.select_related("sample"), uid=uid)

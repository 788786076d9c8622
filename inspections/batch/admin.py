"""Batches, shipments and what was done with units set aside, in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from inspections.models import AsideStep, Batch, Shipment


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = [
        "number",
        "product",
        "quantity",
        "state",
        "available",
        "on_hold",
        "set_aside",
        "awaiting",
        "shipped",
    ]
    list_select_related = ["product"]
    search_fields = ["number", "po_number", "product__sku"]
    ordering = ["-id"]


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    list_display = ["batch", "quantity", "reference", "shipped_by", "shipped_at"]
    list_select_related = ["batch", "shipped_by"]
    search_fields = ["batch__number", "reference"]
    ordering = ["-id"]


@admin.register(AsideStep)
class AsideStepAdmin(ReadOnlyAdmin):
    list_display = ["batch", "kind", "quantity", "done_by", "done_at"]
    list_select_related = ["batch", "done_by"]
    search_fields = ["batch__number", "note"]
    ordering = ["-id"]

"""Pilot runs to look up, and the data that they rest on to edit: limits of categories, norms, points of complaint."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from inspections.models import ComplaintPoint, PilotLimit, PilotRun, ReturnNorm


@admin.register(PilotRun)
class PilotRunAdmin(ReadOnlyAdmin):
    list_display = ["product", "ordinal", "size", "status", "verdict", "planned_at", "concluded_at"]
    list_select_related = ["product"]
    list_filter = ["status", "verdict"]
    search_fields = ["product__sku"]
    ordering = ["-id"]


@admin.register(PilotLimit)
class PilotLimitAdmin(admin.ModelAdmin):
    """Those of categories, and those of every product; a product's own are set on its page, on the record."""

    list_display = ["__str__", "damage", "complaint", "return_rate", "source"]
    list_select_related = ["category"]
    fields = ["category", "damage", "complaint", "return_rate", "source"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(product=None)

    def has_delete_permission(self, request, obj=None):
        """The limits of every product are what all others fall back on."""
        return super().has_delete_permission(request, obj) and obj is not None and obj.category_id is not None


@admin.register(ReturnNorm)
class ReturnNormAdmin(admin.ModelAdmin):
    list_display = ["__str__", "share", "status", "source"]
    list_select_related = ["category"]
    list_filter = ["status"]


@admin.register(ComplaintPoint)
class ComplaintPointAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_zh", "parent", "position"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "name_zh"]

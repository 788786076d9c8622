"""Pilot runs, and what they rest on, in the back office: to read, since services write them (R13)."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from inspections.models import ComplaintPoint, PilotLimit, PilotRun, ReturnNorm
from suppliers.admin import RecordedAdmin


@admin.register(PilotRun)
class PilotRunAdmin(ReadOnlyAdmin):
    list_display = ["product", "ordinal", "size", "status", "verdict", "planned_at", "concluded_at"]
    list_select_related = ["product"]
    list_filter = ["status", "verdict"]
    search_fields = ["product__sku"]
    ordering = ["-id"]


@admin.register(PilotLimit)
class PilotLimitAdmin(ReadOnlyAdmin):
    """Of products, of categories and of every product. By them runs are judged, so nobody sets them here alone."""

    list_display = ["__str__", "damage", "complaint", "return_rate", "source"]
    list_select_related = ["product", "category"]


@admin.register(ReturnNorm)
class ReturnNormAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "share", "status", "source"]
    list_select_related = ["category"]
    list_filter = ["status"]


@admin.register(ComplaintPoint)
class ComplaintPointAdmin(RecordedAdmin):
    """A point is closed, never deleted: what names it keeps it, and the database keeps its code."""

    stream, code_field, fixed = "complaint", "code", ("code", "parent")
    list_display = ["code", "name", "name_zh", "parent", "position", "is_closed"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "name_zh"]

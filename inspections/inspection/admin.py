"""Inspections and their results in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin, ReadOnlyInline
from inspections.models import Inspection, Result, TypingError


class ResultInline(ReadOnlyInline):
    model = Result
    fields = ["characteristic", "nonconforming", "nonconformities", "is_complete", "recorded_by", "recorded_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("characteristic", "recorded_by", "inspection__batch")


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    list_display = ["batch", "round", "severity", "status", "verdict", "inspector", "submitted_at"]
    list_filter = ["status", "verdict"]
    list_select_related = ["batch", "inspector"]
    search_fields = ["batch__number"]
    ordering = ["-id"]
    inlines = [ResultInline]


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    list_display = ["inspection", "characteristic", "nonconforming", "nonconformities", "is_complete", "recorded_at"]
    list_select_related = ["inspection__batch", "characteristic"]
    search_fields = ["inspection__batch__number"]
    ordering = ["-id"]


@admin.register(TypingError)
class TypingErrorAdmin(ReadOnlyAdmin):
    list_display = ["inspection", "characteristic", "unit", "typed", "read", "named_by", "named_at"]
    list_select_related = ["inspection__batch", "characteristic", "named_by"]
    search_fields = ["inspection__batch__number"]
    ordering = ["-id"]

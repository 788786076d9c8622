"""Findings in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from inspections.models import Finding


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ["uid", "batch", "nonconformity_class", "nonconforming", "late", "found_by", "received_at"]
    list_filter = ["nonconformity_class", "late"]
    list_select_related = ["batch", "found_by"]
    search_fields = ["batch__number"]
    ordering = ["-id"]

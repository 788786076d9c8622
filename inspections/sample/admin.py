"""Samples in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin, ReadOnlyInline
from inspections.models import Sample, SampleCheck


class SampleCheckInline(ReadOnlyInline):
    model = SampleCheck
    fields = ["aspect", "characteristic", "conforms", "note", "recorded_by", "recorded_at"]


@admin.register(Sample)
class SampleAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "supplier", "status", "version", "received_at", "decided_by", "decided_at"]
    list_filter = ["status"]
    list_select_related = ["product", "supplier", "decided_by"]
    search_fields = ["product__sku", "seal_number", "barcode"]
    inlines = [SampleCheckInline]

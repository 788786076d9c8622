"""Holds in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin, ReadOnlyInline
from inspections.models import Countersignature, Disposition, Hold, HoldResponse, ReinspectionOrder, ResponseFile


class HoldResponseInline(ReadOnlyInline):
    model = HoldResponse


class DispositionInline(ReadOnlyInline):
    model = Disposition
    fields = ["kind", "quantity", "freed", "reason", "decided_by", "decided_at"]


class ReinspectionOrderInline(ReadOnlyInline):
    model = ReinspectionOrder


class CountersignatureInline(ReadOnlyInline):
    model = Countersignature


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["code", "reason", "status", "quantity", "remaining", "placed_at", "ended_at"]
    list_filter = ["status", "reason"]
    list_select_related = ["batch"]
    search_fields = ["batch__number"]
    ordering = ["-id"]
    inlines = [HoldResponseInline, DispositionInline, ReinspectionOrderInline, CountersignatureInline]


@admin.register(HoldResponse)
class HoldResponseAdmin(ReadOnlyAdmin):
    list_display = ["hold", "responded_by", "responded_at", "wants_reinspection"]
    list_select_related = ["hold__batch", "responded_by"]
    search_fields = ["hold__batch__number"]
    ordering = ["-id"]


@admin.register(ResponseFile)
class ResponseFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "response", "content_type"]
    list_select_related = ["response__hold__batch"]
    ordering = ["-id"]


@admin.register(Disposition)
class DispositionAdmin(ReadOnlyAdmin):
    list_display = ["hold", "kind", "quantity", "freed", "decided_by", "decided_at"]
    list_filter = ["kind"]
    list_select_related = ["hold__batch", "decided_by"]
    search_fields = ["hold__batch__number"]
    ordering = ["-id"]

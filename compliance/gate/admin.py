"""Gates and decisions in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from compliance.models import Gate, GateDefect, GoLiveDecision


@admin.register(Gate)
class GateAdmin(ReadOnlyAdmin):
    list_display = ["sku", "market", "state", "live", "acts_next", "due_on", "valid_until", "next_change_at"]
    list_filter = ["state", "live", "market"]
    search_fields = ["sku"]
    ordering = ["sku", "market"]


@admin.register(GoLiveDecision)
class GoLiveDecisionAdmin(ReadOnlyAdmin):
    list_display = ["listing", "on", "decided_by", "signature", "decided_at"]
    list_select_related = ["listing__product", "listing__market", "decided_by"]
    search_fields = ["listing__product__sku"]
    ordering = ["-id"]


@admin.register(GateDefect)
class GateDefectAdmin(ReadOnlyAdmin):
    list_display = ["listing", "found_at", "stored", "computed"]
    list_select_related = ["listing__product", "listing__market"]
    search_fields = ["listing__product__sku"]
    ordering = ["-id"]

"""Checklists in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from compliance.models import Checklist, ChecklistItem


@admin.register(Checklist)
class ChecklistAdmin(ReadOnlyAdmin):
    list_display = ["listing", "refreshed_at"]
    list_select_related = ["listing__product", "listing__market"]
    search_fields = ["listing__product__sku"]


@admin.register(ChecklistItem)
class ChecklistItemAdmin(ReadOnlyAdmin):
    list_display = ["listing", "requirement", "state", "is_blocking", "acts_next", "due_on", "valid_to"]
    list_select_related = ["listing__product", "listing__market", "requirement"]
    list_filter = ["state", "is_blocking"]
    search_fields = ["listing__product__sku", "requirement__key"]

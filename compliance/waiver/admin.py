"""Waivers in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from compliance.models import Waiver


@admin.register(Waiver)
class WaiverAdmin(ReadOnlyAdmin):
    list_display = ["listing", "requirement", "state", "expires_on", "requested_by", "signed_by"]
    list_select_related = ["listing__product", "listing__market", "requirement", "requested_by", "signed_by"]
    list_filter = ["state"]
    search_fields = ["listing__product__sku", "requirement__key"]
    ordering = ["-id"]

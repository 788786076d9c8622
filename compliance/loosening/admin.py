"""Changes that wait for a second signature in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from compliance.models import Loosening


@admin.register(Loosening)
class LooseningAdmin(ReadOnlyAdmin):
    list_display = ["about", "cause", "state", "asked_by", "asked_at", "decided_by"]
    list_select_related = ["asked_by", "decided_by"]
    list_filter = ["state", "cause"]
    search_fields = ["about"]
    ordering = ["-id"]

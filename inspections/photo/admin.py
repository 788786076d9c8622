"""Photos in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from inspections.models import Photo


@admin.register(Photo)
class PhotoAdmin(ReadOnlyAdmin):
    list_display = ["uid", "inspection", "status", "uploaded_at"]
    list_filter = ["status"]
    list_select_related = ["inspection__batch"]
    search_fields = ["inspection__batch__number"]
    ordering = ["-id"]

"""What people keep for themselves in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from compliance.models import CalendarFeed, SavedView


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ["name", "user", "created_at"]
    list_select_related = ["user"]


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    list_display = ["user", "created_at", "revoked_at"]
    list_select_related = ["user"]

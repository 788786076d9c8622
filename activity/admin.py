from django.contrib import admin
from django.db.models import FileField

from activity.models import Delivery, Event, Webhook, WebhookDelivery


class ReadOnlyAdmin(admin.ModelAdmin):
    """Records that services alone write: to be looked up here, never added, changed or deleted."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_fields(self, request, obj=None):
        """Without files: they have no address of their own, the page of their record serves them."""
        files = {field.name for field in self.model._meta.fields if isinstance(field, FileField)}
        return [name for name in super().get_fields(request, obj) if name not in files]

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "stream", "actor"]
    list_select_related = ["actor"]
    search_fields = ["=stream", "=kind"]
    ordering = ["-id"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["event", "receiver", "status", "due_at", "attempts", "done_at"]
    list_select_related = ["event"]
    list_filter = ["status"]
    ordering = ["-id"]


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    list_display = ["name", "url", "created_at", "stopped_at"]
    ordering = ["name"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ["event", "webhook", "status", "due_at", "attempts", "done_at"]
    list_select_related = ["event", "webhook"]
    list_filter = ["status"]
    ordering = ["-id"]


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

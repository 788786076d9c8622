from django.contrib import admin
from django.utils.timezone import now

from accounts.admin import UserAdmin
from activity.services import record_event
from suppliers.markets import FACTS
from suppliers.models import Category, Listing, Market, Membership, Product, Supplier


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "supplier"]


UserAdmin.inlines = [*UserAdmin.inlines, MembershipInline]


class RecordedAdmin(admin.ModelAdmin):
    """What is written here is on the record as well, and what names a record's story does not change."""

    stream = ""  # "supplier": the story is "supplier:CODE"
    code_field = ""
    fixed: tuple[str, ...] = ()  # fields that are chosen once

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(self.fixed if obj else ())]

    def save_model(self, request, obj, form, change):
        at = now()
        if not change:
            obj.created_at = at
        super().save_model(request, obj, form, change)
        changes = {
            name: [str(form.initial.get(name) or ""), str(form.cleaned_data[name] or "")] for name in form.changed_data
        }
        record_event(
            f"{self.stream}.changed" if change else f"{self.stream}.created",
            f"{self.stream}:{getattr(obj, self.code_field)}",
            at=at,
            actor=request.user,
            **({"changes": changes} if change else {"name": obj.name}),
        )

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Supplier)
class SupplierAdmin(RecordedAdmin):
    stream, code_field, fixed = "supplier", "code", ("code",)
    list_display = ["code", "name", "name_zh", "contact_email"]
    search_fields = ["code", "name", "name_zh"]
    exclude = ["created_at"]
    inlines = [MembershipInline]


class ListingInline(admin.TabularInline):
    model = Listing
    extra = 0


@admin.register(Product)
class ProductAdmin(RecordedAdmin):
    stream, code_field, fixed = "product", "sku", ("sku", "supplier")
    list_display = ["sku", "name", "supplier", "category", "merchandiser"]
    list_filter = ["category"]
    list_select_related = ["supplier", "category", "merchandiser"]
    search_fields = ["sku", "name", "name_zh"]
    autocomplete_fields = ["supplier", "merchandiser"]
    exclude = ["created_at"]
    inlines = [ListingInline]


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_zh", "parent"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "name_zh"]


@admin.register(Market)
class MarketAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_zh", "parent", "zone", "voltage"]
    list_select_related = ["parent"]

    def get_readonly_fields(self, request, obj=None):
        """By its facts papers are judged: nobody changes them here alone, they come from the file."""
        return FACTS if obj else ()

from typing import ClassVar

from django.contrib import admin
from django.utils.timezone import now

from accounts.admin import UserAdmin
from activity.admin import ReadOnlyInline
from activity.services import record_event
from suppliers.markets import FACTS
from suppliers.models import Category, Listing, Market, Membership, Product, Supplier
from suppliers.services import said


class MembershipInline(ReadOnlyInline):
    """To be looked up: who belongs to a supplier is said on the supplier's page, by the service that records it."""

    model = Membership
    show_change_link = False


UserAdmin.inlines = [*UserAdmin.inlines, MembershipInline]


class RecordedAdmin(admin.ModelAdmin):
    """What is written here is on the record as well, by names; what names a record's story does not change."""

    told_when_made: ClassVar[dict] = {}
    stream = ""  # "supplier": the story is "supplier:CODE"
    code_field = ""
    fixed: tuple[str, ...] = ()  # fields that are chosen once

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(self.fixed if obj else ())]

    def save_model(self, request, obj, form, change):
        at = now()
        if not change and self.stream in {"supplier", "product"}:
            obj.created_at = at
        before = self.model._default_manager.select_for_update(of=("self",)).get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        changes = (
            {name: [said(getattr(each, name)) for each in (before, obj)] for name in form.changed_data}
            if before
            else {}
        )
        if before and not changes:
            return
        record_event(
            f"{self.stream}.changed" if change else f"{self.stream}.created",
            f"{self.stream}:{getattr(obj, self.code_field)}",
            at=at,
            actor=request.user,
            **({"changes": changes} if change else {"name": obj.name} | self.told_when_made),
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


class ListingInline(ReadOnlyInline):
    """To be looked up: a market is added on the product's page, and a listing that is there stays what it is."""

    model = Listing
    show_change_link = False


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
    told_when_made = {"markets": []}


@admin.register(Category)
class CategoryAdmin(RecordedAdmin):
    stream, code_field, fixed = "category", "code", ("code", "parent")  # what is asked of its products hangs on them
    list_display = ["code", "name", "name_zh", "parent"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "name_zh"]


@admin.register(Market)
class MarketAdmin(RecordedAdmin):
    stream, code_field = "market", "code"
    list_display = ["code", "name", "name_zh", "parent", "zone", "voltage"]
    list_select_related = ["parent"]

    def get_readonly_fields(self, request, obj=None):
        """By its facts papers are judged: nobody changes them here alone, they come from the file."""
        return ("code", "parent", *FACTS) if obj else ()

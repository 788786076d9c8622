from django.contrib import admin

from suppliers.models import Category, Listing, Market, Membership, Product, Supplier


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Supplier)
class SupplierAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_zh", "contact_email"]
    search_fields = ["code", "name", "name_zh"]
    inlines = [MembershipInline]


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_zh", "parent"]
    search_fields = ["code", "name", "name_zh"]


@admin.register(Market)
class MarketAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_zh", "parent"]


class ListingInline(admin.TabularInline):
    model = Listing
    extra = 0


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["sku", "name", "supplier", "category", "merchandiser"]
    list_filter = ["category"]
    search_fields = ["sku", "name", "name_zh"]
    autocomplete_fields = ["supplier", "merchandiser"]
    inlines = [ListingInline]

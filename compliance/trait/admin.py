"""What is known of products in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from compliance.models import ProductFacts, ProductTrait, Trait


@admin.register(Trait)
class TraitAdmin(ReadOnlyAdmin):
    list_display = ["key", "name", "name_zh"]
    search_fields = ["key", "name", "name_zh"]


@admin.register(ProductTrait)
class ProductTraitAdmin(ReadOnlyAdmin):
    list_display = ["product", "trait", "answer", "answered_by", "answered_at"]
    list_select_related = ["product", "trait", "answered_by"]
    search_fields = ["product__sku", "trait__key"]


@admin.register(ProductFacts)
class ProductFactsAdmin(ReadOnlyAdmin):
    list_display = ["product", "model_numbers", "cosmetic_type", "changed_by", "changed_at"]
    list_select_related = ["product", "changed_by"]
    search_fields = ["product__sku"]

"""Specifications in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin, ReadOnlyInline
from inspections.models import Characteristic, Specification


class CharacteristicInline(ReadOnlyInline):
    model = Characteristic
    fields = ["position", "code", "name", "aspect", "nonconformity_class", "target", "lower", "upper", "unit"]


@admin.register(Specification)
class SpecificationAdmin(ReadOnlyAdmin):
    list_display = ["product", "version", "status", "drafted_by", "activated_by", "activated_at", "signed_by"]
    list_filter = ["status"]
    list_select_related = ["product", "drafted_by", "activated_by", "signed_by"]
    search_fields = ["product__sku"]
    inlines = [CharacteristicInline]

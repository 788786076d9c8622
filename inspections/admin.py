"""The back office reads what services write; the database would refuse most changes anyway."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from inspections import admin_pilots  # noqa: F401 registers its pages
from inspections.models import (
    Batch,
    Characteristic,
    Disposition,
    Hold,
    HoldResponse,
    Inspection,
    Photo,
    ResponseFile,
    Result,
    Sample,
    SampleCheck,
    Shipment,
    Specification,
)


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class CharacteristicInline(ReadOnlyInline):
    model = Characteristic
    fields = ["position", "code", "name", "aspect", "nonconformity_class", "target", "lower", "upper", "unit"]


@admin.register(Specification)
class SpecificationAdmin(ReadOnlyAdmin):
    list_display = ["product", "version", "status", "drafted_by", "activated_by", "activated_at"]
    list_filter = ["status"]
    list_select_related = ["product", "drafted_by", "activated_by"]
    search_fields = ["product__sku"]
    inlines = [CharacteristicInline]


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["number", "product", "quantity", "state", "available", "on_hold", "awaiting", "shipped"]
    list_select_related = ["product"]
    search_fields = ["number", "po_number", "product__sku"]
    ordering = ["-id"]


class ResultInline(ReadOnlyInline):
    model = Result
    fields = ["characteristic", "nonconforming", "nonconformities", "is_complete", "recorded_by", "recorded_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("characteristic", "recorded_by", "inspection__batch")


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    list_display = ["batch", "round", "severity", "status", "verdict", "inspector", "submitted_at"]
    list_filter = ["status", "verdict"]
    list_select_related = ["batch", "inspector"]
    search_fields = ["batch__number"]
    ordering = ["-id"]
    inlines = [ResultInline]


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    list_display = ["inspection", "characteristic", "nonconforming", "nonconformities", "is_complete", "recorded_at"]
    list_select_related = ["inspection__batch", "characteristic"]
    search_fields = ["inspection__batch__number"]
    ordering = ["-id"]


class HoldResponseInline(ReadOnlyInline):
    model = HoldResponse


class DispositionInline(ReadOnlyInline):
    model = Disposition
    fields = ["kind", "quantity", "freed", "reason", "decided_by", "decided_at"]


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["code", "reason", "status", "quantity", "remaining", "placed_at", "ended_at"]
    list_filter = ["status", "reason"]
    list_select_related = ["batch"]
    search_fields = ["batch__number"]
    ordering = ["-id"]
    inlines = [HoldResponseInline, DispositionInline]


@admin.register(HoldResponse)
class HoldResponseAdmin(ReadOnlyAdmin):
    list_display = ["hold", "responded_by", "responded_at", "wants_reinspection"]
    list_select_related = ["hold__batch", "responded_by"]
    search_fields = ["hold__batch__number"]
    ordering = ["-id"]


@admin.register(ResponseFile)
class ResponseFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "response", "content_type"]
    list_select_related = ["response__hold__batch"]
    ordering = ["-id"]


@admin.register(Disposition)
class DispositionAdmin(ReadOnlyAdmin):
    list_display = ["hold", "kind", "quantity", "freed", "decided_by", "decided_at"]
    list_filter = ["kind"]
    list_select_related = ["hold__batch", "decided_by"]
    search_fields = ["hold__batch__number"]
    ordering = ["-id"]


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    list_display = ["batch", "quantity", "reference", "shipped_by", "shipped_at"]
    list_select_related = ["batch", "shipped_by"]
    search_fields = ["batch__number", "reference"]
    ordering = ["-id"]


@admin.register(Photo)
class PhotoAdmin(ReadOnlyAdmin):
    list_display = ["uid", "inspection", "status", "uploaded_at"]
    list_filter = ["status"]
    list_select_related = ["inspection__batch"]
    search_fields = ["inspection__batch__number"]
    ordering = ["-id"]


class SampleCheckInline(ReadOnlyInline):
    model = SampleCheck
    fields = ["aspect", "characteristic", "conforms", "note", "recorded_by", "recorded_at"]


@admin.register(Sample)
class SampleAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "supplier", "status", "version", "received_at", "decided_by", "decided_at"]
    list_filter = ["status"]
    list_select_related = ["product", "supplier", "decided_by"]
    search_fields = ["product__sku", "seal_number", "barcode"]
    inlines = [SampleCheckInline]

"""The back office reads what services write."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from compliance.models import (
    CalendarFeed,
    CatalogueVersion,
    Checklist,
    ChecklistItem,
    Document,
    Evidence,
    Finding,
    Gate,
    GateDefect,
    GoLiveDecision,
    LabelCheck,
    ProductFacts,
    ProductTrait,
    ProposedChange,
    Reading,
    ReferenceEntry,
    ReferenceRevision,
    RegisterLookup,
    Requirement,
    RequirementRevision,
    SavedView,
    Trait,
    Waiver,
)


@admin.register(Requirement)
class RequirementAdmin(ReadOnlyAdmin):
    list_display = ["key", "name", "kind", "severity", "verification", "confirmed_by", "revision"]
    list_filter = ["kind", "severity", "verification"]
    list_select_related = ["confirmed_by"]
    search_fields = ["key", "name", "name_zh"]
    ordering = ["key"]


@admin.register(RequirementRevision)
class RequirementRevisionAdmin(ReadOnlyAdmin):
    list_display = ["requirement", "number", "source", "actor", "at"]
    list_select_related = ["requirement", "actor"]
    search_fields = ["requirement__key"]
    ordering = ["-id"]


@admin.register(CatalogueVersion)
class CatalogueVersionAdmin(ReadOnlyAdmin):
    list_display = ["as_of", "loaded_at", "sha256"]


@admin.register(ProposedChange)
class ProposedChangeAdmin(ReadOnlyAdmin):
    list_display = ["key", "version", "status", "decided_by", "decided_at"]
    list_select_related = ["version", "decided_by"]
    list_filter = ["status"]
    search_fields = ["=key"]


@admin.register(Trait)
class TraitAdmin(ReadOnlyAdmin):
    list_display = ["key", "name", "name_zh"]
    search_fields = ["key", "name", "name_zh"]


@admin.register(ProductTrait)
class ProductTraitAdmin(ReadOnlyAdmin):
    list_display = ["product", "trait", "answer", "answered_by", "answered_at"]
    list_select_related = ["product", "trait", "answered_by"]
    search_fields = ["product__sku", "trait__key"]


@admin.register(Checklist)
class ChecklistAdmin(ReadOnlyAdmin):
    list_display = ["listing", "refreshed_at"]
    list_select_related = ["listing__product", "listing__market"]
    search_fields = ["listing__product__sku"]


@admin.register(ChecklistItem)
class ChecklistItemAdmin(ReadOnlyAdmin):
    list_display = ["listing", "requirement", "state", "is_blocking", "acts_next", "due_on", "valid_to"]
    list_select_related = ["listing__product", "listing__market", "requirement"]
    list_filter = ["state", "is_blocking"]
    search_fields = ["listing__product__sku", "requirement__key"]


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["name", "supplier", "status", "content_type", "size", "uploaded_by", "uploaded_at"]
    list_select_related = ["supplier", "uploaded_by"]
    list_filter = ["status"]
    search_fields = ["name", "=sha256"]
    ordering = ["-id"]


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ["requirement", "number", "state", "valid_to", "submitted_by", "accepted_by"]
    list_select_related = ["requirement", "submitted_by", "accepted_by"]
    list_filter = ["state"]
    search_fields = ["requirement__key", "number"]
    ordering = ["-id"]


@admin.register(RegisterLookup)
class RegisterLookupAdmin(ReadOnlyAdmin):
    list_display = ["register", "number", "result", "looked_up_by", "looked_up_at"]
    list_select_related = ["looked_up_by"]
    ordering = ["-id"]


@admin.register(Waiver)
class WaiverAdmin(ReadOnlyAdmin):
    list_display = ["listing", "requirement", "state", "expires_on", "requested_by", "signed_by"]
    list_select_related = ["listing__product", "listing__market", "requirement", "requested_by", "signed_by"]
    list_filter = ["state"]
    search_fields = ["listing__product__sku", "requirement__key"]
    ordering = ["-id"]


@admin.register(Gate)
class GateAdmin(ReadOnlyAdmin):
    list_display = ["sku", "market", "state", "live", "acts_next", "due_on", "valid_until", "next_change_at"]
    list_filter = ["state", "live", "market"]
    search_fields = ["sku"]
    ordering = ["sku", "market"]


@admin.register(GoLiveDecision)
class GoLiveDecisionAdmin(ReadOnlyAdmin):
    list_display = ["listing", "on", "decided_by", "signature", "decided_at"]
    list_select_related = ["listing__product", "listing__market", "decided_by"]
    search_fields = ["listing__product__sku"]
    ordering = ["-id"]


@admin.register(GateDefect)
class GateDefectAdmin(ReadOnlyAdmin):
    list_display = ["listing", "found_at", "stored", "computed"]
    list_select_related = ["listing__product", "listing__market"]
    search_fields = ["listing__product__sku"]
    ordering = ["-id"]


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ["name", "user", "created_at"]
    list_select_related = ["user"]


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    list_display = ["user", "created_at", "revoked_at"]
    list_select_related = ["user"]


@admin.register(Reading)
class ReadingAdmin(ReadOnlyAdmin):
    list_display = ["document", "status", "attempts", "read_at"]
    list_select_related = ["document"]
    list_filter = ["status"]
    exclude = ["pages"]  # a formula may stand there
    ordering = ["-id"]


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ["evidence", "code", "weight", "state", "decided_by", "found_at"]
    list_select_related = ["evidence__requirement", "decided_by"]
    list_filter = ["weight", "state"]
    exclude = ["params", "quote", "reason"]  # a formula may stand there
    search_fields = ["=code"]
    ordering = ["-id"]


@admin.register(LabelCheck)
class LabelCheckAdmin(ReadOnlyAdmin):
    list_display = ["evidence", "element", "is_there", "checked_by", "checked_at"]
    list_select_related = ["evidence__requirement", "checked_by"]
    ordering = ["-id"]


@admin.register(ProductFacts)
class ProductFactsAdmin(ReadOnlyAdmin):
    list_display = ["product", "model_numbers", "cosmetic_type", "changed_by", "changed_at"]
    list_select_related = ["product", "changed_by"]
    search_fields = ["product__sku"]


@admin.register(ReferenceEntry)
class ReferenceEntryAdmin(ReadOnlyAdmin):
    list_display = ["table", "key", "verification", "is_active", "confirmed_by", "revision"]
    list_select_related = ["confirmed_by"]
    list_filter = ["table", "verification"]
    search_fields = ["key"]
    ordering = ["table", "key"]


@admin.register(ReferenceRevision)
class ReferenceRevisionAdmin(ReadOnlyAdmin):
    list_display = ["entry", "number", "source", "actor", "at"]
    list_select_related = ["entry", "actor"]
    ordering = ["-id"]

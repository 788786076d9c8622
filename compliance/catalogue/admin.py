"""The catalogue in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from compliance.models import (
    CatalogueVersion,
    ProposedChange,
    ReferenceEntry,
    ReferenceRevision,
    Requirement,
    RequirementRevision,
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
    list_display = ["key", "version", "asked_by", "status", "decided_by", "decided_at"]
    list_select_related = ["version", "asked_by", "decided_by"]
    list_filter = ["status"]
    search_fields = ["=key"]


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

"""Papers in the back office: to read, since services write them."""

from django.contrib import admin

from activity.admin import ReadOnlyAdmin
from compliance.models import Document, Evidence, Finding, LabelCheck, Reading, RegisterLookup


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

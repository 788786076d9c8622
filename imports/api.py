"""Files over the API: sent and checked as a whole, then stored as a whole, by the services of the pages."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.urls import path
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from activity.filters import RecordFilters
from imports import kinds
from imports.models import Import, ImportStatus
from imports.rows import CHANGED, LEFT_OUT, PASSED_OVER, UNCHANGED
from imports.services.questions import leave_out, name_columns
from imports.services.sending import apply_import, header_of, looks_like, start_import

# All kinds are registered before the first URL is looked up.
NAMED = kinds.with_named_columns()
NAMES = {kind.value: ", ".join(column.name for column in kind.columns) for kind in NAMED}
TITLES = {"type": "object", "additionalProperties": {"type": "string"}}


class ImportRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    sha256 = serializers.CharField()
    kind = serializers.ChoiceField(kinds.choices(), allow_blank=True, help_text="Empty until the file was read.")
    state = serializers.ChoiceField(
        ImportStatus.choices,
        source="status",
        help_text="mapping: name its columns. checked: nothing is wrong and nothing is stored yet, apply it.",
    )
    rows_total = serializers.IntegerField()
    rows_done = serializers.IntegerField(help_text="In the step that the state names.")
    rows_passed = serializers.IntegerField(help_text="Passed over, with nothing to store, or left out.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class WrongRow(serializers.Serializer):
    line = serializers.IntegerField(allow_null=True, help_text="Of the file; null for the file as a whole.")
    column = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField(help_text="In the language in which the file was sent.")
    value = serializers.CharField(
        help_text="A word that `options.reasons` (code unknown_reason) or `options.outcomes` (unknown_outcome) may explain; else empty."
    )


class ImportNote(serializers.Serializer):
    line = serializers.IntegerField()
    done = serializers.ChoiceField(
        [(each, each) for each in (PASSED_OVER, LEFT_OUT, CHANGED, UNCHANGED)],
        help_text="passed_over: nothing to store. left_out: by a decision. changed: of what is on the record. unchanged: what is on the record stays.",
    )
    code = serializers.CharField()
    detail = serializers.CharField(help_text="In the language in which the file was sent.")


class ImportCounts(serializers.Serializer):
    new = serializers.IntegerField(default=0)
    changed = serializers.IntegerField(default=0)
    unchanged = serializers.IntegerField(default=0)


class LooksLike(serializers.Serializer):
    kind = serializers.CharField()
    shop = serializers.CharField(help_text="Empty where the titles are no shop's.")


class NoteRow(serializers.Serializer):
    line = serializers.IntegerField(allow_null=True, help_text="Of the file; null for the file as a whole.")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="In the language in which the file was sent.")


class PreviewCell(serializers.Serializer):
    column = serializers.CharField()
    shown = serializers.CharField(help_text="What a person sees in the file.")
    stored = serializers.CharField(help_text="What is stored of it.")


class PreviewRow(serializers.Serializer):
    line = serializers.IntegerField()
    cells = PreviewCell(many=True)


class ImportAnswer(ImportRow):
    header = serializers.SerializerMethodField(help_text="Titles of an export of orders; else empty.")
    mapping = serializers.DictField(child=serializers.CharField(), help_text="Column: title in the file.")
    options = serializers.DictField()
    notes = NoteRow(many=True, help_text="What of the file was not read, such as hidden rows and other sheets.")
    preview = PreviewRow(many=True, help_text="The first rows, as they look and as they are stored.")
    errors = WrongRow(  # type: ignore[assignment] # a field of the answer, not what is wrong with it
        many=True, help_text="All that is wrong, in the order of the lines."
    )
    counts = ImportCounts(help_text="Rows by what storing them does; known once it is checked.")
    rows = serializers.SerializerMethodField(help_text="Rows that are not simply stored, in their order.")
    looks_like = serializers.SerializerMethodField(
        help_text="What the titles say that the file is, where they say it; not always the kind that was chosen."
    )

    @extend_schema_field(ImportNote(many=True))
    def get_rows(self, found: Import) -> list[dict[str, Any]]:
        return sorted(
            (
                {"line": line, **{name: note[name] for name in ("done", "code", "detail")}}
                for note in found.row_notes
                for line in note["lines"]
            ),
            key=lambda row: row["line"],
        )

    @extend_schema_field(LooksLike(allow_null=True))
    def get_looks_like(self, found: Import) -> dict[str, str] | None:
        seen = looks_like(found)
        return {"kind": seen[0].value, "shop": seen[1]} if seen else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_header(self, found: Import) -> list[str]:
        if found.kind not in NAMES:
            return []
        return [title for title in header_of(found) if title]


@extend_schema_field(TITLES)
class Titles(serializers.JSONField):
    """An object of texts; JSON where it comes as text."""

    default_error_messages = {
        "not_texts": _("Give an object of texts."),
        "null_characters_not_allowed": _("Null characters are not allowed."),
    }

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if not isinstance(value, dict) or not all(isinstance(title, str) for title in value.values()):
            self.fail("not_texts")
        if any("\x00" in text for pair in value.items() for text in pair):
            self.fail("null_characters_not_allowed")
        return value


class Options(Input):
    def get_fields(self) -> dict[str, serializers.Field]:
        fields: dict[str, serializers.Field] = {option.name: option.api() for option in kinds.options()}
        fields |= {each.name: Titles(required=False, help_text=each.help_text) for each in kinds.questions()}
        return fields | {
            "without": serializers.ListField(
                child=serializers.IntegerField(min_value=1), required=False, help_text="Lines of the file to leave out."
            )
        }


@extend_schema_field(Options)
class OptionsField(serializers.JSONField):
    """Options as an object, or as text with JSON."""

    def to_internal_value(self, data: Any) -> Any:
        options = Options(data=super().to_internal_value(data))
        options.is_valid(raise_exception=True)
        sent = options.validated_data
        return {name: str(value) if isinstance(value, UUID) else value for name, value in sent.items()}


class NamedColumns(Input):
    mapping = Titles(
        required=False,
        default=dict,
        help_text="; ".join(f"{kind}: {names}" for kind, names in NAMES.items())
        + ". Empty for a file of any other kind.",
    )
    options = OptionsField(required=False)
    kind = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text=f"Another kind than was chosen first: {' or '.join(NAMES)}.",
    )


class LeftOut(Input):
    lines = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, allow_null=True, default=None,
        help_text="Lines that are wrong; all of them where this is left out.",
    )  # fmt: skip


class NewImport(Input):
    file = serializers.FileField(allow_empty_file=True, help_text="CSV or XLSX, a header in the first row.")
    kind = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        help_text=f"{' or '.join(NAMES)} for an export of orders; left out, the columns tell, or suggest which of them it is.",
    )
    mapping = Titles(required=False, help_text="Names the columns of an export at once: JSON, column: title.")
    options = OptionsField(required=False)


def as_sent(refusal: InvalidInput) -> InvalidInput:
    """`source` as the sender wrote it: options.source; a column's name: mapping.product."""
    columns = {column.name for kind in NAMED for column in kind.columns}
    options = {option.name for option in kinds.options()} | {question.name for question in kinds.questions()}

    def placed(field: str) -> str:
        if field in options:
            return f"options.{field}"
        return f"mapping.{field}" if field in columns else field

    return InvalidInput([replace(error, field=placed(error.field)) for error in refusal.errors])


class ImportFilters(RecordFilters):
    dated = "created_at"
    kind = django_filters.ChoiceFilter(choices=kinds.choices())
    state = django_filters.ChoiceFilter("status", choices=ImportStatus.choices)


class Imports(GenericAPIView):
    """Files are for those who may import, whoever sent them."""

    def get_queryset(self) -> QuerySet[Import]:
        return Import.objects.visible_to(self.request.user)


class ImportList(Imports, ListAPIView):
    permissions = {"GET": "imports.import_data", "POST": "imports.import_data"}
    serializer_class = ImportRow
    filterset_class = ImportFilters
    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": NewImport}, responses={201: ImportAnswer})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Send a file of batches, inspection results or orders. It is checked in the background and nothing is stored:
        look at its state until it is `checked` or `refused`.
        """
        sent = NewImport.of(request)
        options = sent.get("options") or {}
        try:
            started = start_import(
                file=sent["file"], kind=sent["kind"], mapping=sent.get("mapping"),
                without=options.pop("without", ()), options=options, actor=request.user, at=now(),
            )  # fmt: skip
        except InvalidInput as refusal:
            raise as_sent(refusal) from None
        return Response(ImportAnswer(started).data, status=201)


class ImportView(Imports):
    serializer_class = ImportAnswer
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def answer(self) -> Response:
        return Response(ImportAnswer(self.get_object()).data)


class ImportOne(ImportView):
    permissions = {"GET": "imports.import_data"}

    @extend_schema(responses={200: ImportAnswer})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        """How far a file is, and every row that is wrong."""
        return self.answer()


class ImportColumns(ImportView):
    permissions = {"PUT": "imports.import_data"}

    @extend_schema(request=NamedColumns, responses={200: ImportAnswer})
    def put(self, request: ApiRequest, id: UUID) -> Response:
        """Say what the columns of an export of orders are, and have it checked by that; remembered for the same header. Of any
        file, the options that nothing in it tells: its sheet, its encoding, how days and decimals are written.
        """
        found = self.get_object()
        sent: dict[str, Any] = NamedColumns.of(request)
        options = sent.get("options") or {}
        try:
            name_columns(
                found=found, mapping=sent["mapping"], without=options.pop("without", None), options=options,
                kind=sent["kind"], actor=request.user, at=now(),
            )  # fmt: skip
        except InvalidInput as refusal:
            raise as_sent(refusal) from None
        return self.answer()


class ImportLeaveOut(ImportView):
    permissions = {"POST": "imports.import_data"}

    @extend_schema(request=LeftOut, responses={200: ImportAnswer})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Leave out rows of a `refused` file that are wrong, and have the others checked again. Why stays on the record."""
        leave_out(found=self.get_object(), lines=LeftOut.of(request)["lines"], actor=request.user, at=now())
        return self.answer()


class ImportApply(ImportView):
    permissions = {"POST": "imports.import_data"}

    @extend_schema(request=None, responses={200: ImportAnswer})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Have a file that is `checked` stored, in the background: all of it or, where something changed meanwhile, none."""
        apply_import(checked=self.get_object(), actor=request.user, at=now())
        return self.answer()


urlpatterns = [
    path("imports/", ImportList.as_view(), name="api-import-list"),
    path("imports/<uuid:id>/", ImportOne.as_view(), name="api-import"),
    path("imports/<uuid:id>/columns/", ImportColumns.as_view(), name="api-import-columns"),
    path("imports/<uuid:id>/leave-out/", ImportLeaveOut.as_view(), name="api-import-leave-out"),
    path("imports/<uuid:id>/apply/", ImportApply.as_view(), name="api-import-apply"),
]

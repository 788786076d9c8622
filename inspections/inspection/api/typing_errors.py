"""Typing errors on critical readings, over the API. A quality manager signs one by deciding its hold."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api import StaffName
from accounts.requests import ApiRequest, GenericAPIView
from accounts.roles import Role
from activity.api import Input, idempotent
from inspections.hold.api import HoldSummary
from inspections.inspection.api.inspections import InspectionView
from inspections.inspection.services.typing_errors import name_typing_error, refuse_typing_error
from inspections.models import TypingError, TypingErrorState


class NewTypingError(Input):
    characteristic = serializers.CharField(max_length=40)
    unit = serializers.IntegerField(min_value=1)
    read = serializers.CharField(max_length=40, help_text="What was read; text or a number.")
    note = serializers.CharField(required=False, allow_blank=True, default="")


class TypingErrorShown(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    inspection = serializers.UUIDField(source="inspection.uid")
    characteristic = serializers.CharField(source="characteristic.code")
    unit = serializers.IntegerField()
    typed = serializers.SerializerMethodField(help_text="What was typed, and stays on the record.")
    read = serializers.SerializerMethodField(help_text="What was read, which counts unless it is refused.")
    note = serializers.CharField()
    state = serializers.ChoiceField(TypingErrorState.choices, help_text="Waiting: the hold stays until it is settled.")
    hold = HoldSummary()
    named_at = serializers.DateTimeField()
    named_by = StaffName(Role.QC)
    refused_reason = serializers.CharField()

    @extend_schema_field({"type": "number"})
    def get_typed(self, named: TypingError) -> Any:
        return named.typed.normalize()

    @extend_schema_field({"type": "number"})
    def get_read(self, named: TypingError) -> Any:
        return named.read.normalize()


class TypingErrorRefusal(Input):
    reason = serializers.CharField()


class InspectionTypingErrors(InspectionView):
    permissions = {"GET": "suppliers.see_all", "POST": "inspections.inspect"}

    @extend_schema(responses={200: TypingErrorShown(many=True)})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        """Those that were named in an inspection, newest first."""
        named = self.get_object().typing_errors.select_related(
            "inspection", "characteristic", "hold__batch", "named_by"
        )
        page = self.paginate_queryset(named)
        shown = TypingErrorShown(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(shown.data)

    @extend_schema(request=NewTypingError, responses={201: TypingErrorShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Name a critical reading a wrong key, by who recorded it. What was read counts from now on; the hold stays.

        A quality manager who did not record settles it: POST holds/{id}/decide/ with the disposition `typing_error` for
        the whole hold, or refuse/.
        """
        inspection = self.get_object()
        sent = NewTypingError.of(request)
        named = name_typing_error(inspection=inspection, actor=request.user, at=now(), **sent)
        return Response(TypingErrorShown(named, context=self.get_serializer_context()).data, status=201)


class TypingErrorRefuse(GenericAPIView):
    permissions = {"POST": "inspections.decide_hold"}
    serializer_class = TypingErrorShown
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[TypingError]:
        return TypingError.objects.visible_to(self.request.user).select_related("hold")

    @extend_schema(request=TypingErrorRefusal, responses={200: TypingErrorShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """It is no wrong key: what was typed counts again, and the hold stays."""
        typing_error = self.get_object()
        reason = TypingErrorRefusal.of(request)["reason"]
        named = refuse_typing_error(typing_error=typing_error, reason=reason, actor=request.user, at=now())
        return Response(TypingErrorShown(named, context=self.get_serializer_context()).data)

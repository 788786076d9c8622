"""Changes that wait for a second signature, over the API: the token signs, and it is another person's."""

from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.signature import DigestedInput, signed
from activity.api import Input, idempotent
from compliance.loosening.services import digest_of, refuse_loosening, sign_loosening
from compliance.models import Loosening, LooseningCause, LooseningState


class SaidRow(serializers.Serializer):
    name = serializers.CharField()
    name_zh = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class LoosenedPaper(serializers.Serializer):
    product = serializers.CharField()
    market = serializers.CharField()
    requirement = serializers.CharField(help_text="Key")
    name = serializers.CharField()
    name_zh = serializers.CharField()


class LooseningRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    cause = serializers.ChoiceField(LooseningCause.choices)
    about = serializers.CharField(help_text="SKU of the product, or key of the requirement, that was changed.")
    said = SaidRow(many=True, help_text="The values before and after.")
    papers = LoosenedPaper(many=True, help_text="What is needed no more once it is signed; until then it is.")
    state = serializers.ChoiceField(LooseningState.choices)
    asked_at = serializers.DateTimeField()
    asked_by = serializers.SerializerMethodField(help_text="User name; null where no service recorded the change.")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    digest = serializers.SerializerMethodField(help_text="Names what waits; its signature names it.")

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_digest(self, loosening: Loosening) -> str | None:
        return digest_of(loosening) if loosening.state == LooseningState.WAITING else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_asked_by(self, loosening: Loosening) -> str | None:
        return loosening.asked_by.username if loosening.asked_by else None


class LooseningFilters(django_filters.FilterSet):
    about = django_filters.CharFilter()
    state = django_filters.ChoiceFilter(choices=LooseningState.choices)


class LooseningView(GenericAPIView):
    serializer_class = LooseningRow
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Loosening]:
        return Loosening.objects.visible_to(self.request.user).select_related("asked_by")

    def answer(self) -> Response:
        return Response(LooseningRow(self.get_object()).data)


class LooseningList(ListAPIView):
    """Changes that take blocking papers from listings that are sold: needed as before until a second person signs."""

    permissions = {"GET": "suppliers.see_all"}
    serializer_class = LooseningRow
    filterset_class = LooseningFilters
    get_queryset = LooseningView.get_queryset


class LooseningOne(LooseningView):
    permissions = {"GET": None}

    def get(self, request: ApiRequest, id: UUID) -> Response:
        return self.answer()


class LooseningDecision(Input):
    reason = serializers.CharField(max_length=2000)


class LooseningSignature(LooseningDecision, DigestedInput):
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class LooseningSign(LooseningView):
    permissions = {"POST": "compliance.sign_waiver"}

    @extend_schema(request=LooseningSignature, responses={200: LooseningRow})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """The second signature, by somebody who had no part in the change: its papers are needed no more."""
        loosening = self.get_object()
        sent = LooseningSignature.of(request)
        sign_loosening(
            loosening=loosening,
            reason=sent["reason"],
            signature="password" if request.auth is None else "token",
            digest=sent["digest"],
            actor=request.user,
            at=now(),
        )
        return self.answer()


class LooseningRefuse(LooseningView):
    permissions = {"POST": "compliance.sign_waiver"}

    @extend_schema(request=LooseningDecision, responses={200: LooseningRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say that the papers stay needed, whatever was changed."""
        loosening = self.get_object()
        reason = LooseningDecision.of(request)["reason"]
        refuse_loosening(loosening=loosening, reason=reason, actor=request.user, at=now())
        return self.answer()

"""What pilot runs are judged by and spoken of in, over the API: limits and the taxonomy of complaints."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from accounts.signature import DigestedInput, signed
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from inspections.models import ComplaintPoint, PilotLimit
from inspections.pilot.services.limits import (
    digest_of_limits,
    frozen_limits,
    limits_for,
    set_limits,
    sign_limits,
    waiting_limits,
)
from inspections.rules.pilots import RATES
from suppliers.models import Product


class LimitFields(serializers.Serializer):
    """The highest rates as fractions (0.05 is 5 %), called as everywhere: damage, complaint, return."""

    def rate(self, **options: Any) -> serializers.Field:
        return serializers.FloatField(**options)

    def get_fields(self) -> dict[str, serializers.Field]:
        rates = {name: self.rate() for name in ("damage", "complaint")}
        return {**rates, "return": self.rate(source="return_rate"), **super().get_fields()}


class AskedLimits(LimitFields):
    source = serializers.CharField()  # type: ignore[assignment] # a field of that name
    asked_by = serializers.CharField(source="asked_by.username")
    digest = serializers.SerializerMethodField(help_text="Names what is asked for; its signature names it.")

    def get_digest(self, waiting: PilotLimit) -> str:
        return digest_of_limits(waiting)


class LimitsShown(LimitFields):
    frozen = serializers.DictField(child=serializers.FloatField(), help_text="What a run planned now is judged by.")
    level = serializers.CharField(help_text="Whose they are: product, category or default; margin: the return rate.")
    source = serializers.CharField()  # type: ignore[assignment] # a field of that name
    waits_for_signature = serializers.BooleanField(help_text="Looser limits were asked for and judge nothing yet.")
    waiting = AskedLimits(allow_null=True)
    signed_by = serializers.CharField(allow_null=True)


class NewLimits(LimitFields, Input):
    source = serializers.CharField(  # type: ignore[assignment] # a field of that name
        required=False, default="", allow_blank=True, max_length=200
    )

    def rate(self, **options: Any) -> serializers.Field:
        return serializers.DecimalField(max_digits=6, decimal_places=5, **options)


class LimitsView(GenericAPIView):
    serializer_class = LimitsShown
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.visible_to(self.request.user).select_related("category")

    def answer(self, product: Product, status: int = 200) -> Response:
        limit, waiting = limits_for(product), waiting_limits(product)
        limits, level = frozen_limits(product)
        return Response(
            {
                "damage": float(limit.damage),
                "complaint": float(limit.complaint),
                "return": float(limit.return_rate),
                "frozen": {name: float(limits[name]) for name in RATES},
                "level": level,
                "source": limit.source,
                "waits_for_signature": waiting is not None,
                "waiting": AskedLimits(waiting).data if waiting else None,
                "signed_by": limit.signed_by.username if limit.signed_by else None,
            },
            status=status,
        )


class PilotLimits(LimitsView):
    permissions = {"GET": "suppliers.see_all", "PUT": "inspections.specify"}

    @extend_schema(responses={200: LimitsShown})
    def get(self, request: ApiRequest, sku: str) -> Response:
        """What pilot runs of the product are judged by."""
        return self.answer(self.get_object())

    @extend_schema(request=NewLimits, responses={200: LimitsShown, 202: LimitsShown})
    def put(self, request: ApiRequest, sku: str) -> Response:
        """Give the product limits of its own; runs that are planned keep theirs.

        Any that is higher than the one in force makes all of them wait for a second signature: 202.
        """
        product = self.get_object()
        sent = NewLimits.of(request)
        try:
            limit = set_limits(product=product, **sent, actor=request.user, at=now())
        except InvalidInput as refusal:
            named = {"return_rate": "return"}
            raise InvalidInput([replace(e, field=named.get(e.field, e.field)) for e in refusal.errors]) from None
        return self.answer(product, 202 if limit.is_waiting else 200)


class LimitsSignature(DigestedInput):
    reason = serializers.CharField(max_length=2000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class PilotLimitsSign(LimitsView):
    permissions = {"POST": "inspections.decide_hold"}

    @extend_schema(request=LimitsSignature, responses={200: LimitsShown})
    @signed
    @idempotent
    def post(self, request: ApiRequest, sku: str) -> Response:
        """Sign the limits that wait. Never by who asked for them."""
        product = self.get_object()
        sent = LimitsSignature.of(request)
        sign_limits(
            product=product,
            reason=sent["reason"],
            signature="token" if request.auth else "password",
            digest=sent["digest"],
            actor=request.user,
            at=now(),
        )
        return self.answer(product)


class PointShown(serializers.Serializer):
    code = serializers.CharField()
    group = serializers.CharField(source="parent.code")
    name = serializers.CharField()
    name_zh = serializers.CharField()
    is_closed = serializers.BooleanField(help_text="Taken in no new entry.")


class ComplaintPoints(GenericAPIView):
    permissions = {"GET": None}
    serializer_class = PointShown
    queryset = ComplaintPoint.objects.filter(parent__isnull=False).select_related("parent")
    pagination_class = None

    @extend_schema(responses={200: PointShown(many=True)})
    def get(self, request: ApiRequest) -> Response:
        """The taxonomy of what customers complain about."""
        return Response(PointShown(self.get_queryset(), many=True).data)

"""Waivers over the API: the token signs; two people's tokens are needed."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.signature import signed
from activity.api import Input, idempotent
from compliance.checklist.api import listings_named, one_of
from compliance.models import Requirement, Waiver, WaiverState
from compliance.waiver.services import end_waiver, request_waiver, sign_waiver


class WaiverRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    product = serializers.CharField(source="listing.product.sku")
    market = serializers.CharField(source="listing.market.code")
    requirement = serializers.CharField(source="requirement.key")
    state = serializers.ChoiceField(WaiverState.choices)
    reason = serializers.CharField()
    limit = serializers.CharField()
    expires_on = serializers.DateField(help_text="Last day in the market that it covers.")
    requested_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_reason = serializers.CharField()


class Signed(Input):
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )

    @classmethod
    def of(cls, request: Request) -> dict[str, Any]:
        """The checked body without the password, which `signed` has looked at."""
        sent = super().of(request)
        sent.pop("password", None)
        return sent


class NewWaiver(Signed):
    product = serializers.CharField(help_text="SKU")
    market = serializers.CharField(help_text="Code, such as US")
    requirement = serializers.CharField(help_text="Key")
    reason = serializers.CharField(max_length=2000)
    limit = serializers.CharField(max_length=500, help_text="A quantity, an order, a channel.")
    expires_on = serializers.DateField(help_text="Last day in the market that it covers: at most 90 days ahead.")


class WaiverFilters(django_filters.FilterSet):
    product = django_filters.CharFilter("listing__product__sku")
    market = django_filters.CharFilter("listing__market__code")
    requirement = django_filters.CharFilter("requirement__key")
    state = django_filters.ChoiceFilter(choices=WaiverState.choices)


class WaiverView(GenericAPIView):
    serializer_class = WaiverRow
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Waiver]:
        related = ("listing__product", "listing__market", "requirement")
        return Waiver.objects.visible_to(self.request.user).select_related(*related)

    def answer(self) -> Response:
        return Response(WaiverRow(self.get_object()).data)


class WaiverList(ListAPIView):
    permissions = {"GET": None, "POST": "compliance.sign_waiver"}
    serializer_class = WaiverRow
    filterset_class = WaiverFilters
    get_queryset = WaiverView.get_queryset

    @extend_schema(request=NewWaiver, responses={201: WaiverRow})
    @signed
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Ask, with the first signature, to go without a paper for a while. Never for a ban."""
        sent = NewWaiver.of(request)
        named = {"product": sent.pop("product"), "market": sent.pop("market")}
        (listing,) = listings_named(request.user, [named])
        requirement = one_of("requirement", Requirement.objects.all(), key=sent.pop("requirement"))
        waiver = request_waiver(listing=listing, requirement=requirement, **sent, actor=request.user, at=now())
        return Response(WaiverRow(waiver).data, status=201)


class WaiverOne(WaiverView):
    permissions = {"GET": None}

    def get(self, request: ApiRequest, id: UUID) -> Response:
        return self.answer()


class WaiverSign(WaiverView):
    permissions = {"POST": "compliance.sign_waiver"}

    @extend_schema(request=Signed, responses={200: WaiverRow})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """The second signature, by another person: from now on the requirement is waived."""
        waiver = self.get_object()
        Signed.of(request)
        sign_waiver(waiver=waiver, actor=request.user, at=now())
        return self.answer()


class End(Input):
    reason = serializers.CharField(max_length=2000)


class WaiverEnd(WaiverView):
    permissions = {"POST": "compliance.sign_waiver"}

    @extend_schema(request=End, responses={200: WaiverRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Refuse a waiver that was asked for, or end one that was signed."""
        end_waiver(waiver=self.get_object(), **End.of(request), actor=request.user, at=now())
        return self.answer()

"""Pilot runs over the API: plan one, start it, end it, and read what it shows."""

from uuid import UUID

from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, ListAPIView
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from activity.transactions import one_transaction
from inspections.models import (
    PilotRuleKind,
)
from inspections.pilot.api.shown import PilotView, RunShown, Shown
from inspections.pilot.forms.runs import PilotFilters
from inspections.pilot.services.runs import (
    conclude_pilot,
    plan_pilot,
    start_pilot,
    stop_pilot,
)
from suppliers.models import Product


class NewRun(Input):
    product = serializers.CharField(help_text="SKU")
    units = serializers.IntegerField(help_text="20 to 200")
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)
    must_pass = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Refuse a run of a size that can never pass, and name the size that could.",
    )
    rule = serializers.CharField(
        required=False, default=PilotRuleKind.CURTAILED.value, help_text="One of " + ", ".join(PilotRuleKind.values)
    )
    orders = serializers.ListField(
        child=serializers.CharField(allow_blank=True), required=False, default=[], help_text="Of units 1, 2, .."
    )
    start = serializers.BooleanField(default=True, help_text="False: plan it alone.")


class PilotList(Shown, ListAPIView):
    permissions = {"GET": None, "POST": "inspections.run_pilot"}
    serializer_class = RunShown
    filterset_class = PilotFilters

    @extend_schema(request=NewRun, responses={201: RunShown})
    @idempotent
    @one_transaction()
    def post(self, request: ApiRequest) -> Response:
        """Plan a run of 20 to 200 units and, unless told otherwise, start it."""
        sent = NewRun.of(request)
        sku = sent["product"]
        product = Product.objects.visible_to(request.user).filter(sku=sku).first()
        if product is None:
            raise InvalidInput.one("product", "unknown_product", _("There is no product %(sku)s.") % {"sku": sku})
        at = now()
        run = plan_pilot(
            product=product,
            size=sent["units"],
            reason=sent["reason"],
            rule_kind=sent["rule"],
            orders=sent["orders"],
            must_pass=sent["must_pass"],
            actor=request.user,
            at=at,
        )
        if sent["start"]:
            start_pilot(run=run, actor=request.user, at=at)
        return self.answer(run, 201)


class PilotOne(PilotView):
    permissions = {"GET": None}

    @extend_schema(responses={200: RunShown})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        return self.answer(self.get_object())


class PilotStart(PilotView):
    permissions = {"POST": "inspections.run_pilot"}

    @extend_schema(request=None, responses={200: RunShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """The units go out."""
        return self.answer(start_pilot(run=self.get_object(), actor=request.user, at=now()))


class PilotConclude(PilotView):
    permissions = {"POST": "inspections.run_pilot"}

    @extend_schema(request=None, responses={200: RunShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Close the run with the verdict of its rule; 409 `pilot_not_decided` while units that count are out."""
        return self.answer(conclude_pilot(run=self.get_object(), actor=request.user, at=now()))


class StopReason(Input):
    reason = serializers.CharField(max_length=2000)


class PilotStop(PilotView):
    permissions = {"POST": "inspections.run_pilot"}

    @extend_schema(request=StopReason, responses={200: RunShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Give the run up without a verdict."""
        run = self.get_object()
        return self.answer(stop_pilot(run=run, **StopReason.of(request), actor=request.user, at=now()))

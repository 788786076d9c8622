"""Shipments over the API: the only way to take units out of a batch, and back where they did not leave after all."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from accounts.api import StaffName
from accounts.requests import ApiRequest, ListAPIView
from accounts.roles import Role
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from inspections.batch.services.shipments import ship, take_back
from inspections.models import Batch, Reversal, ReversalKind, Shipment
from inspections.models.filters import OfBatchFilters


class ShipmentRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    batch = serializers.CharField(source="batch.number")
    product = serializers.CharField(source="batch.product.sku")
    supplier = serializers.CharField(source="batch.supplier.code")
    quantity = serializers.IntegerField()
    taken_back = serializers.IntegerField(
        default=0, help_text="Of those, units that did not leave after all, or came back unopened."
    )
    reference = serializers.CharField()
    shipped_at = serializers.DateTimeField()
    shipped_by = StaffName(Role.MERCHANDISER)


class NewShipment(Input):
    batch = serializers.CharField(help_text="Number")
    quantity = serializers.IntegerField()
    reference = serializers.CharField(required=False, allow_blank=True, max_length=120)


class ShipmentFilters(OfBatchFilters):
    dated = "shipped_at"


class ShipmentList(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.ship"}
    serializer_class = ShipmentRow
    filterset_class = ShipmentFilters

    def get_queryset(self) -> QuerySet[Shipment]:
        shipments = Shipment.objects.visible_to(self.request.user).with_taken_back()
        return shipments.select_related("batch__product", "batch__supplier", "shipped_by")

    @extend_schema(request=NewShipment, responses={201: ShipmentRow})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Ship units of a batch; 409 `batch_not_shippable` with the reasons where they may not leave."""
        sent = NewShipment.of(request)
        number = sent.pop("batch")
        batch = (
            Batch.objects.visible_to(request.user).select_related("product", "supplier").filter(number=number).first()
        )
        if batch is None:
            raise InvalidInput.one("batch", "unknown_batch", _("There is no batch %(number)s.") % {"number": number})
        shipment = ship(batch=batch, **sent, actor=request.user, at=now())
        shipment.batch = batch
        return Response(self.get_serializer(shipment).data, status=201)


class ReversalRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    shipment = serializers.UUIDField(source="shipment.uid")
    batch = serializers.CharField(source="shipment.batch.number")
    kind = serializers.ChoiceField(ReversalKind.choices)
    quantity = serializers.IntegerField()
    reason = serializers.CharField()
    place = serializers.ChoiceField(
        ["available", "on_hold", "awaiting"],
        help_text="Where the rules put the units: they ship again only if available.",
    )
    reversed_at = serializers.DateTimeField()
    reversed_by = StaffName(Role.MERCHANDISER)


class NewReversal(Input):
    kind = serializers.ChoiceField(ReversalKind.choices)
    quantity = serializers.IntegerField()
    reason = serializers.CharField(max_length=10_000)


class ReversalList(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.ship"}
    serializer_class = ReversalRow
    filter_backends = ()

    def get_shipment(self) -> Shipment:
        shipment = get_object_or_404(
            Shipment.objects.visible_to(self.request.user).select_related("batch"), uid=self.kwargs["id"]
        )
        self.check_object_permissions(self.request, shipment)
        return shipment

    def get_queryset(self) -> QuerySet[Reversal]:
        return self.get_shipment().reversals.select_related("shipment__batch", "reversed_by")

    @extend_schema(request=NewReversal, responses={201: ReversalRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say that units did not leave, or came back unopened. `place` says where they are now."""
        shipment = self.get_shipment()
        reversal = take_back(shipment=shipment, **NewReversal.of(request), actor=request.user, at=now())
        return Response(self.get_serializer(reversal).data, status=201)

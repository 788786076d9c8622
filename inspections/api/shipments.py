"""Shipments over the API: the only way to take units out of a batch."""

from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.response import Response

from activity.api import Input, idempotent
from activity.errors import InvalidInput
from inspections.api.filters import OfBatchFilters
from inspections.models import Batch, Shipment
from inspections.services.shipments import ship


class ShipmentRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    batch = serializers.CharField(source="batch.number")
    product = serializers.CharField(source="batch.product.sku")
    supplier = serializers.CharField(source="batch.supplier.code")
    quantity = serializers.IntegerField()
    reference = serializers.CharField()
    shipped_at = serializers.DateTimeField()
    shipped_by = serializers.CharField(source="shipped_by.display_name")


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

    def get_queryset(self):
        return Shipment.objects.visible_to(self.request.user).select_related(
            "batch__product", "batch__supplier", "shipped_by"
        )

    @extend_schema(request=NewShipment, responses={201: ShipmentRow})
    @idempotent
    def post(self, request):
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
        return Response(ShipmentRow(shipment).data, status=201)

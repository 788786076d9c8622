"""Comparisons with the golden sample over the API."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, ListAPIView
from activity.api import DeviceTime, Input
from inspections.inspection.api.inspections import InspectionView, visible_inspections
from inspections.inspection.services.comparisons import ComparisonInput, compare_with_reference
from inspections.models import ReferenceComparison
from inspections.sample.api.sent import Colour


class SentComparison(Input):
    same = serializers.BooleanField(help_text="Whether the units are like the golden sample.")
    difference = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=10_000, help_text="How they differ."
    )
    colour = Colour(required=False, allow_null=True, help_text="Of the units; CIELAB under D65, 2° observer.")
    recorded_at = DeviceTime(required=False, allow_null=True, help_text="By the device's clock.")
    revision = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        help_text="The revision seen last, 0 for none; 409 when someone has changed the comparison since.",
    )


class Comparison(serializers.Serializer):
    characteristic = serializers.CharField(source="characteristic.code")
    sample = serializers.UUIDField(source="sample.uid")
    version = serializers.IntegerField(source="sample.version", help_text="Of the golden sample.")
    same = serializers.BooleanField(source="is_same")
    difference = serializers.CharField()
    colour = serializers.SerializerMethodField()
    colour_difference = serializers.FloatField(allow_null=True, help_text="CIEDE2000 from the golden sample's colour.")
    colour_is_beyond_surfaces = serializers.BooleanField(
        source="is_beyond_surfaces",
        help_text="Only a surface that fluoresces has it (MacAdam limits, D65): ask whether the numbers are right.",
    )
    revision = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()

    @extend_schema_field(Colour(allow_null=True))
    def get_colour(self, comparison: ReferenceComparison) -> dict | None:
        lab = (comparison.lab_l, comparison.lab_a, comparison.lab_b)
        return None if None in lab else dict(zip("lab", lab, strict=True))


class InspectionComparison(InspectionView):
    permissions = {"GET": None, "PUT": "inspections.inspect"}
    is_counted = False
    serializer_class = Comparison

    @extend_schema(responses={200: Comparison})
    def get(self, request: ApiRequest, id: UUID, characteristic: str) -> Response:
        """How the units compared with the golden sample; 404 where nobody has said."""
        comparisons = self.get_object().comparisons.select_related("characteristic", "sample")
        return Response(Comparison(get_object_or_404(comparisons, characteristic__code=characteristic)).data)

    @extend_schema(request=SentComparison, responses={200: Comparison})
    def put(self, request: ApiRequest, id: UUID, characteristic: str) -> Response:
        """Say whether a characteristic looks as on the golden sample, while the inspection is open. It judges nothing."""
        inspection = self.get_object()
        sent = SentComparison.of(request)
        colour = sent.get("colour")
        comparison = compare_with_reference(
            inspection=inspection,
            characteristic=characteristic,
            sent=ComparisonInput(
                is_same=sent["same"],
                difference=sent["difference"],
                colour=[colour["l"], colour["a"], colour["b"]] if colour else None,
                recorded_at=sent.get("recorded_at"),
                revision=sent.get("revision"),
            ),
            actor=request.user,
            at=now(),
        )
        return Response(Comparison(comparison).data)


class ComparisonList(ListAPIView):
    """What was compared with the golden sample."""

    permissions = {"GET": None}
    serializer_class = Comparison

    def get_queryset(self) -> QuerySet[ReferenceComparison]:
        if getattr(self, "swagger_fake_view", False):
            return ReferenceComparison.objects.none()
        inspection = get_object_or_404(visible_inspections(self.request.user), uid=self.kwargs["id"])
        return inspection.comparisons.select_related("characteristic", "sample")

"""Which units to pick, over the API."""

from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest
from inspections.inspection.api.inspections import InspectionView
from inspections.inspection.page.picks import Picks, picks_of
from inspections.models import CartonRule


class PickedUnit(serializers.Serializer):
    number = serializers.IntegerField(help_text="Its number in the sample, to be written on it.")
    carton = serializers.IntegerField(source="pick.carton", allow_null=True)
    position = serializers.IntegerField(source="pick.position", help_text="Its place in the carton, from 1.")
    unit = serializers.IntegerField(source="pick.unit", help_text="Its number in the lot, through the cartons, from 1.")
    checks = serializers.ListField(
        child=serializers.CharField(),
        help_text="Codes of the checks whose own sampling takes this unit, and not all of the sample.",
    )
    is_new = serializers.BooleanField(help_text="False for a unit that an earlier sample took.")


class PickListAnswer(serializers.Serializer):
    inspection = serializers.UUIDField(source="inspection.uid")
    seed = serializers.CharField(source="inspection.pick_seed")
    lot_size = serializers.IntegerField(source="inspection.lot_size")
    stage_sizes = serializers.ListField(child=serializers.IntegerField(), help_text="Cumulative; the draw needs them.")
    cartons = serializers.IntegerField(source="inspection.cartons", allow_null=True)
    carton_rule = serializers.ChoiceField(CartonRule.choices, source="inspection.carton_rule")
    stage = serializers.IntegerField(source="inspection.stage", help_text="The present sample, from 1.")
    sample_size = serializers.IntegerField(help_text="Units of the sample by now.")
    open_cartons = serializers.ListField(
        child=serializers.IntegerField(), source="carton_numbers", help_text="Those with a unit to take now."
    )
    picks = serializers.SerializerMethodField()

    @extend_schema_field(PickedUnit(many=True))
    def get_picks(self, picks: Picks) -> list[dict]:
        return list(PickedUnit([each for carton in picks.cartons for each in carton.picks], many=True).data)


class InspectionPicks(InspectionView):
    permissions = {"GET": "suppliers.see_all"}

    @extend_schema(responses={200: PickListAnswer})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        """Cartons to open and units to take, in their order; the same draw whenever it is asked for."""
        return Response(PickListAnswer(picks_of(self.get_object())).data)

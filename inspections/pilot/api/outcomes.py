"""What became of the units of a pilot run, and what was measured on them, over the API."""

from typing import Any
from uuid import UUID

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest
from activity.api import Input, idempotent
from inspections.models import (
    DamagePlace,
    PilotOutcome,
    PilotStatus,
    ReturnReason,
)
from inspections.pilot.api.shown import PilotView, RunShown
from inspections.pilot.services.late import record_late_outcomes
from inspections.pilot.services.outcomes import OutcomeInput, record_outcomes
from inspections.pilot.services.readings import record_pilot_readings


class NewOutcome(Input):
    unit = serializers.IntegerField(required=False, allow_null=True, help_text="Number from 1; or name its order.")
    order = serializers.CharField(required=False, allow_blank=True, max_length=80)
    outcome = serializers.CharField(help_text="One of " + ", ".join(PilotOutcome.values))
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="Short for what the outcome asks for: damaged: where; complained: the point; returned: why.",
    )
    damage = serializers.CharField(
        required=False, allow_blank=True, help_text="One of " + ", ".join(DamagePlace.values)
    )
    complaints = serializers.ListField(
        child=serializers.CharField(), required=False, max_length=50, help_text="Codes of complaint points."
    )
    return_reason = serializers.CharField(
        required=False, allow_blank=True, help_text="One of " + ", ".join(ReturnReason.values)
    )
    handling_days = serializers.IntegerField(required=False, allow_null=True)
    transit_days = serializers.IntegerField(required=False, allow_null=True)
    delivered_on = serializers.DateField(required=False, allow_null=True)
    returned_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)
    market = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=10,
        help_text="Code of where it was sold: for how long it can come back. Said of a unit that comes back late it changes "
        "nothing.",
    )


class NewOutcomes(Input):
    outcomes = NewOutcome(many=True)
    conclude = serializers.BooleanField(
        allow_null=True,
        default=None,
        help_text="Close the run: true as soon as its rule has decided, false not at all; left out, once every unit is back.",
    )


def outcome_input(sent: dict[str, Any]) -> OutcomeInput:
    return OutcomeInput(**sent | {"reason": sent.get("reason") or ""})


class UnitShown(serializers.Serializer):
    unit = serializers.IntegerField(source="number")
    order = serializers.CharField(source="order_reference")
    outcome = serializers.CharField(help_text="Empty: not back yet.")
    damage = serializers.CharField()
    complaints = serializers.ListField(child=serializers.CharField())
    return_reason = serializers.CharField()
    handling_days = serializers.IntegerField(allow_null=True)
    transit_days = serializers.IntegerField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    returned_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    market = serializers.CharField(source="market.code", default="", help_text="Empty: not known.")
    window_days = serializers.IntegerField(
        allow_null=True, help_text="For how long it can come back; null: for as long as the run says."
    )


class UnitsShown(serializers.Serializer):
    outcomes = UnitShown(many=True)


class PilotOutcomes(PilotView):
    permissions = {"GET": "suppliers.see_all", "POST": "inspections.run_pilot", "PUT": "inspections.run_pilot"}

    @extend_schema(responses={200: UnitsShown})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        """Every unit of the run."""
        return Response({"outcomes": UnitShown(self.get_object().units.select_related("market"), many=True).data})

    @extend_schema(request=NewOutcomes, responses={200: RunShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say what became of units; all of them are stored or, with every wrong one named, none.

        Of a run that is concluded it is recorded as late: the verdict stays, and the rule is asked again with it.
        """
        return self.record(request, correct=False)

    @extend_schema(request=NewOutcomes, responses={200: RunShown})
    def put(self, request: ApiRequest, id: UUID) -> Response:
        """The same, also for units whose outcome stands already: a correction, on the record."""
        return self.record(request, correct=True)

    def record(self, request: ApiRequest, *, correct: bool) -> Response:
        run = self.get_object()
        sent = NewOutcomes.of(request)
        outcomes = [outcome_input(outcome) for outcome in sent["outcomes"]]
        if run.status == PilotStatus.CONCLUDED:
            return self.answer(record_late_outcomes(run=run, outcomes=outcomes, actor=request.user, at=now()))
        facts = {"correct": correct, "conclude": sent["conclude"], "actor": request.user, "at": now()}
        return self.answer(record_outcomes(run=run, outcomes=outcomes, **facts))


@extend_schema_field({"type": ["number", "string"]})
class SentReading(serializers.Field):
    """A number, or text with one; null for a unit that was not measured."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class NewReadings(Input):
    readings = serializers.ListField(child=SentReading(allow_null=True), max_length=1000)


class ReadingsShown(serializers.Serializer):
    characteristic = serializers.CharField(source="characteristic.code")
    count = serializers.IntegerField()
    nonconforming = serializers.IntegerField()
    minimum = serializers.FloatField()
    maximum = serializers.FloatField()
    mean = serializers.FloatField()
    sd = serializers.FloatField(allow_null=True)


class PilotReadings(PilotView):
    permissions = {"PUT": "inspections.run_pilot"}

    @extend_schema(request=NewReadings, responses={200: ReadingsShown})
    def put(self, request: ApiRequest, id: UUID, characteristic: str) -> Response:
        """What was measured on units 1, 2, ..; sent again it takes the place of what was there."""
        run = self.get_object()
        sent = NewReadings.of(request)
        reading = record_pilot_readings(run=run, characteristic=characteristic, **sent, actor=request.user, at=now())
        return Response(ReadingsShown(reading).data)

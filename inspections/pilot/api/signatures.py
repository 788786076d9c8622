"""What is signed of a pilot run over the API."""

from uuid import UUID

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest
from accounts.signature import signed
from activity.api import Input, idempotent
from inspections.models import (
    PilotWordKind,
)
from inspections.pilot.api.shown import PilotView, RunShown
from inspections.pilot.services.failures import sign_failure
from inspections.pilot.services.runs import (
    carry_over_pilot,
)


class CarryOver(Input):
    reason = serializers.CharField(max_length=2000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class PilotCarryOver(PilotView):
    permissions = {"POST": "inspections.decide_sample"}

    @extend_schema(request=CarryOver, responses={200: RunShown})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Sign that a run which passed counts for the golden sample in force, though it was of an earlier one."""
        run = self.get_object()
        reason = CarryOver.of(request)["reason"]
        signature = "token" if request.auth else "password"
        carry_over_pilot(run=run, reason=reason, signature=signature, actor=request.user, at=now())
        return self.answer(run)


class Failure(Input):
    kind = serializers.CharField(help_text="One of " + ", ".join(PilotWordKind.values))
    reason = serializers.CharField(max_length=2000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class PilotFailure(PilotView):
    permissions = {"POST": "inspections.decide_hold"}

    @extend_schema(request=Failure, responses={200: RunShown})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Sign of a run that failed that its samples were invalid, so that it does not count, or that what failed was mended.

        By somebody who had no part in the run. Until then no other run of the product is planned.
        """
        run = self.get_object()
        sent = Failure.of(request)
        signature = "token" if request.auth else "password"
        sign_failure(
            run=run, kind=sent["kind"], reason=sent["reason"], signature=signature, actor=request.user, at=now()
        )
        return self.answer(run)

"""What is noted of a sample over the API, one thing at a time: its details, where it is kept, its transport test."""

from typing import Any
from uuid import UUID

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest
from activity.api import Input, idempotent
from inspections.models import Sample
from inspections.sample.api.samples import SampleView
from inspections.sample.api.sent import OF_DETAILS, SIDES, NewSample, NewTransportTest, SentDrop, details_of
from inspections.sample.api.shown import SampleDetail
from inspections.sample.services.checks import DropInput, begin_transport_test, record_drop
from inspections.sample.services.samples import change_sample, move_sample


class ChangedSample(NewSample):
    """What is not named stays as it is; null or an empty text takes it away."""

    product = checks = submit = transport = None  # type: ignore[assignment] # takes the fields away


def noted(sample: Sample) -> dict[str, Any]:
    """What is noted of a sample, in the shape in which it is sent."""
    colour = dict(zip("lab", sample.lab, strict=True)) if sample.lab else None
    return {name: getattr(sample, name) for name in OF_DETAILS} | {"colour": colour}


class SampleOne(SampleView):
    permissions = {"GET": None, "PATCH": "inspections.check_sample"}

    @extend_schema(responses={200: SampleDetail})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        return self.answer()

    @extend_schema(request=ChangedSample, responses={200: SampleDetail})
    def patch(self, request: ApiRequest, id: UUID) -> Response:
        """Correct what is noted of a sample while it is being checked."""
        sample = self.get_object()
        sent = noted(sample) | ChangedSample.of(request)
        change_sample(sample=sample, details=details_of(sent), actor=request.user, at=now())
        return self.answer()


class NewPlace(Input):
    kept_at = serializers.CharField(allow_blank=True, max_length=120, help_text="Room, shelf, box.")
    kept_until = serializers.DateField(required=False, allow_null=True, help_text="Left out: as before; null: no day.")


class SampleMove(SampleView):
    permissions = {"POST": "inspections.check_sample"}

    @extend_schema(request=NewPlace, responses={200: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say where the physical sample is kept now, and until when; also once it is decided."""
        sample = self.get_object()
        sent = {"kept_until": sample.kept_until} | NewPlace.of(request)
        move_sample(sample=sample, **sent, actor=request.user, at=now())
        return self.answer()


class SampleTransport(SampleView):
    permissions = {"POST": "inspections.check_sample"}

    @extend_schema(request=NewTransportTest, responses={200: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say which test the packed sample undergoes; its drops are in the answer. Replaces one without any drop yet."""
        sample, sent = self.get_object(), NewTransportTest.of(request)
        begin_transport_test(
            sample=sample,
            protocol=sent["protocol"],
            package_weight_kg=sent["package_weight_kg"],
            package_mm=[sent.get(name) for name in SIDES],
            actor=request.user,
            at=now(),
        )
        return self.answer()


class SampleDrops(SampleView):
    permissions = {"POST": "inspections.check_sample"}

    @extend_schema(request=SentDrop, responses={200: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Record what one drop of the transport test did; it takes the place of what was said of that drop before.

        409 `check_changed` as for a check.
        """
        sample = self.get_object()
        record_drop(sample=sample, sent=DropInput(**SentDrop.of(request)), actor=request.user, at=now())
        return self.answer()

"""What becomes of a sample over the API: cancelled, withdrawn, checked further; and each check and drop by itself, for phones."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest
from accounts.signature import DigestedInput, signed
from activity.api import Input, idempotent
from inspections.models import SAMPLE_ASPECTS, DropResult
from inspections.sample.api.samples import SampleView
from inspections.sample.api.sent import Number, Revision, SentCheck
from inspections.sample.api.shown import FoundCheck, FoundFurther, SampleDetail, found_check
from inspections.sample.forms import typed_readings
from inspections.sample.services.checks import CheckInput, DropInput, characteristics_of, record_check, record_drop
from inspections.sample.services.further import record_further_check, sign_further_checks
from inspections.sample.services.samples import cancel_sample, withdraw_sample


class SampleReason(Input):
    reason = serializers.CharField(max_length=10_000)


class SampleCancel(SampleView):
    permissions = {"POST": "inspections.check_sample"}

    @extend_schema(request=SampleReason, responses={200: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Take out a sample that came by mistake or broken, at any time before its decision.

        409 `failing_is_refused` where something was found not to conform: then it is refused, with a signature.
        """
        sample = self.get_object()
        cancel_sample(sample=sample, **SampleReason.of(request), actor=request.user, at=now())
        return self.answer()


class SampleWithdrawal(DigestedInput):
    reason = serializers.CharField(max_length=10_000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class SampleWithdraw(SampleView):
    permissions = {"POST": "inspections.decide_sample"}

    @extend_schema(request=SampleWithdrawal, responses={200: SampleDetail})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Sign that an approved sample is no reference any more; the gate waits for a new one."""
        sample, sent = self.get_object(), SampleWithdrawal.of(request)
        withdraw_sample(
            sample=sample,
            reason=sent["reason"],
            digest=sent["digest"],
            signature="token" if request.auth else "password",
            actor=request.user,
            at=now(),
        )
        return self.answer()


class SampleFurther(SampleView):
    permissions = {"POST": "inspections.check_sample"}

    @extend_schema(request=SentCheck, responses={200: FoundFurther})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Check the golden sample for a characteristic of the version in force; what conforms counts once it is signed."""
        sent = CheckInput(**SentCheck.of(request))
        found = record_further_check(sample=self.get_object(), sent=sent, actor=request.user, at=now())
        return Response(
            FoundFurther(found_check(found) | {"specification": found.required_by, "signed_at": found.signed_at}).data
        )


class FurtherSignature(DigestedInput):
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class SampleFurtherSign(SampleView):
    permissions = {"POST": "inspections.decide_sample"}

    @extend_schema(request=FurtherSignature, responses={200: SampleDetail})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Sign the further checks as a second person, who never checked the sample."""
        sign_further_checks(
            sample=self.get_object(),
            digest=FurtherSignature.of(request)["digest"],
            signature="token" if request.auth else "password",
            actor=request.user,
            at=now(),
        )
        return self.answer()


class OneCheck(Input):
    """`readings` (or the line as it was `typed`) where it is measured, else `conforms`."""

    conforms = serializers.BooleanField(required=False, allow_null=True, default=None)
    readings = serializers.ListField(child=Number(), required=False, allow_null=True, default=None)
    typed = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=2_000,
        help_text="Readings with spaces between, read as on the page.",
    )
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
    revision = Revision()


class SampleCheckOne(SampleView):
    permissions = {"GET": None, "PUT": "inspections.check_sample"}

    def found(self, code: str) -> Response:
        sample = self.get_object()
        checks = sample.checks.select_related("characteristic")
        current = {"characteristic__code": code, "characteristic__specification": sample.specification_id}
        check = checks.filter(**({"aspect": code} if code in SAMPLE_ASPECTS else current)).first()
        if check is None:
            raise Http404
        return Response(FoundCheck(found_check(check)).data)

    @extend_schema(responses={200: FoundCheck})
    def get(self, request: ApiRequest, id: UUID, code: str) -> Response:
        """What is recorded of one aspect or characteristic; 404 while it is unanswered."""
        return self.found(code)

    @extend_schema(request=OneCheck, responses={200: FoundCheck})
    def put(self, request: ApiRequest, id: UUID, code: str) -> Response:
        """Record one check while the sample is being checked; a repeat changes nothing. 409 `check_changed` as for POST checks/."""
        sample, sent = self.get_object(), OneCheck.of(request)
        if (typed := sent.pop("typed", None)) is not None:
            asked = next((each for each in characteristics_of(sample) if each.code == code), None)
            sent["readings"] = typed_readings(typed, asked.unit if asked else "")
        place: dict[str, Any] = {"aspect": code} if code in SAMPLE_ASPECTS else {"characteristic": code}
        record_check(sample=sample, sent=CheckInput(**place, **sent), actor=request.user, at=now())
        return self.found(code)


class OneDrop(Input):
    package_damaged = serializers.BooleanField()
    product_damaged = serializers.BooleanField()
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
    revision = Revision()


class DoneDrop(serializers.Serializer):
    number = serializers.IntegerField()
    package_damaged = serializers.BooleanField()
    product_damaged = serializers.BooleanField()
    note = serializers.CharField()
    revision = serializers.IntegerField()


class SampleDropOne(SampleView):
    permissions = {"GET": None, "PUT": "inspections.check_sample"}

    @extend_schema(responses={200: DoneDrop})
    def get(self, request: ApiRequest, id: UUID, number: int) -> Response:
        """What one drop of the transport test did; 404 while it was not done."""
        done = DropResult.objects.filter(test__sample=self.get_object(), number=number).first()
        if done is None:
            raise Http404
        return Response(DoneDrop(done).data)

    @extend_schema(request=OneDrop, responses={200: DoneDrop})
    def put(self, request: ApiRequest, id: UUID, number: int) -> Response:
        """Record what one drop did; a repeat changes nothing. 409 `check_changed` as for a check."""
        sample = self.get_object()
        sent: dict[str, Any] = OneDrop.of(request)
        done = record_drop(sample=sample, sent=DropInput(number, **sent), actor=request.user, at=now())
        return Response(DoneDrop(done).data)

"""Samples over the API: record one with all that was found, list, look at one, finish its checks, decide."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.signature import ShownInput, signed
from activity.api import idempotent
from inspections.models import (
    Sample,
    SampleDoubt,
)
from inspections.sample.api.sent import NewSample, SentCheck, details_of, transport_of
from inspections.sample.api.shown import SampleDetail, SampleRow, present
from inspections.sample.forms import SampleFilters
from inspections.sample.page.lists import confirmations, samples_for_pages
from inspections.sample.services.checks import CheckInput, record_check
from inspections.sample.services.samples import (
    ApprovalInput,
    decide_sample,
    record_sample,
    submit_sample,
)
from suppliers.api import product_by_sku


class SampleList(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.check_sample"}
    serializer_class = SampleRow
    filterset_class = SampleFilters

    def get_queryset(self) -> QuerySet[Sample]:
        return samples_for_pages(self.request.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        context = self.get_serializer_context() | {"confirmations": confirmations(page)}
        return self.get_paginated_response(SampleRow(page, many=True, context=context).data)

    @extend_schema(request=NewSample, responses={201: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Record a sample with what was found on it; 422 names the checks that are not answered, and stores nothing."""
        sent = NewSample.of(request)
        sample = record_sample(
            product=product_by_sku(sent["product"], request.user),
            details=details_of(sent),
            checks=[CheckInput(**check) for check in sent["checks"]],
            transport=transport_of(sent),
            submit=sent["submit"],
            actor=request.user,
            at=now(),
        )
        return Response(present(request, sample), status=201)


class SampleView(GenericAPIView):
    serializer_class = SampleDetail
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Sample]:
        return samples_for_pages(self.request.user)

    def answer(self) -> Response:
        return Response(present(self.request, self.get_object()))


class SampleChecks(SampleView):
    permissions = {"POST": "inspections.check_sample"}

    @extend_schema(request=SentCheck, responses={200: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Record one check while the sample is being checked; it takes the place of an earlier answer.

        409 `check_changed` names the check that somebody else changed meanwhile (`check`, `revision`) and what it says now.
        """
        sample = self.get_object()
        sent = CheckInput(**SentCheck.of(request))
        record_check(sample=sample, sent=sent, actor=request.user, at=now())
        return self.answer()


class SampleSubmit(SampleView):
    permissions = {"POST": "inspections.check_sample"}

    @extend_schema(request=None, responses={200: SampleDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Finish the checks; 422 names those that are not answered."""
        submit_sample(sample=self.get_object(), actor=request.user, at=now())
        return self.answer()


class SampleDecision(ShownInput):
    decision = serializers.ChoiceField(["approve", "refuse"])
    reason = serializers.CharField(max_length=10_000)
    confirmed = serializers.ListField(
        child=serializers.ChoiceField(SampleDoubt.choices),
        required=False,
        help_text="Of `doubts`, those that are confirmed: 409 `approval_asks` names the others. Left out, nothing is asked.",
    )
    damage_note = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=10_000,
        help_text="Needed where drops damaged the package.",
    )
    digest = serializers.CharField(
        required=False, max_length=64, help_text="That of what was read: what was changed since is not signed."
    )
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class SampleDecide(SampleView):
    permissions = {"POST": "inspections.decide_sample"}

    @extend_schema(request=SampleDecision, responses={200: SampleDetail})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Sign. Approved, the sample is the next version of the golden sample; who checked it may not decide.

        It is refused at any time before that, also while it is being checked.
        """
        sample = self.get_object()
        sent = SampleDecision.of(request)
        decide_sample(
            sample=sample,
            decision=sent["decision"],
            reason=sent["reason"],
            signature="token" if request.auth else "password",
            asked=ApprovalInput(sent.get("confirmed"), sent["damage_note"]),
            digest=sent.get("digest"),
            actor=request.user,
            at=now(),
        )
        return self.answer()

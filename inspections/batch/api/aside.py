"""Units set aside over the API: what was done with them, and saying so."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api import StaffName
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.roles import Role
from accounts.signature import signed
from activity.api import Input, idempotent
from inspections.batch.services.aside import settle_set_aside
from inspections.models import AsideStep, AsideStepKind, Batch


class AsideStepRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    batch = serializers.CharField(source="batch.number")
    kind = serializers.ChoiceField(AsideStepKind.choices)
    quantity = serializers.IntegerField()
    note = serializers.CharField()
    place = serializers.ChoiceField(["available", "returned", "scrapped"], help_text="Where the units are now.")
    is_signed = serializers.BooleanField(
        source="signature", help_text="Whether a second person signed, as rework and release ask for."
    )
    done_at = serializers.DateTimeField()
    done_by = StaffName(Role.MANAGER)


class NewReplacement(Input):
    quantity = serializers.IntegerField()
    note = serializers.CharField(max_length=10_000, help_text="What came in their place; it is kept for good.")


class NewAsideStep(NewReplacement):
    kind = serializers.ChoiceField(AsideStepKind.choices)
    note = serializers.CharField(max_length=10_000, help_text="What was done, and why; it is kept for good.")
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class OfBatch(GenericAPIView):
    serializer_class = AsideStepRow
    filter_backends = ()
    lookup_field = "number"

    def get_object(self) -> Batch:
        batches = Batch.objects.visible_to(self.request.user)
        batch = get_object_or_404(batches, number=self.kwargs["number"])
        self.check_object_permissions(self.request, batch)
        return batch


class AsideStepList(OfBatch, ListAPIView):
    permissions = {"GET": None, "POST": "inspections.inspect"}

    def get_queryset(self) -> QuerySet[AsideStep]:
        return self.get_object().aside_steps.select_related("batch", "done_by")

    @extend_schema(request=NewAsideStep, responses={201: AsideStepRow})
    @signed
    @idempotent
    def post(self, request: ApiRequest, number: str) -> Response:
        """Say what became of units that are set aside. Rework and release are signed by a second person."""
        batch = self.get_object()
        sent = NewAsideStep.of(request)
        step = settle_set_aside(
            batch=batch,
            kind=sent["kind"],
            quantity=sent["quantity"],
            note=sent["note"],
            signature="token" if request.auth else "password",
            actor=request.user,
            at=now(),
        )
        return Response(self.get_serializer(step).data, status=201)


class ReplacementList(OfBatch):
    permissions = {"POST": "inspections.inspect"}

    @extend_schema(request=NewReplacement, responses={201: AsideStepRow})
    @idempotent
    def post(self, request: ApiRequest, number: str) -> Response:
        """Say that good units came in the place of some that are set aside: these may ship."""
        step = settle_set_aside(
            batch=self.get_object(),
            kind=AsideStepKind.REPLACEMENT,
            **NewReplacement.of(request),
            actor=request.user,
            at=now(),
        )
        return Response(self.get_serializer(step).data, status=201)

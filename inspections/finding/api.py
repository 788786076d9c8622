"""Findings over the API: record one, list those of a batch, send a photo of one."""

from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api import StaffName
from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.roles import Role
from activity.api import DeviceTime, Input, idempotent
from activity.errors import InvalidInput
from inspections.finding.services import FindingInput, add_finding_photo, record_finding
from inspections.hold.api import HoldSummary
from inspections.models import Batch, Finding, NonconformityClass, Photo
from inspections.photo.api import PhotoRow, SentPhoto
from inspections.rules.readings import Beyond


@extend_schema_field({"type": ["number", "string", "null"]})
class StoredReading(serializers.Field):
    """A number; text for one that is only known to be beyond a number: "<0.002"."""

    def to_representation(self, value: Decimal) -> Decimal | str:
        return str(value) if isinstance(value, Beyond) else value


class BatchFinding(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    batch = serializers.CharField(source="batch.number")
    inspection = serializers.UUIDField(source="inspection.uid", allow_null=True, default=None)
    characteristic = serializers.CharField(source="characteristic.code", allow_null=True, default=None)
    defect = serializers.SerializerMethodField(allow_null=True, help_text="Always null: there is no catalogue yet.")
    nonconformity_class = serializers.ChoiceField(NonconformityClass.choices, source="nonconformity_class")
    units = serializers.ListField(child=serializers.IntegerField(), allow_null=True, help_text="Numbers from 1")
    count = serializers.IntegerField(source="nonconforming", help_text="Of nonconforming units")
    readings = serializers.ListField(
        child=StoredReading(allow_null=True),
        allow_null=True,
        help_text="Of the units, in their order, where a measured check told them.",
    )
    note = serializers.CharField()
    late = serializers.BooleanField(help_text="It came when its inspection was closed, or none was open.")
    hold = HoldSummary(allow_null=True)
    found_at = serializers.DateTimeField(help_text="By the clock of the device.")
    received_at = serializers.DateTimeField()
    found_by = StaffName(Role.QC)
    photos = PhotoRow(source="photos.all", many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "class" if name == "nonconformity_class" else name: field for name, field in super().get_fields().items()
        }

    def get_defect(self, finding: Finding) -> str | None:
        return None


class NewFinding(Input):
    id = serializers.UUIDField(help_text="Made on the device: sent again, it is the same finding.")
    inspection = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="In whose sample it was found. Left out, the open one of the batch, if any; null: in none.",
    )
    characteristic = serializers.CharField(
        required=False, allow_null=True, max_length=40, help_text="Code; null where nothing that is checked fits."
    )
    defect = serializers.CharField(required=False, allow_null=True, max_length=40, help_text="Only null as yet.")
    nonconformity_class = serializers.ChoiceField(
        NonconformityClass.choices, required=False, help_text="Left out, that of the characteristic."
    )
    units = serializers.ListField(
        child=serializers.IntegerField(), required=False, allow_null=True, help_text="Their numbers, from 1."
    )
    count = serializers.IntegerField(
        required=False, allow_null=True, help_text="How many units, where their numbers are unknown; else one."
    )
    note = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=10_000,
        help_text="In words; needed without a characteristic.",
    )
    found_at = DeviceTime(required=False, allow_null=True, help_text="By the clock of the device.")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "class" if name == "nonconformity_class" else name: field for name, field in super().get_fields().items()
        }

    @classmethod
    def finding(cls, request: ApiRequest) -> FindingInput:
        sent = cls.of(request)
        if sent.get("defect"):
            raise InvalidInput.one("defect", "unknown_defect", _("There is no catalogue of defects yet. Leave it out."))
        return FindingInput(
            uid=sent["id"],
            nonconformity_class=sent.get("class", ""),
            characteristic=sent.get("characteristic") or "",
            units=sent.get("units"),
            count=sent.get("count"),
            note=sent["note"],
            found_at=sent.get("found_at"),
            inspection=sent.get("inspection"),
            in_open_round="inspection" not in sent,
        )


def visible_findings(user: User) -> QuerySet[Finding]:
    """With all that BatchFinding tells of them. Two statements."""
    photos = Photo.objects.select_related("characteristic").order_by("id")
    return (
        Finding.objects.visible_to(user)
        .select_related("batch", "inspection", "characteristic", "hold__batch", "found_by")
        .prefetch_related(Prefetch("photos", photos))
    )


class FindingList(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.inspect"}
    is_counted = False
    serializer_class = BatchFinding

    def get_batch(self) -> Batch:
        return get_object_or_404(Batch.objects.visible_to(self.request.user), number=self.kwargs["number"])

    def get_queryset(self) -> QuerySet[Finding]:
        if getattr(self, "swagger_fake_view", False):
            return Finding.objects.none()
        return visible_findings(self.request.user).filter(batch=self.get_batch())

    @extend_schema(request=NewFinding, responses={201: BatchFinding})
    @idempotent
    def post(self, request: ApiRequest, number: str) -> Response:
        """Record what was found, at any time. A critical one holds what is left of the batch at once."""
        batch = self.get_batch()
        finding = record_finding(batch=batch, sent=NewFinding.finding(request), actor=request.user, at=now())
        return Response(BatchFinding(finding, context=self.get_serializer_context()).data, status=201)


class FindingPhotos(GenericAPIView):
    permissions = {"POST": "inspections.inspect"}
    serializer_class = PhotoRow
    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": SentPhoto}, responses={201: PhotoRow})
    @idempotent
    def post(self, request: ApiRequest, number: str, id: UUID) -> Response:
        """Add a photo to a finding. It is processed afterwards; look for its state in the list."""
        visible = Finding.objects.visible_to(request.user).select_related("batch")
        finding = get_object_or_404(visible, uid=id, batch__number=number)
        sent = SentPhoto.of(request)
        photo = add_finding_photo(
            finding=finding,
            file=sent["photo"],
            taken_at=sent.get("taken_at"),
            original_sha256=sent["original_sha256"],
            actor=request.user,
            at=now(),
        )
        return Response(PhotoRow(photo, context=self.get_serializer_context()).data, status=201)

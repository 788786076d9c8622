"""Photos over the API: send one, list those of an inspection, fetch a copy."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import DeviceTime, FileNegotiation, Input, idempotent
from inspections.models import Inspection, Photo, PhotoStatus
from inspections.photo.page import SIZES, photo_response
from inspections.photo.services import add_photo


class PhotoRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    characteristic = serializers.CharField(source="characteristic.code", allow_null=True, default=None)
    unit_number = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(PhotoStatus.choices, source="status")
    refusal = serializers.CharField(help_text="Why it was refused, as a code; empty otherwise.")
    sha256 = serializers.CharField(help_text="Of the file that was sent.")
    original_sha256 = serializers.CharField(help_text="Of the camera's file, where another was sent; else empty.")
    taken_at = serializers.DateTimeField(allow_null=True, help_text="By the clock of the camera.")
    uploaded_at = serializers.DateTimeField()
    large = serializers.SerializerMethodField(help_text="At most 1600 pixels a side; null until the photo is ready.")
    small = serializers.SerializerMethodField(help_text="At most 320 pixels a side; null until the photo is ready.")

    def get_large(self, photo: Photo) -> str | None:
        return self.address(photo, "large")

    def get_small(self, photo: Photo) -> str | None:
        return self.address(photo, "small")

    def address(self, photo: Photo, size: str) -> str | None:
        if photo.status != PhotoStatus.READY:
            return None
        return reverse("api-photo-file", [photo.uid, size], request=self.context["request"])


class SentPhoto(Input):
    photo = serializers.FileField(allow_empty_file=True, help_text="JPEG, PNG, WebP or HEIC, up to 25 MB.")
    taken_at = DeviceTime(
        required=False, allow_null=True, help_text="By the clock of the camera, where the file does not say it."
    )
    original_sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$",
        required=False,
        default="",
        allow_blank=True,
        help_text="Of the camera's file, where it was made smaller before it was sent.",
    )


class NewPhoto(SentPhoto):
    characteristic = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="Code of what it shows."
    )
    unit_number = serializers.IntegerField(
        required=False, allow_null=True, help_text="Number of the unit in the sample, from 1."
    )


class PhotoList(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.inspect"}
    serializer_class = PhotoRow
    parser_classes = (MultiPartParser,)

    def get_inspection(self) -> Inspection:
        visible = Inspection.objects.visible_to(self.request.user).select_related("batch")
        return get_object_or_404(visible, uid=self.kwargs["id"])

    def get_queryset(self) -> QuerySet[Photo]:
        if getattr(self, "swagger_fake_view", False):
            return Photo.objects.none()
        return self.get_inspection().photos.select_related("characteristic")

    @extend_schema(request={"multipart/form-data": NewPhoto}, responses={201: PhotoRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Add a photo. It is processed afterwards; look for its state in the list."""
        inspection = self.get_inspection()
        sent = NewPhoto.of(request)
        photo = add_photo(
            inspection=inspection,
            file=sent["photo"],
            characteristic=sent["characteristic"],
            unit_number=sent.get("unit_number"),
            taken_at=sent.get("taken_at"),
            original_sha256=sent["original_sha256"],
            actor=request.user,
            at=now(),
        )
        return Response(PhotoRow(photo, context={"request": request}).data, status=201)


class PhotoFile(GenericAPIView):
    permissions = {"GET": None}
    content_negotiation_class = FileNegotiation
    serializer_class = PhotoRow

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: ApiRequest, id: UUID, size: str) -> FileResponse:
        """One of the two copies, `large` or `small`."""
        photo = get_object_or_404(Photo.objects.visible_to(request.user), uid=id, status=PhotoStatus.READY)
        if size not in SIZES:
            raise Http404
        return photo_response(photo, size)

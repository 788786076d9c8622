"""Photos of samples over the API."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.requests import ApiRequest, ListAPIView
from activity.api import DeviceTime, Input, idempotent
from inspections.models import (
    Photo,
    Sample,
)
from inspections.photo.api import PhotoRow
from inspections.sample.page.lists import samples_for_pages
from inspections.sample.services.photos import add_sample_photo


class SamplePhotoRow(PhotoRow):
    unit_number = None  # type: ignore[assignment] # takes the field away
    aspect = serializers.CharField(help_text="Empty where it shows a characteristic or the whole.")
    drop = serializers.IntegerField(source="drop_number", allow_null=True, help_text="Of the transport test.")


class NewSamplePhoto(Input):
    photo = serializers.FileField(allow_empty_file=True, help_text="JPEG, PNG, WebP or HEIC, up to 25 MB.")
    check = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="Aspect or code of what it shows."
    )
    drop = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100)
    taken_at = DeviceTime(required=False, allow_null=True, help_text="Of the camera's file.")
    original_sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$", required=False, default="", allow_blank=True, help_text="Of the camera's file."
    )


class SamplePhotos(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.check_sample"}
    serializer_class = SamplePhotoRow
    parser_classes = (MultiPartParser,)

    def get_sample(self) -> Sample:
        return get_object_or_404(samples_for_pages(self.request.user), uid=self.kwargs["id"])

    def get_queryset(self) -> QuerySet[Photo]:
        if getattr(self, "swagger_fake_view", False):
            return Photo.objects.none()
        return self.get_sample().photos.select_related("characteristic")

    @extend_schema(request={"multipart/form-data": NewSamplePhoto}, responses={201: SamplePhotoRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Add a photo while the sample is being checked. It is processed afterwards."""
        sample = self.get_sample()
        sent = NewSamplePhoto.of(request)
        photo = add_sample_photo(
            sample=sample,
            file=sent["photo"],
            check=sent["check"],
            drop_number=sent.get("drop"),
            taken_at=sent.get("taken_at"),
            original_sha256=sent["original_sha256"],
            actor=request.user,
            at=now(),
        )
        return Response(SamplePhotoRow(photo, context={"request": request}).data, status=201)

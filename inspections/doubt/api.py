"""Doubts about inspections over the API, for those who may see them."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.requests import ListAPIView
from inspections.doubt import words as doubt_words
from inspections.doubt.forms import DoubtFilters
from inspections.doubt.page import doubts_for
from inspections.models import DoubtFlag, DoubtKind


class DoubtShown(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    inspection = serializers.UUIDField(source="inspection.uid")
    batch = serializers.CharField(source="inspection.batch.number")
    product = serializers.CharField(source="inspection.batch.product.sku")
    inspector = serializers.CharField(source="inspection.inspector.username")
    kind = serializers.ChoiceField(DoubtKind.choices)
    characteristic = serializers.CharField(source="characteristic.code", allow_null=True, default=None)
    photo = serializers.UUIDField(source="photo.uid", allow_null=True, default=None)
    probability = serializers.FloatField(help_text="How often an honest inspection shows as much, 0 to 1.")
    facts = serializers.DictField(help_text="The figures behind `seen`, by the kind of doubt.")
    seen = serializers.SerializerMethodField(help_text="What was seen, as a sentence.")
    chance = serializers.SerializerMethodField(help_text="How often chance does the same, as a sentence.")
    raised_at = serializers.DateTimeField()

    @extend_schema_field(serializers.CharField())
    def get_seen(self, doubt: DoubtFlag) -> str:
        return doubt_words.seen(doubt)

    @extend_schema_field(serializers.CharField())
    def get_chance(self, doubt: DoubtFlag) -> str:
        return doubt_words.chance(doubt)


class DoubtList(ListAPIView):
    """What was seen in inspections that chance alone rarely does; for quality managers alone."""

    permissions = {"GET": "inspections.see_doubts"}
    serializer_class = DoubtShown
    filterset_class = DoubtFilters

    def get_queryset(self) -> QuerySet[DoubtFlag]:
        return doubts_for(self.request.user)

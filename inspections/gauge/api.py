"""Studies of gauges over the API."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import Input, idempotent
from inspections.gauge import words
from inspections.gauge.reads import studies_of
from inspections.gauge.services import Row, record_study
from inspections.models import GaugeStudy, Inspection
from suppliers.models import Product


class GaugeStudyRow(serializers.ModelSerializer):
    id = serializers.UUIDField(source="uid")
    characteristic = serializers.CharField(source="code")
    measured = serializers.BooleanField(source="is_measured")
    share_of_tolerance = serializers.SerializerMethodField(
        help_text="Six standard deviations of the gauge, as a fraction."
    )
    guard_band = serializers.SerializerMethodField(
        help_text="How far inside a limit a reading has to be, in its unit, to pass a unit that just breaks it at most 1 time in 20."
    )
    detail = serializers.SerializerMethodField(help_text="What the study says, in words.")
    figures = serializers.DictField(
        help_text="Measured: standard deviations by analysis of variance, `gauge` between `low` and `high`. Else: `between` and "
        "`with_reference` are kappa, its low and high end."
    )

    class Meta:
        model = GaugeStudy
        fields = (
            "id", "characteristic", "measured", "gauge", "done_on", "lower", "upper", "unit", "share_of_tolerance", "guard_band",
            "detail", "figures", "recorded_at",
        )  # fmt: skip

    @staticmethod
    def get_share_of_tolerance(study: GaugeStudy) -> float | None:
        return words.share_of(study)

    @staticmethod
    def get_guard_band(study: GaugeStudy) -> float | None:
        return words.guard_of(study)

    @staticmethod
    def get_detail(study: GaugeStudy) -> str:
        return " ".join(words.sentences(study))


class StudiedRow(serializers.Serializer):
    part = serializers.CharField(max_length=40)
    operator = serializers.CharField(max_length=40)
    values = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50)


class NewGaugeStudy(Input):
    characteristic = serializers.CharField(max_length=40)
    gauge = serializers.CharField(max_length=80)
    done_on = serializers.DateField()
    rows = StudiedRow(many=True, max_length=2000)  # type: ignore[call-arg] # of the list
    reference = serializers.DictField(
        child=serializers.CharField(max_length=40),
        default=dict,
        help_text="Part to good or bad, of what is not measured.",
    )
    note = serializers.CharField(max_length=2000, default="", allow_blank=True)


class GaugeStudies(ListAPIView):
    """The studies of a product's gauges, newest first; the newest of a characteristic counts."""

    permissions = {"GET": "suppliers.see_all", "POST": "inspections.inspect"}
    serializer_class = GaugeStudyRow

    def get_queryset(self) -> QuerySet[GaugeStudy]:
        if getattr(self, "swagger_fake_view", False):
            return GaugeStudy.objects.none()
        return GaugeStudy.objects.visible_to(self.request.user).filter(product=self.product())

    def product(self) -> Product:
        return get_object_or_404(Product.objects.visible_to(self.request.user), sku=self.kwargs["sku"])

    @extend_schema(request=NewGaugeStudy, responses={201: GaugeStudyRow})
    @idempotent
    def post(self, request: ApiRequest, sku: str) -> Response:
        """Record a study: gauge R&R (crossed, by analysis of variance), or the agreement of people who say good or bad."""
        product = self.product()
        sent = NewGaugeStudy.of(request)
        study = record_study(
            product=product,
            code=sent["characteristic"],
            gauge=sent["gauge"],
            rows=[Row(**row) for row in sent["rows"]],
            reference=sent["reference"],
            done_on=sent["done_on"],
            note=sent["note"],
            actor=request.user,
            at=now(),
        )
        return Response(GaugeStudyRow(study).data, status=201)


class GuardedCheck(serializers.Serializer):
    characteristic = serializers.CharField()
    study = serializers.UUIDField()
    share_of_tolerance = serializers.FloatField(allow_null=True)
    guard_band = serializers.FloatField()
    units = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Units that conform as read, but so near a limit that the gauge cannot tell.",
    )
    detail = serializers.CharField()


class GuardedChecks(serializers.Serializer):
    checks = GuardedCheck(many=True)


class InspectionGauges(GenericAPIView):
    permissions = {"GET": "suppliers.see_all"}
    serializer_class = GuardedChecks
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Inspection]:
        return Inspection.objects.visible_to(self.request.user).select_related("batch__product")

    @extend_schema(responses={200: GuardedChecks})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        """The measured checks whose gauge was studied, each with the units that it cannot tell apart from a limit."""
        inspection = self.get_object()
        studies = studies_of(inspection.batch.product, request.user)
        results = inspection.results.filter(characteristic__code__in=studies, characteristic__is_measured=True)
        rows = []
        for result in results.select_related("characteristic").order_by("characteristic__position"):
            study = studies[result.characteristic.code]
            if study.is_measured:
                units = words.units_within_guard(study, result.readings or [], result.characteristic)
                rows.append(
                    {
                        "characteristic": study.code,
                        "study": study.uid,
                        "share_of_tolerance": words.share_of(study),
                        "guard_band": words.guard_of(study),
                        "units": units,
                        "detail": " ".join(filter(None, [words.headline(study), words.guarded_sentence(study, units)])),
                    }
                )
        return Response(GuardedChecks({"checks": rows}).data)

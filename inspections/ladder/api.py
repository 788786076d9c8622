"""The ladder of a product over the API, and the quality manager's word on what drifts."""

from typing import Any
from uuid import UUID

import django_filters
import numpy as np
from django.db.models import QuerySet
from django.http import Http404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.signature import signed
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from activity.filters import RecordFilters
from inspections.ladder import words
from inspections.ladder.reads import Track, for_ladder, ladder_of
from inspections.ladder.services import end_drift, set_baseline
from inspections.models import Drift, DriftEnding, DriftKind, NonconformityClass
from inspections.rules.drift import SLOW, SPLIT, Change
from inspections.rules.ladder import MEASURED, Series
from inspections.sampling.control_charts import Chart
from inspections.sampling.intervals import Capability, Index
from suppliers.models import Product


class IndexFigures(serializers.Serializer):
    value = serializers.FloatField()
    low = serializers.FloatField(help_text="Of the 95 % interval")
    high = serializers.FloatField()


class CapabilityFigures(serializers.Serializer):
    n = serializers.IntegerField()
    mean = serializers.FloatField()
    sd_within = serializers.FloatField()
    sd_overall = serializers.FloatField()
    cp = IndexFigures(allow_null=True)
    cpk = IndexFigures(allow_null=True, help_text="Null where the readings within each batch are all the same")
    pp = IndexFigures(allow_null=True)
    ppk = IndexFigures()
    is_widened = serializers.BooleanField(
        help_text="Batches differ by more than the spread within them; the intervals of Cpk and Ppk allow for it."
    )


class UndefinedFigures(serializers.Serializer):
    code = serializers.CharField(help_text="no_spread, no_tolerance, readings, limits_reversed, failed")
    detail = serializers.CharField()


class ChartFigures(serializers.Serializer):
    method = serializers.CharField(help_text="xbar-r, xbar-s, individuals, p, u, p-laney, u-laney; spread-r, spread-s")
    centre = serializers.FloatField()
    lower = serializers.FloatField(help_text="At the newest batch, of spreads at the newest with more than one unit")
    upper = serializers.FloatField()
    outside = serializers.ListField(child=serializers.CharField(), help_text="Numbers of batches beyond the limits")


class SignalRow(serializers.Serializer):
    rule = serializers.CharField(help_text="nelson-1 .. nelson-8, western-electric-4, ewma")
    first = serializers.CharField(help_text="Number of a batch")
    last = serializers.CharField()
    detail = serializers.CharField()


class ChangeFigures(serializers.Serializer):
    what = serializers.ChoiceField(DriftKind.choices)
    since = serializers.CharField(help_text="Number of the first batch after the change")
    before = serializers.FloatField()
    after = serializers.FloatField()
    p = serializers.FloatField(
        help_text="Of a split, counting the search over all batches; of the moving average, that it warns within 75 batches"
    )
    by = serializers.ChoiceField([SPLIT, SLOW], help_text="What shows it: the best split, or the moving average")
    is_signal = serializers.BooleanField()


class Baseline(serializers.Serializer):
    first = serializers.CharField()
    last = serializers.CharField()
    count = serializers.IntegerField()
    is_chosen = serializers.BooleanField(help_text="The quality manager said so.")


class LadderBatch(serializers.Serializer):
    batch = serializers.CharField()
    inspection = serializers.UUIDField()
    at = serializers.DateTimeField()
    n = serializers.IntegerField()
    value = serializers.FloatField(help_text="Mean, or nonconforming units or nonconformities per unit")
    count = serializers.IntegerField(allow_null=True, help_text="Null where it is measured")
    sd = serializers.FloatField(allow_null=True)
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    lower = serializers.FloatField(allow_null=True, help_text="Limits of the specification at the time")
    upper = serializers.FloatField(allow_null=True)
    control_lower = serializers.FloatField(allow_null=True)
    control_upper = serializers.FloatField(allow_null=True)
    ewma = serializers.FloatField(allow_null=True)


class Overlay(serializers.Serializer):
    product = serializers.CharField(help_text="SKU and supplier")
    values = serializers.ListField(child=serializers.FloatField(), help_text="Oldest first")


class LadderCharacteristic(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    nonconformity_class = serializers.ChoiceField(NonconformityClass.choices)
    measured = serializers.BooleanField()
    kind = serializers.CharField(help_text="measured, units, nonconformities, colour; empty before the first batch")
    unit = serializers.CharField()
    state = serializers.ChoiceField([(code, label) for code, label in words.STATES.items()])
    sentences = serializers.ListField(child=serializers.CharField())
    drift = serializers.UUIDField(allow_null=True, help_text="The open drift")
    golden_sample = serializers.FloatField(allow_null=True)
    pilot = serializers.ListField(child=serializers.FloatField())
    baseline = Baseline(allow_null=True)
    chart = ChartFigures(allow_null=True, help_text="The one that is drawn; null for too few batches")
    charts = ChartFigures(many=True, help_text="By every method that applies")
    spread_chart = ChartFigures(allow_null=True)
    changes = ChangeFigures(many=True, help_text="The most likely one of the mean or the rate, and of the spread")
    signals = SignalRow(many=True)
    capability_before = CapabilityFigures(allow_null=True, help_text="Null where nothing moved")
    capability = CapabilityFigures(allow_null=True)
    capability_undefined = UndefinedFigures(allow_null=True, help_text="Why there is no capability")
    batches = LadderBatch(many=True, help_text="Oldest first")
    overlay = Overlay(many=True, help_text="Other SKUs of the same model, where asked for")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            "class" if name == "nonconformity_class" else name: field for name, field in super().get_fields().items()
        }


class ProductLadderAnswer(serializers.Serializer):
    product = serializers.CharField()
    golden_sample = serializers.IntegerField(allow_null=True, help_text="Version of the approved sample")
    pilot_run = serializers.CharField(allow_null=True, help_text="Code of the latest concluded one")
    characteristics = LadderCharacteristic(many=True, help_text="Critical and major ones")


ASKED = [
    OpenApiParameter("characteristic", OpenApiTypes.STR, description="One code alone"),
    OpenApiParameter("overlay", OpenApiTypes.BOOL, description="With other SKUs of the same model; team only"),
]


class ProductLadder(GenericAPIView):
    permissions = {"GET": None}
    serializer_class = ProductLadderAnswer
    filter_backends = ()
    query = ("characteristic", "overlay")
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return for_ladder(Product.objects.visible_to(self.request.user))

    @extend_schema(parameters=ASKED, responses={200: ProductLadderAnswer})
    def get(self, request: ApiRequest, sku: str) -> Response:
        """Each critical and major characteristic over the first inspections of a product, and what moved."""
        product = self.get_object()
        overlay = request.query_params.get("overlay", "false").lower()
        if overlay not in ("true", "false", "1", "0"):
            raise InvalidInput.one("overlay", "not_a_flag", _("Give true or false."))
        code = request.query_params.get("characteristic")
        wants = overlay in ("true", "1") and request.user.has_perm("suppliers.see_all")
        ladder = ladder_of(product, only=code, with_relatives=wants)
        if code is not None and not ladder.tracks:
            raise Http404
        return Response(
            {
                "product": product.sku,
                "golden_sample": ladder.golden.version if ladder.golden else None,
                "pilot_run": f"{product.sku}-P{ladder.pilot.ordinal}" if ladder.pilot else None,
                "characteristics": [presented(track) for track in ladder.tracks],
            }
        )


def presented(track: Track) -> dict[str, Any]:
    """A track as LadderCharacteristic describes it."""
    c, series, reading = track.characteristic, track.series, track.reading
    answer: dict[str, Any] = {
        "code": track.code,
        "name": c.local_name,
        "class": c.nonconformity_class,
        "measured": c.is_measured,
        "kind": "colour" if track.is_colour else (series.kind if series else ""),
        "unit": track.unit,
        "state": track.state,
        "sentences": words.sentences(track),
        "drift": track.drift.uid if track.drift else None,
        "golden_sample": track.golden,
        "pilot": list(track.pilot),
        "baseline": None, "chart": None, "charts": [], "spread_chart": None, "changes": [], "signals": [],
        "capability_before": None, "capability": None, "capability_undefined": None, "batches": [],
        "overlay": [{"product": name, "values": _floats(levels)} for name, levels in track.others],
    }  # fmt: skip
    if series is None or reading is None:
        return answer
    numbers = track.numbers
    first, last = reading.base[[0, -1]] if len(reading.base) else (0, 0)
    return answer | {
        "baseline": {
            "first": numbers[first],
            "last": numbers[last],
            "count": len(reading.base),
            "is_chosen": track.baseline is not None,
        },
        "chart": _chart(reading.method, reading.chart, numbers),
        "charts": [_chart(method, chart, numbers) for method, chart in reading.charts.items()],
        "spread_chart": _chart(reading.spread_method, reading.spread, numbers),
        "changes": [
            *(_change(what, change, numbers) for what, change in reading.changes.items()),
            *(_change(what, change, numbers) for what, change in reading.moves if change.by == SLOW),
        ],
        "signals": [
            {
                "rule": signal.rule,
                "first": numbers[signal.first],
                "last": numbers[signal.last],
                "detail": words.signal_words(track, signal),
            }
            for signal in reading.signals
        ],
        "capability_before": _capability(reading.before),
        "capability": _capability(reading.now),
        "capability_undefined": (
            {"code": reading.undefined, "detail": words.undefined_sentence(track)} if reading.undefined else None
        ),
        "batches": [_batch(track, series, index) for index in range(len(series))],
    }


def _batch(track: Track, series: Series, index: int) -> dict[str, Any]:
    rung, reading = track.rungs[index], track.reading
    is_measured = series.kind == MEASURED
    chart = reading.chart if reading else None
    moving = reading.ewma if reading else None
    return {
        "batch": rung.number,
        "inspection": rung.uid,
        "at": rung.at,
        "n": int(series.sizes[index]),
        "value": float(series.levels[index]),
        "count": None if is_measured else int(series.values[index]),
        "sd": _at(series.sds, index),
        "minimum": _at(series.lows, index),
        "maximum": _at(series.highs, index),
        "lower": _at(series.lower, index),
        "upper": _at(series.upper, index),
        "control_lower": _at(chart.lower if chart else None, index),
        "control_upper": _at(chart.upper if chart else None, index),
        "ewma": _at(moving.points if moving else None, index),
    }


def _at(values: np.ndarray | None, index: int) -> float | None:
    return None if values is None or not np.isfinite(values[index]) else float(values[index])


def _floats(values: np.ndarray) -> list[float]:
    return [float(value) for value in values]


def _chart(method: str, chart: Chart | None, numbers: list[str]) -> dict[str, Any] | None:
    if chart is None:
        return None
    return {
        "method": method,
        "centre": chart.centre,
        "lower": float(chart.lower[np.isfinite(chart.lower)][-1]),
        "upper": float(chart.upper[np.isfinite(chart.upper)][-1]),
        "outside": [numbers[index] for index in chart.outside],
    }


def _change(what: str, change: Change, numbers: list[str]) -> dict[str, Any]:
    return {
        "what": what,
        "since": numbers[change.first],
        "before": change.before,
        "after": change.after,
        "p": change.p,
        "by": change.by,
        "is_signal": change.is_signal,
    }


def _capability(found: Capability | None) -> dict[str, Any] | None:
    if found is None:
        return None

    def index(of: Index | None) -> dict[str, float] | None:
        return {"value": of.value, "low": of.low, "high": of.high} if of else None

    return {
        "n": found.n,
        "mean": found.mean,
        "sd_within": found.sd_within,
        "sd_overall": found.sd_overall,
        **{name: index(getattr(found, name)) for name in ("cp", "cpk", "pp", "ppk")},
        "is_widened": found.is_widened,
    }


class NewBaseline(Input):
    first = serializers.CharField(max_length=60, help_text="Number of a batch")
    last = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=2000)


class LadderBaseline(GenericAPIView):
    permissions = {"POST": "inspections.decide_hold"}
    serializer_class = LadderCharacteristic
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.visible_to(self.request.user)

    @extend_schema(request=NewBaseline, responses={200: LadderCharacteristic})
    @idempotent
    def post(self, request: ApiRequest, sku: str, code: str) -> Response:
        """Say which batches are the normal of a characteristic; its control limits come from them."""
        product = self.get_object()
        sent = NewBaseline.of(request)
        set_baseline(product=product, code=code, **sent, actor=request.user, at=now())
        return Response(presented(ladder_of(product, only=code).tracks[0]))


class DriftRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    product = serializers.CharField(source="product.sku")
    characteristic = serializers.CharField(source="code")
    what = serializers.ChoiceField(DriftKind.choices, source="kind")
    since = serializers.CharField(source="since.batch.number")
    noticed_in = serializers.UUIDField(source="seen_in.uid", help_text="Inspection")
    noticed_at = serializers.DateTimeField()
    detail = serializers.SerializerMethodField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ending = serializers.ChoiceField(DriftEnding.choices, allow_null=True)
    note = serializers.SerializerMethodField(help_text="Not told to suppliers.")

    def get_detail(self, drift: Drift) -> str:
        return " ".join(words.drift_sentences(drift))

    def get_note(self, drift: Drift) -> str:
        return drift.note if self.context["request"].user.has_perm("suppliers.see_all") else ""


class DriftFilters(RecordFilters):
    dated = "noticed_at"
    product = django_filters.CharFilter("product__sku")
    supplier = django_filters.CharFilter("product__supplier__code")
    state = django_filters.ChoiceFilter(method="in_state", choices=[("open", "open"), ("ended", "ended")])

    def in_state(self, queryset: QuerySet[Drift], name: str, state: str) -> QuerySet[Drift]:
        return queryset.filter(ended_at__isnull=state == "open")


def _drifts(user: User) -> QuerySet[Drift]:
    return Drift.objects.visible_to(user).select_related("product", "since__batch", "seen_in")


class DriftList(ListAPIView):
    """What drifted, newest first."""

    permissions = {"GET": None}
    serializer_class = DriftRow
    filterset_class = DriftFilters

    def get_queryset(self) -> QuerySet[Drift]:
        return _drifts(self.request.user)


class NewEnding(Input):
    ending = serializers.ChoiceField(DriftEnding.choices)
    note = serializers.CharField(max_length=2000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class DriftEnd(GenericAPIView):
    permissions = {"POST": "inspections.decide_hold"}
    serializer_class = DriftRow
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Drift]:
        return _drifts(self.request.user)

    @extend_schema(request=NewEnding, responses={200: DriftRow})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """The quality manager's word that a drift is over: mended, or the new normal."""
        drift = self.get_object()
        sent = NewEnding.of(request)
        sent.pop("password", None)
        end_drift(drift=drift, **sent, signature="token" if request.auth else "password", actor=request.user, at=now())
        return Response(DriftRow(self.get_object(), context=self.get_serializer_context()).data)

"""Returns from the market over the API: recorded in bulk, listed, counted by week, led back to their batch."""

from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView, RetrieveAPIView
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from inspections.models import Batch, CodeKind, FoundBy, MarketReturn, ReturnKind, ReturnReason
from inspections.returns.forms import ReturnFilters
from inspections.returns.page import DIMENSIONS, find_returns, week_by, week_of, week_totals
from inspections.returns.services.returns import MOST_UNITS, ReturnInput, record_returns
from inspections.returns.services.tracing import add_batch_codes, name_batch

MOST_AT_ONCE = 1000


class ReturnRow(serializers.Serializer):
    """Suppliers are told neither source nor reference, order, carrier, shipment and note."""

    id = serializers.UUIDField(source="uid")
    source = serializers.CharField()  # type: ignore[assignment] # a field of that name
    reference = serializers.CharField()
    ordinal = serializers.IntegerField(help_text="Of several units of one product under one reference, from 1.")
    kind = serializers.ChoiceField(ReturnKind.choices)
    product = serializers.CharField(source="product.sku")
    market = serializers.CharField(source="market.code", allow_null=True, default=None)
    reason = serializers.CharField(help_text=f"One of {', '.join(ReturnReason.values)}; empty for a complaint.")
    complaints = serializers.ListField(child=serializers.CharField(), help_text="Codes of complaint points")
    batch = serializers.CharField(source="batch.number", allow_null=True, default=None)
    batch_found_by = serializers.ChoiceField(FoundBy.choices, source="found_by")
    inspection = serializers.UUIDField(
        source="inspection.uid", allow_null=True, default=None, help_text="The one that had accepted the batch."
    )
    order_reference = serializers.CharField()
    lot_code = serializers.CharField()
    carton = serializers.CharField()
    carrier = serializers.CharField()
    shipment = serializers.CharField()
    shipped_on = serializers.DateField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    happened_on = serializers.DateField()
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()

    def to_representation(self, found: MarketReturn) -> dict:
        row = super().to_representation(found)
        if not self.context["request"].user.has_perm("suppliers.see_all"):
            row |= dict.fromkeys(("source", "reference", "order_reference", "carrier", "shipment", "note"), "")
        return row


class OneReturn(Input):
    reference = serializers.CharField(
        max_length=120, help_text="What the source calls it; a repeat has no second effect."
    )
    product = serializers.CharField(help_text="SKU")
    ordinal = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_UNITS,
        help_text="Of several units of one product under one reference.",
    )
    happened_on = serializers.DateField(help_text="Of the return or the complaint")
    kind = serializers.ChoiceField(ReturnKind.choices, required=False)
    reason = serializers.CharField(
        required=False, allow_blank=True, help_text=f"Of a return: {', '.join(ReturnReason.values)}"
    )
    complaints = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=20, help_text="Codes of complaint points"
    )
    market = serializers.CharField(required=False, allow_blank=True)
    order_reference = serializers.CharField(required=False, allow_blank=True, max_length=80)
    batch = serializers.CharField(
        required=False, allow_blank=True, max_length=60,
        help_text="Number. Left out, it is looked for by lot code, carton, shipment and days.",
    )  # fmt: skip
    lot_code = serializers.CharField(required=False, allow_blank=True, max_length=60)
    carton = serializers.CharField(required=False, allow_blank=True, max_length=60)
    carrier = serializers.CharField(required=False, allow_blank=True, max_length=60)
    shipment = serializers.CharField(required=False, allow_blank=True, max_length=120)
    shipped_on = serializers.DateField(required=False, allow_null=True)
    delivered_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class ManyReturns(Input):
    source = serializers.CharField(  # type: ignore[assignment] # a field of that name
        help_text="A shop, platform or service desk: letters, digits, - and _"
    )
    returns = OneReturn(many=True, min_length=1, max_length=MOST_AT_ONCE)  # type: ignore[call-arg] # of the list


class SingleReturn(OneReturn):
    source = serializers.CharField(  # type: ignore[assignment] # a field of that name
        help_text="A shop, platform or service desk: letters, digits, - and _"
    )


class RecordedReturns(serializers.Serializer):
    recorded = serializers.IntegerField()
    repeated = serializers.IntegerField(help_text="Sent before with the same content.")
    unknown_batch = serializers.IntegerField()
    returns = ReturnRow(many=True, help_text="In the order sent.")


def as_sent(field: str, *, many: bool) -> str:
    """`0.reason` as the sender wrote it: returns.0.reason, or reason alone."""
    if field == "source":
        return field
    return f"returns.{field}" if many else field.removeprefix("0.")


def rows_of(user: User) -> QuerySet[MarketReturn]:
    return MarketReturn.objects.visible_to(user).select_related("product", "market", "batch", "inspection")


class ReturnList(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.report_returns"}
    serializer_class = ReturnRow
    filterset_class = ReturnFilters

    def get_queryset(self) -> QuerySet[MarketReturn]:
        return rows_of(self.request.user)

    @extend_schema(
        request=PolymorphicProxySerializer("NewReturns", [ManyReturns, SingleReturn], resource_type_field_name=None),
        responses={201: RecordedReturns},
    )
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Record what came back: one unit, or up to 1,000 under `returns`. All of them or none."""
        many = isinstance(request.data, dict) and "returns" in request.data
        if many:
            sent = ManyReturns.of(request)
            source, units = sent["source"], sent["returns"]
        else:
            units = [SingleReturn.of(request)]
            source = units[0].pop("source")
        try:
            recorded = record_returns(source=source, returns=[ReturnInput(**unit) for unit in units], actor=request.user, at=now())  # fmt: skip
        except InvalidInput as error:
            raise InvalidInput([replace(each, field=as_sent(each.field, many=many)) for each in error.errors]) from None
        found = rows_of(request.user).in_bulk([row.pk for row in recorded.rows])
        rows = [found[row.pk] for row in recorded.rows]
        return Response(
            {
                "recorded": recorded.new,
                "repeated": recorded.repeated,
                "unknown_batch": recorded.unknown_batch,
                "returns": ReturnRow(rows, many=True, context={"request": request}).data,
            },
            status=201,
        )


class ReturnOne(RetrieveAPIView):
    permissions = {"GET": None}
    serializer_class = ReturnRow
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[MarketReturn]:
        return rows_of(self.request.user)


class NamedBatch(Input):
    batch = serializers.CharField(max_length=60, help_text="Number")


class ReturnBatch(GenericAPIView):
    permissions = {"PUT": "inspections.report_returns"}
    serializer_class = ReturnRow
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[MarketReturn]:
        return rows_of(self.request.user)

    @extend_schema(request=NamedBatch, responses={200: ReturnRow})
    def put(self, request: ApiRequest, id: UUID) -> Response:
        """Say which batch the unit came from."""
        found = self.get_object()
        name_batch(found=found, number=NamedBatch.of(request)["batch"], actor=request.user, at=now())
        return Response(ReturnRow(self.get_queryset().get(pk=found.pk), context={"request": request}).data)


class NewCodes(Input):
    kind = serializers.ChoiceField(CodeKind.choices)
    codes = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=1000)


class BatchCodeRow(serializers.Serializer):
    kind = serializers.ChoiceField(CodeKind.choices)
    code = serializers.CharField()


class BatchCodesAnswer(serializers.Serializer):
    batch = serializers.CharField()
    returns_found = serializers.IntegerField(help_text="Returns of unknown batch that the new codes led here.")
    codes = BatchCodeRow(many=True)


class BatchCodes(GenericAPIView):
    permissions = {"GET": None, "POST": "inspections.report_returns"}
    serializer_class = BatchCodesAnswer
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Batch]:
        return Batch.objects.visible_to(self.request.user)

    @extend_schema(responses={200: BatchCodesAnswer})
    def get(self, request: ApiRequest, number: str) -> Response:
        """What stands on the units and cartons of a batch."""
        return self.answer(self.get_object(), 0)

    @extend_schema(request=NewCodes, responses={200: BatchCodesAnswer})
    @idempotent
    def post(self, request: ApiRequest, number: str) -> Response:
        """Add lot codes or cartons; returns whose batch is unknown are traced once more."""
        batch = self.get_object()
        found = add_batch_codes(batch=batch, **NewCodes.of(request), actor=request.user, at=now())
        return self.answer(batch, found)

    def answer(self, batch: Batch, found: int) -> Response:
        codes = [{"kind": each.kind, "code": each.code} for each in batch.codes.all()]
        return Response({"batch": batch.number, "returns_found": found, "codes": codes})


class WeekGroup(serializers.Serializer):
    key = serializers.CharField(help_text="A code, number or name; - where there is none.")
    now = serializers.IntegerField()
    before = serializers.IntegerField(help_text="In the week before")
    share = serializers.FloatField()
    cumulative = serializers.FloatField()
    chance = serializers.FloatField(help_text="Of counts as far apart where both weeks have the same rate")


class WeekAnswer(serializers.Serializer):
    monday = serializers.DateField()
    by = serializers.ChoiceField([(name, name) for name in DIMENSIONS])
    total = serializers.IntegerField()
    before = serializers.IntegerField()
    unknown_batch = serializers.IntegerField()
    escaped = serializers.IntegerField()
    groups = WeekGroup(many=True, help_text="The most frequent first.")


class ReturnWeek(GenericAPIView):
    permissions = {"GET": "suppliers.see_all"}
    serializer_class = WeekAnswer
    filter_backends = ()
    query = ("day", "by", "product", "supplier")

    @extend_schema(
        parameters=[
            OpenApiParameter("day", OpenApiTypes.DATE, description="Any day of the week; today unless told"),
            OpenApiParameter("by", enum=list(DIMENSIONS), description="complaint unless told"),
            OpenApiParameter("product", description="SKU"),
            OpenApiParameter("supplier", description="Code"),
        ],
        responses={200: WeekAnswer},
    )
    def get(self, request: ApiRequest) -> Response:
        """The Pareto of a week and the change against the week before."""
        query = request.query_params
        by = query.get("by", "complaint")
        if by not in DIMENSIONS:
            detail = _("Choose one of %(all)s.") % {"all": ", ".join(DIMENSIONS)}
            raise InvalidInput.one("by", "invalid_choice", detail)
        day = serializers.DateField().run_validation(query["day"]) if "day" in query else localdate()
        monday = week_of(day)
        found = find_returns(request.user, product=query.get("product", ""), supplier=query.get("supplier", ""))
        totals = week_totals(found, monday)
        names = ("key", "now", "before", "share", "cumulative", "chance")
        return Response(
            {
                "monday": monday,
                "by": by,
                "total": totals.now,
                "before": totals.before,
                "unknown_batch": totals.unknown_batch,
                "escaped": totals.escaped,
                "groups": [{name: getattr(group, name) for name in names} for group in week_by(found, by, monday)],
            }
        )

"""Returns from the market over the API: recorded in bulk, listed, counted by week, led back to their batch."""

from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.zones import today_of, zones
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from inspections.models import Batch, CodeKind, FoundBy, MarketReturn, ReturnKind, ReturnReason
from inspections.returns.forms import ReturnFilters
from inspections.returns.page import DIMENSIONS, Group, Span, find_returns, week_by, week_of, week_totals
from inspections.returns.services.corrections import CORRECTABLE, correct_return, withdraw_return
from inspections.returns.services.returns import MOST_UNITS, ReturnInput, record_returns
from inspections.returns.services.tracing import add_batch_codes, name_batch
from inspections.returns.words import CHANGES

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
    revision = serializers.IntegerField(help_text="How often it was corrected or withdrawn.")
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_because = serializers.CharField()
    doubts = serializers.ListField(
        child=serializers.ChoiceField(["early", "too_many"]),
        default=list,
        help_text="early: it came back before any unit of its batch had left; too_many: more came back of it than left.",
    )

    def to_representation(self, found: MarketReturn) -> dict:
        row = super().to_representation(found)
        doubts = [name for name in ("early", "too_many") if getattr(found, f"is_{name}", False)]
        if not self.context["request"].user.has_perm("suppliers.see_all"):
            row |= dict.fromkeys(
                ("source", "reference", "order_reference", "carrier", "shipment", "note", "withdrawn_because"), ""
            )
            doubts = []
        return row | {"doubts": doubts}


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
    return (
        MarketReturn.objects.visible_to(user).with_doubts().select_related("product", "market", "batch", "inspection")
    )


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


class Correction(Input):
    revision = serializers.IntegerField(
        required=False,
        min_value=0,
        help_text="The one that was read; 409 corrected_meanwhile where it is another by now.",
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        """What one return is made of, as far as it can be corrected; what is left out stays as it is."""
        fields = OneReturn().get_fields()
        for name in CORRECTABLE:
            fields[name].required = False
        return super().get_fields() | {name: fields[name] for name in CORRECTABLE}


class OneOfReturns(GenericAPIView):
    serializer_class = ReturnRow
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[MarketReturn]:
        return rows_of(self.request.user)

    def answer(self, found: MarketReturn) -> Response:
        return Response(ReturnRow(self.get_queryset().get(pk=found.pk), context={"request": self.request}).data)


class ReturnOne(OneOfReturns):
    permissions = {"GET": None, "PATCH": "inspections.report_returns"}

    @extend_schema(responses={200: ReturnRow})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        """One return, withdrawn or not."""
        return self.answer(self.get_object())

    @extend_schema(request=Correction, responses={200: ReturnRow})
    def patch(self, request: ApiRequest, id: UUID) -> Response:
        """Correct what was recorded wrongly; both stay on the record. Of another product it is withdrawn instead."""
        found, facts = self.get_object(), Correction.of(request)
        revision = facts.pop("revision", None)
        correct_return(found=found, facts=facts, revision=revision, actor=request.user, at=now())
        return self.answer(found)


class Withdrawal(Input):
    reason = serializers.CharField(max_length=300)


class ReturnWithdraw(OneOfReturns):
    permissions = {"POST": "inspections.report_returns"}

    @extend_schema(request=Withdrawal, responses={200: ReturnRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say that it should not be here. It stays on the record and counts nowhere."""
        found = self.get_object()
        withdraw_return(found=found, reason=Withdrawal.of(request)["reason"], actor=request.user, at=now())
        return self.answer(found)


class NamedBatch(Input):
    batch = serializers.CharField(max_length=60, help_text="Number")


class ReturnBatch(OneOfReturns):
    permissions = {"PUT": "inspections.report_returns"}

    @extend_schema(request=NamedBatch, responses={200: ReturnRow})
    def put(self, request: ApiRequest, id: UUID) -> Response:
        """Say which batch the unit came from."""
        found = self.get_object()
        name_batch(found=found, number=NamedBatch.of(request)["batch"], actor=request.user, at=now())
        return self.answer(found)


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
    before = serializers.IntegerField(help_text="On the same days of the week before")
    units_now = serializers.IntegerField(help_text="Shipped in the 30 days until the last day counted; 0: not known")
    units_before = serializers.IntegerField(help_text="Shipped in the 30 days until a week before that")
    share = serializers.FloatField()
    cumulative = serializers.FloatField()
    chance = serializers.FloatField(
        allow_null=True,
        help_text="Of counts as far apart where both weeks have the same rate; null where there is none",
    )
    judged = serializers.ChoiceField(list(CHANGES), help_text="not_judged: nothing was shipped to come back")


class WeekAnswer(serializers.Serializer):
    monday = serializers.DateField()
    until = serializers.DateField(help_text="The last day counted: today in the week under way")
    by = serializers.ChoiceField([(name, name) for name in DIMENSIONS])
    total = serializers.IntegerField()
    before = serializers.IntegerField(help_text="On the same days of the week before")
    unknown_batch = serializers.IntegerField()
    doubtful = serializers.IntegerField(help_text="More than was shipped of their batch, or before it left")
    escaped = serializers.IntegerField()
    groups = WeekGroup(many=True, help_text="The most frequent first.")


def _group(group: Group) -> dict:
    change = group.change
    return {
        "key": group.key,
        "now": change.now,
        "before": change.before,
        "units_now": change.units_now,
        "units_before": change.units_before,
        "share": group.share,
        "cumulative": group.cumulative,
        "chance": change.chance,
        "judged": change.verdict,
    }


class ReturnWeek(GenericAPIView):
    permissions = {"GET": "suppliers.see_all"}
    serializer_class = WeekAnswer
    filter_backends = ()
    query = ("day", "zone", "by", "product", "supplier")

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "day", OpenApiTypes.DATE, description="Any day of the week; today, where the caller is, unless told"
            ),
            OpenApiParameter(
                "zone", description="Where the caller is, such as Europe/London; else as the account says"
            ),
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
        zone = query.get("zone", "")
        if zone and zone not in zones():
            detail = _("There is no time zone %(zone)s. Write it as the IANA does, such as Europe/London.")
            raise InvalidInput.one("zone", "no_time_zone", detail % {"zone": zone[:40]})
        today = today_of(request.user, now(), zone)
        day = serializers.DateField().run_validation(query["day"]) if "day" in query else today
        span = Span.of(week_of(day), today)
        narrowed = {name: query.get(name, "") for name in ("product", "supplier")}
        found = find_returns(request.user, **narrowed)
        totals = week_totals(found, span)
        return Response(
            {
                "monday": span.since,
                "until": span.until,
                "by": by,
                "total": totals.now,
                "before": totals.before,
                "unknown_batch": totals.unknown_batch,
                "doubtful": totals.doubtful,
                "escaped": totals.escaped,
                "groups": [_group(group) for group in week_by(found, by, span, **narrowed)],
            }
        )

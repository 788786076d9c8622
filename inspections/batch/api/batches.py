"""Batches over the API: register, list, look at one."""

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, ListAPIView, RetrieveAPIView
from activity.api import Input, idempotent
from activity.errors import RuleBroken
from inspections.batch.forms import BatchFilters
from inspections.batch.services.batches import register_batch
from inspections.hold.api import HoldSummary
from inspections.inspection.api.presented import ClassPlan, VariablesPlanShown, present_own, present_plans
from inspections.inspection.services.planning import active_characteristics, next_inspection
from inspections.models import Batch, BatchState, Inspection, InspectionStatus
from suppliers.api import product_by_sku
from suppliers.models import code_validator


class Quantities(serializers.Serializer):
    total = serializers.IntegerField()
    shipped = serializers.IntegerField()
    available = serializers.IntegerField()
    on_hold = serializers.IntegerField()
    set_aside = serializers.IntegerField(
        help_text="Found nonconforming in the accepted batch; they ship once replaced, reworked or released."
    )
    awaiting = serializers.IntegerField()
    returned = serializers.IntegerField()
    scrapped = serializers.IntegerField()


class BatchSummary(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.ChoiceField(BatchState.choices)
    product = serializers.CharField(source="product.sku")
    supplier = serializers.CharField(source="supplier.code")
    quantity = serializers.IntegerField()
    quantities = Quantities()
    po_number = serializers.CharField()
    cartons = serializers.IntegerField(allow_null=True)
    produced_on = serializers.DateField(allow_null=True)
    deviation_until = serializers.DateTimeField(allow_null=True)
    registered_at = serializers.DateTimeField(source="created_at")


class BatchPlan(serializers.Serializer):
    """The plan that is in force, or that the next inspection will follow, or that the last one followed."""

    round = serializers.IntegerField()
    lot_size = serializers.IntegerField()
    severity = serializers.CharField()
    code_letter = serializers.CharField(allow_null=True)
    classes = serializers.DictField(child=ClassPlan())
    characteristics = serializers.DictField(
        child=ClassPlan(), help_text="By characteristic: those with a sampling of their own, which count in no class."
    )
    variables = serializers.DictField(
        child=VariablesPlanShown(), help_text="By characteristic: those that are estimated and not counted in a class."
    )


class BatchDetail(BatchSummary):
    open_holds = serializers.SerializerMethodField()
    plan = serializers.SerializerMethodField()

    @extend_schema_field(HoldSummary(many=True))
    def get_open_holds(self, batch: Batch) -> list[dict]:
        holds = list(batch.holds.open())
        for hold in holds:
            hold.batch = batch
        return list(HoldSummary(holds, many=True).data)

    @extend_schema_field(BatchPlan(allow_null=True))
    def get_plan(self, batch: Batch) -> dict | None:
        inspection = planned_for(batch, self.context["request"].user)
        if inspection is None:
            return None
        return {
            "round": inspection.round,
            "lot_size": inspection.lot_size,
            "severity": inspection.severity,
            "code_letter": next((plan.code_letter for plan in inspection.plans.values()), None),
            "classes": present_plans(inspection),
            "characteristics": present_own(inspection),
            "variables": inspection.variables_plans,
        }


def planned_for(batch: Batch, reader: User) -> Inspection | None:
    """The open inspection, else the next one as it would be planned now (unsaved), else the last, else None."""
    if inspection := batch.inspections.filter(status=InspectionStatus.OPEN).first():
        return inspection
    try:
        return next_inspection(batch, active_characteristics(batch), actor=reader, at=now())
    except RuleBroken:
        return batch.inspections.order_by("-id").first()


class NewBatch(Input):
    number = serializers.CharField(max_length=60, validators=[code_validator])
    product = serializers.CharField(help_text="SKU")
    quantity = serializers.IntegerField()
    po_number = serializers.CharField(required=False, allow_blank=True, max_length=60)
    cartons = serializers.IntegerField(required=False, allow_null=True)
    produced_on = serializers.DateField(required=False, allow_null=True)


class BatchList(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.register_batch"}
    serializer_class = BatchSummary
    filterset_class = BatchFilters

    def get_queryset(self) -> QuerySet[Batch]:
        return Batch.objects.visible_to(self.request.user).select_related("product", "supplier")

    @extend_schema(request=NewBatch, responses={201: BatchSummary})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        sent = NewBatch.of(request)
        product = product_by_sku(sent.pop("product"), request.user)
        batch = register_batch(**sent, product=product, actor=request.user, at=now())
        return Response(BatchSummary(batch).data, status=201)


class BatchOne(RetrieveAPIView):
    permissions = {"GET": None}
    serializer_class = BatchDetail
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Batch]:
        return Batch.objects.visible_to(self.request.user).select_related("product", "supplier")

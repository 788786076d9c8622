"""What a product can afford, over the API. Money is text or a number; never shown to suppliers."""

from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from activity.api import Input
from inspections.models import MarginInputs
from inspections.pilot.reads import margin_history
from inspections.pilot.services.margins import set_margin
from inspections.rules.margins import AMOUNTS, CENT, RATES
from inspections.rules.money import CURRENCIES
from suppliers.models import Product

SHOWN = 50
MONEY = {
    "oneOf": [
        {"type": "number", "minimum": 0},
        {"type": "string"},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {"amount": {"type": ["number", "string"]}, "currency": {"type": "string"}},
            "required": ["amount"],
        },
    ]
}


@extend_schema_field(MONEY)
class AmountIn(serializers.Field):
    """12.9, "12.90", "USD 12.90" or {"amount": "12.90", "currency": "USD"}; the service checks it."""

    def to_internal_value(self, data: Any) -> Any:
        return data


@extend_schema_field({"type": ["number", "string"], "description": "A fraction: 0.06 is 6 %."})
class FractionIn(AmountIn):
    pass


class NewMargin(Input):
    currency = serializers.CharField(help_text=", ".join(CURRENCIES))
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)

    def get_fields(self) -> dict[str, serializers.Field]:
        amounts = {name: AmountIn(required=False, allow_null=True) for name in AMOUNTS}
        rates = {name: FractionIn(required=False, allow_null=True) for name in RATES}
        return {**super().get_fields(), **amounts, **rates}


@extend_schema_field({"type": "number"})
class Exact(serializers.Field):
    """A decimal as it is."""

    def to_representation(self, value: Any) -> Any:
        return value


class MarginVersion(serializers.Serializer):
    version = serializers.IntegerField()
    currency = serializers.CharField()
    contribution_margin = Exact(help_text="Per unit sold at the expected rate of returns, to the cent.")
    cost_of_a_return = Exact()
    affordable_return_rate = Exact(allow_null=True, help_text="A fraction; null while anything is `unanswered`.")
    unanswered = serializers.ListField(
        child=serializers.CharField(),
        help_text="What decides on the cost of a return and was not said. Say 0 for none.",
    )
    note = serializers.CharField()
    set_at = serializers.DateTimeField()
    set_by = serializers.CharField(source="set_by.display_name")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), **{name: Exact() for name in (*AMOUNTS, *RATES)}}

    def to_representation(self, inputs: MarginInputs) -> dict[str, Any]:
        costs = inputs.costs
        return {name: getattr(inputs, name) for name in ("version", "currency", "note", "set_at", *AMOUNTS, *RATES)} | {
            "contribution_margin": costs.margin().quantize(CENT),
            "cost_of_a_return": costs.cost_of_a_return.quantize(CENT),
            "affordable_return_rate": inputs.affordable_return_rate,
            "unanswered": inputs.unanswered,
            "set_by": inputs.set_by.display_name,
        }


class MarginAnswer(MarginVersion):
    """What is in force; of a product without one version 0, and everything null."""

    product = serializers.CharField(source="product.sku")
    history = MarginVersion(many=True, help_text=f"Newest first, at most {SHOWN}.")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name in fields.keys() - {"product", "version", "history"}:
            fields[name].allow_null = True
        return fields


class ProductMargin(GenericAPIView):
    permissions = {"GET": "inspections.set_margin", "PUT": "inspections.set_margin"}
    serializer_class = MarginAnswer
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.visible_to(self.request.user)

    @extend_schema(responses={200: MarginAnswer})
    def get(self, request: ApiRequest, sku: str) -> Response:
        """What a unit brings and costs, what follows from it, and all versions of it."""
        return self.answer(self.get_object())

    @extend_schema(request=NewMargin, responses={200: MarginAnswer})
    def put(self, request: ApiRequest, sku: str) -> Response:
        """Write the next version. What is in force already is answered as it is."""
        product = self.get_object()
        sent = NewMargin.of(request)
        currency, note = sent.pop("currency"), sent.pop("note", "")
        set_margin(product=product, currency=currency, values=sent, note=note, actor=request.user, at=now())
        return self.answer(product)

    def answer(self, product: Product) -> Response:
        versions = [MarginVersion().to_representation(each) for each in margin_history(product)[:SHOWN]]
        in_force = versions[0] if versions else dict.fromkeys(MarginVersion().fields) | {"version": 0}
        return Response({"product": product.sku, **in_force, "history": versions})

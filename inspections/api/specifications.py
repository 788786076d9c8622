"""What a good unit is, over the API."""

from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from activity.api import Input
from activity.transactions import one_transaction
from inspections.models import Aspect, NonconformityClass, Specification, SpecificationStatus
from inspections.sampling.schemes import VARIABLES_LEVELS
from inspections.services.specifications import (
    CharacteristicInput,
    activate_specification,
    check_characteristics,
    draft_specification,
)
from suppliers.models import Product, code_validator


@extend_schema_field({"type": ["number", "string", "null"]})
class Limit(serializers.Field):
    """A number, or text with one; the service checks it."""

    def to_internal_value(self, data):
        return data

    def to_representation(self, value):
        return value


class NamedAsInContract(serializers.Serializer):
    """`class` and `measured`, which Python and the model call otherwise."""

    def get_fields(self):
        names = {"nonconformity_class": "class", "is_measured": "measured"}
        return {names.get(name, name): field for name, field in super().get_fields().items()}


class Variables(serializers.Serializer):
    """A variables plan by ANSI/ASQ Z1.9, s-method."""

    aql = serializers.CharField(help_text="0.10 to 10")
    level = serializers.ChoiceField(VARIABLES_LEVELS, default="II")
    form = serializers.ChoiceField([1, 2], default=2, help_text="1: by k, for one limit. 2: by M.")


@extend_schema_field(Variables(allow_null=True))
class SentVariables(serializers.Field):
    """Left to the service, which knows what may stand in it."""

    def to_internal_value(self, data):
        return as_text(data)


class SentCharacteristic(NamedAsInContract, Input):
    code = serializers.CharField(max_length=40, validators=[code_validator])
    name = serializers.CharField(default="", allow_blank=True, max_length=120)
    name_zh = serializers.CharField(default="", allow_blank=True, max_length=120)
    aspect = serializers.ChoiceField(Aspect.choices)
    nonconformity_class = serializers.ChoiceField(NonconformityClass.choices, source="nonconformity_class")
    is_measured = serializers.BooleanField(source="is_measured")
    target = Limit(default=None, allow_null=True)
    lower = Limit(default=None, allow_null=True)
    upper = Limit(default=None, allow_null=True)
    unit = serializers.CharField(default="", allow_blank=True, max_length=20)
    variables = SentVariables(
        default=None, allow_null=True, help_text="Estimate it from its readings, instead of counting it in its class."
    )
    method = serializers.CharField(default="", allow_blank=True, max_length=10_000)
    method_zh = serializers.CharField(default="", allow_blank=True, max_length=10_000)


class NewSpecification(Input):
    characteristics = SentCharacteristic(many=True, max_length=500)
    scheme = serializers.DictField(
        help_text="Such as {standard: iso2859-1, level: II, kind: single, aql: {major: 2.5, minor: 4.0}}; with variables "
        "{aql: 1.0} every measured characteristic of the classes major and minor is estimated from its readings"
    )


class StoredCharacteristic(NamedAsInContract):
    code = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    aspect = serializers.ChoiceField(Aspect.choices)
    nonconformity_class = serializers.ChoiceField(NonconformityClass.choices, source="nonconformity_class")
    is_measured = serializers.BooleanField(source="is_measured")
    target = Limit()
    lower = Limit()
    upper = Limit()
    unit = serializers.CharField()
    variables = Variables(allow_null=True)
    method = serializers.CharField()
    method_zh = serializers.CharField()


class StoredSpecification(serializers.Serializer):
    product = serializers.CharField(source="product.sku")
    version = serializers.IntegerField()
    state = serializers.ChoiceField(SpecificationStatus.choices, source="status")
    scheme = serializers.DictField()
    characteristics = StoredCharacteristic(source="characteristics.all", many=True)
    activated_at = serializers.DateTimeField(allow_null=True)


def as_text(value: Any) -> Any:
    """A scheme as it is stored: its numbers are text where they are not whole."""
    if isinstance(value, dict):
        return {name: as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


COMPARED = [name for name in CharacteristicInput.__slots__ if name != "picture"]


def says_the_same(active: Specification, inputs: list[CharacteristicInput], scheme: dict) -> bool:
    """Whether what was sent is what is in force already. Raises InvalidInput for what could not be in force."""
    asked = [[getattr(c, name) for name in COMPARED] for c in check_characteristics(inputs)]
    return active.scheme == scheme and asked == [
        [getattr(c, name) for name in COMPARED] for c in active.characteristics.all()
    ]


class ProductSpecification(GenericAPIView):
    permissions = {"GET": None, "PUT": "inspections.specify"}
    serializer_class = StoredSpecification
    lookup_field = "sku"

    def get_queryset(self):
        return Product.objects.visible_to(self.request.user)

    def active(self, product: Product) -> Specification | None:
        return (
            product.specifications.visible_to(self.request.user)
            .prefetch_related("characteristics")
            .filter(status=SpecificationStatus.ACTIVE)
            .first()
        )

    @extend_schema(responses={200: StoredSpecification})
    def get(self, request, sku: str):
        """The version in force."""
        active = self.active(self.get_object())
        if active is None:
            raise Http404
        return Response(StoredSpecification(active).data)

    @extend_schema(request=NewSpecification, responses={200: StoredSpecification})
    def put(self, request, sku: str):
        """Draft and activate the next version. What is in force already is answered as it is, without a new version."""
        product = self.get_object()
        sent = NewSpecification.of(request)
        scheme = as_text(sent["scheme"])
        active = self.active(product)
        pictures = {c.code: c.picture for c in active.characteristics.all()} if active else {}
        inputs = [CharacteristicInput(**c, picture=pictures.get(c["code"], "")) for c in sent["characteristics"]]
        if active and says_the_same(active, inputs, scheme):
            return Response(StoredSpecification(active).data)
        with one_transaction():
            draft = draft_specification(
                product=product, characteristics=inputs, scheme=scheme, actor=request.user, at=now()
            )
            specification = activate_specification(specification=draft, actor=request.user, at=now())
        return Response(StoredSpecification(specification).data)

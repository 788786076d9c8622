"""What a good unit is, over the API."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from accounts.signature import DigestedInput, signed
from activity.api import Input, idempotent
from activity.transactions import one_transaction
from inspections.models import Specification, SpecificationStatus
from inspections.sampling.schemes import VARIABLES_LEVELS
from inspections.sampling.standard import LEVELS
from inspections.specification.services.characteristics import WRITTEN, CharacteristicInput, Field, facts_of
from inspections.specification.services.comparison import digest_of, in_force
from inspections.specification.services.versions import (
    activate_specification,
    check_characteristics,
    draft_specification,
    sign_specification,
    version_or_successor,
)
from inspections.specification.words import loosening_sentences, scheme_questions
from suppliers.models import Product


@extend_schema_field({"type": ["number", "string", "null"]})
class Limit(serializers.Field):
    """A number, or text with one; the service checks it."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class Variables(serializers.Serializer):
    """A variables plan by ANSI/ASQ Z1.9, s-method."""

    aql = serializers.CharField(help_text="0.10 to 10")
    level = serializers.ChoiceField(VARIABLES_LEVELS, default="II")
    form = serializers.ChoiceField([1, 2], default=2, help_text="1: by k, for one limit. 2: by M.")


@extend_schema_field(Variables(allow_null=True))
class SentVariables(serializers.Field):
    """Left to the service, which knows what may stand in it."""

    def to_internal_value(self, data: Any) -> Any:
        return as_text(data)


class OwnSampling(serializers.Serializer):
    """A level, with the AQL of the class or its own; or a number of units of which none may be nonconforming."""

    level = serializers.ChoiceField(LEVELS, required=False)
    aql = serializers.CharField(required=False, help_text="0: none may be nonconforming.")
    n = serializers.IntegerField(required=False)


@extend_schema_field(OwnSampling(allow_null=True))
class SentSampling(SentVariables):
    """As SentVariables."""


@extend_schema_field(OwnSampling(allow_null=True))
class StoredSampling(serializers.Field):
    """As it is kept, without what it has not."""

    def to_representation(self, value: Any) -> Any:
        return value


class NamedAsInContract(serializers.Serializer):
    """`class` and `measured`, which Python and the model call otherwise."""

    made_by: Callable[..., serializers.Field]

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = {}
        for field in WRITTEN:
            source = {} if field.sent_as == field.name else {"source": field.name}
            fields[field.sent_as] = self.made_by(field, **source)
        return fields


def sent_field(field: Field, **options: Any) -> serializers.Field:
    help_text: dict[str, Any] = {"help_text": field.declared.api_help} if field.declared.api_help else {}
    match field.kind:
        case "text":
            if field.declared.is_required:
                return serializers.CharField(max_length=field.max_length, validators=field.validators, **options)
            return serializers.CharField(
                default="", allow_blank=True, max_length=field.max_length, **help_text, **options
            )
        case "choice":
            return serializers.ChoiceField(field.choices, **help_text, **options)
        case "flag":
            return serializers.BooleanField(**help_text, **options)
        case "number":
            return Limit(default=None, allow_null=True, **help_text, **options)
        case "plan":
            return SentVariables(default=None, allow_null=True, **help_text, **options)
        case "sampling":
            return SentSampling(default=None, allow_null=True, **help_text, **options)
    raise NotImplementedError(field.kind)


def stored_field(field: Field, **options: Any) -> serializers.Field:
    match field.kind:
        case "text":
            return serializers.CharField(**options)
        case "choice":
            return serializers.ChoiceField(field.choices, **options)
        case "flag":
            return serializers.BooleanField(**options)
        case "number":
            return Limit(**options)
        case "plan":
            return Variables(allow_null=True, **options)
        case "sampling":
            return StoredSampling(**options)
    raise NotImplementedError(field.kind)


class SentCharacteristic(NamedAsInContract, Input):
    made_by = staticmethod(sent_field)


class NewSpecification(Input):
    written_from = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        help_text="The version in force that this was written from, 0 for none; 409 activated_meanwhile where it is "
        "another one by now. Left out, nothing is compared.",
    )
    characteristics = SentCharacteristic(many=True, max_length=500)  # type: ignore[call-arg] # of the list
    scheme = serializers.DictField(
        help_text="Such as {standard: iso2859-1, level: II, kind: single, aql: {major: 2.5, minor: 4.0}}; with variables "
        "{aql: 1.0} every measured characteristic of the classes major and minor is estimated from its readings"
    )


class StoredCharacteristic(NamedAsInContract):
    made_by = staticmethod(stored_field)


class Loosened(serializers.Serializer):
    characteristic = serializers.CharField(help_text="Code; empty where the scheme loosens.")
    what = serializers.CharField(help_text="A field, `gone`, a class, or a part of the scheme.")
    detail = serializers.CharField()


class SchemeQuestion(serializers.Serializer):
    code = serializers.CharField(help_text="aql_major_above_minor")
    detail = serializers.CharField()


class StoredSpecification(serializers.Serializer):
    product = serializers.CharField(source="product.sku")
    version = serializers.IntegerField()
    state = serializers.ChoiceField(SpecificationStatus.choices, source="status")
    scheme = serializers.DictField()
    characteristics = StoredCharacteristic(source="characteristics.all", many=True)
    activated_at = serializers.DateTimeField(allow_null=True)
    waits_for_signature = serializers.BooleanField(
        help_text="A draft that loosens what is in force: it takes effect with the signature of a second person."
    )
    loosens = serializers.SerializerMethodField(help_text="What a waiting draft asks less than the version in force.")
    digest = serializers.SerializerMethodField(help_text="Names what a waiting draft says; its signature names it.")
    signed_by = serializers.CharField(source="signed_by.username", default=None, allow_null=True)
    signed_reason = serializers.CharField()
    questions = serializers.SerializerMethodField(
        help_text="What of the scheme may be meant, and is worth asking about."
    )

    @extend_schema_field(SchemeQuestion(many=True))
    def get_questions(self, specification: Specification) -> list[dict[str, str]]:
        return [{"code": code, "detail": detail} for code, detail in scheme_questions(specification.scheme).items()]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_digest(self, specification: Specification) -> str | None:
        return digest_of(specification) if specification.waits_for_signature else None

    @extend_schema_field(Loosened(many=True))
    def get_loosens(self, specification: Specification) -> list[dict[str, str]]:
        before = in_force(specification) if specification.waits_for_signature else None
        if before is None:
            return []
        return [
            {"characteristic": each.code, "what": each.what, "detail": detail}
            for each, detail in loosening_sentences(before, specification)
        ]


def as_text(value: Any) -> Any:
    """A scheme as it is stored: its numbers are text where they are not whole."""
    if isinstance(value, dict):
        return {name: as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def says_the_same(active: Specification, inputs: list[CharacteristicInput], scheme: dict) -> bool:
    """Whether what was sent is what is in force already. Raises InvalidInput for what could not be in force."""
    asked = [facts_of(c) for c in check_characteristics(inputs)]
    return active.scheme == scheme and asked == [facts_of(c) for c in active.characteristics.all()]


class ProductSpecification(GenericAPIView):
    permissions = {"GET": None, "PUT": "inspections.specify"}
    serializer_class = StoredSpecification
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.visible_to(self.request.user)

    def active(self, product: Product) -> Specification | None:
        return (
            product.specifications.visible_to(self.request.user)
            .prefetch_related("characteristics")
            .filter(status=SpecificationStatus.ACTIVE)
            .first()
        )

    @extend_schema(responses={200: StoredSpecification})
    def get(self, request: ApiRequest, sku: str) -> Response:
        """The version in force."""
        active = self.active(self.get_object())
        if active is None:
            raise Http404
        return Response(StoredSpecification(active).data)

    @extend_schema(request=NewSpecification, responses={200: StoredSpecification, 202: StoredSpecification})
    def put(self, request: ApiRequest, sku: str) -> Response:
        """Draft and activate the next version. What is in force already is answered as it is, without a new version.

        One that loosens anything in force stays a draft: 202 with `waits_for_signature`, and what `loosens`.
        """
        product = self.get_object()
        sent = NewSpecification.of(request)
        scheme = as_text(sent["scheme"])
        active = self.active(product)
        pictures = {c.code: c.picture.name or "" for c in active.characteristics.all()} if active else {}
        inputs = [CharacteristicInput(**c, picture=pictures.get(c["code"], "")) for c in sent["characteristics"]]
        if active and says_the_same(active, inputs, scheme):
            return Response(StoredSpecification(active).data)
        draft = waiting_draft(product)
        if draft and says_the_same(draft, inputs, scheme):
            return Response(StoredSpecification(draft).data, status=202)
        with one_transaction():
            draft = draft_specification(
                product=product,
                characteristics=inputs,
                scheme=scheme,
                written_from=sent.get("written_from"),
                actor=request.user,
                at=now(),
            )
            if draft.waits_for_signature:
                return Response(StoredSpecification(draft).data, status=202)
            specification = activate_specification(specification=draft, actor=request.user, at=now())
        return Response(StoredSpecification(specification).data)


def waiting_draft(product: Product) -> Specification | None:
    return product.specifications.waiting_for_signature().prefetch_related("characteristics").first()


class SpecificationSignature(DigestedInput):
    version = serializers.IntegerField(min_value=1, help_text="The draft that was read.")
    reason = serializers.CharField(max_length=2000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class ProductSpecificationSign(GenericAPIView):
    permissions = {"GET": "inspections.decide_hold", "POST": "inspections.decide_hold"}
    serializer_class = StoredSpecification
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.visible_to(self.request.user)

    @extend_schema(responses={200: StoredSpecification})
    def get(self, request: ApiRequest, sku: str) -> Response:
        """The draft that waits for a second signature, and what it loosens."""
        draft = waiting_draft(self.get_object())
        if draft is None:
            raise Http404
        return Response(StoredSpecification(draft).data)

    @extend_schema(request=SpecificationSignature, responses={200: StoredSpecification})
    @signed
    @idempotent
    def post(self, request: ApiRequest, sku: str) -> Response:
        """Sign the draft that loosens what is in force: from now on it is the version in force. Never by who drafted it."""
        product = self.get_object()
        sent = SpecificationSignature.of(request)
        draft = version_or_successor(product.specifications.all(), sent["version"])
        if draft is None:
            raise Http404
        specification = sign_specification(
            specification=draft,
            reason=sent["reason"],
            signature="token" if request.auth else "password",
            digest=sent["digest"],
            actor=request.user,
            at=now(),
        )
        return Response(StoredSpecification(specification).data)

"""The traits that requirements depend on, over the API."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from activity.api import Input, idempotent
from compliance.loosening.page import waiting_for
from compliance.trait.page import Question, questions_of
from compliance.trait.services import answer_traits, ask_supplier, say_traits
from suppliers.models import Product


class TraitRow(serializers.Serializer):
    key = serializers.CharField(source="trait.key")
    name = serializers.CharField(source="trait.name")
    name_zh = serializers.CharField(source="trait.name_zh")
    answer = serializers.BooleanField(allow_null=True, help_text="null: not answered, which blocks.")
    answered_at = serializers.DateTimeField(source="row.answered_at", allow_null=True, default=None)
    help = serializers.CharField(help_text="What is meant by it, in the reader's language.")
    asked_at = serializers.DateTimeField(
        source="row.asked_at", allow_null=True, default=None, help_text="When the supplier was asked: nobody here knew."
    )
    supplier_says = serializers.BooleanField(
        source="row.supplier_says", allow_null=True, default=None, help_text="No answer before the team takes it over."
    )
    requirements = serializers.SerializerMethodField()

    def get_requirements(self, question: Question) -> list[str]:
        return [requirement.key for requirement in question.requirements]


class ProductTraitRows(serializers.Serializer):
    product = serializers.CharField()
    unanswered = serializers.IntegerField()
    traits = TraitRow(many=True)
    loosenings = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="Changes by which papers are needed until a second person signs: see /loosenings/.",
    )


class Answers(Input):
    answers = serializers.DictField(
        child=serializers.BooleanField(allow_null=True),
        help_text="Key of a trait: true, false, or null to take back.",
        required=False,
        default={},
    )
    ask = serializers.ListField(
        child=serializers.CharField(), required=False, default=[], help_text="Nobody knows: the supplier is asked."
    )


class SaidBySupplier(Input):
    answers = serializers.DictField(child=serializers.BooleanField(), allow_empty=False, help_text="Key of a trait")


class OfProduct(GenericAPIView):
    serializer_class = ProductTraitRows
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.visible_to(self.request.user)

    def get_product(self, sku: str) -> Product:
        product = get_object_or_404(self.get_queryset(), sku=sku)
        self.check_object_permissions(self.request, product)
        return product

    def answer(self, product: Product) -> Response:
        questions = questions_of(product, at=now())
        shown = {
            "product": product.sku,
            "unanswered": sum(question.answer is None for question in questions),
            "traits": questions,
            "loosenings": [each.uid for each in waiting_for(self.request.user, product=product)],
        }
        return Response(ProductTraitRows(shown).data)


class ProductTraits(OfProduct):
    permissions = {"GET": None, "PUT": "compliance.answer_traits"}

    def get(self, request: ApiRequest, sku: str) -> Response:
        """Every trait that a requirement of the product's category and markets mentions."""
        return self.answer(self.get_product(sku))

    @extend_schema(request=Answers, responses={200: ProductTraitRows})
    def put(self, request: ApiRequest, sku: str) -> Response:
        """Answer some traits, or have the supplier asked; what is not named stays as it is. What takes a paper from what is
        sold waits for a signature."""
        product, sent = self.get_product(sku), Answers.of(request)
        answer_traits(product=product, answers=sent["answers"], actor=request.user, at=now())
        ask_supplier(product=product, traits=sent["ask"], actor=request.user, at=now())
        return self.answer(product)


class ProductTraitsSaid(OfProduct):
    permissions = {"POST": "compliance.upload_evidence"}

    @extend_schema(request=SaidBySupplier, responses={200: ProductTraitRows})
    @idempotent
    def post(self, request: ApiRequest, sku: str) -> Response:
        """What the supplier says to the questions that it was asked; the team takes it over, or not."""
        product = self.get_product(sku)
        say_traits(product=product, answers=SaidBySupplier.of(request)["answers"], actor=request.user, at=now())
        return self.answer(product)

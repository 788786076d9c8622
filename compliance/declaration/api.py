"""Declarations over the API: for their supplier and for those who may read formulas."""

from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import Input, idempotent
from compliance.declaration.services import declare, papers_of
from compliance.models import Declaration, DeclarationKind, Evidence, EvidenceState
from compliance.paper.page.readings import outcome_of
from compliance.reading.declared import Row
from suppliers.models import Product


class DeclarationRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    product = serializers.CharField(source="product.sku")
    kind = serializers.ChoiceField(DeclarationKind.choices)
    number = serializers.IntegerField()
    document = serializers.UUIDField(source="document.uid")
    declared_at = serializers.DateTimeField()
    declared_by = serializers.CharField(source="declared_by.display_name")


class DeclaredLine(serializers.Serializer):
    line = serializers.IntegerField(source="place")
    name = serializers.CharField()
    cas = serializers.CharField()
    ec = serializers.CharField()
    low = serializers.DecimalField(None, None, allow_null=True, help_text="Per cent by weight, from.")
    high = serializers.DecimalField(None, None, allow_null=True, help_text="Per cent by weight, to.")
    function = serializers.CharField()
    part = serializers.CharField()


class DeclaredPaper(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    requirement = serializers.CharField(source="requirement.key")
    state = serializers.ChoiceField(EvidenceState.choices)
    outcome = serializers.SerializerMethodField(help_text="waiting, fail, review or pass.")

    def get_outcome(self, evidence: Evidence) -> str:
        return outcome_of(evidence)


class DeclarationDetail(DeclarationRow):
    lines = DeclaredLine(many=True)
    papers = serializers.SerializerMethodField(help_text="For which requirements it is shown.")

    @extend_schema_field(DeclaredPaper(many=True))
    def get_papers(self, declaration: Declaration) -> list[dict]:
        return list(DeclaredPaper(papers_of(declaration), many=True).data)


class LineSaid(Input):
    name = serializers.CharField(max_length=250)
    cas = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    ec = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    percent = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=40,
        help_text="A number, a range such as 1-5, an upper bound such as <0.1, or balance.",
    )
    function = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)
    part = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)


class NewDeclaration(Input):
    product = serializers.CharField()
    kind = serializers.ChoiceField(DeclarationKind.choices)
    lines = LineSaid(many=True, allow_empty=False, max_length=500)  # type: ignore[call-arg] # of the list


class DeclarationFilters(django_filters.FilterSet):
    product = django_filters.CharFilter("product__sku")
    supplier = django_filters.CharFilter("product__supplier__code")
    kind = django_filters.ChoiceFilter(choices=DeclarationKind.choices)


class DeclarationList(ListAPIView):
    permissions = {"GET": None, "POST": "compliance.upload_evidence"}
    serializer_class = DeclarationRow
    filterset_class = DeclarationFilters

    def get_queryset(self) -> QuerySet[Declaration]:
        visible = Declaration.objects.visible_to(self.request.user)
        return visible.select_related("product", "document", "declared_by")

    @extend_schema(request=NewDeclaration, responses={201: DeclarationDetail})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Declare what a product is made of, as a whole. Findings are there at once."""
        sent = NewDeclaration.of(request)
        product = get_object_or_404(Product.objects.visible_to(request.user), sku=sent["product"])
        rows = [Row(**line) for line in sent["lines"]]
        made = declare(product=product, kind=DeclarationKind(sent["kind"]), rows=rows, actor=request.user, at=now())
        return Response(DeclarationDetail(made.declaration).data, status=201)


class DeclarationOne(GenericAPIView):
    permissions = {"GET": None}
    serializer_class = DeclarationDetail

    def get(self, request: ApiRequest, id: UUID) -> Response:
        visible = Declaration.objects.visible_to(request.user)
        found = get_object_or_404(visible.select_related("product", "document", "declared_by"), uid=id)
        return Response(DeclarationDetail(found).data)

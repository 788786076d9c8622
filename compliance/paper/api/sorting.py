"""Many files at once over the API: what each is likely to be for, and several papers handed in by one call."""

from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from compliance.checklist.api import listings_named, one_of
from compliance.models import Document, Requirement
from compliance.paper.api.papers import EvidenceRow, NewEvidence, OfListing
from compliance.paper.page.sorting import MOST, Place, Sorted, sort_out, unsorted
from compliance.paper.services.handing_in import Bundle, HandedIn, submit_papers
from compliance.paper.services.proposals import PaperInput
from suppliers.models import Supplier


class ReadValue(serializers.Serializer):
    value = serializers.CharField()
    page = serializers.IntegerField()
    quote = serializers.CharField()


class PlaceRow(serializers.Serializer):
    requirement = serializers.CharField(source="requirement.key")
    points = serializers.IntegerField(source="likely.points")
    is_sure = serializers.BooleanField(source="likely.is_sure", help_text="The file says itself what it is.")
    listings = serializers.SerializerMethodField()
    read = serializers.DictField(child=ReadValue(), help_text="Field of the form -> what the file says for it.")

    @extend_schema_field(OfListing(many=True))
    def get_listings(self, place: Place) -> list[dict]:
        return [{"product": one.product.sku, "market": one.market.code} for one in place.listings]


class SortedRow(serializers.Serializer):
    document = serializers.UUIDField(source="document.uid")
    supplier = serializers.CharField(source="document.supplier.code")
    name = serializers.CharField(source="document.name")
    is_read = serializers.BooleanField(help_text="false while it waits to be read: ask again.")
    places = PlaceRow(many=True, help_text="The requirements that it is likely to be for, the likeliest first.")


class DocumentsSorted(GenericAPIView):
    permissions = {"GET": "compliance.upload_evidence"}
    query = ("supplier",)
    serializer_class = SortedRow
    pagination_class = None
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Document]:
        return unsorted(self.request.user)

    @extend_schema(parameters=[OpenApiParameter("supplier", str, description="Code")], responses=SortedRow(many=True))
    def get(self, request: ApiRequest) -> Response:
        """Files that are shown for nothing yet, the newest first, 40 at most. Nothing is handed in by that."""
        found = self.get_queryset()
        if code := request.query_params.get("supplier"):
            found = found.filter(supplier=one_of("supplier", Supplier.objects.visible_to(request.user), code=code))
        sorted_out: list[Sorted] = sort_out(found[:MOST])
        return Response(SortedRow(sorted_out, many=True).data)


class ManyPapers(Input):
    papers = NewEvidence(many=True, allow_empty=False, max_length=200)  # type: ignore[call-arg] # of the list


class ProblemOfField(serializers.Serializer):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class HandedInRow(serializers.Serializer):
    evidence = EvidenceRow(allow_null=True)
    code = serializers.SerializerMethodField(help_text="Why it was refused; empty where it was handed in.")
    errors = serializers.SerializerMethodField()  # type: ignore[assignment] # a field of that name

    def get_code(self, row: HandedIn) -> str:
        return str(row.refusal.code) if row.refusal else ""

    @extend_schema_field(ProblemOfField(many=True))
    def get_errors(self, row: HandedIn) -> list[dict]:
        errors = row.refusal.errors if isinstance(row.refusal, InvalidInput) else []
        return [{"field": one.field, "code": one.code, "detail": str(one.detail)} for one in errors]


class EvidenceMany(GenericAPIView):
    permissions = {"POST": "compliance.upload_evidence"}
    serializer_class = HandedInRow
    pagination_class = None
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Document]:
        return Document.objects.visible_to(self.request.user)

    @extend_schema(request=ManyPapers, responses={200: HandedInRow(many=True)})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Show several documents for requirements, each by itself: a row says which paper it made, or why it was refused."""
        bundles = [self._bundle(sent) for sent in ManyPapers.of(request)["papers"]]
        return Response(HandedInRow(submit_papers(bundles=bundles, actor=request.user, at=now()), many=True).data)

    def _bundle(self, sent: dict[str, Any]) -> Bundle:
        document = one_of("document", self.get_queryset(), uid=sent.pop("document"))
        requirement = one_of("requirement", Requirement.objects.all(), key=sent.pop("requirement"))
        listings = listings_named(self.request.user, sent.pop("listings"))
        models = tuple(sent.pop("model_numbers"))
        return Bundle(
            document, requirement, listings, PaperInput(fields=sent.pop("fields_said"), model_numbers=models, **sent)
        )

"""Documents and evidence over the API: upload, show for requirements, check, accept, refuse, revoke, look up."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import FileNegotiation, Input, idempotent
from activity.errors import InvalidInput
from compliance.checklist.api import listings_named, one_of
from compliance.models import (
    Document,
    DocumentStatus,
    Evidence,
    EvidenceState,
    LookupResult,
    RegisterLookup,
    Requirement,
)
from compliance.paper.forms.papers import DocumentFilters, EvidenceFilters
from compliance.paper.services.documents import upload_document
from compliance.paper.services.evidence import (
    accept_evidence,
    check_evidence,
    record_lookup,
    refuse_evidence,
    revoke_evidence,
    submit_evidence,
)
from compliance.paper.services.files import CONTENT_TYPES
from compliance.paper.services.proposals import PaperInput
from compliance.paper.views.papers import file_response
from suppliers.models import Supplier


class DocumentRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    supplier = serializers.CharField(source="supplier.code")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    pages = serializers.IntegerField(allow_null=True)
    problems = serializers.ListField(child=serializers.CharField(), help_text="What is wrong with the file, as codes.")
    state = serializers.ChoiceField(DocumentStatus.choices, source="status")
    uploaded_at = serializers.DateTimeField()


class NewDocument(Input):
    supplier = serializers.CharField(required=False, help_text="Code. A user of one supplier may leave it out.")
    file = serializers.FileField(allow_empty_file=True, help_text="PDF, JPEG, PNG or WebP, up to 40 MB.")


class DocumentList(ListAPIView):
    permissions = {"GET": None, "POST": "compliance.upload_evidence"}
    serializer_class = DocumentRow
    filterset_class = DocumentFilters
    parser_classes = (MultiPartParser,)

    def get_queryset(self) -> QuerySet[Document]:
        return Document.objects.visible_to(self.request.user).select_related("supplier")

    @extend_schema(request={"multipart/form-data": NewDocument}, responses={201: DocumentRow})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Upload a file. The same file of a supplier again is the document that is there already."""
        sent, suppliers = NewDocument.of(request), Supplier.objects.visible_to(request.user)
        if "supplier" in sent:
            supplier = one_of("supplier", suppliers, code=sent["supplier"])
        elif not request.user.has_perm("suppliers.see_all") and suppliers.count() == 1:
            supplier = suppliers.get()
        else:
            raise InvalidInput.one("supplier", "required", _("Say whose document it is."))
        document = upload_document(supplier=supplier, file=sent["file"], actor=request.user, at=now())
        return Response(DocumentRow(document).data, status=201)


class DocumentOne(GenericAPIView):
    permissions = {"GET": None}
    serializer_class = DocumentRow

    def get(self, request: ApiRequest, id: UUID) -> Response:
        found = Document.objects.visible_to(request.user).select_related("supplier")
        return Response(DocumentRow(get_object_or_404(found, uid=id)).data)


class DocumentFile(GenericAPIView):
    permissions = {"GET": None}
    content_negotiation_class = FileNegotiation

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES})
    def get(self, request: ApiRequest, id: UUID) -> FileResponse:
        """The file as it was uploaded. Formulas are for their supplier and those who check papers."""
        return file_response(get_object_or_404(Document.objects.readable_by(request.user), uid=id), as_attachment=True)


class OfListing(Input):
    product = serializers.CharField(help_text="SKU")
    market = serializers.CharField(help_text="Code, such as US")


class EvidenceRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    document = serializers.UUIDField(source="document.uid")
    supplier = serializers.CharField(source="document.supplier.code")
    requirement = serializers.CharField(source="requirement.key")
    listings = serializers.SerializerMethodField()
    is_blocking = serializers.BooleanField()
    state = serializers.ChoiceField(EvidenceState.choices)
    number = serializers.CharField()
    issuing_body = serializers.CharField()
    standard = serializers.CharField()
    edition = serializers.CharField()
    model_numbers = serializers.ListField(child=serializers.CharField())
    holder = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    fields_said = serializers.DictField(child=serializers.CharField(), source="fields")
    submitted_at = serializers.DateTimeField()
    checked_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    reopened_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was accepted no more, because what it is compared with had changed."
    )
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_reason = serializers.CharField()

    @extend_schema_field(OfListing(many=True))
    def get_listings(self, evidence: Evidence) -> list[dict]:
        listings = [
            {"product": listing.product.sku, "market": listing.market.code} for listing in evidence.listings.all()
        ]
        return sorted(listings, key=lambda listing: (listing["product"], listing["market"]))


def text(limit: int, **kwargs: Any) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, default="", max_length=limit, **kwargs)


def day() -> serializers.DateField:
    return serializers.DateField(required=False, allow_null=True, default=None)


class NewEvidence(Input):
    document = serializers.UUIDField(help_text="Of an uploaded document")
    requirement = serializers.CharField(help_text="Key")
    listings = OfListing(many=True, allow_empty=False, max_length=1000)  # type: ignore[call-arg] # of the list
    number = text(120)
    issuing_body = text(200)
    standard = text(500)
    edition = text(120)
    model_numbers = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, default=[], max_length=500
    )
    holder = text(200)
    issued_on = day()
    valid_from = day()
    valid_to = day()
    fields_said = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=1000),
        required=False,
        default={},
        help_text="Further fields that the requirement names",
    )


def evidence_rows(user: User) -> QuerySet[Evidence]:
    return (
        Evidence.objects.visible_to(user)
        .select_related("document__supplier", "requirement")
        .prefetch_related("listings__product", "listings__market")
    )


class EvidenceList(ListAPIView):
    permissions = {"GET": None, "POST": "compliance.upload_evidence"}
    serializer_class = EvidenceRow
    filterset_class = EvidenceFilters

    def get_queryset(self) -> QuerySet[Evidence]:
        return evidence_rows(self.request.user)

    @extend_schema(request=NewEvidence, responses={201: EvidenceRow})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Show a document for a requirement of some listings, all of the document's supplier."""
        sent, user = NewEvidence.of(request), request.user
        document = one_of("document", Document.objects.visible_to(user), uid=sent.pop("document"))
        requirement = one_of("requirement", Requirement.objects.all(), key=sent.pop("requirement"))
        listings = listings_named(user, sent.pop("listings"))
        paper = PaperInput(fields=sent.pop("fields_said"), model_numbers=tuple(sent.pop("model_numbers")), **sent)
        evidence = submit_evidence(
            document=document, requirement=requirement, listings=listings, paper=paper, actor=user, at=now()
        )
        return Response(EvidenceRow(evidence).data, status=201)


class EvidenceView(GenericAPIView):
    serializer_class = EvidenceRow
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Evidence]:
        return evidence_rows(self.request.user)

    def answer(self) -> Response:
        return Response(EvidenceRow(self.get_object()).data)


class EvidenceOne(EvidenceView):
    permissions = {"GET": None}

    def get(self, request: ApiRequest, id: UUID) -> Response:
        return self.answer()


class NewAct(Input):
    decision = serializers.ChoiceField(["check", "accept", "refuse", "revoke"])
    reason = text(2000, help_text="Wanted to refuse or revoke.")


class EvidenceDecide(EvidenceView):
    permissions = {"POST": "compliance.check_evidence"}

    @extend_schema(request=NewAct, responses={200: EvidenceRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Check, accept, refuse or revoke a paper. Never one's own; what blocks is accepted by a second person."""
        evidence, sent = self.get_object(), NewAct.of(request)
        who = {"evidence": evidence, "actor": request.user, "at": now()}
        match sent["decision"]:
            case "check":
                check_evidence(**who)
            case "accept":
                accept_evidence(**who)
            case "refuse":
                refuse_evidence(**who, reason=sent["reason"])
            case _revoke:
                revoke_evidence(**who, reason=sent["reason"])
        return self.answer()


class LookupRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    register = serializers.CharField()
    number = serializers.CharField()
    result = serializers.ChoiceField(LookupResult.choices)
    note = serializers.CharField()
    screenshot = serializers.UUIDField(source="screenshot.uid", allow_null=True, default=None)
    looked_up_at = serializers.DateTimeField()


class NewLookup(Input):
    register = serializers.CharField(max_length=200)
    number = text(120)
    result = serializers.ChoiceField(LookupResult.choices)
    note = text(2000)
    screenshot = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="Of a document")


class EvidenceLookups(ListAPIView):
    permissions = {"GET": None, "POST": "compliance.check_evidence"}
    serializer_class = LookupRow

    def get_evidence(self) -> Evidence:
        return get_object_or_404(evidence_rows(self.request.user), uid=self.kwargs["id"])

    def get_queryset(self) -> QuerySet[RegisterLookup]:
        if getattr(self, "swagger_fake_view", False):
            return RegisterLookup.objects.none()
        return self.get_evidence().lookups.select_related("screenshot")

    @extend_schema(request=NewLookup, responses={201: LookupRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Note that the paper was looked up in a public register, and what it said."""
        evidence = self.get_evidence()
        self.check_object_permissions(request, evidence)
        sent = NewLookup.of(request)
        if uid := sent.pop("screenshot"):
            sent["screenshot"] = one_of("screenshot", Document.objects.visible_to(request.user), uid=uid)
        sent["result"] = LookupResult(sent["result"])
        lookup = record_lookup(evidence=evidence, **sent, actor=request.user, at=now())
        return Response(LookupRow(lookup).data, status=201)

"""What was read in papers, over the API: the text, the findings, and what people say about them."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import Input, idempotent, require_known
from compliance.models import (
    Document,
    Evidence,
    Finding,
    FindingState,
    FindingWeight,
    ProductFacts,
    Reading,
    ReadingStatus,
)
from compliance.paper.page.readings import outcome_of, visible_findings
from compliance.paper.services.findings import (
    FOR_A_READER,
    check_label,
    confirm_sections,
    decide_finding,
    set_product_facts,
)
from compliance.paper.views.readings import spot_response
from compliance.paper.words import law_of, sentence
from compliance.reading.cosmetics import TYPES
from suppliers.models import Product

SOURCES = ["text", "ocr", "none"]


class ReadPage(serializers.Serializer):
    number = serializers.IntegerField()
    source = serializers.ChoiceField(  # type: ignore[assignment] # a field of that name
        SOURCES, help_text="Its text layer, recognised from its picture, or nothing."
    )
    text = serializers.CharField()


class DocumentReading(serializers.Serializer):
    state = serializers.ChoiceField(ReadingStatus.choices, source="status")
    read_at = serializers.DateTimeField(allow_null=True)
    pages = ReadPage(many=True)


class DocumentReadingOne(GenericAPIView):
    permissions = {"GET": None}
    serializer_class = DocumentReading

    def get(self, request: ApiRequest, id: UUID) -> Response:
        """What was read in a document. Formulas are for their supplier and those who may read them."""
        document = get_object_or_404(Document.objects.readable_by(request.user).select_related("reading"), uid=id)
        return Response(DocumentReading(getattr(document, "reading", Reading())).data)


class FindingRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    evidence = serializers.UUIDField(source="evidence.uid")
    code = serializers.CharField()
    severity = serializers.ChoiceField(FindingWeight.choices, source="weight")
    detail = serializers.SerializerMethodField(help_text="In the reader's language.")
    law = serializers.SerializerMethodField()
    params = serializers.JSONField()
    page = serializers.IntegerField(allow_null=True)
    quote = serializers.CharField()
    state = serializers.ChoiceField(FindingState.choices)
    is_ban = serializers.BooleanField(help_text="Nobody can overrule it.")
    reason = serializers.CharField()
    found_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)

    def get_detail(self, finding: Finding) -> str:
        return sentence(finding)

    def get_law(self, finding: Finding) -> str:
        return law_of(finding)


def _current_findings(view: ListAPIView) -> QuerySet[Finding]:
    """What was found last in the paper that the address names."""
    if getattr(view, "swagger_fake_view", False):
        return Finding.objects.none()
    evidence = get_object_or_404(Evidence.objects.visible_to(view.request.user), uid=view.kwargs["id"])
    return visible_findings(view.request.user).filter(evidence=evidence).current().select_related("evidence")


class EvidenceFindings(ListAPIView):
    """What was found in a paper last. Without any row it may be that it was not read yet: see `outcome`."""

    permissions = {"GET": None}
    serializer_class = FindingRow

    def get_queryset(self) -> QuerySet[Finding]:
        return _current_findings(self)


class FactRow(serializers.Serializer):
    fact = serializers.CharField(source="params.fact")
    state = serializers.ChoiceField(["found", "contradicted", "not_found"], source="params.state")
    wanted = serializers.CharField(source="params.wanted", help_text="What would be right; empty where anything is.")
    printed = serializers.CharField(source="params.printed", help_text="What the paper says of it.")
    page = serializers.IntegerField(allow_null=True)
    quote = serializers.CharField()
    finding = serializers.UUIDField(source="uid", help_text="findings/{id}/spot/ is the picture of its place.")
    decided = serializers.ChoiceField(FindingState.choices, source="state", help_text="What a person said of it.")
    seen_on = serializers.IntegerField(allow_null=True, help_text="The page on which a person saw what was not found.")
    detail = serializers.SerializerMethodField(help_text="In the reader's language.")

    def get_detail(self, finding: Finding) -> str:
        return sentence(finding)


class EvidenceFacts(ListAPIView):
    """What its requirement asks of a paper, each found in it, contradicted by it, or not found."""

    permissions = {"GET": None}
    serializer_class = FactRow

    def get_queryset(self) -> QuerySet[Finding]:
        return _current_findings(self).filter(params__has_key="fact")


class ExaminationState(serializers.Serializer):
    outcome = serializers.ChoiceField(
        ["waiting", "fail", "review", "pass"], help_text="What was overruled does not count any more."
    )
    examined_at = serializers.DateTimeField(allow_null=True)


class EvidenceExamination(GenericAPIView):
    permissions = {"GET": None}
    serializer_class = ExaminationState

    def get(self, request: ApiRequest, id: UUID) -> Response:
        """Whether a paper was read, and whether anything found in it stands in the way."""
        papers = Evidence.objects.visible_to(request.user).select_related("examination")
        evidence = get_object_or_404(papers, uid=id)
        at = evidence.examination.examined_at if hasattr(evidence, "examination") else None
        return Response(ExaminationState({"outcome": outcome_of(evidence), "examined_at": at}).data)


class FindingDecision(Input):
    act = serializers.ChoiceField(["confirm", "overrule"])
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    page = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="On which it was seen, instead of a reason."
    )


class FindingSpot(GenericAPIView):
    permissions = {"GET": None}

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: ApiRequest, id: UUID) -> HttpResponse:
        """The part of the page on which something was found, as a picture; 404 where nobody knows where that stands."""
        findings = visible_findings(request.user).select_related("evidence__document")
        return spot_response(get_object_or_404(findings, uid=id))


class FindingDecide(GenericAPIView):
    permissions = {"POST": "compliance.check_evidence"}
    serializer_class = FindingRow

    @extend_schema(request=FindingDecision, responses=FindingRow)
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say that a finding is right, or overrule it with a reason."""
        finding = get_object_or_404(visible_findings(request.user).select_related("evidence"), uid=id)
        sent = FindingDecision.of(request)
        finding = decide_finding(
            finding=finding,
            overrule=sent["act"] == "overrule",
            reason=sent["reason"],
            seen_on=sent["page"],
            actor=request.user,
            at=now(),
        )
        return Response(FindingRow(finding).data)


class SectionsRead(Input):
    sections = serializers.DictField(
        child=serializers.BooleanField(),
        allow_empty=False,
        help_text="Section (`params.section` of the findings section_to_confirm and section_not_judged) -> is there",
    )
    where = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=2000,
        help_text="On which pages; needed where one is there.",
    )


class EvidenceSections(GenericAPIView):
    permissions = {"POST": "compliance.check_evidence"}
    serializer_class = FindingRow
    pagination_class = None
    filter_backends = ()
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Evidence]:
        return Evidence.objects.visible_to(self.request.user)

    @extend_schema(request=SectionsRead, responses=FindingRow(many=True))
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say which sections of a manual a person read there; no machine judged them. Others stay as they are."""
        evidence = self.get_object()
        sent = SectionsRead.of(request)
        found = visible_findings(request.user).filter(evidence=evidence, code__in=FOR_A_READER).current()
        sections = set(found.values_list("params__section", flat=True))
        require_known(sent["sections"], sections, "sections.")
        confirm_sections(evidence=evidence, answers=sent["sections"], where=sent["where"], actor=request.user, at=now())
        found = found.filter(params__section__in=list(sent["sections"])).select_related("evidence").order_by("pk")
        return Response(FindingRow(found, many=True).data)


class LabelAnswers(Input):
    elements = serializers.DictField(child=serializers.BooleanField(), help_text="Element of the label -> is there")


class LabelRow(serializers.Serializer):
    element = serializers.CharField()
    is_there = serializers.BooleanField()
    checked_at = serializers.DateTimeField()


class EvidenceLabel(GenericAPIView):
    permissions = {"GET": None, "POST": "compliance.check_evidence"}
    serializer_class = LabelRow
    pagination_class = None
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Evidence]:
        return Evidence.objects.visible_to(self.request.user).select_related("requirement")

    def find(self) -> Evidence:
        return get_object_or_404(self.get_queryset(), uid=self.kwargs["id"])

    @extend_schema(responses=LabelRow(many=True))
    def get(self, request: ApiRequest, id: UUID) -> Response:
        """The elements of a label that a person looked for on the photo."""
        return Response(LabelRow(self.find().label_checks.order_by("element"), many=True).data)

    @extend_schema(request=LabelAnswers, responses=LabelRow(many=True))
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Note which elements are there. Those that are not named stay as they are."""
        evidence = self.find()
        check_label(evidence=evidence, answers=LabelAnswers.of(request)["elements"], actor=request.user, at=now())
        return Response(LabelRow(evidence.label_checks.order_by("element"), many=True).data)


class FactsSaid(Input):
    model_numbers = serializers.ListField(child=serializers.CharField(max_length=60), max_length=100)
    battery_models = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=100,
        required=False,
        default=list,
        help_text="Of the cells and batteries in it: papers about those name them.",
    )
    cosmetic_type = serializers.ChoiceField(["", *TYPES], required=False, default="")


class FactsRow(serializers.Serializer):
    model_numbers = serializers.ListField(child=serializers.CharField())
    battery_models = serializers.ListField(child=serializers.CharField())
    cosmetic_type = serializers.CharField()


class ProductFactsOne(GenericAPIView):
    permissions = {"GET": None, "PUT": "compliance.answer_traits"}
    serializer_class = FactsRow
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.visible_to(self.request.user)

    def find(self) -> Product:
        return get_object_or_404(self.get_queryset(), sku=self.kwargs["sku"])

    def get(self, request: ApiRequest, sku: str) -> Response:
        """By which model numbers papers know a product, and its type of cosmetic."""
        product = self.find()
        return Response(FactsRow(ProductFacts.objects.filter(product=product).first() or ProductFacts()).data)

    @extend_schema(request=FactsSaid, responses=FactsRow)
    def put(self, request: ApiRequest, sku: str) -> Response:
        product, sent = self.find(), FactsSaid.of(request)
        facts = set_product_facts(
            product=product,
            model_numbers=sent["model_numbers"],
            battery_models=sent["battery_models"],
            cosmetic_type=sent["cosmetic_type"],
            actor=request.user,
            at=now(),
        )
        return Response(FactsRow(facts).data)

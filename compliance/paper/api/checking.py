"""Checking papers over the API: all that was asked of one at once, and several that are clear at once."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from activity.api import Input, idempotent
from compliance.models import Evidence, EvidenceState
from compliance.paper.api.papers import EvidenceRow, EvidenceView, evidence_rows
from compliance.paper.services.checking import DECISIONS, Said, check_paper, pass_papers


class SaidOf(Input):
    finding = serializers.UUIDField()
    is_there = serializers.BooleanField(help_text="Whether a person saw it there, or it does not matter.")
    page = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="Where, of what was not found."
    )
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class CheckingSaid(Input):
    findings = SaidOf(many=True, required=False, default=[], max_length=200)  # type: ignore[call-arg] # of the list
    elements = serializers.DictField(
        child=serializers.BooleanField(), required=False, default={}, help_text="Element of a label -> is there"
    )
    decision = serializers.ChoiceField(
        DECISIONS, help_text="pass: checked by the first person, accepted by the second. later: only kept."
    )
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=2000, help_text="Wanted to refuse."
    )


class EvidenceChecking(EvidenceView):
    permissions = {"POST": "compliance.check_evidence"}

    @extend_schema(request=CheckingSaid, responses={200: EvidenceRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say of each thing that is asked what a person saw, and decide about the paper: all of it, or nothing."""
        evidence, sent = self.get_object(), CheckingSaid.of(request)
        said = [
            Said(finding=one["finding"], is_there=one["is_there"], page=one["page"], reason=one["reason"])
            for one in sent["findings"]
        ]
        check_paper(
            evidence=evidence,
            said=said,
            elements=sent["elements"],
            decision=sent["decision"],
            reason=sent["reason"],
            actor=request.user,
            at=now(),
        )
        return self.answer()


class PapersToPass(Input):
    papers = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=200)


class PassedRow(serializers.Serializer):
    id = serializers.UUIDField(source="evidence.uid")
    state = serializers.ChoiceField(EvidenceState.choices, source="evidence.state")
    passed = serializers.SerializerMethodField()
    code = serializers.SerializerMethodField(help_text="Why it waits on; empty where it passed.")
    detail = serializers.SerializerMethodField()

    def get_passed(self, row: object) -> bool:
        return getattr(row, "refusal", None) is None

    def get_code(self, row: object) -> str:
        return str(getattr(getattr(row, "refusal", None), "code", ""))

    def get_detail(self, row: object) -> str:
        refusal = getattr(row, "refusal", None)
        return "" if refusal is None else str(refusal)


class EvidencePass(GenericAPIView):
    permissions = {"POST": "compliance.check_evidence"}
    serializer_class = PassedRow
    pagination_class = None
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Evidence]:
        return evidence_rows(self.request.user)

    @extend_schema(request=PapersToPass, responses=PassedRow(many=True))
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Pass several papers in which all that is asked was found or seen; each row says whether it did, or why it waits."""
        wanted = PapersToPass.of(request)["papers"]
        found = list(self.get_queryset().filter(uid__in=wanted).order_by("id"))
        done = pass_papers(papers=found, actor=request.user, at=now())
        return Response(PassedRow(done, many=True).data)

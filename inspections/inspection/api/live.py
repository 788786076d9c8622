"""What has become of an inspection since its entry page last looked: asked every few seconds, and cheap when it is nothing."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject
from django.utils.timezone import now
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from activity.errors import InvalidInput
from inspections.hold.api import HoldSummary
from inspections.inspection.api.inspections import StoredResult, standing
from inspections.inspection.api.presented import (
    NEXT_SAMPLE,
    ClassCount,
    OwnCount,
    VariablesStanding,
    present_classes,
    present_own_counts,
    present_variables,
)
from inspections.inspection.services.presence import Present, be_present
from inspections.models import Hold, Inspection, InspectionStatus, Verdict


class PersonPresent(serializers.Serializer):
    name = serializers.CharField()
    check = serializers.CharField(help_text="Code of the check in sight there, or empty.")


class InspectionNews(serializers.Serializer):
    state = serializers.ChoiceField(InspectionStatus.choices)
    stage = serializers.IntegerField(help_text="The present sample of a double or multiple plan, from 1.")
    findings = serializers.IntegerField(help_text="Findings that count in it.")
    hold = HoldSummary(allow_null=True, help_text="That which is open on the batch.")
    people = PersonPresent(many=True, help_text="Who else has it open.")
    results = StoredResult(many=True, help_text="Those whose revision is not the one seen.")
    classes = serializers.DictField(child=ClassCount(), help_text="Empty where no result is another.")
    characteristics = serializers.DictField(
        child=OwnCount(), help_text="By code: checks with a sampling of their own. Empty where no result is another."
    )
    variables = serializers.DictField(child=VariablesStanding())
    outcome = serializers.ChoiceField([*Verdict.choices, NEXT_SAMPLE], allow_null=True)


def seen_revisions(given: Sequence[str]) -> dict[str, int]:
    """ "HEIGHT:3" each. Raises InvalidInput."""
    seen = {}
    for each in given:
        code, _colon, revision = each.rpartition(":")
        if not (revision.isascii() and revision.isdecimal() and len(revision) < 10):
            raise InvalidInput.one("seen", "invalid", "CODE:REVISION")
        seen[code] = int(revision)
    return seen


class InspectionLive(GenericAPIView):
    permissions = {"GET": "inspections.inspect"}
    serializer_class = InspectionNews
    filter_backends = ()
    query = ("at", "seen")
    many = ("seen",)
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Any]:
        stored = JSONObject(code=F("results__characteristic__code"), revision=F("results__revision"))
        return (
            Inspection.objects.visible_to(self.request.user)
            .select_related("batch")
            .annotate(stored=JSONBAgg(stored, default=None))
        )

    @extend_schema(
        parameters=[
            OpenApiParameter("seen", str, many=True, description="CODE:REVISION of each check as it is shown."),
            OpenApiParameter("at", str, description="Code of the check in sight."),
        ],
        responses={200: InspectionNews, 304: None},
    )
    def get(self, request: ApiRequest, id: UUID) -> Response:
        """What is new since the revisions seen, and who else is on it. 304 where all is as the ETag sent says."""
        inspection = self.get_object()
        at = request.query_params.get("at", "")[:40]
        people = be_present(inspection=inspection, actor=request.user, check=at, at=now())
        hold = inspection.batch.open_hold
        revisions = {each["code"]: each["revision"] for each in inspection.stored if each["code"] is not None}
        tag = _tag(inspection, hold, revisions, people)
        if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:  # weak once it was compressed
            return Response(status=304, headers={"ETag": tag})
        seen = seen_revisions(request.query_params.getlist("seen"))
        news = self._news(inspection, {code for code in revisions if revisions[code] != seen.get(code, 0)})
        if hold:
            hold.batch = inspection.batch
        news |= {"hold": HoldSummary(hold).data if hold else None, "people": PersonPresent(people, many=True).data}
        return Response(news, headers={"ETag": tag})

    def _news(self, inspection: Inspection, codes: set[str]) -> dict[str, Any]:
        news: dict[str, Any] = {
            "state": inspection.status,
            "stage": inspection.stage,
            "findings": inspection.finding_count,
            "results": [],
            "classes": {},
            "characteristics": {},
            "variables": {},
            "outcome": None,
        }
        if codes:
            results, context = standing(inspection)
            tallies = context["tallies"]
            news |= {
                "results": StoredResult(
                    [each for each in results if each.characteristic.code in codes], many=True
                ).data,
                "classes": present_classes(inspection, tallies),
                "characteristics": present_own_counts(inspection, tallies),
                "variables": present_variables(inspection, tallies),
                "outcome": tallies.outcome,
            }
        return news


def _tag(inspection: Inspection, hold: Hold | None, revisions: dict[str, int], people: Sequence[Present]) -> str:
    facts = [
        inspection.status,
        inspection.stage,
        inspection.finding_count,
        hold and [hold.pk, hold.quantity, hold.remaining],
        sorted(revisions.items()),
        [[each.name, each.check] for each in people],
        get_language(),
    ]
    return '"' + hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20] + '"'

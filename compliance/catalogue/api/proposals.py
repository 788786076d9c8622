"""What newer files of the catalogue say otherwise, over the API: for administrators to take over or to leave."""

from uuid import UUID

import django_filters
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import Input, idempotent
from compliance.catalogue.services.requirements import decide_proposal
from compliance.models import ProposalStatus, ProposedChange

EDIT = "compliance.edit_catalogue"


class CatalogueProposal(serializers.Serializer):
    file = serializers.SerializerMethodField(
        help_text="SHA-256 of the file that says so; of a person's an id of its own."
    )
    as_of = serializers.DateField(source="version.as_of", default=None, allow_null=True, help_text="Of the file.")
    asked_by = serializers.CharField(source="asked_by.username", default=None, allow_null=True)
    reason = serializers.CharField(help_text="Of a person's.")
    requirement = serializers.CharField(source="key", help_text="Key; one that is not known yet is a new requirement.")
    table = serializers.CharField(
        source="entry.table", default=None, allow_null=True, help_text="Of a reference entry: then the key is its key."
    )
    values = serializers.DictField(help_text="Field -> what the file says, of the fields that differ.")
    state = serializers.ChoiceField(ProposalStatus.choices, source="status")
    decided_at = serializers.DateTimeField(allow_null=True)

    def get_file(self, proposal: ProposedChange) -> str:
        return proposal.version.sha256 if proposal.version else str(proposal.uid)


class ProposalFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter("status", choices=ProposalStatus.choices)
    requirement = django_filters.CharFilter("key")


class ProposalList(ListAPIView):
    permissions = {"GET": EDIT}
    serializer_class = CatalogueProposal
    filterset_class = ProposalFilters
    queryset = ProposedChange.objects.select_related("version", "asked_by", "entry")


class ProposalDecision(Input):
    apply = serializers.BooleanField(help_text="true: take it over; false: leave the requirement as it is.")
    revision = serializers.IntegerField(
        min_value=0, help_text="Of the requirement that you saw; 0 where there is none."
    )


class ProposalDecide(GenericAPIView):
    permissions = {"POST": EDIT}
    serializer_class = CatalogueProposal

    @extend_schema(request=ProposalDecision, responses={200: CatalogueProposal})
    @idempotent
    def post(self, request: ApiRequest, file: str, key: str) -> Response:
        """Take over what a newer file or another person says, or leave it: once. Of a file that asks less than now the first to
        take it over is its `asked_by`, and it stays open for another person."""
        proposals = ProposedChange.objects.select_related("version", "asked_by", "entry")
        try:
            of = Q(version__sha256=file) | Q(uid=UUID(file))
        except ValueError:
            of = Q(version__sha256=file)
        proposal = get_object_or_404(proposals, of, key=key)
        self.check_object_permissions(request, proposal)
        proposal = decide_proposal(proposal=proposal, **ProposalDecision.of(request), actor=request.user, at=now())
        return Response(CatalogueProposal(proposal).data)

"""Requirements over the API."""

from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView, RetrieveAPIView
from activity.api import Input, idempotent
from compliance.catalogue.api.proposals import CatalogueProposal
from compliance.catalogue.forms.requirements import RequirementFilters
from compliance.catalogue.services.requirements import DATES, confirm_requirement, edit_requirement
from compliance.models import ProposedChange, Requirement, RequirementKind, Severity, ValidityType, Verification


class PlatformRuleRow(serializers.Serializer):
    platform = serializers.CharField()
    markets = serializers.ListField(child=serializers.CharField())
    max_age_days = serializers.IntegerField(allow_null=True)
    min_remaining_days = serializers.IntegerField(allow_null=True)


class RequirementRow(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    kind = serializers.ChoiceField(RequirementKind.choices)
    severity = serializers.ChoiceField(Severity.choices)
    is_ban = serializers.BooleanField(help_text="No waiver covers it.")
    categories = serializers.ListField(child=serializers.CharField(), help_text='Codes; "*" is all of them.')
    categories_exclude = serializers.ListField(child=serializers.CharField())
    markets = serializers.ListField(child=serializers.CharField(), help_text="A market has those of its parent too.")
    traits_all = serializers.ListField(child=serializers.CharField())
    traits_any = serializers.ListField(child=serializers.CharField())
    group = serializers.CharField(help_text="Requirements of one group are met by any one of them.")
    legal_basis = serializers.CharField()
    evidence = serializers.ListField(child=serializers.CharField())
    fields_wanted = serializers.ListField(child=serializers.CharField(), source="fields")
    validity_type = serializers.ChoiceField(ValidityType.choices)
    validity_months = serializers.IntegerField(allow_null=True)
    policy_max_age_months = serializers.IntegerField(allow_null=True)
    platform_rules = PlatformRuleRow(many=True)
    asks = serializers.DictField(help_text="What is looked for in the paper itself.")
    edition = serializers.CharField()
    edition_from = serializers.DateField(allow_null=True)
    number_format = serializers.CharField()
    renewal_lead_days = serializers.IntegerField()
    applies_from = serializers.DateField(allow_null=True)
    applies_until = serializers.DateField(allow_null=True)
    verification = serializers.ChoiceField(Verification.choices)
    verified_scope = serializers.CharField()
    is_sure = serializers.BooleanField(help_text="Verified as a whole, or confirmed by a named person.")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment] # a field of that name
    notes = serializers.CharField()
    revision = serializers.IntegerField()


def codes(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=60), max_length=300, **options)


class PlatformRule(Input):
    platform = serializers.CharField(max_length=60)
    markets = codes()
    max_age_days = serializers.IntegerField(allow_null=True, min_value=1, max_value=10_000)
    min_remaining_days = serializers.IntegerField(allow_null=True, min_value=1, max_value=10_000)
    verification = serializers.ChoiceField(Verification.choices)
    source = serializers.CharField(allow_blank=True, max_length=2000)  # type: ignore[assignment] # a field of that name


def months() -> serializers.IntegerField:
    return serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1200)


def words(most: int = 10_000, **options: Any) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=most, **options)


class ChangedRequirement(Input):
    """What a requirement is to say; what is not named stays as it is."""

    reason = serializers.CharField(max_length=2000, help_text="Why it changes, and where that can be read.")
    revision = serializers.IntegerField(min_value=1, help_text="The one that you saw; 409 if it has changed since.")
    name = serializers.CharField(required=False, max_length=120)
    name_zh = words(120)
    kind = serializers.ChoiceField(RequirementKind.choices, required=False)
    severity = serializers.ChoiceField(Severity.choices, required=False)
    is_ban = serializers.BooleanField(required=False)
    categories = codes(required=False, help_text='Codes; "*" is all of them.')
    categories_exclude = codes(required=False)
    markets = codes(required=False, help_text='Codes; "*" is all of them.')
    traits_all = codes(required=False)
    traits_any = codes(required=False)
    group = serializers.SlugField(required=False, allow_blank=True, max_length=40)
    applies_from = serializers.DateField(required=False, allow_null=True)
    applies_until = serializers.DateField(required=False, allow_null=True)
    legal_basis = words()
    jurisdiction = words(60)
    evidence = codes(required=False)
    fields_wanted = codes(required=False)
    number_format = serializers.SlugField(required=False, allow_blank=True, max_length=40)
    validity_type = serializers.ChoiceField(ValidityType.choices, required=False)
    validity_months = months()
    policy_max_age_months = months()
    validity_verification = serializers.ChoiceField(Verification.choices, required=False)
    validity_note = words()
    platform_rules = PlatformRule(many=True, required=False, max_length=50)  # type: ignore[call-arg] # of the list
    asks = serializers.DictField(required=False)
    edition = words(60)
    edition_from = serializers.DateField(required=False, allow_null=True)
    renewal_lead_days = serializers.IntegerField(required=False, min_value=0, max_value=1000)
    renewal_lead_basis = words()
    verification = serializers.ChoiceField(Verification.choices, required=False)
    verified_scope = words()
    source = words()  # type: ignore[assignment] # a field of that name
    notes = words()


class NewRequirement(ChangedRequirement):
    revision = None  # type: ignore[assignment] # takes the field away
    key = serializers.SlugField(max_length=60, help_text="Short and lasting, such as us-cpc.")
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(RequirementKind.choices)
    validity_type = serializers.ChoiceField(ValidityType.choices)


def edited(key: str, sent: dict[str, Any], *, revision: int, actor: User) -> Requirement | ProposedChange:
    """Let a requirement say what was sent; `sent` has the reason too."""
    reason = sent.pop("reason")
    values = {{"fields_wanted": "fields"}.get(name, name): value for name, value in sent.items()}
    values |= {name: values[name] and values[name].isoformat() for name in DATES if name in values}
    return edit_requirement(key=key, values=values, reason=reason, revision=revision, actor=actor, at=now())


def answer(made: Requirement | ProposedChange, status: int) -> Response:
    """What is in force now, or (202) what waits for another person."""
    if isinstance(made, ProposedChange):
        return Response(CatalogueProposal(made).data, status=202)
    return Response(RequirementRow(made).data, status=status)


class RequirementList(ListAPIView):
    permissions = {"GET": None, "POST": "compliance.edit_catalogue"}
    serializer_class = RequirementRow
    filterset_class = RequirementFilters
    queryset = Requirement.objects.all()

    @extend_schema(request=NewRequirement, responses={201: RequirementRow, 202: CatalogueProposal})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Add a requirement. The checklists that it concerns are worked out at once."""
        sent = NewRequirement.of(request)
        key = sent.pop("key")
        return answer(edited(key, sent, revision=0, actor=request.user), 201)


class RequirementOne(RetrieveAPIView):
    permissions = {"GET": None, "PATCH": "compliance.edit_catalogue"}
    serializer_class = RequirementRow
    queryset = Requirement.objects.all()
    lookup_field = "key"

    @extend_schema(request=ChangedRequirement, responses={200: RequirementRow, 202: CatalogueProposal})
    def patch(self, request: ApiRequest, key: str) -> Response:
        """Let it say otherwise. Checklists are worked out at once, its papers compared anew; a confirmation ends.

        What asks less waits for another person, see catalogue-proposals: 202.
        """
        requirement = self.get_object()
        sent = ChangedRequirement.of(request)
        revision = sent.pop("revision")
        return answer(edited(requirement.key, sent, revision=revision, actor=request.user), 200)


class Confirmation(Input):
    note = serializers.CharField(max_length=2000, help_text="Where you read it: a law, a page, a letter.")
    revision = serializers.IntegerField(min_value=1, help_text="The one that you saw; 409 if it has changed since.")


class RequirementConfirm(GenericAPIView):
    permissions = {"POST": "compliance.edit_catalogue"}
    serializer_class = RequirementRow
    queryset = Requirement.objects.all()
    lookup_field = "key"

    @extend_schema(request=Confirmation, responses={200: RequirementRow})
    @idempotent
    def post(self, request: ApiRequest, key: str) -> Response:
        """Say with your name that a requirement is right as it stands."""
        requirement = self.get_object()
        confirmed = confirm_requirement(key=requirement.key, **Confirmation.of(request), actor=request.user, at=now())
        return Response(RequirementRow(confirmed).data)

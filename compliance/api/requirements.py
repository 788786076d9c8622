"""Requirements, the traits that they depend on, and checklists over the API."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.response import Response

from accounts.models import User
from activity.api import Input, idempotent
from compliance.forms.requirements import RequirementFilters
from compliance.models import (
    ActsNext,
    Checklist,
    ChecklistItem,
    ItemState,
    Requirement,
    RequirementKind,
    Severity,
    ValidityType,
    Verification,
)
from compliance.queries.checklists import coming_to
from compliance.queries.traits import questions_of
from compliance.services.catalogue import DATES, confirm_requirement, edit_requirement
from compliance.services.traits import answer_traits
from suppliers.models import Listing, Product


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
    source = serializers.CharField()
    notes = serializers.CharField()
    revision = serializers.IntegerField()


def codes(**options) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=60), max_length=300, **options)


class PlatformRule(Input):
    platform = serializers.CharField(max_length=60)
    markets = codes()
    max_age_days = serializers.IntegerField(allow_null=True, min_value=1, max_value=10_000)
    min_remaining_days = serializers.IntegerField(allow_null=True, min_value=1, max_value=10_000)
    verification = serializers.ChoiceField(Verification.choices)
    source = serializers.CharField(allow_blank=True, max_length=2000)


def months() -> serializers.IntegerField:
    return serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1200)


def words(most: int = 10_000, **options) -> serializers.CharField:
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
    platform_rules = PlatformRule(many=True, required=False, max_length=50)
    edition = words(60)
    edition_from = serializers.DateField(required=False, allow_null=True)
    renewal_lead_days = serializers.IntegerField(required=False, min_value=0, max_value=1000)
    renewal_lead_basis = words()
    verification = serializers.ChoiceField(Verification.choices, required=False)
    verified_scope = words()
    source = words()
    notes = words()


class NewRequirement(ChangedRequirement):
    revision = None
    key = serializers.SlugField(max_length=60, help_text="Short and lasting, such as us-cpc.")
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(RequirementKind.choices)
    validity_type = serializers.ChoiceField(ValidityType.choices)


def edited(key: str, sent: dict[str, Any], *, revision: int, actor: User) -> Requirement:
    """Let a requirement say what was sent; `sent` has the reason too."""
    reason = sent.pop("reason")
    values = {{"fields_wanted": "fields"}.get(name, name): value for name, value in sent.items()}
    values |= {name: values[name] and values[name].isoformat() for name in DATES if name in values}
    return edit_requirement(key=key, values=values, reason=reason, revision=revision, actor=actor, at=now())


class RequirementList(ListAPIView):
    permissions = {"GET": None, "POST": "compliance.edit_catalogue"}
    serializer_class = RequirementRow
    filterset_class = RequirementFilters
    queryset = Requirement.objects.all()

    @extend_schema(request=NewRequirement, responses={201: RequirementRow})
    @idempotent
    def post(self, request):
        """Add a requirement. The checklists that it concerns are worked out at once."""
        sent = NewRequirement.of(request)
        key = sent.pop("key")
        requirement = edited(key, sent, revision=0, actor=request.user)
        return Response(RequirementRow(requirement).data, status=201)


class RequirementOne(RetrieveAPIView):
    permissions = {"GET": None, "PATCH": "compliance.edit_catalogue"}
    serializer_class = RequirementRow
    queryset = Requirement.objects.all()
    lookup_field = "key"

    @extend_schema(request=ChangedRequirement, responses={200: RequirementRow})
    def patch(self, request, key: str):
        """Let it say otherwise. Checklists are worked out at once, its papers compared anew; a confirmation ends."""
        requirement = self.get_object()
        sent = ChangedRequirement.of(request)
        revision = sent.pop("revision")
        requirement = edited(requirement.key, sent, revision=revision, actor=request.user)
        return Response(RequirementRow(requirement).data)


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
    def post(self, request, key: str):
        """Say with your name that a requirement is right as it stands."""
        requirement = self.get_object()
        confirmed = confirm_requirement(key=requirement.key, **Confirmation.of(request), actor=request.user, at=now())
        return Response(RequirementRow(confirmed).data)


class TraitRow(serializers.Serializer):
    key = serializers.CharField(source="trait.key")
    name = serializers.CharField(source="trait.name")
    name_zh = serializers.CharField(source="trait.name_zh")
    answer = serializers.BooleanField(allow_null=True, help_text="null: not answered, which blocks.")
    answered_at = serializers.DateTimeField(source="row.answered_at", allow_null=True, default=None)
    requirements = serializers.SerializerMethodField()

    def get_requirements(self, question) -> list[str]:
        return [requirement.key for requirement in question.requirements]


class ProductTraitRows(serializers.Serializer):
    product = serializers.CharField()
    unanswered = serializers.IntegerField()
    traits = TraitRow(many=True)


class Answers(Input):
    answers = serializers.DictField(
        child=serializers.BooleanField(allow_null=True), help_text="Key of a trait: true, false, or null to take back."
    )


class ProductTraits(GenericAPIView):
    permissions = {"GET": None, "PUT": "compliance.answer_traits"}
    serializer_class = ProductTraitRows
    lookup_field = "sku"

    def get_queryset(self):
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
        }
        return Response(ProductTraitRows(shown).data)

    def get(self, request, sku):
        """Every trait that a requirement of the product's category and markets mentions."""
        return self.answer(self.get_product(sku))

    @extend_schema(request=Answers, responses={200: ProductTraitRows})
    def put(self, request, sku):
        """Answer some traits; what is not named stays as it is."""
        product = self.get_product(sku)
        answer_traits(product=product, answers=Answers.of(request)["answers"], actor=request.user, at=now())
        return self.answer(product)


class WhyItApplies(serializers.Serializer):
    category = serializers.CharField()
    market = serializers.CharField()
    traits = serializers.ListField(child=serializers.CharField())


class ItemRow(serializers.Serializer):
    product = serializers.CharField(source="listing.product.sku")
    market = serializers.CharField(source="listing.market.code")
    requirement = serializers.CharField(source="requirement.key")
    name = serializers.CharField(source="requirement.name")
    kind = serializers.ChoiceField(RequirementKind.choices, source="requirement.kind")
    state = serializers.ChoiceField(ItemState.choices)
    is_blocking = serializers.BooleanField()
    group = serializers.CharField()
    reason = WhyItApplies()
    acts_next = serializers.ChoiceField(ActsNext.choices, allow_blank=True)
    due_on = serializers.DateField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True, help_text="Last day in the market on which it counts as met.")
    evidence = serializers.UUIDField(source="evidence.uid", allow_null=True, default=None)
    waiver = serializers.UUIDField(source="waiver.uid", allow_null=True, default=None)
    since = serializers.DateTimeField()


RELATED = ("listing__product", "listing__market", "requirement", "evidence", "waiver")


class ItemFilters(django_filters.FilterSet):
    product = django_filters.CharFilter("listing__product__sku")
    market = django_filters.CharFilter("listing__market__code")
    supplier = django_filters.CharFilter("listing__product__supplier__code")
    requirement = django_filters.CharFilter("requirement__key")
    state = django_filters.ChoiceFilter(choices=ItemState.choices)
    acts_next = django_filters.ChoiceFilter(choices=[choice for choice in ActsNext.choices if choice[0]])
    due_before = django_filters.DateFilter("due_on", lookup_expr="lte")
    ends_before = django_filters.DateFilter("valid_to", lookup_expr="lte")


class ItemList(ListAPIView):
    permissions = {"GET": None}
    serializer_class = ItemRow
    filterset_class = ItemFilters

    def get_queryset(self):
        return ChecklistItem.objects.visible_to(self.request.user).select_related(*RELATED)


class ComingRow(serializers.Serializer):
    requirement = serializers.CharField(source="requirement.key")
    name = serializers.CharField(source="requirement.name")
    applies_from = serializers.DateField(source="on")
    reason = WhyItApplies()


class ChecklistShown(serializers.Serializer):
    product = serializers.CharField(source="listing.product.sku")
    market = serializers.CharField(source="listing.market.code")
    unanswered = serializers.ListField(child=serializers.CharField(), help_text="Traits; each of them blocks.")
    refreshed_at = serializers.DateTimeField()
    items = serializers.SerializerMethodField()
    coming = serializers.SerializerMethodField(help_text="Requirements that apply only from some later day on.")

    @extend_schema_field(ComingRow(many=True))
    def get_coming(self, checklist: Checklist) -> list[dict]:
        return ComingRow(coming_to(checklist.listing, at=now()), many=True).data

    @extend_schema_field(ItemRow(many=True))
    def get_items(self, checklist: Checklist) -> list[dict]:
        items = ChecklistItem.objects.filter(listing=checklist.listing_id).select_related(*RELATED)
        return ItemRow(items.order_by("requirement__key"), many=True).data


class ListingChecklist(GenericAPIView):
    permissions = {"GET": None}
    serializer_class = ChecklistShown

    def get(self, request, sku, market):
        """What one listing needs; 404 where nobody has worked it out, which is never a complete checklist."""
        listings = Listing.objects.visible_to(request.user)
        listing = get_object_or_404(listings, product__sku=sku, market__code=market)
        found = Checklist.objects.select_related("listing__product", "listing__market")
        return Response(ChecklistShown(get_object_or_404(found, listing=listing)).data)

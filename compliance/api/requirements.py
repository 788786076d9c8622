"""Requirements, the traits that they depend on, and checklists over the API."""

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.response import Response

from activity.api import Input
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
from compliance.queries.requirements import find_requirements
from compliance.queries.traits import questions_of
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


class RequirementFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=RequirementKind.choices)
    severity = django_filters.ChoiceFilter(choices=Severity.choices)
    verification = django_filters.ChoiceFilter(choices=Verification.choices)
    market = django_filters.CharFilter(method="of_market", max_length=10)
    category = django_filters.CharFilter(method="of_category", max_length=40)
    q = django_filters.CharFilter(method="of_words", max_length=100)

    def of_market(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=find_requirements(market=value).values("pk"))

    def of_category(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=find_requirements(category=value).values("pk"))

    def of_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=find_requirements(q=value).values("pk"))


class RequirementList(ListAPIView):
    permissions = {"GET": None}
    serializer_class = RequirementRow
    filterset_class = RequirementFilters
    queryset = Requirement.objects.all()


class RequirementOne(RetrieveAPIView):
    permissions = {"GET": None}
    serializer_class = RequirementRow
    queryset = Requirement.objects.all()
    lookup_field = "key"


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

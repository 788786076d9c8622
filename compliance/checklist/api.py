"""Checklists over the API: what a listing needs, why, and what is to come."""

from typing import Any, TypeVar

import django_filters
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.errors import FieldError, InvalidInput
from compliance.checklist.reads import coming_to
from compliance.models import ActsNext, Checklist, ChecklistItem, ItemState, RequirementKind
from suppliers.models import Listing

Record = TypeVar("Record", bound=Model)


def one_of(field: str, queryset: QuerySet[Record], **lookup: Any) -> Record:
    """Raises InvalidInput naming the field when there is none that the caller may see."""
    found = queryset.filter(**lookup).first()
    if found is None:
        code = next(iter(lookup.values()))
        raise InvalidInput.one(field, f"unknown_{field}", _("There is no %(code)s here.") % {"code": code})
    return found


def listings_named(user: User, named: list[dict]) -> list[Listing]:
    """Raises InvalidInput naming each listing that there is not for the user."""
    visible = Listing.objects.visible_to(user).filter(product__sku__in={name["product"] for name in named})
    found = {
        (listing.product.sku, listing.market.code): listing for listing in visible.select_related("product", "market")
    }
    unknown = [
        FieldError(f"listings.{index}", "unknown_listing", _("There is no listing %(sku)s %(market)s.")
                   % {"sku": name["product"], "market": name["market"]})
        for index, name in enumerate(named)
        if (name["product"], name["market"]) not in found
    ]  # fmt: skip
    if unknown:
        raise InvalidInput(unknown)
    return [found[name["product"], name["market"]] for name in named]


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

    def get_queryset(self) -> QuerySet[ChecklistItem]:
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
        return list(ComingRow(coming_to(checklist.listing, at=now()), many=True).data)

    @extend_schema_field(ItemRow(many=True))
    def get_items(self, checklist: Checklist) -> list[dict]:
        items = ChecklistItem.objects.filter(listing=checklist.listing_id).select_related(*RELATED)
        return list(ItemRow(items.order_by("requirement__key"), many=True).data)


class ListingChecklist(GenericAPIView):
    permissions = {"GET": None}
    serializer_class = ChecklistShown

    def get(self, request: ApiRequest, sku: str, market: str) -> Response:
        """What one listing needs; 404 where nobody has worked it out, which is never a complete checklist."""
        listings = Listing.objects.visible_to(request.user)
        listing = get_object_or_404(listings, product__sku=sku, market__code=market)
        found = Checklist.objects.select_related("listing__product", "listing__market")
        return Response(ChecklistShown(get_object_or_404(found, listing=listing)).data)

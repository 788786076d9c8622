"""Gates and listings over the API: may this product go live in this market, and why not."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.roles import Role
from accounts.signature import ShownInput, signed
from activity.api import Input, NewestFirst, idempotent
from activity.errors import InvalidInput
from compliance.catalogue.reads import requirement_names
from compliance.gate.page import SUPPLIERS_CHECKS
from compliance.gate.services.gates import refresh_some, refresh_some_due
from compliance.gate.services.go_live import digest_of, plan_go_live, take_live, take_off
from compliance.gate.words import check_answer
from compliance.models import Gate, GateState, GoLiveDecision, LiveState, Standing
from compliance.models.gate import GateQuerySet
from compliance.rules import gates
from suppliers.models import Listing, Market, Product


class GateCheck(serializers.Serializer):
    code = serializers.ChoiceField(gates.CODES)
    state = serializers.ChoiceField([gates.PASS, gates.FAIL, gates.WAITING, gates.WAIVED])
    detail = serializers.CharField()
    why = serializers.CharField(help_text="A stable code for the detail.")
    since = serializers.DateTimeField(allow_null=True)
    acts_next = serializers.ChoiceField(Role.choices, allow_null=True)
    due = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True, help_text="The last day on which it is met as things stand.")


class GateRow(serializers.Serializer):
    """A supplier sees the checks that it can do something about; what the team plans and decides is null for it."""

    product = serializers.CharField(source="sku")
    market = serializers.CharField()
    state = serializers.SerializerMethodField()
    checks = serializers.SerializerMethodField()
    valid_until = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    live = serializers.SerializerMethodField()
    planned_on = serializers.SerializerMethodField()

    def _is_team(self) -> bool:
        return self.context["request"].user.has_perm("suppliers.see_all")

    def _for_team(self, value: Any) -> Any:
        return value if self._is_team() else None

    @extend_schema_field(serializers.ChoiceField(GateState.choices))
    def get_state(self, gate: Gate) -> str:
        return gate.state_at(now())

    @extend_schema_field(GateCheck(many=True))
    def get_checks(self, gate: Gate) -> list[dict]:
        context: Any = self.context
        if "names" not in context:
            context["names"] = requirement_names()
        shown = gates.CODES if self._is_team() else SUPPLIERS_CHECKS
        return [check_answer(check, context["names"]) for check in gate.checks if check["code"] in shown]

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_valid_until(self, gate: Gate) -> Any:
        return self._for_team(gate.valid_until)

    @extend_schema_field(serializers.ChoiceField(Standing.choices, allow_null=True))
    def get_standing(self, gate: Gate) -> Any:
        return self._for_team(gate.standing)

    @extend_schema_field(serializers.ChoiceField(LiveState.choices, allow_null=True))
    def get_live(self, gate: Gate) -> Any:
        return self._for_team(gate.live)

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_planned_on(self, gate: Gate) -> Any:
        return self._for_team(gate.planned_on)


class Decision(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    product = serializers.CharField(source="listing.product.sku")
    market = serializers.CharField(source="listing.market.code")
    on = serializers.DateField()
    note = serializers.CharField()
    signature = serializers.ChoiceField(["password", "token"])
    decided_at = serializers.DateTimeField()
    decided_by = serializers.CharField(source="decided_by.display_name")


class ListingDetail(GateRow):
    decisions = serializers.SerializerMethodField()
    digest = serializers.SerializerMethodField(help_text="Names what its gate says; a signature may name it.")

    def get_digest(self, gate: Gate) -> str:
        return digest_of(gate)

    @extend_schema_field(Decision(many=True))
    def get_decisions(self, gate: Gate) -> list[dict]:
        if not self._is_team():
            return []
        decisions = GoLiveDecision.objects.filter(listing=gate.pk).select_related(
            "listing__product", "listing__market", "decided_by"
        )
        return list(Decision(decisions.order_by("-id"), many=True).data)


class ByListing(NewestFirst):
    ordering = "-listing_id"


class GateFilters(django_filters.FilterSet):
    product = django_filters.CharFilter(method="of_product")
    market = django_filters.CharFilter(method="in_market")
    state = django_filters.ChoiceFilter(method="in_state", choices=GateState.choices)

    def of_product(self, queryset: QuerySet[Gate], name: str, sku: str) -> QuerySet[Gate]:
        if not Product.objects.visible_to(self.request.user).filter(sku=sku).exists():
            detail = _("There is no %(name)s %(code)s that you may see.") % {"name": name, "code": sku}
            raise InvalidInput.one(name, "unknown_product", detail)
        return queryset.filter(sku=sku)

    def in_market(self, queryset: QuerySet[Gate], name: str, code: str) -> QuerySet[Gate]:
        if not Market.objects.filter(code=code).exists():
            raise InvalidInput.one("market", "unknown_market", _("There is no market %(code)s.") % {"code": code[:10]})
        return queryset.filter(market=code)

    def in_state(self, queryset: GateQuerySet, name: str, state: str) -> QuerySet[Gate]:
        return queryset.in_state(state, now())


class GateList(ListAPIView):
    """One gate per listing, the newest listing first. A listing that is not in the answer may not go live."""

    permissions = {"GET": None}
    serializer_class = GateRow
    filterset_class = GateFilters
    pagination_class = ByListing

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        refresh_some_due(at=now())
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Gate]:
        return Gate.objects.visible_to(self.request.user).defer("words")


class ListingList(GateList):
    """The listings with their gates."""


class ListingView(GenericAPIView):
    serializer_class = ListingDetail

    def get_object(self) -> Listing:
        listings = Listing.objects.visible_to(self.request.user).select_related("product", "market", "gate")
        listing = get_object_or_404(listings, product__sku=self.kwargs["sku"], market__code=self.kwargs["market"])
        self.check_object_permissions(self.request, listing)
        return listing

    def answer(self, listing: Listing) -> Response:
        gate = Gate.objects.defer("words").get(pk=listing.pk)
        if gate.next_change_at and gate.next_change_at <= now():
            refresh_some([listing.pk], at=now())
            gate.refresh_from_db()
        return Response(ListingDetail(gate, context=self.get_serializer_context()).data)


class ListingOne(ListingView):
    permissions = {"GET": None}

    @extend_schema(responses={200: ListingDetail})
    def get(self, request: ApiRequest, sku: str, market: str) -> Response:
        return self.answer(self.get_object())


def password_field() -> serializers.CharField:
    return serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class NewGoLive(ShownInput):
    on = serializers.DateField(help_text="The first day on the market, by the market's calendar.")
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=1000)
    password = password_field()


class ListingGoLive(ListingView):
    permissions = {"POST": "compliance.take_live"}

    @extend_schema(request=NewGoLive, responses={201: Decision})
    @signed
    @idempotent
    def post(self, request: ApiRequest, sku: str, market: str) -> Response:
        """Sign that it goes live; 409 `gate_closed` with the `checks` that are not met."""
        listing = self.get_object()
        sent = NewGoLive.of(request)
        sent.pop("password", None)
        signature = "token" if request.auth else "password"
        decision = take_live(listing=listing, **sent, signature=signature, actor=request.user, at=now())
        return Response(Decision(decision).data, status=201)


class NewTakeOff(Input):
    reason = serializers.CharField(max_length=1000)
    password = password_field()


class ListingTakeOff(ListingView):
    permissions = {"POST": "compliance.take_live"}

    @extend_schema(request=NewTakeOff, responses={200: ListingDetail})
    @signed
    @idempotent
    def post(self, request: ApiRequest, sku: str, market: str) -> Response:
        """Take a live listing off the market; a new decision brings it back."""
        listing = self.get_object()
        sent = NewTakeOff.of(request)
        sent.pop("password", None)
        take_off(listing=listing, **sent, actor=request.user, at=now())
        return self.answer(listing)


class NewPlan(Input):
    on = serializers.DateField(allow_null=True, help_text="Papers are judged on this day; null plans none.")


class ListingPlan(ListingView):
    permissions = {"POST": "compliance.take_live"}

    @extend_schema(request=NewPlan, responses={200: ListingDetail})
    @idempotent
    def post(self, request: ApiRequest, sku: str, market: str) -> Response:
        """Set the planned day of a listing that is not live."""
        listing = self.get_object()
        plan_go_live(listing=listing, **NewPlan.of(request), actor=request.user, at=now())
        return self.answer(listing)

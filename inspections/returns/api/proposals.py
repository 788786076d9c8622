"""What returns propose, and what should catch which complaint, over the API."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import Input, idempotent
from inspections.models import Catch, Proposal, ProposalKind, ProposalStatus
from inspections.returns.page import escapes_by_characteristic, find_returns, tally, top_reasons
from inspections.returns.services.catches import set_catches
from inspections.returns.services.proposals import accept_proposal, dismiss_proposal
from suppliers.models import Product


class ProposalEvidence(serializers.Serializer):
    escapes = serializers.IntegerField()
    shipped = serializers.IntegerField()
    batches = serializers.IntegerField()
    since = serializers.DateField()
    tolerated = serializers.FloatField(help_text="Share of the units")
    chance = serializers.FloatField(help_text="Of at least as many escapes where the true share is the tolerated one")


class ProposalRow(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    product = serializers.CharField(source="product.sku")
    kind = serializers.ChoiceField(ProposalKind.choices)
    subject = serializers.CharField(help_text="Characteristic, or complaint point where one is to be added")
    class_from = serializers.CharField()
    class_to = serializers.CharField()
    evidence = ProposalEvidence()
    state = serializers.ChoiceField(ProposalStatus.choices, source="status")
    proposed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    drafted_version = serializers.IntegerField(allow_null=True)


class _OfTeam(GenericAPIView):
    """A supplier is not asked what its product should be checked for."""

    serializer_class = ProposalRow

    def get_queryset(self) -> QuerySet[Proposal]:
        products = Product.objects.visible_to(self.request.user)
        return Proposal.objects.filter(product__in=products).select_related("product")


class ProposalList(_OfTeam, ListAPIView):
    permissions = {"GET": "suppliers.see_all"}
    filter_backends = ()


class ProposalAccept(_OfTeam):
    permissions = {"POST": "inspections.specify"}
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    @extend_schema(request=None, responses={200: ProposalRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Draft a version of the specification with what is proposed. Activating it is another step."""
        return Response(ProposalRow(accept_proposal(proposal=self.get_object(), actor=request.user, at=now())).data)


class Dismissal(Input):
    reason = serializers.CharField(max_length=300)


class ProposalDismiss(_OfTeam):
    permissions = {"POST": "inspections.specify"}
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    @extend_schema(request=Dismissal, responses={200: ProposalRow})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        proposal = self.get_object()
        reason = Dismissal.of(request)["reason"]
        return Response(
            ProposalRow(dismiss_proposal(proposal=proposal, reason=reason, actor=request.user, at=now())).data
        )


class CatchRow(serializers.Serializer):
    complaint = serializers.CharField()
    characteristic = serializers.CharField(help_text="Code; empty where none catches it.")
    suggested = serializers.BooleanField(help_text="Nobody has settled it yet.")


class ReasonCount(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()


class EscapeCount(serializers.Serializer):
    characteristic = serializers.CharField()
    count = serializers.IntegerField()


class ProductReturnsAnswer(serializers.Serializer):
    product = serializers.CharField()
    returned = serializers.IntegerField()
    escaped = serializers.IntegerField()
    unknown_batch = serializers.IntegerField()
    reasons = ReasonCount(many=True)
    escapes = EscapeCount(many=True)
    catches = CatchRow(many=True)


class NewCatches(Input):
    catches = serializers.DictField(
        child=serializers.CharField(allow_blank=True), help_text="Complaint point -> characteristic, empty for none"
    )


class ProductReturns(GenericAPIView):
    permissions = {"GET": None, "PUT": "inspections.specify"}
    serializer_class = ProductReturnsAnswer
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.visible_to(self.request.user)

    @extend_schema(responses={200: ProductReturnsAnswer})
    def get(self, request: ApiRequest, sku: str) -> Response:
        """What came back of a product, why, and what should have caught it. A supplier is told of its own units."""
        return self.answer(self.get_object())

    @extend_schema(request=NewCatches, responses={200: ProductReturnsAnswer})
    def put(self, request: ApiRequest, sku: str) -> Response:
        """Settle which characteristic should catch which complaint; what is not named stays as it is."""
        product = self.get_object()
        set_catches(product=product, catches=NewCatches.of(request)["catches"], actor=request.user, at=now())
        return self.answer(product)

    def answer(self, product: Product) -> Response:
        user = self.request.user
        found = find_returns(user, product=product.sku)
        counts = tally(found)
        catches = Catch.objects.filter(product=product).order_by("complaint")
        return Response(
            {
                "product": product.sku,
                "returned": counts.returned,
                "escaped": counts.escaped,
                "unknown_batch": found.filter(batch=None).count(),
                "reasons": [{"code": t.code, "name": t.name, "count": t.count} for t in top_reasons(found, most=50)],
                "escapes": [
                    {"characteristic": code, "count": count}
                    for code, count in sorted(escapes_by_characteristic(product, user).items())
                ],
                "catches": [
                    {"complaint": c.complaint, "characteristic": c.characteristic, "suggested": c.set_by_id is None}
                    for c in catches
                ],
            }
        )

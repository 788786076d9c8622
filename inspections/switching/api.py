"""How strictly a product is sampled, over the API: the state, its history, and the quality manager's word on it."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView
from accounts.signature import signed
from activity.api import Input, idempotent
from inspections.calculator.words.sampling import SEVERITIES, what_ends
from inspections.models import SIGNALS, SwitchingStepKind
from inspections.sampling.switching import SCORE_FOR_REDUCED
from inspections.switching.page import since_when, step_words, steps_of, strictness_of
from inspections.switching.services import signal
from suppliers.models import Product

SHOWN = 100


class WhatEnds(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()
    so_far = serializers.IntegerField(allow_null=True)
    needed = serializers.IntegerField(allow_null=True)


class SwitchingStepRow(serializers.Serializer):
    kind = serializers.ChoiceField(SwitchingStepKind.choices)
    batch = serializers.CharField(allow_null=True)
    inspection = serializers.UUIDField(allow_null=True)
    severity_before = serializers.ChoiceField(list(SEVERITIES.items()))
    severity = serializers.ChoiceField(list(SEVERITIES.items()))
    detail = serializers.CharField(help_text="Why the severity changed; empty where it did not.")
    note = serializers.CharField(help_text="Not told to suppliers.")
    at = serializers.DateTimeField()
    actor = serializers.CharField(help_text="Not told to suppliers.")


class ProductSwitchingAnswer(serializers.Serializer):
    product = serializers.CharField()
    severity = serializers.ChoiceField(
        list(SEVERITIES.items()), allow_null=True, help_text="Of the next first submission."
    )
    reason = serializers.CharField(help_text="A code")
    detail = serializers.CharField(help_text="Why, in words")
    ends = WhatEnds(many=True)
    since = serializers.DateTimeField(
        allow_null=True, help_text="When the severity of now began; null before any batch."
    )
    since_batch = serializers.CharField(allow_null=True, help_text="The batch that decided it; null where none did.")
    score = serializers.IntegerField(help_text=f"The switching score, until it has reached {SCORE_FOR_REDUCED}.")
    production_steady = serializers.BooleanField()
    reduced_approved = serializers.BooleanField()
    lots = serializers.IntegerField(help_text="First submissions that counted so far.")
    history = SwitchingStepRow(many=True, help_text=f"Newest first, at most {SHOWN}.")


class NewSignal(Input):
    kind = serializers.ChoiceField([choice for choice in SwitchingStepKind.choices if choice[0] in SIGNALS])
    note = serializers.CharField(max_length=2000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class ProductSwitching(GenericAPIView):
    permissions = {"GET": None, "POST": "inspections.decide_hold"}
    serializer_class = ProductSwitchingAnswer
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.visible_to(self.request.user).select_related("supplier")

    @extend_schema(responses={200: ProductSwitchingAnswer})
    def get(self, request: ApiRequest, sku: str) -> Response:
        """How strictly the next batch is sampled, why, what ends it, and how it came to that."""
        return self.answer(self.get_object())

    @extend_schema(request=NewSignal, responses={200: ProductSwitchingAnswer})
    @signed
    @idempotent
    def post(self, request: ApiRequest, sku: str) -> Response:
        """The quality manager's word: approve or withdraw reduced inspection, production steady or irregular, re-qualify."""
        product = self.get_object()
        sent = NewSignal.of(request)
        signal(
            product=product,
            kind=sent["kind"],
            note=sent["note"],
            signature="token" if request.auth else "password",
            actor=request.user,
            at=now(),
        )
        return self.answer(product)

    def answer(self, product: Product) -> Response:
        strictness = strictness_of(product)
        if strictness is None:
            raise Http404
        state, since = strictness.standing.state, since_when(strictness)
        sees_all = self.request.user.has_perm("suppliers.see_all")
        reasons = strictness.reasons_to_end
        return Response(
            {
                "product": product.sku,
                "severity": strictness.status if strictness.has_severities else None,
                "reason": state.reason.code,
                "detail": strictness.why,
                "ends": [
                    {
                        "code": reason.code,
                        "detail": detail,
                        "so_far": reason.params.get("so_far"),
                        "needed": reason.params.get("needed"),
                    }
                    for reason, detail in zip(reasons, what_ends(reasons), strict=True)
                ],
                "since": since and since.at,
                "since_batch": since and (since.lot or None),
                "score": min(state.score, SCORE_FOR_REDUCED),
                "production_steady": state.production_steady,
                "reduced_approved": state.reduced_approved,
                "lots": strictness.standing.lots,
                "history": [
                    {
                        "kind": step.kind,
                        "batch": step.inspection.batch.number if step.inspection else None,
                        "inspection": step.inspection.uid if step.inspection else None,
                        "severity_before": step.severity_before,
                        "severity": step.severity,
                        "detail": step_words(step),
                        "note": step.note if sees_all else "",
                        "at": step.at,
                        "actor": step.actor.display_name if sees_all and step.actor else "",
                    }
                    for step in steps_of(strictness.specification)[:SHOWN]
                ],
            }
        )

"""Holds over the API: list, look at one, answer it, decide it."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api import StaffName, staff_name
from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.roles import Role
from accounts.signature import ShownInput, signed
from activity.api import ExactJSONParser, Input, idempotent
from activity.errors import InvalidInput
from inspections.hold.forms import HoldFilters
from inspections.hold.reads import digest_of
from inspections.hold.services.holds import Decision, decide_hold, most_for, place_hold, respond_to_hold
from inspections.hold.services.reinspections import countersign_reinspection, is_called_for, order_reinspection
from inspections.hold.words import hold_sentence, hold_title
from inspections.models import (
    Batch,
    Countersignature,
    Disposition,
    DispositionKind,
    Hold,
    HoldReason,
    HoldResponse,
    HoldStatus,
    ReinspectionOrder,
    ResponseFile,
)
from inspections.rules.readings import Beyond, stored_reading


class HoldSummary(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    code = serializers.CharField()
    batch = serializers.CharField(source="batch.number")
    state = serializers.ChoiceField(HoldStatus.choices, source="status")
    reason = serializers.ChoiceField(HoldReason.choices)
    critical = serializers.BooleanField(
        source="is_critical", help_text="Something critical is among what it rests on: see `waits_for`."
    )
    title = serializers.SerializerMethodField()
    detail = serializers.SerializerMethodField()
    finding = serializers.SerializerMethodField()
    quantity = serializers.IntegerField(help_text="Units that it stopped.")
    remaining = serializers.IntegerField(help_text="Units that it covers now.")
    sorted_out = serializers.IntegerField(help_text="Of those, units known to be bad since a sorting.")
    placed_at = serializers.DateTimeField()
    answer_due_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_title(self, hold: Hold) -> str:
        return hold_title(hold)

    def get_detail(self, hold: Hold) -> str:
        return hold_sentence(hold)

    def get_finding(self, hold: Hold) -> dict[str, Any]:
        """What was found; a reading and its limits are numbers in their `unit`."""
        numbers = {
            name: stored_reading(hold.finding[name]) for name in ("reading", "lower", "upper") if hold.finding.get(name)
        }
        told = {name: str(value) if isinstance(value, Beyond) else value for name, value in numbers.items()}
        return hold.finding | told


class HoldRow(HoldSummary):
    product = serializers.CharField(source="batch.product.sku")
    supplier = serializers.CharField(source="batch.supplier.code")


class AnswerFile(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    content_type = serializers.CharField()
    sha256 = serializers.CharField()


class HoldAnswer(serializers.Serializer):
    root_cause = serializers.CharField()
    corrective_action = serializers.CharField()
    wants_reinspection = serializers.BooleanField()
    responded_at = serializers.DateTimeField()
    responded_by = serializers.CharField(source="responded_by.display_name")  # the supplier's own
    files = AnswerFile(source="files.all", many=True)


class SignedDisposition(serializers.Serializer):
    disposition = serializers.ChoiceField(DispositionKind.choices, source="kind")
    quantity = serializers.IntegerField(help_text="Units decided on.")
    freed = serializers.IntegerField(help_text="Of those, units that may ship because of it.")
    reason = serializers.CharField()
    limit = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True)
    signature = serializers.ChoiceField(["password", "token"])
    decided_at = serializers.DateTimeField()
    decided_by = StaffName(Role.MANAGER)


class Order(serializers.Serializer):
    reason = serializers.CharField()
    ordered_at = serializers.DateTimeField()
    ordered_by = StaffName(Role.MANAGER)


class SignedAgain(serializers.Serializer):
    inspection = serializers.UUIDField(source="inspection.uid", help_text="The accepted re-inspection.")
    note = serializers.CharField()
    signature = serializers.ChoiceField(["password", "token"])
    signed_at = serializers.DateTimeField()
    signed_by = StaffName(Role.MANAGER)


# What an accepted re-inspection of a critical hold needs yet before it ends it.
WAITS_FOR = ["answer_rework_or_order", "reinspection", "countersignature"]


class HoldDetail(HoldRow):
    note = serializers.CharField()
    waits_for = serializers.SerializerMethodField(
        allow_null=True,
        help_text="What a critical hold waits for, where no disposition ends it: that somebody answers, reworks or orders "
        "what is inspected again; an accepted re-inspection; a countersignature under one that was done by who had "
        "inspected before. null for any other hold.",
    )
    to_countersign = serializers.UUIDField(
        source="to_countersign.uid",
        allow_null=True,
        default=None,
        help_text="The accepted re-inspection that waits for a countersignature.",
    )
    orders = Order(source="orders.all", many=True)
    countersignatures = SignedAgain(source="countersignatures.all", many=True)
    ended_by = serializers.SerializerMethodField(
        allow_null=True, help_text="To suppliers the role instead of the name."
    )
    ended_by_inspection = serializers.UUIDField(source="ended_by_inspection.uid", allow_null=True, default=None)
    inspections = serializers.SerializerMethodField()
    responses = HoldAnswer(source="responses.all", many=True)
    dispositions = SignedDisposition(source="dispositions.all", many=True)
    digest = serializers.SerializerMethodField(help_text="Names what it rests on and covers; a signature may name it.")

    def get_digest(self, hold: Hold) -> str:
        return digest_of(hold)

    @extend_schema_field(serializers.ChoiceField(WAITS_FOR, allow_null=True))
    def get_waits_for(self, hold: Hold) -> str | None:
        if hold.status == HoldStatus.ENDED or not hold.is_critical:
            return None
        if hold.to_countersign_id:
            return "countersignature"
        return "reinspection" if is_called_for(hold, by=now()) else "answer_rework_or_order"

    def get_ended_by(self, hold: Hold) -> str | None:
        is_countersigned = bool(hold.countersignatures.all())
        role = Role.QC if hold.ended_by_inspection_id and not is_countersigned else Role.MANAGER
        return staff_name(hold.ended_by, role, self.context) if hold.ended_by else None

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_inspections(self, hold: Hold) -> list[str]:
        return [str(inspection.uid) for inspection in hold.inspections.all()]


class HoldList(ListAPIView):
    permissions = {"GET": None}
    serializer_class = HoldRow
    filterset_class = HoldFilters

    def get_queryset(self) -> QuerySet[Hold]:
        return Hold.objects.visible_to(self.request.user).select_related("batch__product", "batch__supplier")


def holds_in_detail(user: User) -> QuerySet[Hold]:
    """The user's holds with all that HoldDetail tells of them."""
    answers = HoldResponse.objects.select_related("responded_by").order_by("id")
    return (
        Hold.objects.visible_to(user)
        .select_related("batch__product", "batch__supplier", "ended_by", "ended_by_inspection", "to_countersign")
        .prefetch_related(
            "inspections",
            Prefetch("orders", ReinspectionOrder.objects.select_related("ordered_by").order_by("id")),
            Prefetch("countersignatures", Countersignature.objects.select_related("signed_by", "inspection")),
            Prefetch("responses", answers.prefetch_related(Prefetch("files", ResponseFile.objects.order_by("id")))),
            Prefetch("dispositions", Disposition.objects.select_related("decided_by").order_by("id")),
        )
    )


class HoldView(GenericAPIView):
    serializer_class = HoldDetail
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Hold]:
        return holds_in_detail(self.request.user)

    def answer(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class HoldOne(HoldView):
    permissions = {"GET": None}

    @extend_schema(responses={200: HoldDetail})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        return self.answer()


class NewHold(Input):
    note = serializers.CharField(max_length=10_000, help_text="Why it is stopped; the supplier reads it.")


class HoldPlace(GenericAPIView):
    permissions = {"POST": "inspections.place_hold"}
    is_counted = False
    serializer_class = HoldDetail
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Batch]:
        return Batch.objects.visible_to(self.request.user)

    @extend_schema(request=NewHold, responses={201: HoldDetail})
    @idempotent
    def post(self, request: ApiRequest, number: str) -> Response:
        """Stop a batch by hand: all of it that is awaiting or available is on hold until somebody decides."""
        batch = self.get_object()
        hold = place_hold(batch=batch, **NewHold.of(request), actor=request.user, at=now())
        hold = holds_in_detail(request.user).get(pk=hold.pk)
        return Response(self.get_serializer(hold).data, status=201)


class NewAnswer(Input):
    root_cause = serializers.CharField(max_length=10_000)
    corrective_action = serializers.CharField(max_length=10_000)
    wants_reinspection = serializers.BooleanField(default=False)
    files = serializers.ListField(
        child=serializers.FileField(), required=False, default=[], help_text="Proof; only in a multipart form."
    )


class HoldRespond(HoldView):
    permissions = {"POST": "inspections.respond_to_hold"}
    parser_classes = (ExactJSONParser, MultiPartParser)

    @extend_schema(
        request={"application/json": NewAnswer, "multipart/form-data": NewAnswer}, responses={200: HoldDetail}
    )
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """The supplier's answer: why it happened and what is done about it (8D, D4 and D5); also once the hold has ended."""
        hold = self.get_object()
        respond_to_hold(hold=hold, **NewAnswer.of(request), actor=request.user, at=now())
        return self.answer()


class NewDecision(ShownInput):
    disposition = serializers.ChoiceField(DispositionKind.choices)
    quantity = serializers.IntegerField(
        required=False, help_text="Left out: all that the hold covers and the disposition can be given for."
    )
    reason = serializers.CharField(max_length=10_000)
    good = serializers.IntegerField(required=False, help_text="For sort: how many of them are good.")
    bad = serializers.IntegerField(required=False, help_text="For sort: the others; good and bad add up to quantity.")
    limit = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=10_000, help_text="For a deviation: what is accepted."
    )
    expires_on = serializers.DateField(required=False, allow_null=True, help_text="For a deviation: last day to ship.")
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


def decision_of(sent: dict, hold: Hold) -> Decision:
    """What is to be signed, `quantity` filled in. Raises InvalidInput where good and bad do not add up to it."""
    kind, quantity = sent["disposition"], sent.get("quantity")
    if quantity is None:
        quantity = most_for(kind, hold)
    good, bad = sent.get("good"), sent.get("bad")
    if "good" not in DispositionKind(kind).facts.asks_for and (good, bad) != (None, None):
        raise InvalidInput.one("good", "contradiction", _("Good and bad are counted by a sorting alone."))
    if good is not None and bad is not None and good + bad != quantity:
        raise InvalidInput.one(
            "bad",
            "contradiction",
            _("%(good)s good and %(bad)s bad do not add up to %(quantity)s.")
            % {"good": good, "bad": bad, "quantity": quantity},
        )
    return Decision(
        kind=kind,
        quantity=quantity,
        reason=sent["reason"],
        good=good,
        limit=sent["limit"],
        expires_on=sent.get("expires_on"),
    )


class HoldDecide(HoldView):
    permissions = {"POST": "inspections.decide_hold"}

    @extend_schema(request=NewDecision, responses={200: HoldDetail})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Sign a disposition for some or all of the units that the hold covers."""
        hold = self.get_object()
        sent = NewDecision.of(request)
        decide_hold(
            hold=hold,
            digest=sent.get("digest"),
            decision=decision_of(sent, hold),
            signature="token" if request.auth else "password",
            actor=request.user,
            at=now(),
        )
        return self.answer()


class NewOrder(Input):
    reason = serializers.CharField(max_length=10_000, help_text="Why it is inspected again; the supplier reads it.")


class HoldOrder(HoldView):
    permissions = {"POST": "inspections.decide_hold"}

    @extend_schema(request=NewOrder, responses={200: HoldDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Order that the batch is inspected again: what is planned from now on may end a critical hold.

        An answer of the supplier or a rework does so too.
        """
        order_reinspection(hold=self.get_object(), **NewOrder.of(request), actor=request.user, at=now())
        return self.answer()


class NewCountersignature(ShownInput):
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class HoldCountersign(HoldView):
    permissions = {"POST": "inspections.decide_hold"}

    @extend_schema(request=NewCountersignature, responses={200: HoldDetail})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Countersign a re-inspection of a critical hold that was accepted by who had inspected before; the hold ends.

        Who inspected the batch may not.
        """
        hold = self.get_object()
        sent = NewCountersignature.of(request)
        countersign_reinspection(
            hold=hold,
            digest=sent.get("digest"),
            note=sent["note"],
            signature="token" if request.auth else "password",
            actor=request.user,
            at=now(),
        )
        return self.answer()

"""Pilot runs over the API: plan one, say what became of its units, read rates with bounds and the verdict."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from accounts.signature import signed
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from activity.transactions import one_transaction
from inspections.models import (
    DamagePlace,
    PilotOutcome,
    PilotRuleKind,
    PilotRun,
    PilotStatus,
    PilotVerdict,
    PilotWordKind,
    ReturnReason,
)
from inspections.pilot.forms.runs import PilotFilters
from inspections.pilot.reads import (
    Promises,
    ages_of,
    arrivals_of,
    find_pilots,
    judgement_of,
    promises_of,
    with_arrivals,
)
from inspections.pilot.services.failures import sign_failure
from inspections.pilot.services.late import record_late_outcomes
from inspections.pilot.services.outcomes import OutcomeInput, record_outcomes, record_pilot_readings
from inspections.pilot.services.runs import carry_over_pilot, conclude_pilot, plan_pilot, start_pilot, stop_pilot
from inspections.pilot.words import age_sentence, follow_up_size, judgement_sentence, promise_sentence, rate_sentence
from inspections.rules.pilot_figures import Judgement, Promise, Rate
from suppliers.models import Product


class MoreUnitsShown(serializers.Serializer):
    """Read off the rule of the run; null where none of its units decides."""

    if_good = serializers.IntegerField(
        allow_null=True, help_text="Further units with which it passes if none of them is bad."
    )
    if_bad = serializers.IntegerField(allow_null=True, help_text="With which it fails if all of them are.")
    as_so_far = serializers.IntegerField(allow_null=True, help_text="That decide at the rate seen so far.")


class RateShown(serializers.Serializer):
    bad = serializers.IntegerField()
    n = serializers.IntegerField(help_text="Units that count: back, and for complaints and returns past their window.")
    rate = serializers.FloatField(allow_null=True)
    clopper_pearson = serializers.ListField(
        child=serializers.FloatField(), help_text="Exact two-sided bounds of the true rate."
    )
    lower = serializers.FloatField(help_text="Exact one-sided bound; above the limit the rate fails.")
    upper = serializers.FloatField(help_text="Exact one-sided bound; at most the limit the rate passes.")
    limit = serializers.FloatField(allow_null=True, help_text="Null for suppliers.")
    decision = serializers.ChoiceField(PilotVerdict.choices)
    detail = serializers.CharField()
    more_units = MoreUnitsShown(allow_null=True)
    can_pass = serializers.BooleanField(
        allow_null=True, help_text="Within the planned units, if no further one is bad."
    )
    passes_with_at_most = serializers.IntegerField(
        allow_null=True, help_text="Bad units of the whole run; null where it is too small to pass."
    )
    chance_to_pass_at_limit = serializers.FloatField(allow_null=True, help_text="Of the rule, by mistake.")
    chance_to_fail_at_limit = serializers.FloatField(allow_null=True, help_text="Of the rule, by mistake.")


def present_rate(rate: Rate, *, sees_all: bool) -> dict[str, Any]:
    """A supplier sees what its units did, and nothing that the limit could be told from."""
    shown = {
        "bad": rate.bad,
        "n": rate.n,
        "rate": rate.share,
        "clopper_pearson": list(rate.interval),
        "lower": rate.lower,
        "upper": rate.upper,
        "decision": rate.decision,
        "limit": None,
        "detail": "",
        "more_units": None,
        "can_pass": None,
        "passes_with_at_most": None,
        "chance_to_pass_at_limit": None,
        "chance_to_fail_at_limit": None,
    }
    if not sees_all:
        return shown
    return shown | {
        "limit": rate.limit,
        "detail": rate_sentence(rate),
        "more_units": asdict(rate.more) if rate.more else None,
        "can_pass": rate.can_pass,
        "passes_with_at_most": rate.most_bad if rate.most_bad >= 0 else None,
        "chance_to_pass_at_limit": rate.rule.wrong_pass,
        "chance_to_fail_at_limit": rate.rule.wrong_fail,
    }


class PilotWordShown(serializers.Serializer):
    kind = serializers.ChoiceField(PilotWordKind.choices)
    reason = serializers.CharField()
    signed_at = serializers.DateTimeField()


class PilotPromiseShown(serializers.Serializer):
    """Whole days; `low` and `high` are null where nothing can be promised, and `detail` says why."""

    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    coverage = serializers.FloatField(help_text="Share of all deliveries that keep it at least")
    confidence = serializers.FloatField()
    arrived = serializers.IntegerField(help_text="Deliveries with their days")
    under_way = serializers.IntegerField(help_text="Counted as later than every one that has arrived")
    without_days = serializers.IntegerField(help_text="Back without their days, left out")
    arrivals_needed = serializers.IntegerField(help_text="How many must have arrived for a promise")
    handling = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="[low, high], by itself"
    )
    transit = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="[low, high], by itself"
    )
    detail = serializers.CharField()


class PilotAgesShown(serializers.Serializer):
    """Days since the arrival of units that were not returned."""

    n = serializers.IntegerField(help_text="Units that have arrived")
    youngest = serializers.IntegerField()
    median = serializers.IntegerField()
    oldest = serializers.IntegerField()
    open = serializers.IntegerField(help_text="Those that can still come back")
    detail = serializers.CharField()


def present_promise(promises: Promises | None) -> dict[str, Any] | None:
    if promises is None:
        return None
    whole = promises.delivery

    def days(part: Promise) -> list[int | None] | None:
        return None if part.low is None else [part.low, part.high]

    return {
        "low": whole.low,
        "high": whole.high,
        "coverage": whole.coverage,
        "confidence": whole.confidence,
        "arrived": whole.n,
        "under_way": whole.under_way,
        "without_days": promises.without_days,
        "arrivals_needed": whole.arrivals_needed,
        "handling": days(promises.handling),
        "transit": days(promises.transit),
        "detail": promise_sentence(promises),
    }


class RunShown(serializers.Serializer):
    """Context: `sees_all`, whether limits and inner notes are for the reader."""

    id = serializers.UUIDField(source="uid")
    code = serializers.CharField()
    product = serializers.CharField(source="product.sku")
    supplier = serializers.CharField(source="product.supplier.code")
    state = serializers.ChoiceField(PilotStatus.choices, source="status")
    units = serializers.IntegerField(source="size")
    back = serializers.IntegerField(help_text="Units whose outcome is known.")
    verdict = serializers.ChoiceField(
        PilotVerdict.choices, allow_null=True, help_text="By the rule so far; it stands once the run is concluded."
    )
    detail = serializers.CharField()
    rates = serializers.DictField(child=RateShown())
    more_units = serializers.IntegerField(
        allow_null=True,
        help_text="Further units without a fault with which all that is undecided passes; null where that cannot be.",
    )
    follow_up_size = serializers.IntegerField(
        allow_null=True,
        help_text="Units of a run of its own that would pass with as many bad ones; where this one can not.",
    )
    promise = PilotPromiseShown(allow_null=True, help_text="From order to door; null before the units go out.")
    ages = PilotAgesShown(allow_null=True, help_text="Null before the first unit has arrived.")
    beyond_limits = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Readings of critical and major characteristics beyond a limit: one of the first fails the run.",
    )
    window_days = serializers.IntegerField(
        help_text="Days after delivery until a unit counts as not complained about and not returned."
    )
    rule = serializers.ChoiceField(PilotRuleKind.choices, source="rule_kind")
    reason = serializers.CharField()
    sample = serializers.IntegerField(allow_null=True, help_text="Version of the golden sample.")
    planned_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    concluded_at = serializers.DateTimeField(allow_null=True)
    stopped_because = serializers.CharField()
    failed_late_at = serializers.DateTimeField(
        allow_null=True, help_text="When what came back after the end made its rule say fail."
    )
    word = PilotWordShown(allow_null=True, help_text="What a second person signed of a run that failed.")

    def to_representation(self, run: PilotRun) -> dict[str, Any]:
        judgement, sees_all = judgement_of(run), self.context["sees_all"]
        arrivals = arrivals_of(run)
        promises = promises_of(run, [(arrival.handling, arrival.transit) for arrival in arrivals])
        ages = ages_of(run, [(arrival.on, arrival.is_returned) for arrival in arrivals], at=now())
        more = [rate.more.if_good for rate in judgement.rates if rate.more]
        return {
            "id": str(run.uid),
            "code": run.code,
            "product": run.product.sku,
            "supplier": run.product.supplier.code,
            "state": run.status,
            "units": run.size,
            "back": judgement.back,
            "verdict": present_verdict(run, judgement),
            "detail": judgement_sentence(judgement) if run.status == PilotStatus.RUNNING else "",
            "rates": {rate.name: present_rate(rate, sees_all=sees_all) for rate in judgement.rates},
            "more_units": max(filter(None, more), default=None) if sees_all and None not in more else None,
            "follow_up_size": follow_up_size(judgement) if sees_all and _needs_another(run, judgement) else None,
            "promise": present_promise(promises),
            "ages": asdict(ages) | {"detail": age_sentence(ages, run.window_days)} if ages else None,
            "beyond_limits": {"critical": judgement.critical, "major": judgement.major},
            "window_days": run.window_days,
            "rule": run.rule_kind,
            "reason": run.reason if sees_all else "",
            "sample": run.sample.version if run.sample else None,
            "planned_at": run.planned_at,
            "started_at": run.started_at,
            "concluded_at": run.concluded_at,
            "stopped_because": run.stopped_because if sees_all else "",
            "failed_late_at": run.failed_late_at,
            "word": present_word(run) if sees_all else None,
        }


def present_word(run: PilotRun) -> dict[str, Any] | None:
    word = getattr(run, "word", None)
    return word and {"kind": word.kind, "reason": word.reason, "signed_at": word.signed_at}


def _needs_another(run: PilotRun, judgement: Judgement) -> bool:
    """Whether it can no longer pass, or ended undecided."""
    return judgement.is_hopeless or run.verdict == PilotVerdict.UNDECIDED


def present_verdict(run: PilotRun, judgement: Judgement) -> str | None:
    return judgement.verdict if run.status == PilotStatus.RUNNING else run.verdict


class NewRun(Input):
    product = serializers.CharField(help_text="SKU")
    units = serializers.IntegerField(help_text="20 to 200")
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)
    must_pass = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Refuse a run of a size that can never pass, and name the size that could.",
    )
    rule = serializers.CharField(
        required=False, default=PilotRuleKind.CURTAILED.value, help_text="One of " + ", ".join(PilotRuleKind.values)
    )
    orders = serializers.ListField(
        child=serializers.CharField(allow_blank=True), required=False, default=[], help_text="Of units 1, 2, .."
    )
    start = serializers.BooleanField(default=True, help_text="False: plan it alone.")


class NewOutcome(Input):
    unit = serializers.IntegerField(required=False, allow_null=True, help_text="Number from 1; or name its order.")
    order = serializers.CharField(required=False, allow_blank=True, max_length=80)
    outcome = serializers.CharField(help_text="One of " + ", ".join(PilotOutcome.values))
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="Short for what the outcome asks for: damaged: where; complained: the point; returned: why.",
    )
    damage = serializers.CharField(
        required=False, allow_blank=True, help_text="One of " + ", ".join(DamagePlace.values)
    )
    complaints = serializers.ListField(
        child=serializers.CharField(), required=False, max_length=50, help_text="Codes of complaint points."
    )
    return_reason = serializers.CharField(
        required=False, allow_blank=True, help_text="One of " + ", ".join(ReturnReason.values)
    )
    handling_days = serializers.IntegerField(required=False, allow_null=True)
    transit_days = serializers.IntegerField(required=False, allow_null=True)
    delivered_on = serializers.DateField(required=False, allow_null=True)
    returned_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True)


class NewOutcomes(Input):
    outcomes = NewOutcome(many=True)
    conclude = serializers.BooleanField(
        allow_null=True,
        default=None,
        help_text="Close the run: true as soon as its rule has decided, false not at all; left out, once every unit is back.",
    )


def outcome_input(sent: dict[str, Any]) -> OutcomeInput:
    return OutcomeInput(**sent | {"reason": sent.get("reason") or ""})


class UnitShown(serializers.Serializer):
    unit = serializers.IntegerField(source="number")
    order = serializers.CharField(source="order_reference")
    outcome = serializers.CharField(help_text="Empty: not back yet.")
    damage = serializers.CharField()
    complaints = serializers.ListField(child=serializers.CharField())
    return_reason = serializers.CharField()
    handling_days = serializers.IntegerField(allow_null=True)
    transit_days = serializers.IntegerField(allow_null=True)
    delivered_on = serializers.DateField(allow_null=True)
    returned_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()


class UnitsShown(serializers.Serializer):
    outcomes = UnitShown(many=True)


class Shown(GenericAPIView):
    """What a reader may see goes with every answer."""

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "sees_all": self.request.user.has_perm("suppliers.see_all")}

    def get_queryset(self) -> QuerySet[PilotRun]:
        return with_arrivals(find_pilots(self.request.user))

    def answer(self, run: PilotRun, status: int = 200) -> Response:
        shown = self.get_queryset().get(pk=run.pk)
        return Response(RunShown(shown, context=self.get_serializer_context()).data, status=status)


class PilotList(Shown, ListAPIView):
    permissions = {"GET": None, "POST": "inspections.run_pilot"}
    serializer_class = RunShown
    filterset_class = PilotFilters

    @extend_schema(request=NewRun, responses={201: RunShown})
    @idempotent
    @one_transaction()
    def post(self, request: ApiRequest) -> Response:
        """Plan a run of 20 to 200 units and, unless told otherwise, start it."""
        sent = NewRun.of(request)
        sku = sent["product"]
        product = Product.objects.visible_to(request.user).filter(sku=sku).first()
        if product is None:
            raise InvalidInput.one("product", "unknown_product", _("There is no product %(sku)s.") % {"sku": sku})
        at = now()
        run = plan_pilot(
            product=product,
            size=sent["units"],
            reason=sent["reason"],
            rule_kind=sent["rule"],
            orders=sent["orders"],
            must_pass=sent["must_pass"],
            actor=request.user,
            at=at,
        )
        if sent["start"]:
            start_pilot(run=run, actor=request.user, at=at)
        return self.answer(run, 201)


class PilotView(Shown):
    serializer_class = RunShown
    lookup_field = "uid"
    lookup_url_kwarg = "id"


class PilotOne(PilotView):
    permissions = {"GET": None}

    @extend_schema(responses={200: RunShown})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        return self.answer(self.get_object())


class PilotOutcomes(PilotView):
    permissions = {"GET": "suppliers.see_all", "POST": "inspections.run_pilot", "PUT": "inspections.run_pilot"}

    @extend_schema(responses={200: UnitsShown})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        """Every unit of the run."""
        return Response({"outcomes": UnitShown(self.get_object().units.all(), many=True).data})

    @extend_schema(request=NewOutcomes, responses={200: RunShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Say what became of units; all of them are stored or, with every wrong one named, none.

        Of a run that is concluded it is recorded as late: the verdict stays, and the rule is asked again with it.
        """
        return self.record(request, correct=False)

    @extend_schema(request=NewOutcomes, responses={200: RunShown})
    def put(self, request: ApiRequest, id: UUID) -> Response:
        """The same, also for units whose outcome stands already: a correction, on the record."""
        return self.record(request, correct=True)

    def record(self, request: ApiRequest, *, correct: bool) -> Response:
        run = self.get_object()
        sent = NewOutcomes.of(request)
        outcomes = [outcome_input(outcome) for outcome in sent["outcomes"]]
        if run.status == PilotStatus.CONCLUDED:
            return self.answer(record_late_outcomes(run=run, outcomes=outcomes, actor=request.user, at=now()))
        facts = {"correct": correct, "conclude": sent["conclude"], "actor": request.user, "at": now()}
        return self.answer(record_outcomes(run=run, outcomes=outcomes, **facts))


class PilotStart(PilotView):
    permissions = {"POST": "inspections.run_pilot"}

    @extend_schema(request=None, responses={200: RunShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """The units go out."""
        return self.answer(start_pilot(run=self.get_object(), actor=request.user, at=now()))


class PilotConclude(PilotView):
    permissions = {"POST": "inspections.run_pilot"}

    @extend_schema(request=None, responses={200: RunShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Close the run with the verdict of its rule; 409 `pilot_not_decided` while units that count are out."""
        return self.answer(conclude_pilot(run=self.get_object(), actor=request.user, at=now()))


class StopReason(Input):
    reason = serializers.CharField(max_length=2000)


class PilotStop(PilotView):
    permissions = {"POST": "inspections.run_pilot"}

    @extend_schema(request=StopReason, responses={200: RunShown})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Give the run up without a verdict."""
        run = self.get_object()
        return self.answer(stop_pilot(run=run, **StopReason.of(request), actor=request.user, at=now()))


class CarryOver(Input):
    reason = serializers.CharField(max_length=2000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class PilotCarryOver(PilotView):
    permissions = {"POST": "inspections.decide_sample"}

    @extend_schema(request=CarryOver, responses={200: RunShown})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Sign that a run which passed counts for the golden sample in force, though it was of an earlier one."""
        run = self.get_object()
        sent = CarryOver.of(request)
        signature = "token" if request.auth else "password"
        carry_over_pilot(run=run, reason=sent["reason"], signature=signature, actor=request.user, at=now())
        return self.answer(run)


class Failure(Input):
    kind = serializers.CharField(help_text="One of " + ", ".join(PilotWordKind.values))
    reason = serializers.CharField(max_length=2000)
    password = serializers.CharField(
        required=False, trim_whitespace=False, help_text="The signature of a session; a token signs by itself."
    )


class PilotFailure(PilotView):
    permissions = {"POST": "inspections.decide_hold"}

    @extend_schema(request=Failure, responses={200: RunShown})
    @signed
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Sign of a run that failed that its samples were invalid, so that it does not count, or that what failed was mended.

        By somebody who had no part in the run. Until then no other run of the product is planned.
        """
        run = self.get_object()
        sent = Failure.of(request)
        signature = "token" if request.auth else "password"
        sign_failure(
            run=run,
            kind=sent["kind"],
            reason=sent["reason"],
            signature=signature,
            actor=request.user,
            at=now(),
        )
        return self.answer(run)


@extend_schema_field({"type": ["number", "string"]})
class SentReading(serializers.Field):
    """A number, or text with one; null for a unit that was not measured."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class NewReadings(Input):
    readings = serializers.ListField(child=SentReading(allow_null=True), max_length=1000)


class ReadingsShown(serializers.Serializer):
    characteristic = serializers.CharField(source="characteristic.code")
    count = serializers.IntegerField()
    nonconforming = serializers.IntegerField()
    minimum = serializers.FloatField()
    maximum = serializers.FloatField()
    mean = serializers.FloatField()
    sd = serializers.FloatField(allow_null=True)


class PilotReadings(PilotView):
    permissions = {"PUT": "inspections.run_pilot"}

    @extend_schema(request=NewReadings, responses={200: ReadingsShown})
    def put(self, request: ApiRequest, id: UUID, characteristic: str) -> Response:
        """What was measured on units 1, 2, ..; sent again it takes the place of what was there."""
        run = self.get_object()
        sent = NewReadings.of(request)
        reading = record_pilot_readings(run=run, characteristic=characteristic, **sent, actor=request.user, at=now())
        return Response(ReadingsShown(reading).data)

"""The sampling calls: each forwards a question to a pure function and its answer back."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import ApiRequest, APIView
from activity.api import body_of, idempotent, require_known
from activity.errors import InvalidInput
from inspections.calculator.words.sampling import from_sampling
from inspections.sampling import SamplingError
from inspections.sampling.answers import (
    interval_answer,
    limiting_quality_answer,
    oc_answer,
    plan_answer,
    switching_answer,
)
from inspections.sampling.errors import SamplingErrors
from inspections.sampling.plans import NONCONFORMITIES, UNITS
from inspections.sampling.standard import AQLS, KINDS, LEVELS, SEVERITIES, STANDARDS


class StagePlan(serializers.Serializer):
    sample_size = serializers.IntegerField()
    acceptance = serializers.IntegerField(allow_null=True)
    rejection = serializers.IntegerField()


COUNTS = [UNITS, NONCONFORMITIES]


class PlanDefinition(serializers.Serializer):
    standard = serializers.ChoiceField(STANDARDS, required=False)
    level = serializers.ChoiceField(LEVELS, default="II")
    aql = serializers.ChoiceField(AQLS)
    kind = serializers.ChoiceField(KINDS, default="single")
    severity = serializers.ChoiceField(SEVERITIES, default="normal")
    counts = serializers.ChoiceField(COUNTS, required=False)


class PlanQuestion(PlanDefinition):
    lot_size = serializers.IntegerField(min_value=1)


class PlanAnswer(serializers.Serializer):
    code_letter = serializers.CharField(allow_null=True)
    effective_letter = serializers.CharField(allow_null=True, help_text="Where an arrow of the table leads.")
    sample_size = serializers.IntegerField()
    acceptance = serializers.IntegerField()
    rejection = serializers.IntegerField()
    inspect_all = serializers.BooleanField()
    severity = serializers.CharField()
    kind = serializers.CharField(help_text="The plan in force: where there is no double plan, the single one.")
    standard = serializers.CharField()
    aql = serializers.CharField()
    counts = serializers.ChoiceField(COUNTS)
    stages = StagePlan(many=True, required=False, help_text="For double and multiple; the numbers are cumulative.")


class OcQuestion(serializers.Serializer):
    n = serializers.IntegerField(min_value=1)
    ac = serializers.IntegerField(min_value=0)
    lot_size = serializers.IntegerField(required=False, min_value=1, help_text="Exact hypergeometric for this lot.")
    counts = serializers.ChoiceField(COUNTS, required=False)
    p = serializers.ListField(
        child=serializers.FloatField(min_value=0), required=False, help_text="Qualities as fractions: p=0.01&p=0.05"
    )
    opened = serializers.IntegerField(
        required=False, min_value=1, help_text="Cartons that are opened, with `cartons`, `correlation` or both."
    )
    cartons = serializers.IntegerField(required=False, min_value=1, help_text="Cartons of the lot.")
    correlation = serializers.FloatField(
        required=False, min_value=0, max_value=1, help_text="Of units of one carton: 0 mixed, 1 good or bad as a whole."
    )


class OcPoint(serializers.Serializer):
    p = serializers.FloatField()
    pa = serializers.FloatField()
    ati = serializers.FloatField(
        required=False,
        help_text="Average total inspection in units, rejected lots inspected whole; where lot_size is given",
    )
    pa_whole_cartons = serializers.FloatField(
        required=False, help_text="Where the nonconforming units fill whole cartons; where cartons and opened are given"
    )
    pa_alike = serializers.FloatField(
        required=False,
        help_text="Where units of one carton have the correlation that is given (beta-binomial, of many cartons)",
    )


class OcAnswer(serializers.Serializer):
    points = OcPoint(many=True)
    p95 = serializers.FloatField(
        allow_null=True, help_text="The quality, as a fraction, that is accepted 95 % of the time; null where none is."
    )
    p50 = serializers.FloatField(allow_null=True)
    p10 = serializers.FloatField(allow_null=True)
    aoql = serializers.FloatField()
    aoql_at = serializers.FloatField()


class LimitingQualityQuestion(serializers.Serializer):
    lot_size = serializers.IntegerField(min_value=1)
    lq = serializers.DecimalField(
        max_digits=40, decimal_places=20, help_text="Limiting quality in percent: a lot so bad hardly ever passes."
    )
    ac = serializers.IntegerField(required=False, min_value=0, default=0)
    consumer_risk = serializers.DecimalField(
        max_digits=40, decimal_places=20, required=False, default=Decimal("0.10"), help_text="As a fraction."
    )


class LimitingQualityAnswer(serializers.Serializer):
    kind = serializers.CharField(help_text="lq")
    sample_size = serializers.IntegerField()
    acceptance = serializers.IntegerField(
        help_text="Below the one asked for where a lot at the limiting quality holds no more nonconforming units than that."
    )
    rejection = serializers.IntegerField()
    inspect_all = serializers.BooleanField()
    nonconforming_at_lq = serializers.IntegerField(help_text="Nonconforming units in a lot at the limiting quality.")
    risk = serializers.FloatField(help_text="Chance that such a lot is accepted, exactly hypergeometric.")
    p95 = serializers.FloatField(
        allow_null=True, help_text="The quality, as a fraction, that is accepted 95 % of the time."
    )


class SwitchingLot(serializers.Serializer):
    lot_size = serializers.IntegerField(required=False, min_value=1)
    nonconforming = serializers.IntegerField(required=False, min_value=0, help_text="Cumulative over the stages.")
    first_sample_nonconforming = serializers.IntegerField(required=False, min_value=0, help_text="Of a double plan.")
    stage_nonconforming = serializers.ListField(child=serializers.IntegerField(min_value=0), required=False)
    resubmitted = serializers.BooleanField(default=False)
    critical = serializers.BooleanField(default=False)
    production_steady = serializers.BooleanField(default=True)
    reduced_approved = serializers.BooleanField(default=True)
    event = serializers.CharField(required=False, help_text="In place of all others, such as resumed.")


class SwitchingQuestion(PlanDefinition):
    lots = SwitchingLot(many=True)


class SwitchingRow(serializers.Serializer):
    severity = serializers.CharField()
    sample_size = serializers.IntegerField(allow_null=True)
    acceptance = serializers.IntegerField(allow_null=True)
    rejection = serializers.IntegerField(allow_null=True)
    accepted = serializers.BooleanField()
    score = serializers.IntegerField()
    severity_next = serializers.CharField()
    discontinued = serializers.BooleanField()
    reason = serializers.DictField()


class SwitchingAnswer(serializers.Serializer):
    lots = SwitchingRow(many=True)


class IntervalQuestion(serializers.Serializer):
    nonconforming = serializers.IntegerField(min_value=0)
    n = serializers.IntegerField(min_value=1)
    confidence = serializers.FloatField(default=0.95, min_value=0, max_value=1)


class IntervalAnswer(serializers.Serializer):
    clopper_pearson = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    wilson = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    upper = serializers.FloatField(help_text="One-sided.")


def answered(ask: Callable[..., dict], *question: Any) -> Response:
    """Raises InvalidInput for what the pure function refuses."""
    try:
        return Response(ask(*question))
    except SamplingErrors as several:
        raise InvalidInput([each for error in several.errors for each in from_sampling(error).errors]) from None
    except SamplingError as error:
        raise from_sampling(error) from None


class SamplingPlan(APIView):
    permissions = {"GET": None}
    query = tuple(PlanQuestion().fields)

    @extend_schema(parameters=[PlanQuestion], responses={200: PlanAnswer})
    def get(self, request: ApiRequest) -> Response:
        """The plan of the standard for one lot."""
        return answered(plan_answer, request.query_params.dict())


class SamplingOc(APIView):
    permissions = {"GET": None}
    query = tuple(OcQuestion().fields)
    many = ("p",)

    @extend_schema(parameters=[OcQuestion], responses={200: OcAnswer})
    def get(self, request: ApiRequest) -> Response:
        """How likely a plan accepts which quality."""
        return answered(oc_answer, request.query_params.dict(), request.query_params.getlist("p"))


class LimitingQuality(APIView):
    permissions = {"GET": None}
    query = tuple(LimitingQualityQuestion().fields)

    @extend_schema(parameters=[LimitingQualityQuestion], responses={200: LimitingQualityAnswer})
    def get(self, request: ApiRequest) -> Response:
        """The plan of a lot that stands alone, by limiting quality and consumer's risk, in the manner of ISO 2859-2."""
        return answered(limiting_quality_answer, request.query_params.dict())


class SamplingSwitching(APIView):
    permissions = {"POST": None}

    @extend_schema(request=SwitchingQuestion, responses={200: SwitchingAnswer})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """What the switching rules would have done with these lots. Nothing is stored."""
        question = body_of(request)
        require_known(question, set(SwitchingQuestion().fields))
        lots = question.get("lots")
        known = set(SwitchingLot().fields)
        for number, lot in enumerate(lots if isinstance(lots, list) else (), start=1):
            if isinstance(lot, Mapping):
                require_known(lot, known, f"lots.{number}.")
        return answered(switching_answer, question)


class SamplingInterval(APIView):
    permissions = {"GET": None}
    query = tuple(IntervalQuestion().fields)

    @extend_schema(parameters=[IntervalQuestion], responses={200: IntervalAnswer})
    def get(self, request: ApiRequest) -> Response:
        """Bounds of the true share of nonconforming units."""
        return answered(interval_answer, request.query_params.dict())

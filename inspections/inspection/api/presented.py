"""How inspections and holds look in answers; more than one call shows them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import StaffName
from accounts.roles import Role
from inspections.calculator.api import StagePlan
from inspections.calculator.words.sampling import SEVERITIES
from inspections.calculator.words.variables import estimate_words, so_far, warnings
from inspections.hold.api import HoldSummary
from inspections.inspection.words import verdict_reasons
from inspections.models import Inspection, InspectionStatus, NonconformityClass, Verdict
from inspections.rules.verdicts import Tallies
from inspections.sampling import Plan

NEXT_SAMPLE = ("next_sample", _("take the next sample"))


class ClassPlan(serializers.Serializer):
    severity = serializers.ChoiceField(list(SEVERITIES.items()), help_text="Of this class; each switches by itself.")
    sample_size = serializers.IntegerField()
    acceptance = serializers.IntegerField(allow_null=True, help_text="Null where the present sample cannot accept.")
    rejection = serializers.IntegerField()
    inspect_all = serializers.BooleanField()
    code_letter = serializers.CharField(allow_null=True)
    effective_letter = serializers.CharField(allow_null=True)
    counts = serializers.ChoiceField(["units", "nonconformities"])
    stages = StagePlan(many=True, help_text="Of double and multiple plans; the numbers are cumulative.")


class ClassStage(serializers.Serializer):
    number = serializers.IntegerField(help_text="The present sample, or the one that decided.")
    of = serializers.IntegerField()
    counts = serializers.ListField(
        child=serializers.IntegerField(), help_text="What each finished sample showed, with those before it."
    )
    next_sample_size = serializers.IntegerField(
        allow_null=True, help_text="Units to take now beside those of the samples before; null once decided."
    )
    is_closed = serializers.BooleanField(help_text="An earlier sample has decided the class.")


class ClassCount(ClassPlan):
    nonconforming = serializers.IntegerField(
        allow_null=True,
        help_text="Nonconforming units found in the sample; each counts once, in its most serious class.",
    )
    counted_higher = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Units that are nonconforming here too and count in a more serious class.",
    )
    nonconformities = serializers.IntegerField(allow_null=True)
    settled = serializers.ChoiceField(
        [*Verdict.choices, NEXT_SAMPLE], allow_null=True, help_text="The outcome of the class once it cannot change."
    )
    stage = ClassStage(allow_null=True, help_text="Of double and multiple plans.")


class OwnCount(ClassPlan):
    """A check that is judged by a plan of its own and counts in no class."""

    nonconforming = serializers.IntegerField(allow_null=True)
    nonconformities = serializers.IntegerField(allow_null=True)
    settled = serializers.ChoiceField([*Verdict.choices, NEXT_SAMPLE], allow_null=True)


class VariablesPlanShown(serializers.Serializer):
    """The plan of a measured characteristic that is estimated from its readings, by ANSI/ASQ Z1.9."""

    standard = serializers.CharField()
    sample_size = serializers.IntegerField()
    form = serializers.ChoiceField([1, 2], help_text="1: by k, for one limit. 2: by M.")
    k = serializers.FloatField(
        help_text="Form 1: the least distance of the mean from the limit, in standard deviations."
    )
    m_percent = serializers.FloatField(help_text="Form 2: the largest estimated share outside the limits, in percent.")
    inspect_all = serializers.BooleanField(help_text="Every unit is measured; the share outside is counted.")
    code_letter = serializers.CharField()
    aql = serializers.CharField()
    severity = serializers.CharField()


class VariablesStanding(VariablesPlanShown):
    settled = serializers.ChoiceField(Verdict.choices, allow_null=True)
    accepts = serializers.BooleanField(allow_null=True, help_text="What the readings so far would decide.")
    nonconforming = serializers.IntegerField(allow_null=True, help_text="Readings beyond a limit.")
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    q_lower = serializers.FloatField(allow_null=True, help_text="Of the mean from the lower limit, in sd.")
    q_upper = serializers.FloatField(allow_null=True)
    percent_below = serializers.FloatField(allow_null=True, help_text="Estimated share of the lot, in percent.")
    percent_above = serializers.FloatField(allow_null=True)
    percent_outside = serializers.FloatField(allow_null=True)
    normality_p = serializers.FloatField(allow_null=True, help_text="Shapiro-Wilk.")
    warnings = serializers.ListField(child=serializers.CharField(), help_text="Codes; their sentences are in `said`.")
    detail = serializers.CharField()
    said = serializers.ListField(child=serializers.CharField())


ESTIMATES = (
    "settled", "accepts", "nonconforming", "mean", "sd", "q_lower", "q_upper", "percent_below", "percent_above", "percent_outside",
    "normality_p",
)  # fmt: skip


def present_variables(inspection: Inspection, tallies: Tallies | None) -> dict[str, dict[str, Any]]:
    """Characteristic code -> variables plan and estimates: those of the verdict, else those of `tallies`, else null."""
    shown = {}
    for code, plan in inspection.by_variables.items():
        told = inspection.variables_tally.get(code) or (tallies and tallies.variables[code].as_dict()) or {}
        words = (estimate_words if inspection.variables_tally else so_far)(plan, told) if told else ""
        shown[code] = (
            plan.as_dict()
            | {name: told.get(name) for name in ESTIMATES}
            | {"warnings": list(told.get("warnings", ())), "detail": words, "said": warnings(told)}
        )
    return shown


def present_plan(plan: Plan) -> dict[str, Any]:
    return {
        "severity": plan.severity,
        "sample_size": plan.sample_size,
        "acceptance": None if plan.acceptance < 0 else plan.acceptance,
        "rejection": plan.rejection,
        "inspect_all": plan.inspect_all,
        "code_letter": plan.code_letter,
        "effective_letter": plan.effective_letter,
        "counts": plan.counts,
        "stages": [stage.as_dict() for stage in plan.stages],
    }


def present_plans(inspection: Inspection) -> dict[str, dict[str, Any]]:
    """Class -> plan, the most serious class first."""
    plans = inspection.plans
    return {name: present_plan(plans[name]) for name in NonconformityClass.values if name in plans}


def present_own(inspection: Inspection) -> dict[str, dict[str, Any]]:
    """Characteristic code -> plan, of those that have a sampling of their own."""
    return {code: present_plan(plan) for code, plan in inspection.own.items()}


def present_own_counts(inspection: Inspection, tallies: Tallies | None) -> dict[str, dict[str, Any]]:
    """The same with their counts, as `present_classes`."""
    shown = present_own(inspection)
    for code, plan in shown.items():
        counted = inspection.own_tally.get(code) or (tallies.own[code].as_dict() if tallies else {})
        plan |= {key: counted.get(key) for key in ("nonconforming", "nonconformities", "settled")}
    return shown


def present_classes(inspection: Inspection, tallies: Tallies | None) -> dict[str, dict[str, Any]]:
    """Class -> plan and counts: those of the verdict, else those of `tallies`, else null."""
    classes = present_plans(inspection)
    for name, shown in classes.items():
        shown["stage"] = present_stage(inspection, name)
        if inspection.tally is not None:
            counted = inspection.tally[name]
        elif tallies:
            counted = tallies.classes[name].as_dict()
        else:
            counted = {}
        shown["counted_higher"] = counted.get("higher", [])
        for key in ("nonconforming", "nonconformities", "settled"):
            shown[key] = counted.get(key)
    return classes


def present_stage(inspection: Inspection, name: str) -> dict[str, Any] | None:
    """Where a class with a double or multiple plan stands."""
    stages = inspection.frozen_plans[name].stages
    if not stages:
        return None
    counts = list(inspection.stage_counts.get(name, ()))
    number = len(counts) + 1
    is_closed = inspection.is_decided(name)
    if inspection.tally is not None:
        counts = list(inspection.tally[name]["counted"])
    is_open = inspection.status == InspectionStatus.OPEN and not is_closed
    return {
        "number": number,
        "of": len(stages),
        "counts": counts,
        "next_sample_size": stages[number - 1].sample_size - inspection.seen_before(name) if is_open else None,
        "is_closed": is_closed,
    }


class InspectionSummary(serializers.Serializer):
    """Context: `tallies`, where the classes of an open inspection stand."""

    id = serializers.UUIDField(source="uid")
    batch = serializers.CharField(source="batch.number")
    product = serializers.CharField(source="batch.product.sku")
    supplier = serializers.CharField(source="batch.supplier.code")
    round = serializers.IntegerField()
    state = serializers.ChoiceField(InspectionStatus.choices, source="status")
    severity = serializers.CharField()
    verdict = serializers.ChoiceField(Verdict.choices, allow_null=True)
    reasons = serializers.SerializerMethodField()
    classes = serializers.SerializerMethodField()
    characteristics = serializers.SerializerMethodField(help_text="By code: checks with a sampling of their own.")
    variables = serializers.SerializerMethodField()
    hold = HoldSummary(allow_null=True)
    lot_size = serializers.IntegerField()
    inspector = StaffName(Role.QC)
    planned_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    abandoned_at = serializers.DateTimeField(allow_null=True)
    counts_as_rejected = serializers.BooleanField(
        help_text="Abandoned with a record that rejects: a submission that was not accepted."
    )
    sample_invalid = serializers.BooleanField(
        source="is_invalid", help_text="A second person signed so after it was abandoned; it is no round."
    )

    def get_reasons(self, inspection: Inspection) -> list[str]:
        return verdict_reasons(inspection)

    @extend_schema_field(serializers.DictField(child=ClassCount()))
    def get_classes(self, inspection: Inspection) -> dict[str, Any]:
        return present_classes(inspection, self.context.get("tallies"))

    @extend_schema_field(serializers.DictField(child=OwnCount()))
    def get_characteristics(self, inspection: Inspection) -> dict[str, Any]:
        return present_own_counts(inspection, self.context.get("tallies"))

    @extend_schema_field(serializers.DictField(child=VariablesStanding()))
    def get_variables(self, inspection: Inspection) -> dict[str, Any]:
        return present_variables(inspection, self.context.get("tallies"))

"""Inspections over the API: record a whole one, or open one and fill it check by check."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView
from activity.api import NONSENSE_TIME, YEARS, Input, body_of, idempotent, require_known
from activity.errors import FieldError, InvalidInput
from inspections.finding.api import BatchFinding, StoredReading
from inspections.hold.api import HoldSummary
from inspections.inspection.api.presented import (
    NEXT_SAMPLE,
    ClassCount,
    InspectionSummary,
    OwnCount,
    VariablesStanding,
    present_classes,
    present_own_counts,
    present_variables,
)
from inspections.inspection.forms import InspectionFilters
from inspections.inspection.services.late import keep_late_result
from inspections.inspection.services.recording import (
    NotOpen,
    abandon_inspection,
    record_inspection,
    record_result,
    submit_inspection,
)
from inspections.inspection.services.results import ResultInput, UnitChange, current_tallies
from inspections.inspection.words import far_off_words
from inspections.models import CartonRule, Inspection, Result, Verdict
from inspections.rules.far_off import far_off_units

MOST_RESULTS = 1000
_OF_RESULT = (
    "characteristic", "readings", "nonconforming_units", "nonconforming", "nonconformities", "complete", "recorded_at",
    "revision", "units",
)  # fmt: skip


@extend_schema_field({"type": ["number", "string", "null"]})
class SentReading(serializers.Field):
    """A number, or text with one; null for a unit that is not read yet."""


class ChangedUnit(serializers.Serializer):
    """What was changed on one unit of a check."""

    unit = serializers.IntegerField(min_value=1)
    reading = SentReading(required=False, help_text="Of a measured characteristic; null takes it back.")
    nonconforming = serializers.BooleanField(required=False, help_text="Of any other.")
    before = serializers.JSONField(
        required=False, allow_null=True, help_text="What the sender saw there before: a reading or null; true or false."
    )


class SentResult(serializers.Serializer):
    """The result of one check. Documents what `result_input` checks, which is plain code because of the many readings."""

    characteristic = serializers.CharField()
    readings = serializers.ListField(
        child=SentReading(),
        required=False,
        allow_null=True,
        help_text="Of a measured characteristic: one number per unit in unit order, null where a unit is not read yet. As text "
        "also “<0.002” or “>50”, where that tells whether the limits are kept. Decimals have a point.",
    )
    nonconforming_units = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        allow_null=True,
        help_text="Of any other: the numbers of the nonconforming units, from 1.",
    )
    nonconforming = serializers.IntegerField(
        min_value=0, required=False, allow_null=True, help_text="Their count, where the numbers are unknown."
    )
    nonconformities = serializers.IntegerField(
        min_value=0, required=False, allow_null=True, help_text="All that was found, where units had more than one."
    )
    complete = serializers.BooleanField(
        required=False, default=True, help_text="False while the units that are not named were not looked at yet."
    )
    recorded_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="By the clock of the device, with its time zone."
    )
    revision = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="The revision seen last; 409 when someone has changed the check since.",
    )
    units = ChangedUnit(
        many=True,
        required=False,
        allow_null=True,
        help_text="By PUT, instead of the whole: what was changed. It is merged with what others recorded; 409 names in `units` those that two people recorded differently.",
    )


class NewInspection(serializers.Serializer):
    batch = serializers.CharField()
    results = SentResult(many=True, required=False)
    submit = serializers.BooleanField(default=False)
    cartons = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        help_text="That the units come in; left out, those of the batch while all of its units are there.",
    )
    carton_rule = serializers.ChoiceField(
        CartonRule.choices, required=False, default=CartonRule.SQUARE_ROOT, help_text="How many of them to open."
    )


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput.one(field, "required", _("Give %(field)s as text.") % {"field": field})
    return value


def _flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput.one(field, "not_a_flag", _("Give true or false."))
    return value


def _list(value: object, field: str) -> list | None:
    if value is not None and not isinstance(value, list):
        raise InvalidInput.one(field, "not_a_list", _("Give a list."))
    return value


def _whole(value: object, field: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise InvalidInput.one(field, "out_of_range", _("Give a whole number of at least 0."))
    return value


def _time(value: object, field: str) -> datetime | None:
    if value is None:
        return None
    try:
        time = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        time = None
    if time is None or is_naive(time):
        raise InvalidInput.one(field, "not_a_time", _("Give a time with its zone, such as 2026-11-22T12:00:00+08:00."))
    if time.year not in YEARS:
        raise InvalidInput.one(field, "nonsense", str(NONSENSE_TIME))
    return time


def _completeness(sent: dict[str, Any], field: str) -> bool | None:
    """Of units that were changed, left open: as it is stored."""
    if sent.get("units") is not None and "complete" not in sent:
        return None
    return _flag(sent.get("complete", True), field)


def _changes(value: object, field: str) -> list[UnitChange] | None:
    if value is None:
        return None
    changes = []
    for index, item in enumerate(_list(value, field) or []):
        where = f"{field}.{index}"
        if not isinstance(item, dict) or ("reading" in item) == ("nonconforming" in item):
            raise InvalidInput.one(
                where, "required", _("Give a unit with its reading, or whether it is nonconforming.")
            )
        require_known(item, ("unit", "reading", "nonconforming", "before"), f"{where}.")
        unit = _whole(item.get("unit"), f"{where}.unit")
        if unit is None:
            raise InvalidInput.one(f"{where}.unit", "required", _("Give the number of the unit."))
        is_flag = "nonconforming" in item
        value = _flag(item["nonconforming"], f"{where}.nonconforming") if is_flag else item["reading"]
        changes.append(UnitChange(unit, value, item.get("before")))
    return changes


def result_input(sent: object, field: str, characteristic: str | None = None) -> ResultInput:
    """One result as it was sent, its shape checked; what its numbers mean is checked by the service.

    `characteristic` is the one that the path names. Raises InvalidInput naming the field below `field`.
    """
    prefix = f"{field}." if field else ""
    if not isinstance(sent, dict):
        raise InvalidInput.one(field, "not_an_object", _("Give an object with the result of one check."))
    require_known(sent, _OF_RESULT, prefix)
    code = _text(sent.get("characteristic", characteristic), f"{prefix}characteristic")
    if characteristic is not None and code != characteristic:
        raise InvalidInput.one(
            f"{prefix}characteristic",
            "contradiction",
            _("The path names %(code)s.") % {"code": characteristic},
        )
    return ResultInput(
        code,
        readings=_list(sent.get("readings"), f"{prefix}readings"),
        nonconforming_units=_list(sent.get("nonconforming_units"), f"{prefix}nonconforming_units"),
        nonconforming=_whole(sent.get("nonconforming"), f"{prefix}nonconforming"),
        nonconformities=_whole(sent.get("nonconformities"), f"{prefix}nonconformities"),
        is_complete=_completeness(sent, f"{prefix}complete"),
        recorded_at=_time(sent.get("recorded_at"), f"{prefix}recorded_at"),
        revision=_whole(sent.get("revision"), f"{prefix}revision"),
        units=_changes(sent.get("units"), f"{prefix}units"),
    )


def result_inputs(sent: object) -> list[ResultInput]:
    """Raises InvalidInput with all that is wrong with any of them."""
    items = _list(sent, "results") or []
    if len(items) > MOST_RESULTS:
        raise InvalidInput.one("results", "too_many", _("At most %(most)s results at once.") % {"most": MOST_RESULTS})
    inputs: list[ResultInput] = []
    errors: list[FieldError] = []
    for index, item in enumerate(items):
        try:
            inputs.append(result_input(item, f"results.{index}"))
        except InvalidInput as error:
            errors.extend(error.errors)
    if errors:
        raise InvalidInput(errors)
    return inputs


class StoredResult(serializers.Serializer):
    characteristic = serializers.CharField(source="characteristic.code")
    readings = serializers.ListField(
        child=StoredReading(allow_null=True),
        allow_null=True,
    )
    nonconforming_units = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    nonconforming = serializers.IntegerField()
    nonconformities = serializers.IntegerField()
    complete = serializers.BooleanField(source="is_complete")
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    revision = serializers.IntegerField()
    recorded_at = serializers.DateTimeField()


class InspectionDetail(InspectionSummary):
    """Context: `results`, those stored; `unanswered`, the codes of the checks that are not complete."""

    specification = serializers.IntegerField(source="specification.version", help_text="Version")
    abandoned_reason = serializers.CharField()
    carried = serializers.SerializerMethodField(
        help_text="Codes of what earlier rounds found nonconforming, and is asked again as it was found there."
    )
    results = serializers.SerializerMethodField()
    unanswered = serializers.SerializerMethodField()

    def get_carried(self, inspection: Inspection) -> list[str]:
        return sorted(inspection.carried)

    @extend_schema_field(StoredResult(many=True))
    def get_results(self, inspection: Inspection) -> list[dict]:
        return list(StoredResult(self.context["results"], many=True).data)

    def get_unanswered(self, inspection: Inspection) -> list[str]:
        return self.context["unanswered"]


class ReadingWarning(serializers.Serializer):
    """A reading that counts, and is so far from what is expected that it may be a slip."""

    characteristic = serializers.CharField()
    unit = serializers.IntegerField()
    reading = serializers.DecimalField(max_digits=None, decimal_places=None, coerce_to_string=False)
    code = serializers.ChoiceField(
        ["point", "tenfold", "tenth", "beyond"],
        help_text="The decimal point may be lost; ten times the target, a tenth of it; beyond three times the tolerance.",
    )
    meant = serializers.DecimalField(
        max_digits=None, decimal_places=None, coerce_to_string=False, allow_null=True, help_text="With the point moved."
    )
    detail = serializers.CharField()


def warnings_of(results: Iterable[Result]) -> list[dict[str, Any]]:
    """What is odd about the readings of results, with their characteristics."""
    found = []
    for result in results:
        c = result.characteristic
        if not result.nonconforming and None not in (c.lower, c.upper):
            continue
        for unit, reading, odd in far_off_units(result.readings or (), lower=c.lower, upper=c.upper, target=c.target):
            found.append(
                {
                    "characteristic": c.code,
                    "unit": unit,
                    "reading": reading,
                    "code": odd.code,
                    "meant": odd.meant,
                    "detail": far_off_words(c, unit, reading, odd),
                }
            )
    return list(ReadingWarning(found, many=True).data)


class RecordedInspection(InspectionSummary):
    warnings = serializers.SerializerMethodField(help_text="Readings that may be slips. They count.")

    @extend_schema_field(ReadingWarning(many=True))
    def get_warnings(self, inspection: Inspection) -> list[dict[str, Any]]:
        return warnings_of(inspection.recorded)


class SavedResult(StoredResult):
    """What autosave answers: the check as it is stored, and what it means for the inspection and the batch."""

    warnings = ReadingWarning(many=True, help_text="Readings that may be slips. They count.")
    classes = serializers.DictField(child=ClassCount())
    characteristics = serializers.DictField(child=OwnCount(), help_text="By code: checks with a sampling of their own.")
    variables = serializers.DictField(child=VariablesStanding())
    outcome = serializers.ChoiceField(
        [*Verdict.choices, NEXT_SAMPLE], allow_null=True, help_text="Once it can no longer change."
    )
    hold = HoldSummary(allow_null=True)


def standing(inspection: Inspection) -> tuple[list[Result], dict[str, Any]]:
    """The stored results in the order of the specification, and where the inspection stands. Two queries."""
    characteristics = inspection.characteristics()
    stored = {result.characteristic_id: result for result in inspection.results.all()}
    results = []
    for characteristic in characteristics:
        if result := stored.get(characteristic.pk):
            result.characteristic = characteristic
            results.append(result)
    return results, {
        "results": results,
        "tallies": current_tallies(inspection, stored, characteristics),
        "unanswered": [c.code for c in characteristics if c.pk not in stored or not stored[c.pk].is_complete],
    }


def visible_inspections(user: User) -> QuerySet[Inspection]:
    return Inspection.objects.visible_to(user).select_related(
        "batch__product", "batch__supplier", "specification", "inspector", "hold"
    )


def with_batch(inspection: Inspection) -> Inspection:
    """Its hold speaks of the batch that is loaded already."""
    if inspection.hold:
        inspection.hold.batch = inspection.batch
    return inspection


class LateResult(serializers.Serializer):
    """What came for a closed inspection and is kept as a finding; its verdict stays."""

    late = serializers.BooleanField()
    finding = BatchFinding()
    hold = HoldSummary(allow_null=True)


class Handover(serializers.Serializer):
    closes = serializers.DictField(
        child=serializers.IntegerField(min_value=0),
        required=False,
        allow_null=True,
        help_text="Code of each check -> the revision seen last; 409 names those of which another is there.",
    )
    findings = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, help_text="How many findings of this inspection were seen."
    )


def closed_revisions(sent: object) -> dict[str, int] | None:
    """Raises InvalidInput."""
    if sent is None:
        return None
    if not isinstance(sent, dict):
        raise InvalidInput.one("closes", "not_an_object", _("Give an object with the revision of each check."))
    return {code: _whole(revision, f"closes.{code}") or 0 for code, revision in sent.items()}


class InspectionList(ListAPIView):
    permissions = {"GET": None, "POST": "inspections.inspect"}
    is_counted = False
    serializer_class = InspectionSummary
    filterset_class = InspectionFilters

    def get_queryset(self) -> QuerySet[Inspection]:
        return visible_inspections(self.request.user)

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        page = super().paginate_queryset(queryset)
        return None if page is None else [with_batch(inspection) for inspection in page]

    @extend_schema(request=NewInspection, responses={201: RecordedInspection})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        """Open the next round of a batch with the results given; with `submit` its verdict falls at once."""
        sent = body_of(request)
        require_known(sent, ("batch", "results", "submit", "cartons", "carton_rule"))
        inspection = record_inspection(
            batch=_text(sent.get("batch"), "batch"),
            results=result_inputs(sent.get("results")),
            submit=_flag(sent.get("submit", False), "submit"),
            cartons=_whole(sent.get("cartons"), "cartons"),
            carton_rule=_text(sent.get("carton_rule", CartonRule.SQUARE_ROOT), "carton_rule"),
            actor=request.user,
            at=now(),
        )
        context = self.get_serializer_context() | ({} if inspection.verdict else standing(inspection)[1])
        return Response(RecordedInspection(inspection, context=context).data, status=201)


class InspectionView(GenericAPIView):
    serializer_class: type[serializers.Serializer] = InspectionDetail
    lookup_field = "uid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Inspection]:
        return visible_inspections(self.request.user)

    def get_object(self) -> Inspection:
        return with_batch(super().get_object())

    def answer(self, inspection: Inspection) -> Response:
        context = self.get_serializer_context() | standing(inspection)[1]
        return Response(InspectionDetail(inspection, context=context).data)


class InspectionOne(InspectionView):
    permissions = {"GET": None}

    @extend_schema(responses={200: InspectionDetail})
    def get(self, request: ApiRequest, id: UUID) -> Response:
        return self.answer(self.get_object())


class InspectionResult(InspectionView):
    permissions = {"PUT": "inspections.inspect"}
    is_counted = False

    @extend_schema(request=SentResult, responses={200: SavedResult, 202: LateResult})
    def put(self, request: ApiRequest, id: UUID, characteristic: str) -> Response:
        """Save one check while the inspection is open. A repeat changes nothing.

        Once it is closed, what shows more than is stored is kept as a late finding (202), which holds what is left of the
        batch where it is critical.
        """
        inspection = self.get_object()
        sent = result_input(body_of(request), "", characteristic)
        try:
            inspection, result = record_result(inspection=inspection, sent=sent, actor=request.user, at=now())
        except NotOpen:
            finding = keep_late_result(inspection=inspection, sent=sent, actor=request.user, at=now())
            late = LateResult({"late": True, "finding": finding, "hold": finding.hold}, context={"request": request})
            return Response(late.data, status=202)
        _results, context = standing(inspection)
        return Response(
            StoredResult(result).data
            | {
                "warnings": warnings_of([result]),
                "classes": present_classes(inspection, context["tallies"]),
                "characteristics": present_own_counts(inspection, context["tallies"]),
                "variables": present_variables(inspection, context["tallies"]),
                "outcome": context["tallies"].outcome,
                "hold": HoldSummary(with_batch(inspection).hold).data if inspection.hold_id else None,
            }
        )


class InspectionSubmit(InspectionView):
    permissions = {"POST": "inspections.inspect"}
    is_counted = False

    @extend_schema(request=Handover, responses={200: InspectionDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Close the inspection with its verdict; 422 names the checks that are not answered.

        With `closes` and `findings` it is refused (409) when anything else has arrived.
        """
        inspection = self.get_object()
        sent = body_of(request)
        require_known(sent, ("closes", "findings"))
        closes, findings = closed_revisions(sent.get("closes")), _whole(sent.get("findings"), "findings")
        return self.answer(
            submit_inspection(inspection=inspection, closes=closes, findings=findings, actor=request.user, at=now())
        )


class Abandonment(Input):
    reason = serializers.CharField()


class InspectionAbandon(InspectionView):
    permissions = {"POST": "inspections.inspect"}

    @extend_schema(request=Abandonment, responses={200: InspectionDetail})
    @idempotent
    def post(self, request: ApiRequest, id: UUID) -> Response:
        """Stop without a verdict. A hold that the inspection placed stays."""
        inspection = self.get_object()
        reason = Abandonment.of(request)["reason"]
        return self.answer(abandon_inspection(inspection=inspection, reason=reason, actor=request.user, at=now()))

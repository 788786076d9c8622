"""A pilot run as the API answers it: rates with bounds, the verdict, what may be promised of delivery."""

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.response import Response

from accounts.requests import GenericAPIView
from inspections.models import (
    PilotRuleKind,
    PilotRun,
    PilotStatus,
    PilotVerdict,
    PilotWordKind,
)
from inspections.pilot.reads import (
    Promises,
    ages_of,
    arrivals_of,
    find_pilots,
    judgement_of,
    promises_of,
    windows_end,
    with_arrivals,
)
from inspections.pilot.words import age_sentence, follow_up_size, judgement_sentence, promise_sentence, rate_sentence
from inspections.rules.pilot_figures import Judgement, Promise, Rate


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
    coverage = serializers.FloatField(
        help_text="Share of all deliveries that keep it at least: 0.9, or 0.8 while that is all that can be promised"
    )
    confidence = serializers.FloatField(help_text="So many of the promises given on any one day hold")
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
    shortest = serializers.IntegerField(help_text="Days for which they can come back, by their markets: the fewest")
    longest = serializers.IntegerField(help_text="and the most")
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
        help_text="Days after delivery until a unit whose market is not known counts as not complained about and not returned."
    )
    windows_end_on = serializers.DateField(
        allow_null=True,
        help_text="The last day on which a unit that has arrived can be sent back; null where none can.",
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
        ages = ages_of(run, arrivals, at=now())
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
            "ages": asdict(ages) | {"detail": age_sentence(ages)} if ages else None,
            "beyond_limits": {"critical": judgement.critical, "major": judgement.major},
            "window_days": run.window_days,
            "windows_end_on": windows_end(run, arrivals, at=now()),
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


class Shown(GenericAPIView):
    """What a reader may see goes with every answer."""

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "sees_all": self.request.user.has_perm("suppliers.see_all")}

    def get_queryset(self) -> QuerySet[PilotRun]:
        return with_arrivals(find_pilots(self.request.user))

    def answer(self, run: PilotRun, status: int = 200) -> Response:
        shown = self.get_queryset().get(pk=run.pk)
        return Response(RunShown(shown, context=self.get_serializer_context()).data, status=status)


class PilotView(Shown):
    serializer_class = RunShown
    lookup_field = "uid"
    lookup_url_kwarg = "id"

"""Pilot runs as services, pages, the API and the gate read them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, DateField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, JSONObject, TruncDate
from django.utils.timezone import now

from accounts.models import User
from accounts.signature import digest
from activity.queries import story_of
from activity.story import event_sentence
from inspections.models import (
    MarginInputs,
    PilotOutcome,
    PilotReading,
    PilotRun,
    PilotStatus,
    PilotUnit,
    PilotVerdict,
    ReturnNorm,
)
from inspections.models.pilot import COMPLAINED, DAMAGED, RETURNED
from inspections.rules.pilot_figures import (
    AgainstNorm,
    Ages,
    Judgement,
    Promise,
    against_norm,
    ages,
    delivery_promise,
    judge,
)
from inspections.rules.pilots import RATES, Boundary
from suppliers.models import Category, Product

FAILED = Q(status=PilotStatus.CONCLUDED) & (Q(verdict=PilotVerdict.FAIL) | Q(failed_late_at__isnull=False))
BEYOND_OF_RUN = PilotReading.objects.filter(
    run=OuterRef("pk"), nonconforming__gt=0, characteristic__nonconformity_class__in=["critical", "major"]
)
# Stopped by somebody after units had come back bad, also where that was taken back, or a reading lay beyond its limits.
STOPPED_BADLY = Q(status=PilotStatus.STOPPED) & (
    ~Q(took_back_by=[])
    | Exists(PilotUnit.objects.back().exclude(outcome=PilotOutcome.OK).filter(run=OuterRef("pk")))
    | Exists(BEYOND_OF_RUN)
)


def rules_of(run: PilotRun) -> dict[str, Boundary]:
    """Rate -> its frozen rule."""
    return {name: Boundary.from_dict(run.rule[name]) for name in RATES}


def day_of(at: datetime) -> date:
    """The day that return windows are counted by: the one that begins last of those that matter."""
    return at.astimezone(UTC).date()


def facts_of(run: PilotRun) -> dict:
    """What every event about a run says."""
    return {"run": str(run.uid), "ordinal": run.ordinal, "size": run.size}


def lock_run(run: PilotRun) -> PilotRun:
    """As it is now, under its lock."""
    locked = PilotRun.objects.select_for_update(of=("self",)).select_related("product").get(pk=run.pk)
    locked.product = run.product
    return locked


def window_of(run: PilotRun, unit: PilotUnit) -> int:
    """For how many days after delivery the unit can be sent back: by its market, else by the most patient of the run."""
    return run.window_days if unit.window_days is None else unit.window_days


def window_ends(run: PilotRun, unit: PilotUnit) -> date | None:
    """The last day on which a unit that is back can still be sent back; None for one that cannot any more, or is out."""
    if unit.outcome in ("", PilotOutcome.RETURNED) or unit.recorded_at is None:
        return None
    return (unit.delivered_on or day_of(unit.recorded_at)) + timedelta(days=window_of(run, unit))


def counts_of_units(
    run: PilotRun, units: Iterable[PilotUnit], *, at: datetime
) -> tuple[dict[str, int], dict[str, int]]:
    """Rate -> bad units, and rate -> how many count for it at that moment."""
    back = [unit for unit in units if unit.outcome]
    day = day_of(at)
    open_ones = {unit.pk for unit in back if (last := window_ends(run, unit)) and last >= day}
    complained = {unit.pk for unit in back if unit.outcome == PilotOutcome.COMPLAINED or unit.complaints}
    bad = {
        "damage": sum(unit.outcome == PilotOutcome.DAMAGED or unit.damage != "" for unit in back),
        "complaint": len(complained),
        "return": sum(unit.outcome == PilotOutcome.RETURNED for unit in back),
    }
    n = {
        "damage": len(back),
        "complaint": len(back) - len(open_ones - complained),
        "return": len(back) - len(open_ones),
    }
    return bad, n


def last_window(run: PilotRun, units: Iterable[PilotUnit], *, at: datetime) -> tuple[int, date | None]:
    """How many units can still come back, and the last day on which one can."""
    ends = [last for unit in units if (last := window_ends(run, unit)) and last >= day_of(at)]
    return len(ends), max(ends, default=None)


def with_counts(runs: QuerySet[PilotRun], *, at: datetime | None = None) -> QuerySet[PilotRun]:
    """Adds `back`, `damaged`, `complained` and `returned`, `open_returns` and `open_complaints` (units that can still come
    back, at the moment or when the run was concluded), and the readings beyond a limit of `critical` and `major`
    characteristics; one statement."""

    def count(condition: Q) -> Coalesce:
        units = PilotUnit.objects.filter(condition, run=OuterRef("pk")).order_by().values("run")
        return Coalesce(Subquery(units.annotate(n=Count("pk")).values("n")), 0)

    def still_out(condition: Q) -> Coalesce:
        day = Coalesce(TruncDate("run__concluded_at", tzinfo=UTC), Value(day_of(at or now()), DateField()))
        units = (
            PilotUnit.objects.filter(condition, run=OuterRef("pk"))
            .annotate(
                ends=Func(
                    Coalesce("delivered_on", TruncDate("recorded_at", tzinfo=UTC)),
                    Coalesce(F("window_days"), F("run__window_days")),
                    template="(%(expressions)s)",
                    arg_joiner=" + ",
                    output_field=DateField(),
                )
            )
            .filter(ends__gte=day)
            .order_by()
            .values("run")
        )
        return Coalesce(Subquery(units.annotate(n=Count("pk")).values("n")), 0)

    known = ~Q(outcome="") & ~RETURNED

    def beyond(nonconformity_class: str) -> Coalesce:
        taken = PilotReading.objects.filter(
            run=OuterRef("pk"), characteristic__nonconformity_class=nonconformity_class
        ).order_by()
        return Coalesce(Subquery(taken.values("run").annotate(n=Sum("nonconforming")).values("n")), 0)

    return runs.annotate(critical=beyond("critical"), major=beyond("major")).annotate(
        open_returns=still_out(known),
        open_complaints=still_out(known & ~COMPLAINED),
        back=count(~Q(outcome="")),
        damaged=count(DAMAGED),
        complained=count(COMPLAINED),
        returned=count(RETURNED),
    )


def judgement_of(run: PilotRun, *, at: datetime | None = None) -> Judgement:
    """By the frozen rule, as it stands now or `at` that moment; of one that is over, as it stood when it was concluded.

    Of a run that `with_counts` has counted without a statement, otherwise with one.
    """
    source = run if hasattr(run, "back") else with_counts(PilotRun.objects.filter(pk=run.pk), at=at).get()
    names = ("back", "damaged", "complained", "returned", "open_returns", "open_complaints", "critical", "major")
    counted: dict[str, int] = {name: getattr(source, name) for name in names}
    back = counted["back"]
    return judge(
        rules_of(run),
        {"damage": counted["damaged"], "complaint": counted["complained"], "return": counted["returned"]},
        {"damage": back, "complaint": back - counted["open_complaints"], "return": back - counted["open_returns"]},
        critical=counted["critical"],
        major=counted["major"],
    )


def beyond_limits(run: PilotRun) -> dict[str, int]:
    """How many readings of its critical and major characteristics lie beyond a limit, as `judge` takes them."""
    classes = {
        name: Sum("nonconforming", filter=Q(characteristic__nonconformity_class=name), default=0)
        for name in ("critical", "major")
    }
    return PilotReading.objects.filter(run=run).aggregate(**classes)


def find_pilots(user: User) -> QuerySet[PilotRun]:
    """The user's runs, newest first, with product, supplier and counts. One statement."""
    return (
        with_counts(PilotRun.objects.visible_to(user))
        .select_related("product__supplier", "sample", "word")
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class Norm:
    """The shares of return reasons that a category is compared with; `is_assumed` where any of them was not measured."""

    shares: dict[str, float]
    is_assumed: bool
    category: Category | None


def norm_for(category: Category) -> Norm:
    """The category's own norm, else its parent's, else that of every category. One statement."""
    rows: dict[int | None, list[ReturnNorm]] = {}
    asked = ReturnNorm.objects.filter(
        Q(category=category) | Q(category=category.parent_id, category__isnull=False) | Q(category=None)
    ).select_related("category")
    for row in asked:
        rows.setdefault(row.category_id, []).append(row)
    found = rows.get(category.pk) or rows.get(category.parent_id) or rows.get(None) or []
    return Norm(
        {row.reason: float(row.share) for row in found},
        any(row.status != "measured" for row in found),
        found[0].category if found else None,
    )


@dataclass(frozen=True, slots=True)
class Promises:
    """What may be promised of a whole delivery, and of handling and of transit, each by itself.

    `without_days` units are back and nobody said how long they took, so they are left out.
    """

    delivery: Promise
    handling: Promise
    transit: Promise
    without_days: int


def promises_of(run: PilotRun, took: Sequence[tuple[int | None, int | None]]) -> Promises | None:
    """From the days of handling and of transit of the units that are back; None before the run has started."""
    if run.started_at is None:
        return None
    known = [(handling, transit) for handling, transit in took if handling is not None and transit is not None]
    under_way = run.size - len(took)
    return Promises(
        delivery_promise([handling + transit for handling, transit in known], under_way=under_way),
        delivery_promise([handling for handling, _transit in known], under_way=under_way),
        delivery_promise([transit for _handling, transit in known], under_way=under_way),
        len(took) - len(known),
    )


def ages_of(run: PilotRun, arrived: Sequence["Arrival"], *, at: datetime) -> Ages | None:
    """Of the units that are back; of a run that is over, as they were then."""
    today = day_of(run.concluded_at or at)
    kept = [(max((today - unit.on).days, 0), unit.window) for unit in arrived if not unit.is_returned]
    return ages(kept, returned=len(arrived) - len(kept))


@dataclass(frozen=True, slots=True)
class Findings:
    """What the units of a run say beside the rates. Counters of codes; several complaint points per unit count each."""

    damage: Counter = field(default_factory=Counter)
    complaints: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    promises: "Promises | None" = None
    norm: Norm | None = None
    against: AgainstNorm | None = None


class Arrival(NamedTuple):
    """A unit that is back: how long it took, the day its return window began and its days, and whether it was returned."""

    handling: int | None
    transit: int | None
    on: date
    window: int
    is_returned: bool


def with_arrivals(runs: QuerySet[PilotRun]) -> QuerySet[PilotRun]:
    """Adds what `arrivals_of` takes to runs of a list; no further statement."""
    arrived = PilotUnit.objects.filter(run=OuterRef("pk")).exclude(outcome="").order_by("number")
    row = JSONObject(
        handling="handling_days",
        transit="transit_days",
        on=Coalesce("delivered_on", TruncDate("recorded_at", tzinfo=UTC)),
        window=Coalesce("window_days", "run__window_days"),
        is_returned=Case(When(RETURNED, then=Value(True)), default=Value(False)),
    )
    return runs.annotate(arrivals=ArraySubquery(arrived.values(row=row)))


def arrivals(run: PilotRun, units: Iterable[PilotUnit]) -> list[Arrival]:
    """Those of its units that are back."""
    return [
        Arrival(
            unit.handling_days,
            unit.transit_days,
            unit.delivered_on or day_of(unit.recorded_at),
            window_of(run, unit),
            unit.outcome == PilotOutcome.RETURNED,
        )
        for unit in units
        if unit.outcome and unit.recorded_at
    ]


def arrivals_of(run: PilotRun) -> list[Arrival]:
    """Of a run that `with_arrivals` has read."""
    rows = getattr(run, "arrivals")  # noqa: B009 an annotation of the query
    return [Arrival(**row | {"on": date.fromisoformat(row["on"])}) for row in rows]


def windows_end(run: PilotRun, arrived: Iterable[Arrival], *, at: datetime) -> date | None:
    """The last day on which a unit that has arrived can be sent back; None where none can any more, or the run is over."""
    if run.status != PilotStatus.RUNNING:
        return None
    ends = max((unit.on + timedelta(days=unit.window) for unit in arrived if not unit.is_returned), default=None)
    return ends if ends and ends >= day_of(at) else None


def findings_of(run: PilotRun, units: Sequence[PilotUnit]) -> Findings:
    """`run.product.category` is looked at for its norm."""
    back = [unit for unit in units if unit.outcome]
    reasons = Counter(unit.return_reason for unit in back if unit.outcome == PilotOutcome.RETURNED)
    norm = norm_for(run.product.category)
    return Findings(
        damage=Counter(unit.damage for unit in back if unit.damage or unit.outcome == PilotOutcome.DAMAGED),
        complaints=Counter(code for unit in back for code in unit.complaints),
        reasons=reasons,
        promises=promises_of(run, [(unit.handling_days, unit.transit_days) for unit in back]),
        norm=norm,
        against=against_norm({code: n for code, n in reasons.items() if code}, norm.shares),
    )


def story_of_run(run: PilotRun) -> list[dict]:
    """What happened to the run, oldest first, for components/timeline.html. One statement."""
    entries = []
    for event in story_of(run.stream).filter(kind__startswith="pilot.", data__run=str(run.uid)):
        title, text, tone = event_sentence(event)
        who = event.actor.display_name if event.actor else ""
        entries.append({"at": event.at, "tone": tone, "title": title, "text": " · ".join(filter(None, [text, who]))})
    return entries


def margin_history(product: Product) -> QuerySet[MarginInputs]:
    """The versions, newest first; the first is in force. For people who may set margins alone: suppliers see no money."""
    return MarginInputs.objects.filter(product=product).select_related("set_by").order_by("-version")


def affordable_return_rate(product: Product) -> Decimal | None:
    """The rate of returns at which a unit still loses nothing, a fraction; None where nobody has said what it costs, all of it."""
    latest = MarginInputs.objects.filter(product=product).order_by("-version").first()
    return latest.affordable_return_rate if latest else None


def digest_of(run: PilotRun) -> str:
    """Names what is known of a run and of its product's golden sample, as somebody reads it before signing. Two statements."""
    told = ("number", "outcome", "damage", "complaints", "late__outcome", "late__complaints")
    units = run.units.order_by("number", "late").values_list(*told)
    golden = run.product.samples.approved().order_by("-version").values_list("uid", flat=True).first()
    return digest(run.uid, run.status, run.verdict, run.failed_late_at, list(units), golden)

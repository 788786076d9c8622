"""What was said of a product before its batches are looked at: golden sample, pilot run, baselines, drifts."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from inspections.models import Baseline, Drift, PilotReading, PilotRun, PilotStatus, PilotVerdict, Sample, SampleCheck
from inspections.rules.readings import Beyond
from inspections.rules.units import converted
from suppliers.models import Product


class KnownDrift(NamedTuple):
    """A drift as the ladder needs it; `since_id` is an inspection, `seen_in` a batch's number."""

    uid: str
    code: str
    since_id: int
    seen_in: str
    noticed_at: datetime
    ended_at: datetime | None
    ending: str | None


class KnownBaseline(NamedTuple):
    """Which batches somebody chose: `first_id` and `last_id` are inspections, the others their batches' numbers."""

    code: str
    first_id: int
    last_id: int | None
    first: str
    last: str | None
    note: str
    set_at: datetime


class Golden(NamedTuple):
    """The golden sample of today."""

    pk: int
    uid: str
    version: int
    decided_at: datetime
    lab: tuple[float, ...] | None


class Pilot(NamedTuple):
    """The latest pilot run that is concluded."""

    pk: int
    uid: str
    ordinal: int
    size: int
    verdict: str

    @property
    def tone(self) -> str:
        return {"pass": "accepted", "fail": "stopped"}.get(self.verdict, "warning")

    @property
    def verdict_label(self) -> str:
        return str(PilotVerdict(self.verdict).label)


def for_ladder(products: QuerySet[Product]) -> QuerySet[Product]:
    """Products with what `ladder_of` has to know of each: `known`, one value of JSON."""
    drifts = (
        Drift.objects.filter(product=OuterRef("pk"))
        .order_by("id")
        .values(
            row=JSONObject(
                uid="uid", code="code", since_id="since", seen_in="seen_in__batch__number", noticed_at="noticed_at",
                ended_at="ended_at", ending="ending",
            )
        )
    )  # fmt: skip
    baselines = (
        Baseline.objects.filter(product=OuterRef("pk"))
        .order_by("id")
        .values(
            row=JSONObject(
                code="code", first_id="first", last_id="last", first="first__batch__number",
                last="last__batch__number", note="note", set_at="set_at",
            )
        )
    )  # fmt: skip
    golden = (
        Sample.objects.golden()
        .filter(product=OuterRef("pk"))
        .values(
            row=JSONObject(
                pk="pk", uid="uid", version="version", decided_at="decided_at", lab_l="lab_l", lab_a="lab_a", lab_b="lab_b",
            )
        )
    )  # fmt: skip
    pilot = (
        PilotRun.objects.filter(product=OuterRef("pk"), status=PilotStatus.CONCLUDED)
        .order_by("-concluded_at", "-id")
        .values(row=JSONObject(pk="pk", uid="uid", ordinal="ordinal", size="size", verdict="verdict"))
    )
    return products.annotate(
        known=JSONObject(
            drifts=ArraySubquery(drifts),
            baselines=ArraySubquery(baselines),
            golden=Subquery(golden[:1]),
            pilot=Subquery(pilot[:1]),
        )
    )


class Known(NamedTuple):
    """What was said of a product: baselines and drifts by code, the golden sample, the pilot run."""

    baselines: dict[str, KnownBaseline]
    drifts: dict[str, list[KnownDrift]]
    golden: Golden | None
    pilot: Pilot | None


def known_of(product: Product) -> Known:
    if not hasattr(product, "known"):
        product = for_ladder(Product.objects.filter(pk=product.pk)).get()
    known = getattr(product, "known")  # noqa: B009 an annotation of the query
    drifts: dict[str, list[KnownDrift]] = defaultdict(list)
    for row in known["drifts"]:
        times = {"noticed_at": _time(row["noticed_at"]), "ended_at": _time(row["ended_at"])}
        drifts[row["code"]].append(KnownDrift(**row | times))
    baselines = {row["code"]: KnownBaseline(**row | {"set_at": _time(row["set_at"])}) for row in known["baselines"]}
    golden = None
    if row := known["golden"]:
        lab = tuple(float(row.pop(name)) for name in ("lab_l", "lab_a", "lab_b") if row[name] is not None)
        golden = Golden(row["pk"], row["uid"], row["version"], _time(row["decided_at"]), lab or None)
    return Known(baselines, drifts, golden, Pilot(**known["pilot"]) if known["pilot"] else None)


def _time(text: str | None) -> Any:
    return datetime.fromisoformat(text) if text else None


class Before(NamedTuple):
    """What was measured before the batches, in the units of today. What was measured in a unit that is not known to be of one
    kind with today's is left out: `left_out` has its code and both units."""

    golden: dict[str, float]
    pilot: dict[str, tuple[float, ...]]
    left_out: dict[str, tuple[str, str]]


def measured_before(golden: Golden | None, pilot: Pilot | None, units_now: Mapping[str, str]) -> Before:
    """Code -> the mean of what was measured on the golden sample, and what was on the units of the pilot run, each in the unit
    of `units_now`. One statement for both.
    """
    if golden is None and pilot is None:
        return Before({}, {}, {})
    on_sample = SampleCheck.objects.filter(sample=golden.pk if golden else None, readings__isnull=False)
    on_pilot = PilotReading.objects.filter(run=pilot.pk if pilot else None)
    names = ("characteristic__code", "characteristic__unit", "readings")
    rows = on_sample.values_list(*names, Value(True)).union(on_pilot.values_list(*names, Value(False)), all=True)
    found = Before({}, {}, {})
    for code, unit, readings, is_sample in rows:
        factor = converted(Decimal(1), unit, units_now.get(code, unit))
        if factor is None:
            found.left_out[code] = (unit, units_now[code])
            continue
        read = tuple(float(value * factor) for value in readings if value is not None and not isinstance(value, Beyond))
        if is_sample and read:
            found.golden[code] = sum(read) / len(read)
        elif read:
            found.pilot[code] = read
    return found

"""The ladder of a product: its golden sample, its latest pilot run, then its batches in time, per characteristic.

Only first submissions count (R10). Per batch the columns beside the readings are read, never the readings, so a ladder of
500 batches takes as many statements as one of three.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils.functional import cached_property

from accounts.models import User
from inspections.colours import difference
from inspections.ladder import (
    BASE,
    DRIFTING,
    IMPROVED,
    MEASURED,
    NONCONFORMITIES,
    SHORT,
    UNITS,
    Reading,
    Series,
    read,
)
from inspections.models import (
    Baseline,
    Characteristic,
    Drift,
    DriftEnding,
    Inspection,
    InspectionStatus,
    NonconformityClass,
    PilotReading,
    PilotRun,
    PilotStatus,
    PilotVerdict,
    ReferenceComparison,
    Result,
    Sample,
    SampleCheck,
    SpecificationStatus,
)
from suppliers.models import Product

CLASSES = [NonconformityClass.CRITICAL, NonconformityClass.MAJOR]
FEW = 2
COLOUR_UNIT = "ΔE00"


class Rung(NamedTuple):
    """A first inspection that has a verdict. `plan` and `stage_counts` are those of the inspection."""

    pk: int
    uid: UUID
    number: str
    at: datetime
    specification: int
    plan: dict
    variables_plans: dict
    stage_counts: dict
    verdict: str

    def sample_size(self, characteristic: Characteristic) -> int:
        """How many units it was checked on."""
        name = characteristic.nonconformity_class
        if characteristic.code in self.variables_plans:
            return self.variables_plans[characteristic.code]["sample_size"]
        plan = self.plan[name]
        stages = plan.get("stages")
        if not stages:
            return plan["sample_size"]
        return stages[min(len(self.stage_counts.get(name, ())), len(stages) - 1)]["sample_size"]

    def counts(self, characteristic: Characteristic) -> str:
        """Whether units or nonconformities were counted."""
        plan = self.plan.get(characteristic.nonconformity_class)
        return plan["counts"] if plan else UNITS


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


@dataclass(kw_only=True)
class Track:
    """One characteristic on the ladder, as the newest version of the specification has it.

    `rungs` are the batches on which it was checked in that way and unit, oldest first; `left_out` is how many were
    checked otherwise. `colour` says that the levels are differences of colour from the golden sample.
    """

    characteristic: Characteristic
    rungs: list[Rung]
    series: Series | None
    reading: Reading | None
    left_out: int = 0
    baseline: KnownBaseline | None = None
    drift: KnownDrift | None = None
    golden: float | None = None
    pilot: tuple[float, ...] = ()
    others: tuple[tuple[str, np.ndarray], ...] = ()
    is_colour: bool = False

    @property
    def code(self) -> str:
        return self.characteristic.code

    @property
    def unit(self) -> str:
        return COLOUR_UNIT if self.is_colour else self.characteristic.unit

    @cached_property
    def numbers(self) -> list[str]:
        return [rung.number for rung in self.rungs]

    @property
    def state(self) -> str:
        """An open drift stays one until somebody ends it, whatever the newest batches look like."""
        if self.drift:
            return DRIFTING
        return self.reading.state if self.reading else SHORT

    @property
    def since(self) -> Rung | None:
        """The first batch after what moved."""
        index = self.reading.since if self.reading else None
        return None if index is None else self.rungs[index]


@dataclass(kw_only=True)
class Ladder:
    product: Product
    rungs: list[Rung]
    tracks: list[Track]
    golden: Golden | None = None
    pilot: Pilot | None = None
    relatives: list[Product] = field(default_factory=list)

    @property
    def drifting(self) -> list[Track]:
        return [track for track in self.tracks if track.state == DRIFTING]

    @property
    def by_urgency(self) -> tuple[list[Track], list[Track]]:
        """Those to be looked at large, what drifts first, and the steady ones; all are large where they are few."""
        moved = [track for track in self.tracks if track.state == IMPROVED]
        steady = [track for track in self.tracks if track.state not in (DRIFTING, IMPROVED)]
        if len(self.tracks) <= FEW:
            return self.drifting + moved + steady, []
        return self.drifting + moved, steady

    def track(self, code: str) -> Track | None:
        return next((track for track in self.tracks if track.code == code), None)


def rungs_of(products: Iterable[Product]) -> dict[int, list[Rung]]:
    """Product id -> its first submissions in time. One statement."""
    found = (
        Inspection.objects.filter(batch__product__in=products, round=1, status=InspectionStatus.SUBMITTED)
        .order_by("submitted_at", "id")
        .values_list(
            "batch__product", "id", "uid", "batch__number", "submitted_at", "specification", "plan", "variables_plans", "stage_counts",
            "verdict",
        )
    )  # fmt: skip
    rungs: dict[int, list[Rung]] = defaultdict(list)
    for product, *row in found:
        rungs[product].append(Rung(*row))
    return rungs


def characteristics_of(product: Product, rungs: Sequence[Rung]) -> list[Characteristic]:
    """Of every version that is active or was inspected by; those of the newest version last. One statement."""
    versions = {rung.specification for rung in rungs}
    return list(
        Characteristic.objects.filter(
            Q(specification__in=versions) | Q(specification__status=SpecificationStatus.ACTIVE),
            specification__product=product,
        )
        .select_related("specification")
        .order_by("specification__version", "position")
    )


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
        Sample.objects.approved()
        .filter(product=OuterRef("pk"))
        .order_by("-version")
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


def ladder_of(product: Product, *, only: str | None = None, with_relatives: bool = False) -> Ladder:
    """All critical and major characteristics of a product, or `only` one, by code.

    Three statements; one more for one that `for_ladder` did not read, where there is a golden sample or a pilot run, and
    where the golden sample has a colour. `with_relatives` overlays what other suppliers' SKUs of the same model measured,
    which is nothing that a supplier may see, in four more.
    """
    known = _known(product)
    golden, pilot = known.golden, known.pilot
    rungs = rungs_of([product])[product.pk]
    every = characteristics_of(product, rungs)
    newest = _newest(every)
    if only is not None:
        newest = [c for c in newest if c.code == only]
    values = _values_of(rungs, [c for c in every if c.code in {n.code for n in newest}])
    relatives = _relatives(product) if with_relatives else []
    overlays = _overlays(relatives, newest)
    goldens, pilots = _measured_before(golden, pilot)
    tracks = []
    for characteristic in newest:
        code = characteristic.code
        of_code = [c for c in every if c.code == code]
        track = _track(characteristic, of_code, rungs, values, known.baselines.get(code), known.drifts.get(code, ()))
        track.golden = goldens.get(code)
        track.pilot = pilots.get(code, ())
        track.others = overlays.get(code, ())
        tracks.append(track)
    tracks += _colour_tracks(newest, rungs, golden)
    return Ladder(product=product, rungs=rungs, tracks=tracks, golden=golden, pilot=pilot, relatives=relatives)


class Known(NamedTuple):
    """What was said of a product: baselines and drifts by code, the golden sample, the pilot run."""

    baselines: dict[str, KnownBaseline]
    drifts: dict[str, list[KnownDrift]]
    golden: Golden | None
    pilot: Pilot | None


def _known(product: Product) -> Known:
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


def _newest(every: Sequence[Characteristic]) -> list[Characteristic]:
    """The critical and major ones of the newest version, in its order."""
    if not every:
        return []
    newest = every[-1].specification_id
    return [c for c in every if c.specification_id == newest and c.nonconformity_class in CLASSES]


Values = Mapping[tuple[int, int], tuple]


def _values_of(rungs: Sequence[Rung], characteristics: Sequence[Characteristic]) -> Values:
    """(inspection, characteristic) -> mean, sd, minimum, maximum, nonconforming, nonconformities. One statement."""
    rows = Result.objects.filter(
        characteristic__in=[c.pk for c in characteristics], inspection__in=[rung.pk for rung in rungs]
    ).values_list(
        "inspection", "characteristic", "mean", "sd", "minimum", "maximum", "nonconforming", "nonconformities"
    )
    return {(inspection, characteristic): values for inspection, characteristic, *values in rows}  # type: ignore[misc]


def _track(
    characteristic: Characteristic,
    of_code: Sequence[Characteristic],
    rungs: Sequence[Rung],
    values: Values,
    baseline: KnownBaseline | None,
    drifts: Sequence[KnownDrift],
) -> Track:
    versions = {c.specification_id: c for c in of_code}
    kept, rows, left_out = [], [], 0
    for rung in rungs:
        then = versions.get(rung.specification)
        row = values.get((rung.pk, then.pk)) if then else None
        if then is None or row is None:
            continue
        if (then.is_measured, then.unit) != (characteristic.is_measured, characteristic.unit):
            left_out += 1
            continue
        kept.append(rung)
        rows.append((then, rung.sample_size(then), rung.counts(then), *row))
    open_drift = next((drift for drift in drifts if drift.ended_at is None), None)
    track = Track(
        characteristic=characteristic, rungs=kept, series=None, reading=None, left_out=left_out,
        baseline=baseline, drift=open_drift,
    )  # fmt: skip
    if kept:
        base, watched, is_chosen = _base_and_watched(kept, baseline, drifts)
        track.series = _series(characteristic, rows, base, watched, is_base_chosen=is_chosen)
        track.reading = read(track.series)
    return track


def _base_and_watched(
    rungs: Sequence[Rung], baseline: KnownBaseline | None, drifts: Sequence[KnownDrift]
) -> tuple[np.ndarray, np.ndarray, bool]:
    """The batches that are the normal, those in which a change is looked for, and whether somebody chose the former.

    Batches before the baseline are history. Those of a drift that was mended are neither normal nor a new change.
    """
    place = {rung.pk: index for index, rung in enumerate(rungs)}
    start = place.get(baseline.first_id, 0) if baseline else 0
    is_watched = np.arange(len(rungs)) >= start
    for drift in drifts:
        if drift.ending == DriftEnding.MENDED and drift.since_id in place:
            for index in range(place[drift.since_id], len(rungs)):
                if drift.ended_at and rungs[index].at <= drift.ended_at:
                    is_watched[index] = False
    watched = np.flatnonzero(is_watched)
    if baseline and baseline.last_id in place:
        last = place[baseline.last_id]
        return watched[watched <= last], watched, True
    return watched[:BASE], watched, False


def _series(
    characteristic: Characteristic,
    rows: Sequence[tuple],
    base: np.ndarray,
    watched: np.ndarray,
    *,
    is_base_chosen: bool,
) -> Series:
    versions, sizes, counts, means, sds, lows, highs, nonconforming, nonconformities = zip(*rows, strict=True)
    common: dict[str, Any] = {
        "sizes": np.array(sizes, float), "base": base, "watched": watched, "is_base_chosen": is_base_chosen,
    }  # fmt: skip
    if not characteristic.is_measured:
        several = counts[-1] == NONCONFORMITIES
        return Series(
            kind=NONCONFORMITIES if several else UNITS,
            values=np.array(nonconformities if several else nonconforming, float),
            **common,
        )

    def limits(name: str) -> np.ndarray:
        found = [getattr(version, name) for version in versions]
        return np.array([np.nan if value is None else float(value) for value in found])

    return Series(
        kind=MEASURED,
        values=np.array(means, float),
        sds=np.array([np.nan if sd is None else sd for sd in sds]),
        lows=np.array(lows, float),
        highs=np.array(highs, float),
        lower=limits("lower"),
        upper=limits("upper"),
        target=limits("target"),
        **common,
    )


def _measured_before(
    golden: Golden | None, pilot: Pilot | None
) -> tuple[dict[str, float], dict[str, tuple[float, ...]]]:
    """Code -> the mean of what was measured on the golden sample; code -> what was on the units of the pilot run.

    One statement for both.
    """
    if golden is None and pilot is None:
        return {}, {}
    on_sample = SampleCheck.objects.filter(sample=golden.pk if golden else None, readings__isnull=False)
    on_pilot = PilotReading.objects.filter(run=pilot.pk if pilot else None)
    rows = on_sample.values_list("characteristic__code", "readings", Value(True)).union(
        on_pilot.values_list("characteristic__code", "readings", Value(False)), all=True
    )
    means, units = {}, {}
    for code, readings, is_sample in rows:
        read = tuple(float(value) for value in readings if value is not None)
        if is_sample and read:
            means[code] = sum(read) / len(read)
        elif read:
            units[code] = read
    return means, units


def _colour_tracks(newest: Sequence[Characteristic], rungs: Sequence[Rung], golden: Golden | None) -> list[Track]:
    """Per characteristic whose colour was measured on batches: its CIEDE2000 from the golden sample of today.

    One statement, and none without a golden sample that has a colour.
    """
    if golden is None or golden.lab is None or not newest:
        return []
    place = {rung.pk: index for index, rung in enumerate(rungs)}
    found: dict[str, dict[int, tuple[float, ...]]] = defaultdict(dict)
    rows = ReferenceComparison.objects.filter(
        inspection__in=place, characteristic__code__in=[c.code for c in newest], lab_l__isnull=False
    ).values_list("characteristic__code", "inspection", "lab_l", "lab_a", "lab_b")
    for code, inspection, *lab in rows:
        found[code][place[inspection]] = tuple(float(value) for value in lab if value is not None)
    tracks = []
    for characteristic in newest:
        if colours := found.get(characteristic.code):
            indices = sorted(colours)
            levels = np.array([difference(golden.lab, colours[index]) for index in indices])
            every = np.arange(len(indices))
            unknown = np.full(len(indices), np.nan)
            series = Series(
                kind=MEASURED, sizes=np.ones(len(indices)), values=levels, base=every[:BASE], watched=every,
                sds=unknown, lows=levels, highs=levels, lower=unknown, upper=unknown, target=unknown,
            )  # fmt: skip
            tracks.append(
                Track(
                    characteristic=characteristic, rungs=[rungs[index] for index in indices], series=series,
                    reading=read(series), golden=0.0, is_colour=True,
                )
            )  # fmt: skip
    return tracks


def _relatives(product: Product) -> list[Product]:
    """The same product by other suppliers, or under other SKUs. One statement."""
    if not product.model_code:
        return []
    same = Product.objects.filter(model_code=product.model_code).exclude(pk=product.pk)
    return list(same.select_related("supplier").order_by("sku"))


def _overlays(
    relatives: Sequence[Product], newest: Sequence[Characteristic]
) -> dict[str, tuple[tuple[str, np.ndarray], ...]]:
    """Code -> (SKU, levels) of each relative that checks it in the same way and unit. Three statements."""
    if not relatives:
        return {}
    wanted = {c.code: c for c in newest}
    rungs = rungs_of(relatives)
    every = list(
        Characteristic.objects.filter(
            specification__in={rung.specification for of_one in rungs.values() for rung in of_one}, code__in=wanted
        ).select_related("specification")
    )
    alike = {
        (c.specification_id, c.code): c
        for c in every
        if (c.is_measured, c.unit) == (wanted[c.code].is_measured, wanted[c.code].unit)
    }
    values = _values_of([rung for of_one in rungs.values() for rung in of_one], list(alike.values()))
    found: dict[str, tuple[tuple[str, np.ndarray], ...]] = {}
    for code, characteristic in wanted.items():
        lines = []
        for relative in relatives:
            levels = []
            for rung in rungs[relative.pk]:
                then = alike.get((rung.specification, code))
                row = values.get((rung.pk, then.pk)) if then else None
                if then and row:
                    mean, _sd, _low, _high, bad, several = row
                    found_on_it = several if rung.counts(then) == NONCONFORMITIES else bad
                    levels.append(mean if characteristic.is_measured else found_on_it / rung.sample_size(then))
            if levels:
                lines.append((f"{relative.sku} · {relative.supplier.local_name}", np.array(levels, float)))
        if lines:
            found[code] = tuple(lines)
    return found


def drifting_products(user: User, *, mine: bool = False) -> QuerySet[Drift]:
    """Open drifts that the user may see, newest first; `mine`: of the products that the user looks after, if any."""
    drifts = Drift.objects.visible_to(user).open().select_related("product__supplier", "since__batch")
    if mine:
        looks_after_some = Exists(Product.objects.filter(merchandiser=user))
        drifts = drifts.filter(Q(product__merchandiser=user) | ~looks_after_some)
    return drifts.order_by("-id")

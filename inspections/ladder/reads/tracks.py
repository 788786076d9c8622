"""One characteristic on the ladder: its batches, which of them are its normal, and what they say."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from inspections.ladder.reads.known import Golden, KnownBaseline, KnownDrift
from inspections.ladder.reads.rungs import Rung, Values
from inspections.models import Characteristic, DriftEnding, ReferenceComparison
from inspections.rules.colours import difference
from inspections.rules.ladder import BASE, DRIFTING, MEASURED, NONCONFORMITIES, SHORT, UNITS, Reading, Series, read

COLOUR_UNIT = "ΔE00"


@dataclass(kw_only=True)
class Track:
    """One characteristic on the ladder, as the newest version of the specification has it.

    `rungs` are the batches on which it was checked in that way and unit, oldest first; `left_out` is how many were
    checked otherwise. `other_units` are the unit of what was measured before, and today's, where neither is known in the other.
    `colour` says that the levels are differences of colour from the golden sample.
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
    other_units: tuple[str, str] | None = None
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


def track_of(
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

    # Readings that are all equal were summed up with some rounding of their mean and deviation.
    alike = [low == high for low, high in zip(lows, highs, strict=True)]
    return Series(
        kind=MEASURED,
        values=np.where(alike, np.array(lows, float), np.array(means, float)),
        sds=np.array([np.nan if sd is None else 0.0 if same else sd for sd, same in zip(sds, alike, strict=True)]),
        lows=np.array(lows, float),
        highs=np.array(highs, float),
        lower=limits("lower"),
        upper=limits("upper"),
        target=limits("target"),
        **common,
    )


def colour_tracks(newest: Sequence[Characteristic], rungs: Sequence[Rung], golden: Golden | None) -> list[Track]:
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

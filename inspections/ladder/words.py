"""What a ladder says, in sentences of the reader's language."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.languages import local_name
from inspections.calculator.words.sampling import percent, significant, whole
from inspections.ladder.reads import Track
from inspections.models import Characteristic, Drift, DriftKind
from inspections.rules.drift import NEEDED_FOR_SLOW, SLOW, SLOW_BY_CHANCE, SLOW_WITHIN, WARNING_WIDTH, Change, once_in
from inspections.rules.ladder import (
    ENOUGH_FOR_LIMITS,
    FAILED,
    FEWEST_FOR_LIMITS,
    MEASURED,
    NONCONFORMITIES,
    SHORT,
    UNCOMPUTED,
    Reading,
    Series,
)
from inspections.sampling.control_charts import Chart, Signal
from inspections.sampling.intervals import Index
from inspections.specification.words import in_a_sentence

# Among so many of the newest batches one that stands out is told.
NEWEST = 10
# From here on Cpk and Ppk tell different things.
MUCH_BETTER = 1.05
RULES = {
    "nelson-1": gettext_lazy("beyond three standard errors (Nelson 1, Western Electric 1)"),
    "nelson-2": gettext_lazy("nine in a row on one side of the centre (Nelson 2)"),
    "nelson-3": gettext_lazy("six in a row rising or falling (Nelson 3)"),
    "nelson-4": gettext_lazy("fourteen in a row up and down by turns (Nelson 4)"),
    "nelson-5": gettext_lazy("two of three beyond two standard errors on one side (Nelson 5, Western Electric 2)"),
    "nelson-6": gettext_lazy("four of five beyond one standard error on one side (Nelson 6, Western Electric 3)"),
    "nelson-7": gettext_lazy("fifteen in a row within one standard error (Nelson 7)"),
    "nelson-8": gettext_lazy("eight in a row beyond one standard error on both sides (Nelson 8)"),
    "western-electric-4": gettext_lazy("eight in a row on one side of the centre (Western Electric 4)"),
    "ewma": gettext_lazy("the moving average left its limits (EWMA, weight 0.2)"),
}
METHODS = {
    "xbar-r": gettext_lazy("means, limits from the ranges within batches"),
    "xbar-s": gettext_lazy("means, limits from the standard deviations within batches"),
    "individuals": gettext_lazy("single values, limits from the moving range from batch to batch"),
    "p": gettext_lazy("p chart: share of nonconforming units"),
    "u": gettext_lazy("u chart: nonconformities per unit"),
    "p-laney": gettext_lazy(
        "p′ chart (Laney): share of nonconforming units where batches differ more than chance explains"
    ),
    "u-laney": gettext_lazy(
        "u′ chart (Laney): nonconformities per unit where batches differ more than chance explains"
    ),
}
STATES = {
    "short": gettext_lazy("too few batches"),
    "steady": gettext_lazy("steady"),
    "improved": gettext_lazy("moved to the better"),
    "drifting": gettext_lazy("drifting"),
    "uncomputed": gettext_lazy("not computed"),
}
TONES = {
    "short": "waiting", "steady": "accepted", "improved": "accepted", "drifting": "warning", "uncomputed": "waiting"
}  # fmt: skip


def p_value(p: float) -> str:
    """ "p = 0.002"; "p < 0.001"."""
    if p < 0.001:
        return "p < 0.001"
    return f"p = {significant(p, 2 if p < 0.1 else 3)}"


def chance(p: float) -> str:
    """How seldom a steady process looks like this."""
    many = once_in(max(p, 1e-6))
    if p < 1e-6:
        return _("chance alone does this less than once in a million histories")
    return _("chance alone does this about once in %(count)s histories") % {"count": whole(many or 1)}


def slow_chance() -> str:
    """How seldom the moving average of a steady process warns."""
    text = _("of %(count)s steady characteristics one looks like this within %(batches)s batches")
    return text % {"count": round(1 / SLOW_BY_CHANCE), "batches": SLOW_WITHIN}


def slow_rule() -> str:
    """When the moving average warns, and how often for nothing."""
    text = _(
        "Where %(needed)s batches are the normal, the moving average warns too, once it is %(width)s of its standard "
        "errors away from the centre: %(chance)s."
    )
    said = text % {"needed": NEEDED_FOR_SLOW, "width": f"{WARNING_WIDTH:g}", "chance": slow_chance()}
    return f"{said} {resembling_rule()}"


def resembling_rule() -> str:
    """What becomes of these chances where batches resemble the one before them."""
    return _(
        "The chances are those of batches that are independent of each other. Where each resembles the one before, a change is "
        "told for nothing far more often: within 60 batches in more than half of such histories at a correlation of 0.5, and in "
        "9 of 10 at 0.8."
    )


@lru_cache(maxsize=256)
def _places(*limits: Decimal | None) -> int:
    known = [limit.normalize() for limit in limits if limit is not None]
    return max((max(0, -int(value.as_tuple().exponent)) for value in known), default=1) + 1


def places_of(characteristic: Characteristic) -> int:
    """Decimal places of what is computed: one more than the limits have."""
    return _places(characteristic.lower, characteristic.target, characteristic.upper)


def value(number: float, characteristic: Characteristic, *, extra: int = 0) -> str:
    """A level with its unit: "50.12 mm"; a share in percent."""
    if not characteristic.is_measured:
        return percent(number, 4)
    return f"{number:.{places_of(characteristic) + extra}f} {characteristic.unit}".strip()


def level(number: float, track: Track) -> str:
    """A level of a track as a sentence needs it."""
    if track.is_colour:
        return f"ΔE {number:.1f}"
    if track.series is not None and track.series.kind == NONCONFORMITIES:
        return significant(number, 4)
    return value(number, track.characteristic)


def _figure(number: float, facts: Mapping[str, Any]) -> str:
    return f"{significant(number, 3)} {facts['unit']}".strip()


def move_sentence(kind: str, facts: Mapping[str, Any], since: str) -> str:
    """ "The mean is 0.4 mm up since B-0192 (p = 0.002: chance alone does this about once in 500 histories)." """
    said = {
        "since": since,
        "before": _figure(facts["before"], facts),
        "after": _figure(facts["after"], facts),
        "p": p_value(facts["p"]),
        "chance": chance(facts["p"]),
    }
    if facts.get("by") == SLOW:
        said |= {"p": _("EWMA"), "chance": slow_chance()}
    match kind:
        case DriftKind.MEAN:
            size = facts["after"] - facts["before"]
            said["size"] = f"{significant(abs(size), 2)} {facts['unit']}".strip()
            text = _("The mean is %(size)s up since %(since)s (%(p)s: %(chance)s).")
            if size < 0:
                text = _("The mean is %(size)s down since %(since)s (%(p)s: %(chance)s).")
            return text % said
        case DriftKind.SPREAD:
            said["times"] = significant(max(facts["after"], facts["before"]) / min(facts["after"], facts["before"]), 2)
            text = _("The units differ %(times)s times as much as before since %(since)s (%(p)s: %(chance)s).")
            if facts["after"] < facts["before"]:
                text = _("The units differ %(times)s times less than before since %(since)s (%(p)s: %(chance)s).")
            return text % said
        case _:
            said |= {"before": percent(facts["before"], 3), "after": percent(facts["after"], 3)}
            if facts.get("per_unit"):
                said |= {"before": significant(facts["before"], 3), "after": significant(facts["after"], 3)}
                return (
                    _("Nonconformities per unit went from %(before)s to %(after)s since %(since)s (%(p)s: %(chance)s).")
                    % said
                )
            return (
                _("Nonconforming units went from %(before)s to %(after)s since %(since)s (%(p)s: %(chance)s).") % said
            )


def drift_sentences(drift: Drift) -> list[str]:
    """What was noticed then."""
    return _with_capability(drift.kind, drift.facts, drift.since.batch.number)


def drift_title(drift: Drift) -> str:
    return local_name(drift.facts)


def drift_in_a_sentence(drift: Drift) -> str:
    """What drifts, as it is named in the middle of a sentence."""
    return in_a_sentence(local_name(drift.facts))


def _with_capability(kind: str, facts: Mapping[str, Any], since: str) -> list[str]:
    said = [move_sentence(kind, facts, since)]
    if facts.get("cpk_before") and facts.get("cpk_after"):
        said.append(_cpk_change(facts["cpk_before"], facts["cpk_after"]))
    return said


def _cpk_change(before: list[float], after: list[float]) -> str:
    return _("Cpk went from %(before)s to %(after)s (95 %%: %(low)s to %(high)s).") % {
        "before": f"{before[0]:.2f}",
        "after": f"{after[0]:.2f}",
        "low": f"{after[1]:.2f}",
        "high": f"{after[2]:.2f}",
    }


def sentences(track: Track) -> list[str]:
    """What the track says now, the most important first."""
    said = []
    series, reading = track.series, track.reading
    if series is None or reading is None:
        return [_("No first inspection of it has ended yet.")]
    if reading.state == UNCOMPUTED:
        said.append(_("Its figures could not be computed; the fault is logged. No other characteristic depends on it."))
    elif reading.since is None:
        if reading.state == SHORT:
            text = ngettext(
                "%(count)s batch: too few for control limits, which need %(least)s.",
                "%(count)s batches: too few for control limits, which need %(least)s.",
                len(series),
            )
            said.append(text % {"count": whole(len(series)), "least": FEWEST_FOR_LIMITS})
        else:
            watched = len(series.watched)
            text = ngettext("Nothing moved in %(count)s batch.", "Nothing moved in %(count)s batches.", watched)
            said.append(text % {"count": whole(watched)})
            if odd := _standing_out(series, reading):
                said.insert(0, _odd_sentence(track, series, odd))
    else:
        for kind, change in reversed(reading.moves):
            said.append(move_sentence(kind, change_facts(track, change), track.numbers[change.first]))
        if inside := _inside(track):
            said.append(inside)
        if reading.before and reading.before.cpk and reading.now and reading.now.cpk:
            said.append(_cpk_change(_three(reading.before.cpk), _three(reading.now.cpk)))
    said += capability_sentences(track)
    if track.is_colour:
        said.append(
            _("The newest batch is %(level)s from the golden sample.") % {"level": level(series.levels[-1], track)}
        )
    elif track.golden is not None and series.kind == MEASURED:
        said.append(_from_golden(track, series, track.golden))
    if track.other_units:
        measured, now = track.other_units
        text = _("What was measured before in %(measured)s is left out: nobody knows how much of it one %(now)s is.")
        said.append(text % {"measured": measured or "–", "now": now or "–"})
    return said


def _standing_out(series: Series, reading: Reading) -> list[int]:
    """Of the newest batches those beyond the control limits, or with a find where the normal has none; the newest first."""
    if reading.chart is not None:
        odd = reading.chart.outside
    elif series.kind != MEASURED and len(reading.base) >= FEWEST_FOR_LIMITS:
        odd = [int(index) for index in np.flatnonzero(series.values)]
    else:
        odd = []
    return [index for index in reversed(odd) if index >= len(series) - NEWEST]


def _odd_sentence(track: Track, series: Series, odd: Sequence[int]) -> str:
    """ "B-0192 (5 %) stands out." """
    named = ", ".join(f"{track.numbers[index]} ({level(series.levels[index], track)})" for index in odd)
    return ngettext("%(batches)s stands out.", "%(batches)s stand out.", len(odd)) % {"batches": named}


def change_facts(track: Track, change: Change) -> dict[str, Any]:
    """The figures of a change, as `move_sentence` takes them."""
    return {
        "unit": track.unit,
        "p": change.p,
        "before": change.before,
        "after": change.after,
        "by": change.by,
        "per_unit": track.series is not None and track.series.kind == NONCONFORMITIES,
    }


def _three(index: Index) -> list[float]:
    return [index.value, index.low, index.high]


def undefined_sentence(track: Track) -> str:
    """Why there is no Cpk and no Ppk; empty where there are, or where none is asked for."""
    series, reading = track.series, track.reading
    if series is None or reading is None:
        return ""
    match reading.undefined:
        case "no_spread":
            since = reading.since or 0
            part = series.watched[series.watched >= since]
            text = _(
                "Cpk and Ppk are undefined: all %(count)s readings are %(value)s, so there is no spread to compare with the "
                "limits. Either the instrument is too coarse to show a difference, or not every unit was measured."
            )
            count = whole(int(series.sizes[part].sum()))
            return text % {"count": count, "value": f"{series.values[-1]:.12g} {track.unit}".strip()}
        case "no_tolerance":
            return _("Cpk and Ppk are undefined: the lower and the upper limit are the same, so there is no tolerance.")
        case "readings":
            return _("Cpk and Ppk are undefined: they need the spread of at least two readings.")
        case "limits_reversed":
            return _("Cpk and Ppk are undefined: the lower limit is above the upper one.")
        case _ if reading.undefined == FAILED and reading.state != UNCOMPUTED:
            return _("Cpk and Ppk could not be computed; the fault is logged.")
    return ""


def capability_sentences(track: Track) -> list[str]:
    """What has to be said beside Cpk and Ppk: why they are undefined, or why they differ."""
    reading = track.reading
    now = reading.now if reading else None
    if now is None:
        return list(filter(None, [undefined_sentence(track)]))
    if now.cpk is None:
        return [
            _("Cpk is undefined: within each batch all readings are the same. Ppk is by the spread over all batches.")
        ]
    if now.is_widened and now.cpk.value > MUCH_BETTER * now.ppk.value:
        return [
            _(
                "The batches differ by more than the units within them. Cpk leaves that out, Ppk counts it: Ppk is what was "
                "delivered, Cpk what the process could do if its batches were alike."
            )
        ]
    return []


def _inside(track: Track) -> str:
    """Whether the newest batch, with all its units, still is within the limits."""
    series = track.series
    if series is None or series.kind != MEASURED or series.lows is None or series.highs is None:
        return ""
    lower, upper = series.limit(series.lower), series.limit(series.upper)
    if lower is None and upper is None:
        return ""
    if upper is not None and series.highs[-1] > upper:
        return _("Units of the newest batch are over the upper limit.")
    if lower is not None and series.lows[-1] < lower:
        return _("Units of the newest batch are under the lower limit.")
    return _("It is still inside the limits.")


def _from_golden(track: Track, series: Series, golden: float) -> str:
    gap = float(series.levels[-1]) - golden
    text = _("The newest batch lies %(gap)s above the golden sample.")
    if gap < 0:
        text = _("The newest batch lies %(gap)s below the golden sample.")
    places = places_of(track.characteristic)
    if round(gap, places) == 0:
        return _("The newest batch is where the golden sample is.")
    return text % {"gap": value(abs(gap), track.characteristic)}


def index_words(index: Index) -> str:
    """ "1.61 (95 %: 1.40 to 1.82)"."""
    return _("%(value)s (95 %%: %(low)s to %(high)s)") % {
        "value": f"{index.value:.2f}",
        "low": f"{index.low:.2f}",
        "high": f"{index.high:.2f}",
    }


class IndexShown(NamedTuple):
    """ "Cpk", "1.61 (95 %: 1.40 to 1.82)", and the value before, or ""."""

    name: str
    words: str
    before: str


def indices_shown(track: Track) -> list[IndexShown]:
    """Cpk, by the spread within batches, and Ppk, by the spread over all of them, as far as they are defined."""
    reading = track.reading
    now, before = (reading.now, reading.before) if reading else (None, None)
    pairs = [("Cpk", now and now.cpk, before and before.cpk), ("Ppk", now and now.ppk, before and before.ppk)]
    return [
        IndexShown(name, index_words(index), f"{earlier.value:.2f}" if earlier else "")
        for name, index, earlier in pairs
        if index
    ]


def limits_sentence(track: Track) -> str:
    """Where the control limits come from: which batches, and by what."""
    series, reading = track.series, track.reading
    if series is None or reading is None or reading.state == SHORT:
        return ""
    count = len(reading.base)
    if reading.chart is None:
        if series.kind == MEASURED or count < FEWEST_FOR_LIMITS:
            return ""
        return _("Nothing was found in the %(count)s batches that are the normal, so there are no control limits.") % {
            "count": count
        }
    first, last = track.numbers[reading.base[0]], track.numbers[reading.base[-1]]
    said = [_centre(track, reading.chart, reading.base[-1])] if reading.chart is not None else []
    said += [
        _("Control limits from %(count)s batches, %(first)s to %(last)s: %(method)s.")
        % {"count": count, "first": first, "last": last, "method": METHODS[reading.method]}
    ]
    if reading.between:
        text = _("The batches differ %(times)s times as much as the spread within them explains.")
        if series.kind != MEASURED:
            text = _("The batches differ %(times)s times as much as chance explains.")
        said.append(text % {"times": significant(reading.between, 2)})
    if count < ENOUGH_FOR_LIMITS:
        said.append(_("They are preliminary: fewer than %(enough)s batches.") % {"enough": ENOUGH_FOR_LIMITS})
    return " ".join(map(str, said))


def _centre(track: Track, chart: Chart, index: int) -> str:
    """ "Centre 23.13 %, control limits 5.24 % to 41.02 %." """
    said = _("Centre %(centre)s, control limits %(lower)s to %(upper)s.") % {
        "centre": plain_level(chart.centre, track, extra=1),
        "lower": plain_level(float(chart.lower[index]), track, extra=1),
        "upper": plain_level(float(chart.upper[index]), track, extra=1),
    }
    series = track.series
    if series is None or series.kind != NONCONFORMITIES or len(set(series.sizes)) > 1:
        return said
    n = float(series.sizes[0])
    per_sample = _("Per sample of %(n)s: %(centre)s, %(lower)s to %(upper)s.") % {
        "n": whole(int(n)),
        "centre": significant(chart.centre * n, 4),
        "lower": significant(float(chart.lower[index]) * n, 4),
        "upper": significant(float(chart.upper[index]) * n, 4),
    }
    return f"{said} {per_sample}"


def signal_words(track: Track, signal: Signal) -> str:
    """ "B-0192 to B-0200: nine in a row on one side of the centre (Nelson 2)"."""
    numbers = track.numbers
    text = _("%(first)s to %(last)s: %(rule)s") if signal.first != signal.last else _("%(first)s: %(rule)s")
    return text % {"first": numbers[signal.first], "last": numbers[signal.last], "rule": RULES[signal.rule]}


def plain_level(number: float, track: Track, *, extra: int = 0) -> str:
    """A figure without its unit, as in a table; `extra` decimal places of what is measured."""
    if track.is_colour:
        return f"{number:.2f}"
    if track.series is not None and track.series.kind == MEASURED:
        return f"{number:.{places_of(track.characteristic) + extra}f}"
    return level(number, track)


def spread_level(number: float, track: Track) -> str:
    """A standard deviation in a table."""
    return f"{number:.{places_of(track.characteristic) + 1}f}"


def axis(number: float, track: Track) -> str:
    """A value at the axis of a picture."""
    if track.series is not None and track.series.kind == MEASURED:
        return significant(number, 5)
    return level(number, track)

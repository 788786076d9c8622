"""Pilot runs in sentences of the reader's language: what a size can prove and what the units say."""

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.calculator.words.sampling import percent, whole
from inspections.pilot.reads import Promises
from inspections.pilot.story import RATE_NAMES
from inspections.rules.pilot_figures import Ages, Judgement, Promise, Rate
from inspections.rules.pilots import (
    CURTAILED,
    FAIL,
    IN_HASTE,
    LARGEST,
    PASS,
    Boundary,
    fails_in_haste,
    operating,
    smallest_size,
)
from inspections.sampling.intervals import upper_bound


def at_most(share: float) -> str:
    """A bound from above, never rounded below itself: 0.0487 is "4.9 %"."""
    return percent(share, 2, ROUND_CEILING)


def at_least(share: float) -> str:
    return percent(share, 2, ROUND_FLOOR)


def size_sentence(size: int, confidence: float = 0.95) -> str:
    """What a run of so many units without a fault proves."""
    return _(
        "With %(n)s units and no damage the true rate is below %(rate)s with %(confidence)s confidence; the same holds "
        "for complaints and returns."
    ) % {
        "n": whole(size),
        "rate": at_most(upper_bound(0, size, confidence)),
        "confidence": percent(confidence),
    }


def passing_sentence(name: str, rule: Boundary) -> str:
    """With how many bad units a rate passes: "damage: passes with at most 4 of 200 against the limit of 5 %"."""
    facts = {
        "rate": RATE_NAMES[name],
        "most": rule.passes[-1],
        "n": whole(rule.size),
        "limit": percent(rule.limit),
        "fewest": rule.fails[-1],
    }
    if rule.passes[-1] < 0:
        return (
            _(
                "%(rate)s: %(n)s units are too few to prove the limit of %(limit)s, even without a bad one; it fails from "
                "%(fewest)s on."
            )
            % facts
        )
    return _(
        "%(rate)s: passes with at most %(most)s of %(n)s and fails from %(fewest)s on, limit %(limit)s. Without a bad "
        "unit it passes after %(first)s."
    ) % (facts | {"first": whole(next(n for n, most in enumerate(rule.passes) if most >= 0))})


def error_sentence(rule: Boundary) -> str:
    """The chances of a wrong answer and of a right one, and how long it takes."""
    good = operating(rule, rule.limit / 4)
    return _(
        "At a true rate of just %(limit)s it passes by mistake with a chance of %(wrong_pass)s and fails by mistake with "
        "%(wrong_fail)s. At a true rate of %(good)s it passes with a chance of %(power)s, after %(units)s units on "
        "average if they are looked at one by one."
    ) % {
        "limit": percent(rule.limit),
        "wrong_pass": percent(rule.wrong_pass, 2),
        "wrong_fail": percent(rule.wrong_fail, 2),
        "good": percent(rule.limit / 4),
        "power": percent(good.passed, 2),
        "units": whole(round(good.expected_units)),
    }


def haste_sentence(name: str, rule: Boundary) -> str:
    """What bad news that travels faster than good news does to the chances of a rule."""
    if rule.kind == CURTAILED:
        return _(
            "The order in which news comes changes nothing: this rule gives the answer of the whole run, however soon its "
            "bad units are known."
        )
    if name != "damage":
        return _(
            "Bad news comes sooner than good news, so it fails only by all units that have arrived, each counted as good "
            "while it can still come back; it passes only by those whose time is over."
        )
    return _(
        "Where damage is known %(times)s times as soon as a good arrival, it fails by mistake with %(chance)s instead of "
        "%(even)s, and passes later. Enter good arrivals as soon as bad ones."
    ) % {
        "times": IN_HASTE,
        "chance": percent(fails_in_haste(rule), 2),
        "even": percent(rule.wrong_fail, 2),
    }


def rate_sentence(rate: Rate) -> str:
    """How one rate stands, with what would decide it."""
    if rate.decision == PASS:
        return _("Proved to be below %(limit)s.") % {"limit": percent(rate.limit)}
    if rate.decision == FAIL:
        return _("Proved to be above %(limit)s.") % {"limit": percent(rate.limit)}
    return more_sentence(rate)


def more_sentence(rate: Rate) -> str:
    """How many more units would decide an undecided rate."""
    more = rate.more
    if more is None:
        return ""
    parts = []
    if more.if_good is not None:
        text = ngettext(
            "%(count)s more unit would decide if it is good.",
            "%(count)s more units would decide if all of them are good.",
            more.if_good,
        )
        parts.append(text % {"count": whole(more.if_good)})
    else:
        parts.append(
            _("Within this run it can no longer pass.") if rate.most_bad >= 0 else _("This run is too small to pass.")
        )
    if rate.bad and more.as_so_far is not None:
        parts.append(_("At the rate seen so far it takes %(count)s more.") % {"count": whole(more.as_so_far)})
    elif rate.bad:
        parts.append(_("At the rate seen so far this run would end undecided."))
    if more.if_bad is not None:
        text = ngettext(
            "%(count)s more bad unit now would fail it.",
            "%(count)s more bad units in a row would fail it.",
            more.if_bad,
        )
        parts.append(text % {"count": whole(more.if_bad)})
    if more.if_good is None:
        parts.append(own_run_sentence(rate))
    return " ".join(parts)


def own_run_sentence(rate: Rate) -> str:
    """What a run of its own would take to pass with as many bad units as these."""
    size = smallest_size(rate.rule.kind, rate.limit, bad=rate.bad, confidence=rate.rule.confidence)
    if size is None:
        return _("No run of its own of up to %(most)s units passes with as many bad ones as these.") % {"most": LARGEST}
    return ngettext(
        "A run of its own would need %(size)s units to pass with %(count)s bad one.",
        "A run of its own would need %(size)s units to pass with %(count)s bad ones.",
        rate.bad,
    ) % {"size": whole(size), "count": whole(rate.bad)}


def judgement_sentence(judgement: Judgement) -> str:
    """What to do now, while the run is on: "31 of 80 back. The rule has not decided yet."."""
    back = _("%(back)s of %(size)s back.") % {"back": whole(judgement.back), "size": whole(judgement.size)}
    match judgement.verdict:
        case "pass":
            now = _("The rule has decided: every rate is proved to be below its limit.")
        case "fail" if judgement.critical:
            now = beyond_sentences(judgement)[0]
        case "fail":
            names = ", ".join(str(RATE_NAMES[rate.name]) for rate in judgement.rates if rate.decision == FAIL)
            now = _("The rule has decided: %(rates)s too high.") % {"rates": names}
        case _ if judgement.is_complete:
            now = _("All units are back and they do not decide.")
        case _ if judgement.is_hopeless:
            names = ", ".join(str(RATE_NAMES[rate.name]) for rate in judgement.rates if not rate.can_pass)
            now = _("It can no longer pass (%(rates)s). Stop here, or go on to learn more.") % {"rates": names}
        case _:
            now = _("The rule has not decided yet.")
    return f"{back} {now}"


def window_sentence(units: int, last: date | None) -> str:
    """When the last unit that is back can no longer be sent back; empty where none can."""
    if last is None:
        return ""
    return ngettext(
        "%(count)s unit that arrived can still be sent back, until %(day)s; until then it counts for damage alone.",
        "%(count)s units that arrived can still be sent back, the last until %(day)s; until then they count for damage alone.",
        units,
    ) % {"count": whole(units), "day": date_format(last, "Y-m-d")}


def beyond_sentences(judgement: Judgement) -> list[str]:
    """What readings beyond the limit of a critical or major characteristic mean for the run."""
    said = []
    if judgement.critical:
        said.append(
            ngettext(
                "%(count)s reading of a critical characteristic is beyond its limit: the run fails.",
                "%(count)s readings of critical characteristics are beyond their limits: the run fails.",
                judgement.critical,
            )
            % {"count": whole(judgement.critical)}
        )
    if judgement.major:
        said.append(
            ngettext(
                "%(count)s reading of a major characteristic is beyond its limit: the run confirms no golden sample.",
                "%(count)s readings of major characteristics are beyond their limits: the run confirms no golden sample.",
                judgement.major,
            )
            % {"count": whole(judgement.major)}
        )
    return said


def follow_up_size(judgement: Judgement) -> int | None:
    """How large a run of its own would have to be that passes with no more bad units than these; None above 200."""
    wanted = [
        smallest_size(rate.rule.kind, rate.limit, bad=rate.bad, confidence=rate.rule.confidence)
        for rate in judgement.rates
    ]
    known = [size for size in wanted if size is not None]
    return max(known) if len(known) == len(wanted) else None


def promise_sentence(promises: Promises) -> str:
    """What may be promised: "3 to 9 days"; or why nothing may."""
    promise = promises.delivery
    facts = {
        "coverage": percent(promise.coverage),
        "confidence": percent(promise.confidence),
        "n": whole(promise.n),
        "needed": whole(promise.needed),
        "under_way": whole(promise.under_way),
        "all": whole(promise.n + promise.under_way),
        "arrivals": whole(promise.arrivals_needed),
        "low": promise.low,
        "high": promise.high,
        "fastest": promise.fastest,
        "slowest": promise.slowest,
    }
    said = [_no_promise(promise, facts) if promise.low is None else _promised(promises, facts)]
    if promises.without_days:
        text = ngettext(
            "%(count)s unit is back without its days and is left out.",
            "%(count)s units are back without their days and are left out.",
            promises.without_days,
        )
        said.append(text % {"count": whole(promises.without_days)})
    return " ".join(said)


def _no_promise(promise: Promise, facts: dict[str, Any]) -> str:
    if not promise.is_too_early:
        return (
            _(
                "%(n)s deliveries with their days are too few to promise anything: %(needed)s are needed so that %(coverage)s "
                "of all deliveries keep the promise with %(confidence)s confidence."
            )
            % facts
        )
    said = _("%(under_way)s of %(all)s parcels are still under way, so nothing can be promised yet.") % facts
    if promise.n:
        text = _("Those that arrived took %(fastest)s to %(slowest)s days; they are the quick ones.")
        said += " " + text % facts
    text = _(
        "Once %(arrivals)s of the %(all)s have arrived there is a promise that %(coverage)s of all deliveries keep with "
        "%(confidence)s confidence."
    )
    return f"{said} {text % facts}"


def _promised(promises: Promises, facts: dict[str, Any]) -> str:
    said = (
        _(
            "%(low)s to %(high)s days from order to door: with %(confidence)s confidence at least %(coverage)s of all "
            "deliveries take that long (from %(n)s deliveries, without assuming a distribution)."
        )
        % facts
    )
    if promises.delivery.under_way:
        text = ngettext(
            "%(count)s parcel is still under way and counts as later than all that arrived.",
            "%(count)s parcels are still under way and count as later than all that arrived.",
            promises.delivery.under_way,
        )
        said += " " + text % {"count": whole(promises.delivery.under_way)}
    text = _("Each by itself and with the same confidence: handling %(handling)s days, transit %(transit)s days.")
    parts = {
        name: _("%(low)s to %(high)s") % {"low": part.low, "high": part.high}
        for name, part in (("handling", promises.handling), ("transit", promises.transit))
    }
    return f"{said} {text % parts}"


def age_sentence(found: Ages) -> str:
    """Of what age the units are that complaints and returns are counted of."""
    facts = {
        "youngest": found.youngest,
        "oldest": found.oldest,
        "median": found.median,
        "window": found.longest
        if found.shortest == found.longest
        else _("%(low)s to %(high)s") % {"low": found.shortest, "high": found.longest},
    }
    said = ngettext(
        "%(count)s unit has arrived. Those that were not returned have been with customers for %(youngest)s to %(oldest)s days, "
        "half of them for at least %(median)s; a unit can come back for %(window)s days.",
        "%(count)s units have arrived. Those that were not returned have been with customers for %(youngest)s to %(oldest)s "
        "days, half of them for at least %(median)s; a unit can come back for %(window)s days.",
        found.n,
    ) % (facts | {"count": whole(found.n)})
    if found.open:
        text = ngettext(
            "%(count)s of them has not had that time yet and does not count for complaints and returns unless it already did.",
            "%(count)s of them have not had that time yet and do not count for complaints and returns unless they already did.",
            found.open,
        )
        said += " " + text % {"count": whole(found.open)}
    return said

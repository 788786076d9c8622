"""Variables plans in sentences of the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.languages import local_name
from inspections.sampling.variables import FEWEST_TO_ESTIMATE, VariablesPlan

# Of form 1 and form 2 of ANSI/ASQ Z1.9.
FORMS = {
    1: gettext_lazy("k: distance of the mean from the limit"),
    2: gettext_lazy("M: estimated share outside the limits"),
}
WARNINGS = {
    "not_normal": gettext_lazy(
        "The readings do not look normally distributed (Shapiro-Wilk test at the 5-percent level), and the estimate rests on that. "
        "Look at the readings, or count nonconforming units instead."
    ),
    "too_few_to_judge_normality": gettext_lazy(
        "These are too few readings to see whether they are normally distributed, which the estimate takes for granted."
    ),
    "no_spread": gettext_lazy(
        "All readings are the same, so nothing can be said of their spread. Check the instrument."
    ),
}


def _fixed(value: float, places: int = 2) -> str:
    return number_format(f"{value:.{places}f}", use_l10n=True)


def plan_words(plan: VariablesPlan) -> str:
    """ "10 units: accept up to M = 3.32 % estimated outside the limits"."""
    facts = {"n": number_format(plan.sample_size, force_grouping=True), "aql": plan.aql}
    if plan.inspect_all:
        text = ngettext(
            "all of %(n)s unit: accept up to %(aql)s %% outside the limits",
            "all %(n)s units: accept up to %(aql)s %% outside the limits",
            plan.sample_size,
        )
    elif plan.form == 1:
        text = _("%(n)s units: accept with the mean at least k = %(k)s standard deviations from the limit")
    else:
        text = _("%(n)s units: accept up to M = %(m)s %% estimated outside the limits")
    return text % {**facts, "k": _fixed(plan.k), "m": _fixed(plan.m_percent)}


def source(plan: VariablesPlan) -> str:
    """Where the plan comes from: "ANSI/ASQ Z1.9 · code letter F · AQL 1.0"."""
    letter = _("code letter %(letter)s") % {"letter": plan.code_letter}
    return " · ".join(["ANSI/ASQ Z1.9", letter, _("AQL %(aql)s") % {"aql": plan.aql}])


def estimate_words(plan: VariablesPlan, told: Mapping[str, Any]) -> str:
    """What the readings say against the plan; `told` as of `VariablesTally.as_dict`."""
    if told["critical"] and told["nonconforming"]:
        return ngettext(
            "%(count)s reading beyond a critical limit",
            "%(count)s readings beyond a critical limit",
            told["nonconforming"],
        ) % {"count": told["nonconforming"]}
    if "mean" not in told:
        text = _("%(read)s of %(n)s units read; an estimate needs %(fewest)s")
        return text % {"read": told["read"], "n": plan.sample_size, "fewest": FEWEST_TO_ESTIMATE}
    share = _fixed(told["percent_outside"])
    if plan.inspect_all:
        text = _("%(share)s %% of all units are outside the limits, at most %(aql)s %% is allowed")
        return text % {"share": share, "aql": plan.aql}
    if plan.form == 2:
        text = _("an estimated %(share)s %% is outside the limits, at most M = %(m)s %% is allowed")
        return text % {"share": share, "m": _fixed(plan.m_percent)}
    distances = [told[name] for name in ("q_lower", "q_upper") if told[name] is not None]
    if not distances:
        text = _("all readings are the same, and within the limit")
        return _("all readings are the same, and beyond the limit") if told["percent_outside"] else text
    text = _("the mean is Q = %(q)s standard deviations from the limit, at least k = %(k)s is needed")
    return text % {"q": _fixed(min(distances)), "k": _fixed(plan.k)}


def so_far(plan: VariablesPlan, told: Mapping[str, Any]) -> str:
    """The same while units are still to be read."""
    words = estimate_words(plan, told)
    if told["settled"] or "mean" not in told:
        return words
    return _("so far after %(read)s of %(n)s units: %(estimate)s") % {
        "read": told["read"],
        "n": plan.sample_size,
        "estimate": words,
    }


def warnings(told: Mapping[str, Any]) -> list[str]:
    """What the reader has to know about the estimate, in sentences."""
    return [str(WARNINGS[code]) for code in told.get("warnings", ())]


def reasons(plans: Mapping[str, VariablesPlan], tally: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Why the variables plans accepted or rejected, a line per characteristic; of a verdict that has fallen."""
    return [f"{local_name(told)}: {estimate_words(plans[code], told)}" for code, told in tally.items()]


def rejected_names(tally: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [local_name(told) for told in tally.values() if told["settled"] == "rejected"]

"""Sampling in sentences of the reader's language, from the codes and numbers of `inspections.sampling`."""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_UP, Decimal

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.errors import FieldError, InvalidInput
from inspections.models import NonconformityClass
from inspections.sampling import MESSAGES, Plan, SamplingError
from inspections.sampling.plans import NONCONFORMITIES, UNITS
from inspections.sampling.standard import ISO, Z14
from inspections.sampling.switching import Reason


def from_sampling(error: SamplingError, prefix: str = "") -> InvalidInput:
    """A SamplingError of a scheme in the reader's language, at the field below `prefix` and naming it by its label."""
    field = ".".join(part for part in (prefix, error.field) if part)
    return InvalidInput(
        [FieldError(field, error.code, error_sentence(error, {error.field: scheme_label(error.field)}))]
    )


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def units(count: int) -> str:
    """ "1 unit", "1,000 units"."""
    return ngettext("%(count)s unit", "%(count)s units", count) % {"count": _number(count)}


SEVERITIES = {
    "normal": gettext_lazy("normal"),
    "tightened": gettext_lazy("tightened"),
    "reduced": gettext_lazy("reduced"),
    "discontinued": gettext_lazy("discontinued"),
}


def share(fraction: Decimal | float | None) -> str:
    """A fraction in percent with at most two decimal places: "6.25 %"; a dash for none."""
    if fraction is None:
        return "–"
    percent = Decimal(f"{Decimal(fraction) * 100:.2f}").normalize()
    return f"{number_format(f'{percent:f}', use_l10n=True)} %"


KINDS = {"single": gettext_lazy("single"), "double": gettext_lazy("double"), "multiple": gettext_lazy("multiple")}


STANDARDS = {ISO: "ISO 2859-1:1999 (GB/T 2828.1-2012)", Z14: "ANSI/ASQ Z1.4"}


COUNTS = {UNITS: gettext_lazy("nonconforming units"), NONCONFORMITIES: gettext_lazy("nonconformities")}


# The table of each plan, and how many independent sources its numbers were checked against: inspections/sampling/tables/README.md.
TABLES = {
    (ISO, "single", "normal"): ("2-A", 4),
    (ISO, "single", "tightened"): ("2-B", 1),
    (ISO, "single", "reduced"): ("2-C", 1),
    (Z14, "single", "normal"): ("II-A", 4),
    (Z14, "single", "tightened"): ("II-B", 3),
    (Z14, "single", "reduced"): ("II-C", 3),
    (Z14, "double", "normal"): ("III-A", 2),
    (Z14, "double", "tightened"): ("III-B", 1),
    (Z14, "double", "reduced"): ("III-C", 1),
    (Z14, "multiple", "normal"): ("IV-A", 1),
    (Z14, "multiple", "tightened"): ("IV-B", 1),
    (Z14, "multiple", "reduced"): ("IV-C", 1),
}


def whole(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def significant(value: float, digits: int = 3, rounding: str = ROUND_HALF_EVEN) -> str:
    """A number in so many significant digits, without an exponent and without zeros at the end."""
    number = Decimal(str(value))
    if number:
        number = number.quantize(Decimal(1).scaleb(min(number.adjusted() - digits + 1, 0)), rounding=rounding)
    text = f"{number:f}"
    return number_format(text.rstrip("0").rstrip(".") if "." in text else text, use_l10n=True, force_grouping=True)


def percent(share: float, digits: int = 3, rounding: str = ROUND_HALF_EVEN) -> str:
    """A fraction in percent. Close to 100 % it is the missing part that has so many digits: "99.93 %"."""
    value = Decimal(str(share)) * 100
    if Decimal("99.9995") < value < 100:
        return _("> %(number)s %%") % {"number": "99.999"}
    if 90 < value < 100:
        value = value.quantize(Decimal(1).scaleb((100 - value).adjusted() - 1), rounding=rounding)
        digits = 9
    elif 0 < value < Decimal("0.00005"):
        return _("< %(number)s %%") % {"number": "0.0001"}
    return _("%(number)s %%") % {"number": significant(float(value), digits, rounding)}


def quality(p: float, counts: str = UNITS, digits: int = 3) -> str:
    """A quality: "2.5 %", or "40 per 100 units" where nonconformities are counted."""
    if counts == NONCONFORMITIES:
        return _("%(number)s per 100 units") % {"number": significant(p * 100, digits)}
    return percent(p, digits)


def batch_with(p: float, counts: str = UNITS) -> str:
    """ "a batch with 10 % bad units", for the beginning or the middle of a sentence."""
    if counts == NONCONFORMITIES:
        return _("a batch with %(number)s nonconformities per 100 units") % {"number": significant(p * 100, 2)}
    return _("a batch with %(percent)s bad units") % {"percent": percent(p, 2)}


# What the fields of a sampling scheme are called on the page where it is written.
SCHEME_LABELS = {
    "kind": gettext_lazy("Kind"),
    "standard": gettext_lazy("Standard"),
    "level": gettext_lazy("Inspection level"),
    "aql": gettext_lazy("AQL"),
    "aql.critical": gettext_lazy("AQL, critical"),
    "aql.major": gettext_lazy("AQL, major"),
    "aql.minor": gettext_lazy("AQL, minor"),
    "lq": gettext_lazy("Limiting quality, %"),
    "lq.critical": gettext_lazy("Limiting quality, critical, %"),
    "lq.major": gettext_lazy("Limiting quality, major, %"),
    "lq.minor": gettext_lazy("Limiting quality, minor, %"),
    "ltpd": gettext_lazy("Limiting quality, %"),
    "consumer_risk": gettext_lazy("Risk"),
    "percent": gettext_lazy("Share of the batch, %"),
    "min": gettext_lazy("At least, units"),
    "max": gettext_lazy("At most, units"),
    "n": gettext_lazy("Units"),
    "acceptance": gettext_lazy("May show"),
    "acceptance.major": gettext_lazy("May show, major"),
    "acceptance.minor": gettext_lazy("May show, minor"),
    "first_batches_in_full": gettext_lazy("First batches in full"),
    "variables.aql": gettext_lazy("AQL of the variables plan"),
}


def scheme_label(field: str) -> str:
    """How a field of a scheme is called; its path where it has no name. A field of critical's own plan says so."""
    if field in SCHEME_LABELS:
        return str(SCHEME_LABELS[field])
    own = field.removeprefix("critical.")
    if own != field and own in SCHEME_LABELS:
        return _("%(field)s (critical)") % {"field": SCHEME_LABELS[own]}
    return field


_ABOUT_A_CLASS = ("class_without_plan", "undecided")


def error_sentence(error: SamplingError, labels: Mapping[str, object] | None = None, **params: object) -> str:
    """What is wrong, naming the field by its label; `params` replace those of the error by their words."""
    name = (labels or {}).get(error.field, error.field)
    words: dict[str, object] = {"field": name}
    if "kind" in error.params:
        words["kind"] = KINDS.get(str(error.params["kind"]), error.params["kind"])
    if error.code in _ABOUT_A_CLASS and error.params["value"] in NonconformityClass.values:
        words["value"] = NonconformityClass(error.params["value"]).label
    return _(MESSAGES[error.code]) % {**error.params, **words, **params}


# The plan
def take(plan: Plan, lot_size: int) -> str:
    """ "Take 80 of 1,000 units"."""
    if plan.inspect_all:
        return ngettext("Inspect the one unit", "Inspect all %(count)s units", lot_size) % {"count": whole(lot_size)}
    if not plan.stages:
        return _("Take %(n)s of %(units)s") % {"n": whole(plan.sample_size), "units": units(lot_size)}
    return _("Take %(first)s of %(units)s first, and up to %(most)s in %(stages)s samples") % {
        "first": whole(plan.stages[0].sample_size),
        "units": units(lot_size),
        "most": whole(plan.sample_size),
        "stages": len(plan.stages),
    }


def accept(plan: Plan) -> str:
    """ "Accept with up to 5 nonconforming, reject from 6." """
    if plan.stages:
        return _("After each sample the batch is accepted, rejected, or the next sample decides.")
    if plan.counts == NONCONFORMITIES:
        text = _("Accept with up to %(ac)s nonconformities, reject from %(re)s.")
    elif plan.acceptance == 0:
        text = _("Accept with none nonconforming, reject from %(re)s.")
    else:
        text = _("Accept with up to %(ac)s nonconforming, reject from %(re)s.")
    return text % {"ac": plan.acceptance, "re": plan.rejection}


def remarks(plan: Plan, lot_size: int, asked_kind: str = "single") -> list[str]:
    """What the reader has to know beside the numbers: letters and arrows, other kinds, gaps, what is counted."""
    lines = []
    if plan.code_letter is None:
        lines.append(_("A batch of one unit has no code letter."))
    elif plan.code_letter != plan.effective_letter:
        lines.append(
            _(
                "The code letter is %(letter)s. At AQL %(aql)s its row has an arrow to the plan of the letter "
                "%(effective)s, which is used whole: sample size, acceptance and rejection number."
            )
            % {"letter": plan.code_letter, "aql": plan.aql, "effective": plan.effective_letter}
        )
    if plan.code_letter and asked_kind != plan.kind:
        text = _("Here the table of %(asked)s plans sends to the %(kind)s plan.")
        lines.append(text % {"asked": KINDS[asked_kind], "kind": KINDS[plan.kind]})
    if plan.inspect_all and plan.code_letter:
        lines.append(_("The sample of the plan is not smaller than the batch, so every unit is inspected."))
    if plan.rejection > plan.acceptance + 1:
        text = _("A count above %(ac)s and below %(re)s accepts the batch, and ends reduced inspection.")
        lines.append(text % {"ac": plan.acceptance, "re": plan.rejection})
    if plan.counts == NONCONFORMITIES:
        lines.append(_("Nonconformities are counted: one unit may have several. The AQL is per 100 units."))
    return lines


def source(plan: Plan) -> str:
    """Where the numbers come from, and how sure they are."""
    if plan.standard is None or plan.code_letter is None:
        return ""
    table, sources = TABLES[plan.standard, plan.kind, plan.severity]
    text = ngettext(
        "Table %(table)s as published for %(standard)s, checked against the structure of the table and "
        "%(count)s independent source. Where a contract matters, the standard itself decides.",
        "Table %(table)s as published for %(standard)s, checked against the structure of the table and "
        "%(count)s independent sources. Where a contract matters, the standard itself decides.",
        sources,
    )
    text %= {"table": table, "standard": STANDARDS[plan.standard], "count": sources}
    if plan.standard == ISO:
        text += " " + _(
            "The edition of 2026 was compared in 720 cells, AQL 0.010 to 6.5 in the rows of their own letters: all are the same. "
            "Its higher AQLs, its arrows and its changed clauses were not compared."
        )
    if plan.kind != "single":
        text += " " + _(
            "Double and multiple plans are kept in the form of Z1.4 only: those of ISO 2859-1 could not be confirmed by a second "
            "source."
        )
    return text


# What it is worth
def chance(odds: tuple[str, int, int], batch: str, *, still: bool = False) -> str:
    """How often a batch passes: "A batch with 10 % bad units still passes about 1 time in 6."

    `odds` as of `inspections.sampling.curves.odds`, `batch` as of `batch_with`; `still` for one that had better not.
    """
    code, times, out_of = odds
    if code == "almost_never":
        text = _("%(batch)s almost never passes.")
    elif code == "almost_always":
        text = _("%(batch)s almost always passes.")
    elif code == "fails_about":
        text = _("%(batch)s is rejected about 1 time in %(out_of)s.")
    elif still:
        text = ngettext(
            "%(batch)s still passes about %(times)s time in %(out_of)s.",
            "%(batch)s still passes about %(times)s times in %(out_of)s.",
            times,
        )
    else:
        text = ngettext(
            "%(batch)s passes about %(times)s time in %(out_of)s.",
            "%(batch)s passes about %(times)s times in %(out_of)s.",
            times,
        )
    return capfirst(text % {"batch": batch, "times": times, "out_of": whole(out_of)})


def even_odds(p: float, counts: str) -> str:
    return capfirst(_("%(batch)s passes half of the time.") % {"batch": batch_with(p, counts)})


def interval_sentence(nonconforming: int, n: int, bound: float, confidence: float) -> str:
    """ "With 60 units and none bad the true rate is below 4.9 % with 95 % confidence."

    `bound` is the one-sided bound of the true rate: the upper one, or the lower one where all are nonconforming. It is
    rounded away from what was found.
    """
    if nonconforming == n:
        text = ngettext(
            "With %(n)s unit and it bad the true rate is above %(bound)s with %(confidence)s confidence.",
            "With %(n)s units and all of them bad the true rate is above %(bound)s with %(confidence)s confidence.",
            n,
        )
    elif nonconforming == 0:
        text = ngettext(
            "With %(n)s unit and none bad the true rate is below %(bound)s with %(confidence)s confidence.",
            "With %(n)s units and none bad the true rate is below %(bound)s with %(confidence)s confidence.",
            n,
        )
    else:
        text = ngettext(
            "With %(n)s unit and %(bad)s bad the true rate is below %(bound)s with %(confidence)s confidence.",
            "With %(n)s units and %(bad)s bad the true rate is below %(bound)s with %(confidence)s confidence.",
            n,
        )
    return text % {
        "n": whole(n),
        "bad": whole(nonconforming),
        "bound": percent(bound, 2, ROUND_DOWN if nonconforming == n else ROUND_UP),
        "confidence": percent(confidence),
    }


# Switching
def _lots(references: Sequence[str]) -> str:
    return ", ".join(references)


def _two_in_five(params: Mapping) -> str:
    text = _("%(count)s of the last %(window)s batches were not accepted (%(lots)s): inspection is tightened.")
    return text % {"count": len(params["lots"]), "window": params["window"], "lots": _lots(params["lots"])}


def _carried_over(params: Mapping) -> str:
    if params["severity"] == "reduced":
        return _("The sampling scheme was changed: reduced inspection was earned under the other one, and ends.")
    if params["severity"] == "normal":
        return _("The sampling scheme was changed: normal inspection goes on, and the switching score begins anew.")
    text = _("Inspection was tightened before the sampling scheme was changed, and stays so. %(why)s")
    if params["severity"] == "discontinued":
        text = _("Inspection was discontinued before the sampling scheme was changed, and stays so. %(why)s")
    return text % {"why": why_severity(Reason(**params["why"]))}


_WHY: dict[str, Callable[[Mapping], str]] = {
    "start": lambda _params: _("Inspection starts here."),
    "two_in_five": _two_in_five,
    "accepted_in_a_row": lambda params: (
        _("%(accepted)s batches in a row were accepted: back to normal inspection.") % params
    ),
    "not_accepted_discontinues": lambda params: (
        _(
            "%(not_accepted)s batches were not accepted while tightened: inspection is discontinued, and new batches "
            "wait until the quality manager re-qualifies the supplier."
        )
        % params
    ),
    "score": lambda params: (
        _(
            "The switching score reached %(score)s, production is steady and the manager approves: inspection is reduced."
        )
        % params
    ),
    "not_accepted": lambda _params: _("A batch was not accepted: reduced inspection ends."),
    "critical": lambda _params: _("A critical nonconformity was found: reduced inspection ends."),
    "between_ac_and_re": lambda params: (
        _(
            "%(nonconforming)s is above the acceptance number %(acceptance)s and below the rejection number "
            "%(rejection)s: the batch is accepted and reduced inspection ends."
        )
        % params
    ),
    "production_irregular": lambda _params: _("Production became irregular: reduced inspection ends."),
    "reduced_withdrawn": lambda _params: _("The quality manager no longer approves: reduced inspection ends."),
    "resumed": lambda _params: _("The supplier was re-qualified: inspection resumes, tightened."),
    "carried_over": _carried_over,
}


def why_severity(reason: Reason) -> str:
    """Why inspection is as it is now."""
    return _WHY[reason.code](reason.params)


def _end_tightened(params: Mapping) -> str:
    text = ngettext(
        "%(remaining)s more batch accepted leads back to normal inspection.",
        "%(remaining)s more batches accepted in a row lead back to normal inspection.",
        params["remaining"],
    )
    return text % params


def _end_by_discontinuing(params: Mapping) -> str:
    text = ngettext(
        "%(remaining)s more batch not accepted and inspection is discontinued.",
        "%(remaining)s more batches not accepted and inspection is discontinued.",
        params["remaining"],
    )
    return text % params


def _end_normal(params: Mapping) -> str:
    if not params["lots"]:
        return _("2 batches not accepted among 5 or fewer in a row lead to tightened inspection.")
    text = _("One more batch not accepted within 5 leads to tightened inspection (%(lots)s was not accepted).")
    return text % {"lots": _lots(params["lots"])}


def _end_by_score(params: Mapping) -> str:
    text = _("The switching score is %(so_far)s; from %(needed)s on inspection may be reduced.") % params
    if not params["production_steady"]:
        text += " " + _("Production has to be steady again.")
    if not params["reduced_approved"]:
        text += " " + _("The quality manager has to approve it.")
    return text


_ENDS: dict[str, Callable[[Mapping], str]] = {
    "requalified": lambda _params: _("Nothing is inspected until the quality manager re-qualifies the supplier."),
    "accepted_in_a_row": _end_tightened,
    "not_accepted_discontinues": _end_by_discontinuing,
    "two_in_five": _end_normal,
    "score": _end_by_score,
    "not_accepted": lambda _params: _("A batch that is not accepted ends reduced inspection."),
    "critical": lambda _params: _("A critical nonconformity ends it, whatever the counts say."),
    "production_irregular": lambda _params: _("Irregular production ends it."),
    "reduced_withdrawn": lambda _params: _("The quality manager may end it at any time."),
}


def what_ends(reasons: Sequence[Reason]) -> list[str]:
    """What would change the severity, in sentences: for the result of `inspections.sampling.switching.what_ends`."""
    return [_ENDS[reason.code](reason.params) for reason in reasons]

"""What can be wrong with a question about sampling, in one list of codes and sentences."""

from typing import Any


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation without importing the web framework."""
    return message


MESSAGES = {
    "lot_size": gettext_noop(
        "The lot size %(value)s is not a whole number of at least 1. Give the number of units in the batch."
    ),
    "level": gettext_noop("There is no inspection level %(value)s. Choose one of %(choices)s."),
    "drift": gettext_noop("A drift either warns or tightens the next plans: write warn or tighten, not %(value)s."),
    "drift_needs_table": gettext_noop(
        "Only plans from the AQL tables can be tightened. Let a drift warn, or sample by single, double or multiple plans."
    ),
    "severity": gettext_noop("There is no severity %(value)s. Choose one of %(choices)s."),
    "discontinued": gettext_noop(
        "Sampling inspection is discontinued for this supplier and product. "
        "The quality manager has to re-qualify it before a batch can be planned."
    ),
    "reduced_not_approved": gettext_noop(
        "Reduced inspection is not approved here. Plan with normal inspection, or ask the quality manager to approve it."
    ),
    "kind": gettext_noop("There is no kind of plan called %(value)s. Choose one of %(choices)s."),
    "standard": gettext_noop("There is no standard %(value)s here. Choose one of %(choices)s."),
    "kind_not_in_standard": gettext_noop(
        "A %(kind)s plan is kept in the ANSI/ASQ Z1.4 form only: the numbers of ISO 2859-1 could not be confirmed by a second "
        "source. Choose the standard ansi-z1.4, or a single plan."
    ),
    "aql": gettext_noop("The AQL %(value)s is not a number. Give one of the series, such as 2.5."),
    "aql_not_in_series": gettext_noop(
        "The AQL %(value)s is not in the series of the standard. The nearest are %(nearest)s."
    ),
    "aql_needs_nonconformities": gettext_noop(
        "An AQL of %(value)s is above 10 and counts nonconformities per 100 units. "
        "Count nonconformities, or choose an AQL of 10 or less."
    ),
    "counts": gettext_noop("What is counted is either units or nonconformities, not %(value)s."),
    "number": gettext_noop("%(value)s is not a number from %(lowest)s to %(highest)s in %(field)s."),
    "between": gettext_noop("%(value)s is not a number above %(lowest)s and below %(highest)s in %(field)s."),
    "above": gettext_noop("%(value)s is not a number above %(lowest)s and at most %(highest)s in %(field)s."),
    "whole_number": gettext_noop("%(value)s is not a whole number of at least %(lowest)s in %(field)s."),
    "missing": gettext_noop("The sampling scheme lacks %(field)s. Add it to the scheme."),
    "unknown_key": gettext_noop("The sampling scheme has no field called %(value)s. Remove it, or check its spelling."),
    "class": gettext_noop("There is no class %(value)s. Choose one of %(choices)s."),
    "class_without_plan": gettext_noop(
        "The sampling scheme gives no plan for the class %(value)s. Add an AQL for it to the scheme."
    ),
    "range": gettext_noop("The smallest sample size %(lowest)s is above the largest %(highest)s. Swap them."),
    "counts_per_stage": gettext_noop(
        "The nonconforming found after each stage are cumulative whole numbers that never fall, "
        "for at most %(stages)s stages. Check %(value)s."
    ),
    "required": gettext_noop("%(field)s is missing. Give it."),
    "boolean": gettext_noop("%(field)s is either true or false, not %(value)s."),
    "list": gettext_noop("%(field)s is a list of at most %(highest)s entries. Shorten it, or check its form."),
    "acceptance_above_sample": gettext_noop(
        "A sample of %(n)s units cannot hold more than %(n)s nonconforming ones, so an acceptance number of %(value)s "
        "accepts everything. Lower it."
    ),
    "stages_needed": gettext_noop(
        "With %(value)s found in all, what each sample showed decides. Give the number found after the first sample, "
        "or after every sample of a multiple plan."
    ),
    "sample_above_lot": gettext_noop("A sample of %(value)s cannot come from a lot of %(lot_size)s. Lower the sample."),
    "good_not_below_bad": gettext_noop("The good quality %(good)s must be better than the bad quality %(bad)s."),
    "no_plan": gettext_noop(
        "No sample tells %(good)s from %(bad)s with these risks. Allow more risk, or widen the gap."
    ),
    "nonconforming": gettext_noop("%(value)s nonconforming cannot be among %(n)s units. Check both numbers."),
    "readings": gettext_noop("There are %(found)s usable readings and %(needed)s are needed. Enter the missing ones."),
    "no_spread": gettext_noop(
        "All readings are the same, so nothing can be said of their spread. Check the instrument."
    ),
    "limit_missing": gettext_noop("Without a lower or an upper limit there is nothing to compare with. Enter a limit."),
    "limits_reversed": gettext_noop("The lower limit %(lower)s is not below the upper limit %(upper)s. Swap them."),
    "subgroups": gettext_noop("Subgroups must all have the same number of readings, at least 2."),
    "variables_lot_size": gettext_noop(
        "A variables plan needs a lot of at least 3 units, not %(value)s. Inspect the lot by attributes."
    ),
    "variables_aql": gettext_noop(
        "The variables tables hold AQLs from 0.10 to 10, not %(value)s. Choose one of those, or inspect by attributes."
    ),
    "form": gettext_noop("A variables plan is judged by form 1 or form 2, not %(value)s."),
    "form_one_sided": gettext_noop("Form 1 judges one limit only. Use form 2 for a lower and an upper limit."),
    "no_tolerance": gettext_noop(
        "The lower and the upper limit are both %(value)s, which leaves no spread to judge. "
        "Widen the limits, or inspect by attributes."
    ),
    "own_sampling": gettext_noop(
        "A check may have a sampling of its own by a level, by a level and an AQL, or by a number of units n. "
        "Give one of the three, and nothing else."
    ),
    "own_level_needs_aql": gettext_noop(
        "The class of this check has no AQL that a level could be looked up with. Give an AQL beside the level, or a number of "
        "units."
    ),
    "own_and_variables": gettext_noop(
        "A check is either estimated from its readings or has a sampling of its own. Take one of the two away."
    ),
    "cartons": gettext_noop("%(value)s units cannot be packed in %(cartons)s cartons. Check the number of cartons."),
    "cartons_count_units": gettext_noop("What cartons do to the odds is known of nonconforming units. Count units."),
    "carton_rule": gettext_noop("Cartons are opened by the rule %(choices)s, not %(value)s."),
    "seed": gettext_noop("A draw needs a recorded seed. Give the seed of the inspection."),
    "undecided": gettext_noop("The class %(value)s is not decided yet: take the next sample first."),
    "lq_counts_units": gettext_noop("A limiting quality counts nonconforming units. Count units, or choose an AQL."),
    "event": gettext_noop("There is no event %(value)s. Choose one of %(choices)s."),
}


class SamplingError(ValueError):
    """A question that has no answer.

    `code` is stable and a key of MESSAGES, `field` names what was asked wrongly, `params` fill the sentence; `str()` is
    the English sentence. To translate: `gettext(MESSAGES[error.code]) % error.params`.
    """

    def __init__(self, code: str, *, field: str, **params: object) -> None:
        self.code = code
        self.field = field
        self.params: dict[str, Any] = {"field": field, **params}
        super().__init__(MESSAGES[code] % self.params)


class SamplingErrors(SamplingError):
    """Several fields of one question that are wrong: the first of `errors`, with the others beside it."""

    def __init__(self, errors: list[SamplingError]) -> None:
        self.errors = errors
        first = errors[0]
        super().__init__(first.code, **first.params)

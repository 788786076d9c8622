"""Why a verdict is what it is, and what the scripts of the entry page say, in the reader's language."""

from collections.abc import Collection
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.languages import local_name
from inspections.calculator.words.sampling import _number
from inspections.calculator.words.variables import reasons
from inspections.models import Characteristic, Inspection, NonconformityClass
from inspections.rules.far_off import FarOff
from inspections.sampling import Plan
from inspections.sampling.plans import NONCONFORMITIES
from inspections.specification.words import READING_WORDS, plain


def class_reason(name: str, plan: Plan, *, nonconforming: int, nonconformities: int, of: str = "") -> str:
    """One class against its plan: "major: 4 nonconforming units of 80, at most 5 allowed". `of` is the name of a check that has
    a plan of its own."""
    facts = {"class": of or NonconformityClass(name).label, "n": _number(plan.sample_size), "most": plan.rejection - 1}
    if plan.stages:
        return _stage_reason(plan, facts, nonconformities if plan.counts == NONCONFORMITIES else nonconforming)
    if plan.counts == "nonconformities":
        text = ngettext(
            "%(class)s: %(count)s nonconformity in %(n)s units, at most %(most)s allowed",
            "%(class)s: %(count)s nonconformities in %(n)s units, at most %(most)s allowed",
            nonconformities,
        )
        return text % {**facts, "count": nonconformities}
    text = ngettext(
        "%(class)s: %(count)s nonconforming unit of %(n)s, at most %(most)s allowed",
        "%(class)s: %(count)s nonconforming units of %(n)s, at most %(most)s allowed",
        nonconforming,
    )
    return text % {**facts, "count": nonconforming}


def _stage_reason(plan: Plan, facts: dict, count: int) -> str:
    """At a stage that another may follow: "major: 3 found in 50 units, accepted up to 2, rejected from 5"."""
    if plan.acceptance < 0:
        text = _("%(class)s: %(count)s found in %(n)s units, not accepted before the next sample, rejected from %(re)s")
    else:
        text = _("%(class)s: %(count)s found in %(n)s units, accepted up to %(ac)s, rejected from %(re)s")
    return text % {**facts, "count": count, "ac": plan.acceptance, "re": plan.rejection}


def verdict_reasons(inspection: Inspection) -> list[str]:
    """Why the verdict is what it is, a line per class and plan of a single check, those that rejected first.

    Empty until there is a verdict.
    """
    if inspection.tally is None:
        return []
    plans, tally = inspection.plans, inspection.tally
    names = [name for name in NonconformityClass.values if name in tally]
    lines = [
        class_reason(
            name,
            plans[name],
            nonconforming=tally[name]["nonconforming"],
            nonconformities=tally[name]["nonconformities"],
        )
        for name in names
    ]
    own = inspection.own
    for code, told in inspection.own_tally.items():
        counts = {key: told[key] for key in ("nonconforming", "nonconformities")}
        lines.append(class_reason(told["class"], own[code], **counts, of=local_name(told)))
    lines += reasons(inspection.by_variables, inspection.variables_tally)
    settled = [told["settled"] for told in [*(tally[name] for name in names), *inspection.own_tally.values()]]
    settled += [told["settled"] for told in inspection.variables_tally.values()]
    in_order = sorted(zip(settled, lines, strict=True), key=lambda pair: pair[0] != "rejected")
    return [line for _settled, line in in_order]


def higher_words(name: str, units: Collection[int]) -> str:
    """Which units count in a more serious class: "Units 1 and 3 are nonconforming here too and count in a more serious class"."""
    if not units:
        return ""
    text = ngettext(
        "Unit %(units)s has a %(class)s nonconformity too, and counts in a more serious class.",
        "Units %(units)s have a %(class)s nonconformity too, and count in a more serious class.",
        len(units),
    )
    return text % {"units": _(", ").join(map(str, sorted(units))), "class": NonconformityClass(name).label}


FAR_OFF = {
    "point": gettext_lazy("Unit %(unit)s: %(reading)s? The limits are %(limits)s. A decimal point may be lost."),
    "tenfold": gettext_lazy("Unit %(unit)s: %(reading)s? That is ten times what is expected (%(limits)s)."),
    "tenth": gettext_lazy("Unit %(unit)s: %(reading)s? That is a tenth of what is expected (%(limits)s)."),
    "beyond": gettext_lazy("Unit %(unit)s: %(reading)s? That is far beyond the limits (%(limits)s)."),
}


def far_off_words(characteristic: Characteristic, unit: int, reading: Decimal, odd: FarOff) -> str:
    """Why a reading is asked about: "Unit 3: 501 mm? The limits are 49.5 – 50.5 mm. A decimal point may be lost." """
    limits = " – ".join(plain(value) for value in (characteristic.lower, characteristic.upper) if value is not None)
    measure = characteristic.unit
    facts = {"unit": unit, "reading": f"{reading} {measure}".strip(), "limits": f"{limits} {measure}".strip()}
    return str(FAR_OFF[odd.code]) % facts


ENTRY_WORDS = {
    **{f"far_off_{code}": words for code, words in FAR_OFF.items()},
    "enter_again": gettext_lazy("Enter it again"),
    "it_is": gettext_lazy("It is %(reading)s"),
    "colleague": gettext_lazy("%(name)s is on this inspection too"),
    "colleague_at": gettext_lazy("%(name)s is on this inspection too, at %(check)s"),
    "does_not_conform": gettext_lazy("does not conform"),
    "conforms": gettext_lazy("conforms"),
    "units_differ": gettext_lazy("Units %(units)s: yours and theirs differ"),
    "on_hold": gettext_lazy("This batch is on hold"),
    "wrong_key": gettext_lazy("A wrong key? Name the typing error"),
    "submitted_elsewhere": gettext_lazy("This inspection was handed in or abandoned by somebody else."),
    "next_sample": gettext_lazy("Somebody else has begun the next sample."),
    "load_again": gettext_lazy("Load the page again"),
    "point": gettext_lazy("Fill in the point: %(digits)s is %(reading)s"),
    "place": gettext_lazy("unit %(unit)s of %(total)s · %(done)s read"),
    "all_read": gettext_lazy("all %(count)s units read"),
    "all_read_one": gettext_lazy("the unit is read"),
    **READING_WORDS,
    "nothing_filled": gettext_lazy("Nothing was filled in."),
    "too_many": gettext_lazy("%(count)s values, and room for %(room)s units. Nothing was filled in."),
    "over_by": gettext_lazy("Unit %(unit)s: %(distance)s over the limit"),
    "under_by": gettext_lazy("Unit %(unit)s: %(distance)s under the limit"),
    "out_units": gettext_lazy("Beyond the limits: units %(units)s"),
    "critical_over": gettext_lazy("%(name)s of unit %(number)s is %(reading)s, upper limit %(limit)s."),
    "critical_under": gettext_lazy("%(name)s of unit %(number)s is %(reading)s, lower limit %(limit)s."),
    "critical_unit": gettext_lazy("%(name)s: unit %(number)s does not conform."),
    "others_conform": gettext_lazy("All other %(count)s units were looked at and conform"),
    "others_conform_one": gettext_lazy("The other unit was looked at and conforms"),
    "units_answered": gettext_lazy("%(count)s units, answered"),
    "units_answered_one": gettext_lazy("%(count)s unit, answered"),
    "units_unanswered": gettext_lazy("%(count)s units, not answered yet"),
    "units_unanswered_one": gettext_lazy("%(count)s unit, not answered yet"),
    "confirm_others": gettext_lazy("Not finished: look at all the others, then confirm below."),
    "unmark_first": gettext_lazy("Units %(units)s are marked as nonconforming. Unmark them first if all conform."),
    "too_few": gettext_lazy("%(count)s units do not conform, so there are at least as many nonconformities."),
    "too_few_one": gettext_lazy("One unit does not conform, so there is at least one nonconformity."),
    "stays": gettext_lazy(
        "Unit %(unit)s did not conform in the sample that is finished. What a finished sample showed stays."
    ),
    "bad": gettext_lazy("%(count)s bad"),
    "bad_one": gettext_lazy("%(count)s bad"),
    "not_finished": gettext_lazy("not finished"),
    "all_conform": gettext_lazy("all conform"),
    "not_answered": gettext_lazy("not answered"),
    "read": gettext_lazy("%(done)s of %(total)s read"),
    "answered": gettext_lazy("%(answered)s of %(total)s checks answered"),
    "stopped": gettext_lazy("This batch is stopped, the supplier has been told"),
    "go_on": gettext_lazy("Please go on with the remaining units."),
    "not_stopped_yet": gettext_lazy(
        "Not sent yet: the batch is stopped only once this arrives. Say it by phone if it is urgent."
    ),
    "will_be_rejected": gettext_lazy("It can only be rejected now. Please go on."),
    "will_be_accepted": gettext_lazy("Nothing still to come can reject it."),
    "will_be_next_sample": gettext_lazy("This sample does not decide: submit, and take the next one."),
    "signed_out": gettext_lazy("You are signed out."),
    "entries_stay": gettext_lazy("What you entered stays on this device and is sent after you sign in."),
    "sign_in": gettext_lazy("Sign in and come back here"),
    "forbidden": gettext_lazy("Your role does not allow recording inspections. What you entered stays on this device."),
    "late": gettext_lazy("The inspection was closed before this arrived. It is kept as a late finding."),
    "closed": gettext_lazy("This inspection was submitted or abandoned by somebody else."),
    "closed_unsent": gettext_lazy("What is shown as unsent stays on this phone, where it can be made a finding."),
    "see_result": gettext_lazy("See the result"),
    "not_kept": gettext_lazy("This device cannot keep unsent entries. Do not close the page before they are sent."),
    "refused": gettext_lazy("The server refused this. Please check it."),
    "conflict": gettext_lazy("Somebody else changed this check in the meantime. Which is right?"),
    "mine_and_theirs": gettext_lazy("Yours: %(mine)s. Theirs: %(theirs)s."),
    "unit_differs": gettext_lazy("Unit %(unit)s: yours %(mine)s, theirs %(theirs)s"),
    "same": gettext_lazy("Same"),
    "differs": gettext_lazy("Differs"),
    "same_or_differs": gettext_lazy("Say whether it is the same as the golden sample or differs."),
    "say_how": gettext_lazy("Say how it differs from the golden sample."),
    "half_a_colour": gettext_lazy("A colour has all three of L*, a* and b*."),
    "kept": gettext_lazy("kept on this device, not sent yet"),
    "keep_mine": gettext_lazy("Keep mine"),
    "take_theirs": gettext_lazy("Take theirs"),
    "unanswered": gettext_lazy("These checks are not answered yet. An untouched check never counts as passed."),
    "ready": gettext_lazy(
        "Every check is answered. Submitting gives the verdict, and the inspection can no longer be changed."
    ),
    "not_submitted": gettext_lazy("Not submitted: these are not settled yet."),
    "handing_in": gettext_lazy("Handing in"),
    "abandoning": gettext_lazy("Abandoning"),
    "handing_in_waits": gettext_lazy(
        "Nothing can be changed until the server has answered. It goes by itself as soon as there is a network, after what "
        "is unsent of this inspection: %(unsent)s."
    ),
    "take_back": gettext_lazy("Do not hand in yet"),
    "not_handed_in": gettext_lazy("Not handed in."),
    "changed_meanwhile": gettext_lazy(
        "Not handed in: somebody has recorded something meanwhile. Look at it, then hand in again."
    ),
    "photo_waits": gettext_lazy("Photo, waiting to be sent"),
    "photo_of_unit": gettext_lazy("Photo of unit %(unit)s"),
    "photo": gettext_lazy("Photo"),
    "photo_refused": gettext_lazy("The photo was refused: %(reason)s"),
}

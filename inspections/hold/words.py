"""Why a batch is stopped, in sentences of the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.languages import local_name
from inspections.calculator.words.variables import rejected_names
from inspections.models import Hold, HoldReason, HoldStatus, NonconformityClass
from inspections.specification.words import in_a_sentence


def _is_over(finding: Mapping[str, Any]) -> bool:
    reading = str(finding["reading"])
    number, upper = reading.lstrip("<>"), finding["upper"]
    return upper is not None and (float(number) > float(upper) or (reading[0] == ">" and float(number) >= float(upper)))


def _rejected_classes(finding: Mapping[str, Any]) -> str:
    tally = finding.get("tally", {})
    labels = [str(c.label) for c in NonconformityClass if tally.get(c.value, {}).get("settled") == "rejected"]
    return ", ".join(labels)


def _rejected_by_variables(finding: Mapping[str, Any]) -> str:
    return ", ".join(rejected_names(finding.get("variables", {})))


def _rejected_by_own_plans(finding: Mapping[str, Any]) -> str:
    """Names of the checks with a sampling of their own that it rejected."""
    return ", ".join(rejected_names(finding.get("own", {})))


def _is_in_words(finding: Mapping[str, Any]) -> bool:
    """Whether it was found on nothing that is checked: its note alone says what it is."""
    return finding.get("characteristic", "") is None


def _critical_cause(finding: Mapping[str, Any]) -> str:
    if _is_in_words(finding):
        return _("critical finding")
    name = in_a_sentence(local_name(finding))
    if "reading" not in finding:
        return _("%(name)s not conforming") % {"name": name}
    text = _("%(name)s over the limit") if _is_over(finding) else _("%(name)s under the limit")
    return text % {"name": name}


def _rejected_cause(finding: Mapping[str, Any]) -> str:
    said = (_rejected_classes(finding), _rejected_by_own_plans(finding), _rejected_by_variables(finding))
    what = [text for text in said if text]
    if finding.get("taken_back"):
        text = _("round %(round)s: too much found (%(classes)s), then taken back")
        return text % {"round": finding["round"], "classes": ", ".join(what)}
    if finding.get("abandoned"):
        text = _("round %(round)s abandoned with too much found (%(classes)s)")
        return text % {"round": finding["round"], "classes": ", ".join(what)}
    return _("round %(round)s rejected (%(classes)s)") % {"round": finding["round"], "classes": ", ".join(what)}


def hold_cause(reason: str, finding: Mapping[str, Any]) -> str:
    """Why a batch is stopped, in a few words: "body height over the limit"."""
    if reason in FOUND:
        return FOUND[reason][0](finding)
    return str(HoldReason(reason).facts.cause)


def hold_title(hold: Hold) -> str:
    """ "B-2611-042 is stopped: body height over the limit"; "was stopped" once the hold has ended."""
    text = _("%(batch)s is stopped: %(cause)s")
    if hold.status == HoldStatus.ENDED:
        text = _("%(batch)s was stopped: %(cause)s")
    return text % {"batch": hold.batch.number, "cause": hold_cause(hold.reason, hold.finding)}


def finding_sentence(reason: str, finding: Mapping[str, Any], note: str = "") -> str:
    """What was found: "Body height of unit 3 is 50.9 mm, upper limit 50.5 mm."

    For a hold that was placed by hand, the note of who placed it.
    """
    if reason in FOUND:
        return FOUND[reason][1](finding)
    return note or str(HoldReason(reason).facts.sentence)


def _rejected_sentence(finding: Mapping[str, Any]) -> str:
    classes, own, names = _rejected_classes(finding), _rejected_by_own_plans(finding), _rejected_by_variables(finding)
    if finding.get("taken_back"):
        text = _(
            "What round %(round)s had found rejected the batch (%(what)s), and was taken back before the end. Somebody who did "
            "not record it finds out which is right, and signs."
        )
        return text % {"round": finding["round"], "what": ", ".join(part for part in (classes, own, names) if part)}
    if finding.get("abandoned"):
        text = _("Round %(round)s was abandoned when what it had found already rejected the batch: %(what)s.")
        return text % {"round": finding["round"], "what": ", ".join(part for part in (classes, own, names) if part)}
    if own:
        text = _("Round %(round)s was rejected: too many nonconforming units for %(what)s.")
        return text % {"round": finding["round"], "what": ", ".join(part for part in (classes, own, names) if part)}
    if not names:
        text = _("Round %(round)s was rejected: too many nonconformities of the class %(classes)s.")
    elif not classes:
        text = _("Round %(round)s was rejected: the readings of %(names)s lie too close to the limits or beyond them.")
    else:
        text = _(
            "Round %(round)s was rejected: too many nonconformities of the class %(classes)s, and the readings of "
            "%(names)s lie too close to the limits or beyond them."
        )
    return text % {"round": finding["round"], "classes": classes, "names": names}


def _critical_sentence(finding: Mapping[str, Any]) -> str:
    note = finding.get("note", "")
    if not _is_in_words(finding):
        return " ".join(filter(None, [_check_sentence(finding), note]))
    text = ngettext(
        "%(count)s unit does not conform: %(note)s",
        "%(count)s units do not conform: %(note)s",
        finding["nonconforming"],
    )
    return text % {"count": finding["nonconforming"], "note": note}


def _check_sentence(finding: Mapping[str, Any]) -> str:
    name, unit_number = local_name(finding), finding["unit_number"]
    if "reading" in finding:
        text, limit = _("%(name)s of unit %(number)s is %(reading)s, lower limit %(limit)s."), finding["lower"]
        if _is_over(finding):
            text, limit = _("%(name)s of unit %(number)s is %(reading)s, upper limit %(limit)s."), finding["upper"]
        reading, limit = (f"{value} {finding['unit']}".strip() for value in (finding["reading"], limit))
        return text % {"name": name, "number": unit_number, "reading": reading, "limit": limit}
    if unit_number is not None:
        return _("%(name)s: unit %(number)s does not conform.") % {"name": name, "number": unit_number}
    text = ngettext(
        "%(name)s: %(count)s unit does not conform.",
        "%(name)s: %(count)s units do not conform.",
        finding["nonconforming"],
    )
    return text % {"name": name, "count": finding["nonconforming"]}


# Reason of a hold -> its cause in a few words and its sentence, where both are made of what was found.
FOUND: dict[str, tuple[Callable[[Mapping[str, Any]], str], Callable[[Mapping[str, Any]], str]]] = {
    HoldReason.CRITICAL: (_critical_cause, _critical_sentence),
    HoldReason.REJECTED: (_rejected_cause, _rejected_sentence),
}


def hold_sentence(hold: Hold) -> str:
    """What was found, in one sentence; the note of a hold that was placed by hand."""
    return finding_sentence(hold.reason, hold.finding, hold.note)

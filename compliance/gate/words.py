"""The checks of a gate in the reader's language: what each is called, why it stands as it does, and what comes next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from accounts.roles import Role
from compliance.rules import gates

Text = str | Promise

CHECK_NAMES: dict[str, Text] = {
    gates.GOLDEN_SAMPLE: _("Golden sample"),
    gates.PILOT_RUN: _("Pilot run"),
    gates.LATEST_BATCH: _("Latest batch"),
    gates.OPEN_HOLDS: _("Holds"),
    gates.TRAITS: _("Facts about the product"),
    gates.PAPERS: _("Papers"),
    gates.MANUAL: _("Manual"),
    gates.DECLARATIONS: _("Declarations"),
    gates.LABELS: _("Labels"),
}
STATE_WORDS: dict[str, Text] = {
    gates.PASS: _("passed"),
    gates.FAIL: _("failed"),
    gates.WAITING: _("waiting"),
    gates.WAIVED: _("waived"),
}
TONES = {gates.PASS: "accepted", gates.FAIL: "stopped", gates.WAITING: "waiting", gates.WAIVED: "waived"}


@dataclass(frozen=True, slots=True)
class Words:
    """`detail` is a sentence, `short` fits a cell of the board, `step` says what is to be done ("" where nothing is)."""

    detail: Text
    short: Text
    step: Text = ""


_NOT_YET = pgettext_lazy("gate", "not yet")
_MET = _("%(done)s of %(total)s")
WORDS: dict[str, Words] = {
    "no_sample": Words(_("No sample of it was received."), pgettext_lazy("gate", "none yet"), _("Receive a sample")),
    "sample_received": Words(_("A sample is being checked."), _("being checked"), _("Check the sample")),
    "sample_checked": Words(_("A sample waits for a decision."), _("to be decided"), _("Decide on the sample")),
    "sample_refused": Words(_("The last sample was refused."), _("refused"), _("Send a better sample")),
    "sample_cancelled": Words(
        _("The last sample was cancelled, and none is approved."), _("cancelled"), _("Send another sample")
    ),
    "sample_withdrawn": Words(
        _("The golden sample was withdrawn, and no new one is approved."), _("withdrawn"), _("Receive a new sample")
    ),
    "sample_expired": Words(
        _("Golden sample %(version)s was to be kept until %(day)s: on that day it is over."),
        _("v%(version)s expired"),
        _("Look at golden sample v%(version)s and prolong it, or receive a new one"),
    ),
    "sample_lacks": Words(
        _(
            "Golden sample %(version)s was not checked for, or fails, what v%(required)s of the specification asks: %(codes)s."
        ),
        _("v%(version)s lacks %(codes)s"),
        _("Check golden sample v%(version)s for %(codes)s, or receive a new one"),
    ),
    "sample_not_held_against": Words(
        _("Golden sample %(version)s was not held against the specification in force yet."),
        _("v%(version)s not compared"),
        _("Check golden sample v%(version)s for what is required now"),
    ),
    "sample_unconfirmed": Words(
        _("Version %(version)s is approved, but neither a pilot run nor a batch has confirmed it since."),
        _("v%(version)s not confirmed"),
        _("Confirm golden sample v%(version)s by a pilot run or a batch"),
    ),
    "sample_approved": Words(_("Version %(version)s is approved and confirmed."), _("v%(version)s")),
    "no_pilot": Words(_("No pilot run was planned."), pgettext_lazy("gate", "none yet"), _("Plan a pilot run")),
    "pilot_planned": Words(
        _("A pilot run of %(size)s units is planned."),
        pgettext_lazy("go-live", "planned"),
        _("Start the pilot run of %(size)s units"),
    ),
    "pilot_running": Words(
        _("%(back)s of the %(size)s units of the pilot run are back."),
        _("%(back)s of %(size)s back"),
        _("Pilot run: %(left)s units to come back"),
    ),
    "pilot_pass": Words(
        _("The pilot run passed: %(bad)s of %(back)s units came back damaged, complained about or returned."),
        _("%(bad)s of %(back)s"),
    ),
    "pilot_pass_after_failing": Words(
        _(
            "The pilot run passed: %(bad)s of %(back)s units came back damaged, complained about or returned. Runs that failed "
            "before it: %(failed)s; somebody else signed what was mended."
        ),
        _("%(bad)s of %(back)s"),
    ),
    "pilot_pass_by_own_limits": Words(
        _(
            "The pilot run passed by limits of this product's own (damage %(damage)s, complaints %(complaint)s, returns "
            "%(returns)s): %(bad)s of %(back)s units came back damaged, complained about or returned."
        ),
        _("%(bad)s of %(back)s, own limits"),
    ),
    "pilot_other_sample": Words(
        _("The pilot run that passed was of an earlier golden sample than the one in force."),
        _("earlier sample"),
        _("A new pilot run, or sign that the new golden sample needs none"),
    ),
    "pilot_fail": Words(
        _("The pilot run failed: %(bad)s of %(back)s units came back damaged, complained about or returned."),
        _("%(bad)s of %(back)s"),
        _("Mend what failed, then a new pilot run"),
    ),
    "pilot_fail_beyond": Words(
        _(
            "The pilot run failed: readings of %(beyond)s are beyond their limits; %(bad)s of %(back)s units came back damaged, "
            "complained about or returned."
        ),
        _("%(beyond)s beyond its limits"),
        _("Mend what failed, then a new pilot run"),
    ),
    "pilot_stopped": Words(
        _(
            "The last pilot run was stopped after %(bad)s of %(back)s units had come back damaged, complained about or returned; "
            "it decided nothing."
        ),
        _("stopped, %(bad)s of %(back)s bad"),
        _("Have a second person sign what becomes of that run, then a new pilot run"),
    ),
    "pilot_stopped_beyond": Words(
        _(
            "The last pilot run was stopped with readings of %(beyond)s beyond their limits and %(bad)s of %(back)s units damaged, "
            "complained about or returned; it decided nothing."
        ),
        _("stopped, %(beyond)s beyond its limits"),
        _("Have a second person sign what becomes of that run, then a new pilot run"),
    ),
    "pilot_fail_late": Words(
        _("The pilot run had passed, and fails with what came back after its end."),
        _("failed afterwards"),
        _("Mend what failed, then a new pilot run"),
    ),
    "pilot_undecided": Words(
        _("The pilot run decided nothing: %(back)s units are too few."), _("undecided"), _("Plan a larger pilot run")
    ),
    "no_batch": Words(_("No batch of it has a verdict."), _NOT_YET, _("Inspect a first batch")),
    "batch_accepted": Words(_("Batch %(batch)s was accepted."), _("%(batch)s")),
    "batch_freed": Words(
        _("Batch %(batch)s was not accepted; units of it were freed by a signed decision."), _("%(batch)s freed")
    ),
    "batch_held": Words(_("Batch %(batch)s is on hold."), _("%(batch)s"), _("Decide on batch %(batch)s")),
    "batch_reinspected": Words(
        _("Batch %(batch)s waits to be inspected again."), _("%(batch)s again"), _("Inspect batch %(batch)s again")
    ),
    "batch_rejected": Words(
        _("Nothing of batch %(batch)s was accepted; the next batch that is opens the gate."),
        _("%(batch)s"),
        _("Have another batch accepted"),
    ),
    "batch_set_aside": Words(
        _(
            "All that is left of batch %(batch)s is set aside: it was found nonconforming in an inspection that accepted the batch."
        ),
        _("%(batch)s set aside"),
        _("Replace or settle the units of batch %(batch)s that are set aside"),
    ),
    "batch_gone": Words(
        _("Batch %(batch)s was accepted, and nothing of it is left; the next batch that is accepted opens the gate."),
        _("%(batch)s"),
        _("Have another batch accepted"),
    ),
    "no_holds": Words(_("No hold is open."), _("none")),
    "holds": Words(
        ngettext_lazy(
            "%(count)s hold is open, %(hold)s.", "%(count)s holds are open, the oldest is %(hold)s.", "count"
        ),
        ngettext_lazy("%(count)s hold", "%(count)s holds", "count"),
        _("End hold %(hold)s"),
    ),
    "no_checklist": Words(
        _("What it needs was not worked out yet."), _NOT_YET, _("Answer the facts about the product")
    ),
    "traits_unanswered": Words(
        ngettext_lazy(
            "%(count)s fact about the product is not answered, so nobody knows all that it needs.",
            "%(count)s facts about the product are not answered, so nobody knows all that it needs.",
            "count",
        ),
        ngettext_lazy("%(count)s open", "%(count)s open", "count"),
        ngettext_lazy("Answer %(count)s fact about the product", "Answer %(count)s facts about the product", "count"),
    ),
    "traits_answered": Words(_("Every fact that the rules ask for is answered."), pgettext_lazy("gate", "answered")),
    "depends_on_traits": Words(
        _("What is needed depends on facts about the product that are not answered."),
        _("not known"),
        _("Answer the facts about the product"),
    ),
    "nothing_needed": Words(_("Nothing is needed."), _("none needed")),
    "items_accepted": Words(_("%(done)s of %(total)s are accepted."), _MET),
    "items_waived": Words(
        ngettext_lazy(
            "%(done)s of %(total)s are met, %(waived)s of them by a waiver.",
            "%(done)s of %(total)s are met, %(waived)s of them by waivers.",
            "waived",
        ),
        ngettext_lazy("%(waived)s waived", "%(waived)s waived", "waived"),
    ),
    "item_missing": Words(_("%(requirement)s is missing."), _MET, _("Upload: %(requirement)s")),
    "item_submitted": Words(_("%(requirement)s waits to be checked."), _MET, _("Check: %(requirement)s")),
    "item_checked": Words(_("%(requirement)s waits to be accepted."), _MET, _("Accept: %(requirement)s")),
    "item_not_valid_yet": Words(_("%(requirement)s is not valid yet on that day."), _MET, _("Wait: %(requirement)s")),
    "item_refused": Words(
        _("%(requirement)s was refused."), pgettext_lazy("document", "refused"), _("Replace: %(requirement)s")
    ),
    "item_expired": Words(
        _("%(requirement)s is not valid any more on that day."), _("expired"), _("Renew: %(requirement)s")
    ),
}

# Where each check leads: (url name, how its id becomes the arguments).
LINKS: dict[str, tuple[str, Callable[[str], list[str]]]] = {
    "samples": ("product-samples", lambda sku: [sku]),
    "sample": ("sample-detail", lambda uid: [uid]),
    "pilots": ("product-pilots", lambda sku: [sku]),
    "pilot": ("pilot-detail", lambda uid: [uid]),
    "batch": ("batch-detail", lambda number: [number]),
    "hold": ("hold-detail", lambda uid: [uid]),
    "traits": ("product-compliance", lambda sku: [sku]),
    "listing": ("listing-detail", lambda both: both.rsplit("/", 1)),
}


def link_of(check: Mapping[str, Any]) -> str:
    """The page where something can be done about a check; "" where there is none."""
    what, name = check["link"] or ("", "")
    if what == "batches":
        return f"{reverse('batch-list')}?{urlencode({'product': name})}"
    if what not in LINKS:
        return ""
    url_name, arguments = LINKS[what]
    return reverse(url_name, args=arguments(name))


def _facts(check: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    data = dict(check["data"])
    if "requirement" in data:
        data["requirement"] = names.get(data["requirement"], data["requirement"])
    if "size" in data:
        data["left"] = max(data["size"] - data["back"], 0)
    return data


def say(check: Mapping[str, Any], part: str = "detail", names: Mapping[str, str] | None = None) -> str:
    """One part of `Words` for a stored check. `names`: requirement key -> its name in the reader's language."""
    return str(getattr(WORDS[check["why"]], part) % _facts(check, names or {}))


def who(acts: str | None) -> str:
    return str(Role(acts).label) if acts in Role.values else ""


def short_day(day: str | date) -> str:
    return date_format(date.fromisoformat(day) if isinstance(day, str) else day, "MONTH_DAY_FORMAT")


def next_check(checks: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What is to be done first: what went wrong before what nobody has done, what is due first before the rest."""
    unmet = [check for check in checks if check["state"] not in gates.MET]
    return min(unmet, key=lambda check: (check["state"] != gates.FAIL, check["due"] or "9999"), default=None)


def next_step(checks: Iterable[Mapping[str, Any]], names: Mapping[str, str] | None = None) -> str:
    """ "Renew: NPRA notification · Supplier · 23 November"; "" where every check is met."""
    check = next_check(checks)
    if check is None:
        return ""
    due = short_day(check["due"]) if check["due"] else ""
    return " · ".join(filter(None, (say(check, "step", names), who(check["acts"]), due)))


def check_answer(check: Mapping[str, Any], names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A check as the API shows it."""
    return {
        "code": check["code"],
        "state": check["state"],
        "detail": say(check, "detail", names),
        "why": check["why"],
        "since": check["since"],
        "acts_next": check["acts"],
        "due": check["due"],
        "valid_until": check["until"],
    }

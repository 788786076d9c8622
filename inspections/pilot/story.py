"""What happened to pilot runs, in sentences of the reader's language: (title, detail, tone)."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.calculator.words.sampling import share
from inspections.models import PilotOutcome, PilotWordKind
from inspections.rules.pilots import RATES

RATE_NAMES = {
    "damage": gettext_lazy("damage"),
    "complaint": gettext_lazy("complaints"),
    "return": gettext_lazy("returns"),
}


def _title(text: str, data: dict) -> str:
    return text % {"number": data["ordinal"]}


def _counts(data: dict) -> str:
    bad = ", ".join(f"{RATE_NAMES[name]} {data['bad'][name]}" for name in RATES)
    return _("%(back)s of %(size)s back: %(bad)s") % {"back": data["back"], "size": data["size"], "bad": bad}


def _outcomes_recorded(data: dict) -> Sentence:
    text = ngettext(
        "Pilot run %(number)s: %(count)s unit back", "Pilot run %(number)s: %(count)s units back", data["count"]
    )
    return text % {"number": data["ordinal"], "count": data["count"]}, _counts(data), WAITING


def _outcomes_corrected(data: dict) -> Sentence:
    units = ", ".join(f"{c['unit']}: {c['before']} → {c['after']}" for c in data["units"])
    return _title(_("Pilot run %(number)s corrected"), data), units, WARNING


def _started(data: dict) -> Sentence:
    detail = _("No golden sample is approved.")
    if data["sample"]:
        detail = _("Golden sample version %(version)s") % {"version": data["sample"]}
    return _title(_("Pilot run %(number)s began"), data), detail, WAITING


def _measured(data: dict) -> Sentence:
    detail = _("%(code)s: %(count)s readings, %(bad)s beyond a limit") % {
        "code": data["characteristic"],
        "count": data["count"],
        "bad": data["nonconforming"],
    }
    return _title(_("Pilot run %(number)s measured"), data), detail, WARNING if data["nonconforming"] else WAITING


def _limits_set(data: dict) -> Sentence:
    names = {"damage": "damage", "complaint": "complaint", "return_rate": "return"}
    limits = ", ".join(f"{RATE_NAMES[name]} {share(float(data['limits'][key]))}" for key, name in names.items())
    if data.get("reason"):
        limits = _("%(limits)s; signed for this reason: %(reason)s") % {"limits": limits, "reason": data["reason"]}
    return _("Limits of pilot runs set"), limits, WAITING


def _limits_asked(data: dict) -> Sentence:
    detail = _("They wait for a second signature: %(limits)s") % {"limits": _limits_set(data)[1]}
    return _("Looser limits of pilot runs asked for"), detail, WAITING


SENTENCES: dict[str, Callable[[dict], Sentence]] = {
    "pilot.planned": lambda data: (
        _title(_("Pilot run %(number)s planned"), data), _("%(size)s units") % {"size": data["size"]}, WAITING,
    ),
    "pilot.started": _started,
    "pilot.began_earlier": lambda data: (
        _title(_("Pilot run %(number)s had begun earlier"), data),
        _("Counted from %(began)s instead of %(before)s, as a file told") % {"began": data["began"], "before": data["before"]},
        WARNING,
    ),
    "pilot.orders_assigned": lambda data: (
        _title(_("Pilot run %(number)s: orders added"), data), str(data["count"]), WAITING,
    ),
    "pilot.measured": _measured,
    "pilot.outcomes_recorded": _outcomes_recorded,
    "pilot.outcomes_corrected": _outcomes_corrected,
    "pilot.passed": lambda data: (_title(_("Pilot run %(number)s passed"), data), _counts(data), ACCEPTED),
    "pilot.failed": lambda data: (_title(_("Pilot run %(number)s failed"), data), _counts(data), STOPPED),
    "pilot.undecided": lambda data: (_title(_("Pilot run %(number)s is undecided"), data), _counts(data), WARNING),
    "pilot.stopped": lambda data: (_title(_("Pilot run %(number)s stopped"), data), data["reason"], WARNING),
    "pilot.limits_set": _limits_set,
    "pilot.came_back_late": lambda data: (
        _title(_("Pilot run %(number)s: came back after the end"), data),
        ", ".join(f"{each['unit']}: {PilotOutcome(each['outcome']).label}" for each in data["units"]),
        WARNING,
    ),
    "pilot.failed_late": lambda data: (_title(_("Pilot run %(number)s failed afterwards"), data), _counts(data), STOPPED),
    "pilot.limits_asked": _limits_asked,
    "pilot.word_signed": lambda data: (
        _title(_("Pilot run %(number)s failed, and was answered"), data),
        f"{PilotWordKind(data['word']).label}: {data['reason']}",
        WARNING,
    ),
    "pilot.carried_over": lambda data: (
        _title(_("Pilot run %(number)s counts for another golden sample"), data),
        _("Golden sample version %(version)s needs no run: %(reason)s")
        % {"version": data["sample"], "reason": data["reason"]},
        ACCEPTED,
    ),
}  # fmt: skip


add_sentences(SENTENCES, told_elsewhere=["pilot.measured", "pilot.orders_assigned", "pilot.outcomes_recorded"])

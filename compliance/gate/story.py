"""What happened to a listing and its gate, in sentences."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.published import DAY, ID, OBJECTS, TEXT, Member, publish
from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from compliance.gate.words import CHECK_NAMES, say, short_day
from compliance.models import GateState


def reasons_in_short(reasons: Iterable[Mapping[str, Any]]) -> str:
    """ "Latest batch: B-042 · Holds: 1 hold"."""
    return " · ".join(f"{CHECK_NAMES[reason['code']]}: {say(reason, 'short')}" for reason in reasons)


def _planned(data: dict) -> Sentence:
    if not data["on"]:
        return _("No go-live is planned any more"), data["market"], WAITING
    return _("Go-live planned for %(day)s") % {"day": short_day(data["on"])}, data["market"], WAITING


def _turned(data: dict) -> Sentence:
    checks = ", ".join(str(CHECK_NAMES[turn["code"]]) for turn in data["turned"])
    return _("The gate is as it was, but these changed: %(checks)s") % {"checks": checks}, data["market"], WAITING


SENTENCES: dict[str, Callable[[dict], Sentence]] = {
    "gate.opened": lambda data: (_("The gate opened"), data["market"], ACCEPTED),
    "gate.closed": lambda data: (_("The gate closed"), reasons_in_short(data["reasons"]), STOPPED),
    "gate.changed": _turned,
    "gate.defect": lambda data: (_("The stored gate was wrong, and was put right"), ", ".join(data["fields"]), WARNING),
    "listing.suspended": lambda data: (_("Suspended"), reasons_in_short(data["reasons"]), STOPPED),
    "listing.taken_live": lambda data: (
        _("Taken live from %(day)s") % {"day": short_day(data["on"])},
        data["market"],
        ACCEPTED,
    ),
    "listing.taken_off": lambda data: (_("Taken off the market"), data["reason"], WARNING),
    "listing.planned": _planned,
    "calendar_feed.created": lambda data: (_("Calendar address created"), "", WAITING),
    "calendar_feed.revoked": lambda data: (_("Calendar address revoked"), "", WARNING),
}


add_sentences(SENTENCES)

_REASONS = {"reasons": Member(OBJECTS, [{"code": "open_holds"}], "The checks that keep it closed, by their code")}
_GATE = {
    "state": Member(TEXT | {"enum": GateState.values}, GateState.CLOSED.value),
    "turned": Member(OBJECTS, [{"code": "open_holds", "before": "pass", "state": "fail"}], "The checks that changed"),
    **_REASONS,
}
publish("gate.opened", gettext_lazy("A gate opens"), "listing", _GATE)
publish("gate.closed", gettext_lazy("A gate closes"), "listing", _GATE)
publish("gate.changed", gettext_lazy("A check of a gate changes, and the gate stays as it is"), "listing", _GATE)
publish(
    "listing.taken_live",
    gettext_lazy("A product goes live in a market"),
    "listing",
    {
        "on": Member(DAY, "2026-12-01", "First day of sale, in the market's calendar"),
        "decision": Member(ID, "f1b7a7a0-31a4-4d5b-9c2f-7d0a4b8e6c55", "The signed decision"),
    },
)
publish("listing.suspended", gettext_lazy("A product is suspended in a market"), "listing", _REASONS)
publish(
    "listing.taken_off",
    gettext_lazy("A product is taken off a market"),
    "listing",
    {
        "reason": Member(TEXT, "Sold out for good."),
    },
)

"""What happened to a listing, in sentences."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from activity.models import Event
from compliance.gate_words import CHECK_NAMES, reasons, short_day

Names = Mapping[str, str]


def _planned(data: Mapping[str, Any], names: Names) -> tuple[str, str, str]:
    if not data["on"]:
        return "waiting", _("No day is planned any more"), ""
    return "waiting", _("Go-live planned for %(day)s") % {"day": short_day(data["on"])}, ""


def _turned(data: Mapping[str, Any], names: Names) -> tuple[str, str, str]:
    checks = ", ".join(str(CHECK_NAMES[turn["code"]]) for turn in data["turned"])
    return "waiting", _("The gate is still closed; changed: %(checks)s") % {"checks": checks}, ""


SENTENCES: dict[str, Callable[[Mapping[str, Any], Names], tuple[str, str, str]]] = {
    "gate.opened": lambda data, names: ("accepted", _("The gate opened"), ""),
    "gate.closed": lambda data, names: ("stopped", _("The gate closed"), reasons(data["reasons"], names)),
    "gate.changed": _turned,
    "gate.defect": lambda data, names: ("warning", _("The stored gate was wrong, and was put right"), ""),
    "listing.suspended": lambda data, names: ("stopped", _("Suspended"), reasons(data["reasons"], names)),
    "listing.taken_live": lambda data, names: (
        "accepted",
        _("Taken live from %(day)s") % {"day": short_day(data["on"])},
        "",
    ),
    "listing.taken_off": lambda data, names: ("warning", _("Taken off the market"), data["reason"]),
    "listing.planned": _planned,
}


def told(events: Iterable[Event], names: Names) -> list[dict[str, Any]]:
    """Entries for components/timeline.html; kinds that have no sentence here are left out."""
    entries = []
    for event in events:
        if event.kind not in SENTENCES:
            continue
        tone, title, text = SENTENCES[event.kind](event.data, names)
        person = event.actor.display_name if event.actor else ""
        entries.append(
            {"at": event.at, "tone": tone, "title": f"{title} · {person}" if person else title, "text": text}
        )
    return entries

"""What happened to waivers, in sentences."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from activity.languages import local_name
from activity.story import WAITING, WAIVED, WARNING, Sentence, add_sentences
from compliance.checklist.story import joined


def _waiver(title: Callable[[], str], tone: str) -> Callable[[dict], Sentence]:
    def sentence(data: dict) -> Sentence:
        until = _("until %(day)s") % {"day": data["until"]} if "until" in data else ""
        return title(), joined(local_name(data), data.get("limit", ""), until, data.get("reason", "")), tone

    return sentence


add_sentences(
    {
        "waiver.requested": _waiver(lambda: _("Waiver asked for"), WAITING),
        "waiver.signed": _waiver(lambda: _("Waiver signed"), WAIVED),
        "waiver.ended": _waiver(lambda: _("Waiver ended"), WARNING),
    }
)

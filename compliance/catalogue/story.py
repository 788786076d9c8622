"""What happened to requirements and reference tables, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.story import ACCEPTED, WARNING, Sentence, add_sentences
from compliance.checklist.story import joined


def _requirement_changed(data: dict) -> Sentence:
    gained, lost = data["gained"], data["lost"]
    more = ngettext("%(count)s listing needs it now", "%(count)s listings need it now", gained) % {"count": gained}
    less = ngettext("%(count)s listing needs it no more", "%(count)s listings need it no more", lost) % {"count": lost}
    return _("Requirement changed"), joined(data["reason"], more if gained else "", less if lost else ""), WARNING


add_sentences(
    {
        "requirement.changed": _requirement_changed,
        "requirement.asked": lambda data: (
            _("A text that asks less waits for another person"),
            data["reason"],
            WARNING,
        ),
        "reference.asked": lambda data: (
            _("A change that stops fewer papers waits for another person"),
            joined(data["key"], data["reason"]),
            WARNING,
        ),
        "requirement.confirmed": lambda data: (_("Requirement confirmed"), data["note"], ACCEPTED),
        "reference.changed": lambda data: (
            _("Reference entry changed"),
            joined(data["key"], data["reason"]),
            WARNING,
        ),
        "reference.confirmed": lambda data: (
            _("Reference entry confirmed"),
            joined(data["key"], data["reason"]),
            ACCEPTED,
        ),
    }
)

"""What happened to checklists, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.story import WAITING, Sentence, add_sentences


def joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _checklist_changed(data: dict) -> Sentence:
    count = len(data["items"])
    detail = ngettext("%(count)s requirement differs", "%(count)s requirements differ", count) % {"count": count}
    unanswered = data["unanswered"]
    waits = ngettext("%(count)s trait is not answered", "%(count)s traits are not answered", unanswered)
    return _("Checklist worked out"), joined(detail, waits % {"count": unanswered} if unanswered else ""), WAITING


add_sentences({"checklist.changed": _checklist_changed})

"""What happened to checklists, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.published import Member, publish
from activity.story import WAITING, Sentence, add_sentences
from compliance.loosening.words import papers_words, said_words


def joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _checklist_changed(data: dict) -> Sentence:
    count = len(data["items"])
    detail = ngettext("%(count)s requirement differs", "%(count)s requirements differ", count) % {"count": count}
    unanswered = data["unanswered"]
    waits = ngettext("%(count)s trait is not answered", "%(count)s traits are not answered", unanswered)
    return _("Checklist worked out"), joined(detail, waits % {"count": unanswered} if unanswered else ""), WAITING


def _papers_changed(data: dict) -> Sentence:
    return _("Other papers are needed"), joined(*said_words(data["said"]), papers_words(data["papers"])), WAITING


add_sentences({"checklist.changed": _checklist_changed, "papers.changed": _papers_changed})

publish(
    "checklist.changed",
    gettext_lazy("Papers of a product become due, are accepted, or expire"),
    "listing",
    {
        "items": Member(
            {"type": "object", "additionalProperties": {"type": "array", "items": {"type": ["string", "null"]}}},
            {"us-cpc": ["accepted", "expired"]},
            "Requirement -> its state before and now; null where it was not, or is no more, asked for",
        ),
    },
)

"""What was found beside the results of inspections, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.published import COUNT, ID, TEXT, YES_OR_NO, Member, or_null, publish
from activity.story import STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.finding.words import sentence_of
from inspections.models import NonconformityClass

TONES = {NonconformityClass.CRITICAL: STOPPED, NonconformityClass.MAJOR: WARNING, NonconformityClass.MINOR: WAITING}


def _finding_recorded(data: dict) -> Sentence:
    name = NonconformityClass(data["class"])
    title = _("Late finding, %(class)s") if data["late"] else _("Finding, %(class)s")
    return title % {"class": name.label}, sentence_of(data), TONES[name]


add_sentences({"finding.recorded": _finding_recorded})
_OWN = {"class": Member(TEXT | {"enum": NonconformityClass.values}, NonconformityClass.CRITICAL.value)}
publish(
    "finding.recorded",
    gettext_lazy("A nonconformity is found beside the results of an inspection, or late"),
    "batch",
    {
        **_OWN,
        "finding": Member(ID, "c3a4f6d0-8a3e-4a3f-9b8e-64b1a9f0d7e3", "The finding"),
        "inspection": Member(or_null(ID), None, "During which it was found, if during one"),
        "characteristic": Member(or_null(TEXT), "LEAK", "Code of the check"),
        "nonconforming": Member(COUNT, 1, "Units"),
        "late": Member(YES_OR_NO, True, "Whether it came after the inspection was closed"),
        "hold": Member(or_null(ID), "0b0c4c52-5f0a-4f5e-9e36-3b0a0f5a7a10", "The hold that it places"),
    },
)

"""What was found beside the results of inspections, in sentences."""

from django.utils.translation import gettext as _

from activity.story import STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.finding.words import sentence_of
from inspections.models import NonconformityClass

TONES = {NonconformityClass.CRITICAL: STOPPED, NonconformityClass.MAJOR: WARNING, NonconformityClass.MINOR: WAITING}


def _finding_recorded(data: dict) -> Sentence:
    name = NonconformityClass(data["class"])
    title = _("Late finding, %(class)s") if data["late"] else _("Finding, %(class)s")
    return title % {"class": name.label}, sentence_of(data), TONES[name]


add_sentences({"finding.recorded": _finding_recorded})

"""What happened to the severity of inspection, in sentences."""

from functools import partial

from django.utils.translation import gettext as _

from activity.story import ACCEPTED, WAITING, WARNING, Sentence, add_sentences
from inspections.calculator.words.sampling import SEVERITIES
from inspections.models import SIGNALS, NonconformityClass, SwitchingStepKind


def _severity_switched(data: dict) -> Sentence:
    before, now = SEVERITIES[data["before"]], SEVERITIES[data["severity"]]
    tone = ACCEPTED if data["severity"] in ("normal", "reduced") else WARNING
    title = _("Inspection is now %(severity)s") % {"severity": now}
    if "class" in data:
        name = NonconformityClass(data["class"]).label
        title = _("Inspection for %(class)s is now %(severity)s") % {"class": name, "severity": now}
    return title, _("It was %(before)s.") % {"before": before}, tone


def _switching_word(kind: str, data: dict) -> Sentence:
    label = str(SwitchingStepKind(kind).label)
    return label[:1].upper() + label[1:], data["note"], WAITING


add_sentences(
    {
        "severity.switched": _severity_switched,
        **{f"switching.{kind}": partial(_switching_word, kind) for kind in SIGNALS},
    }
)

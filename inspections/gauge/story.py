"""What happened to gauges, in sentences."""

from django.utils.translation import gettext as _

from activity.story import WAITING, Sentence, add_sentences


def _studied(data: dict) -> Sentence:
    return _("Gauge studied: %(gauge)s") % {"gauge": data["gauge"]}, data["characteristic"], WAITING


add_sentences({"gauge.studied": _studied})

"""What drifted, and what was said about it, in sentences."""

from django.utils.translation import gettext as _

from activity.languages import local_name
from activity.story import ACCEPTED, WAITING, WARNING, Sentence, add_sentences


def _drifted(data: dict) -> Sentence:
    detail = _("since %(since)s, noticed at %(batch)s") % {"since": data["since"], "batch": data["batch"]}
    return _("%(name)s drifts") % {"name": local_name(data["facts"])}, detail, WARNING


def _drift_ended(data: dict) -> Sentence:
    return _("The drift of %(name)s is ended") % {"name": local_name(data)}, data["note"], ACCEPTED


def _baseline_set(data: dict) -> Sentence:
    title = _("%(code)s: the normal is %(first)s to %(last)s")
    return (
        title % {"code": data["characteristic"], "first": data["first"], "last": data["last"] or "…"},
        data["note"],
        WAITING,
    )


add_sentences(
    {
        "product.drifted": _drifted,
        "product.drift_ended": _drift_ended,
        "product.baseline_set": _baseline_set,
    }
)

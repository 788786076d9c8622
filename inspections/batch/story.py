"""What happened to batches and shipments, in sentences."""

from django.utils.translation import gettext as _

from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.batch.words import place_words, step_words
from inspections.calculator.words.sampling import units
from inspections.models import AsideStepKind, ReversalKind


def _batch_registered(data: dict) -> Sentence:
    return _("Batch registered"), units(data["quantity"]), WAITING


def _batch_shipped(data: dict) -> Sentence:
    return _("%(units)s shipped") % {"units": units(data["quantity"])}, data["reference"], ACCEPTED


def _shipment_reversed(data: dict) -> Sentence:
    parts = [str(ReversalKind(data["what"]).label), data["reason"], data["reference"], place_words(data["place"])]
    tone = {"available": ACCEPTED, "on_hold": STOPPED}.get(data["place"], WAITING)
    title = _("%(units)s taken back") % {"units": units(data["quantity"])}
    return title, " · ".join(filter(None, parts)), tone


def _units_set_aside(data: dict) -> Sentence:
    detail = _("They were found nonconforming.")
    if not data["quantity"]:
        title = _("%(units)s found nonconforming stay on hold") % {"units": units(data["sorted_out"])}
        return title, _("They are counted as bad: no release frees them."), WARNING
    if data["sorted_out"]:
        detail = _("They were found nonconforming; %(units)s more stay on hold.") % {"units": units(data["sorted_out"])}
    return _("%(units)s set aside") % {"units": units(data["quantity"])}, detail, WARNING


def _aside_step(data: dict) -> Sentence:
    return step_words(data["step"], data["quantity"]), data["note"], AsideStepKind(data["step"]).facts.tone


_STEPS = {kind.facts.event: _aside_step for kind in AsideStepKind}

add_sentences(
    {
        "batch.registered": _batch_registered,
        "batch.shipped": _batch_shipped,
        "shipment.reversed": _shipment_reversed,
        "units.set_aside": _units_set_aside,
        **_STEPS,
    },
    for_suppliers=["batch.registered", "units.set_aside", *_STEPS],
)

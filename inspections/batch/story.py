"""What happened to batches and shipments, in sentences."""

from django.utils.translation import gettext as _

from activity.story import ACCEPTED, STOPPED, WAITING, Sentence, add_sentences
from inspections.batch.words import place_words
from inspections.calculator.words.sampling import units
from inspections.models import ReversalKind


def _batch_registered(data: dict) -> Sentence:
    return _("Batch registered"), units(data["quantity"]), WAITING


def _batch_shipped(data: dict) -> Sentence:
    return _("%(units)s shipped") % {"units": units(data["quantity"])}, data["reference"], ACCEPTED


def _shipment_reversed(data: dict) -> Sentence:
    parts = [str(ReversalKind(data["what"]).label), data["reason"], data["reference"], place_words(data["place"])]
    tone = {"available": ACCEPTED, "on_hold": STOPPED}.get(data["place"], WAITING)
    title = _("%(units)s taken back") % {"units": units(data["quantity"])}
    return title, " · ".join(filter(None, parts)), tone


add_sentences(
    {
        "batch.registered": _batch_registered,
        "batch.shipped": _batch_shipped,
        "shipment.reversed": _shipment_reversed,
    },
    for_suppliers=["batch.registered"],
)

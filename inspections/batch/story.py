"""What happened to batches and shipments, in sentences."""

from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activity.published import COUNT, ID, TEXT, Member, Subject, publish, subjects
from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.batch.words import place_words, step_words
from inspections.calculator.words.sampling import units
from inspections.models import AsideStepKind, Batch, ReversalKind
from suppliers.story import SKU, SUPPLIER


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


def _batches(numbers: set[str]) -> dict[str, dict[str, Any]]:
    known = Batch.objects.filter(number__in=numbers).values_list("number", "product__sku", "supplier__code")
    return {n: {"batch": n, "product": sku, "supplier": supplier} for n, sku, supplier in known}


def _streams_of_batches(user: User) -> QuerySet | None:
    if user.has_perm("suppliers.see_all"):
        return None
    return Batch.objects.visible_to(user).values_list(Concat(Value("batch:"), "number", output_field=CharField()))


NUMBER = Member(TEXT, "B-2611-042", "Number of the batch")
subjects["batch"] = Subject({"batch": NUMBER, "product": SKU, "supplier": SUPPLIER}, _batches, _streams_of_batches)

_SHIPMENT = Member(ID, "6f0f3c1e-6c0e-4a52-9a0b-0f6b1d9f2a11", "The shipment")
_REFERENCE = Member(TEXT, "SO-10482", "As whoever shipped it wrote it")
publish(
    "batch.registered",
    gettext_lazy("A batch is registered"),
    "batch",
    {
        "quantity": Member(COUNT, 2000, "Units"),
    },
    for_suppliers=True,
)
publish(
    "batch.shipped",
    gettext_lazy("Units of a batch are shipped"),
    "batch",
    {
        "shipment": _SHIPMENT,
        "quantity": Member(COUNT, 500, "Units that left"),
        "reference": _REFERENCE,
    },
)
publish(
    "shipment.reversed",
    gettext_lazy("Units of a shipment are taken back"),
    "batch",
    {
        "shipment": _SHIPMENT,
        "quantity": Member(COUNT, 20, "Units that are back"),
        "reference": _REFERENCE,
        "what": Member(TEXT, ReversalKind.values[0], "Kind of the reversal"),
        "reason": Member(TEXT, "The lorry was full."),
        "place": Member(TEXT, "available", "Where they count now, as in `quantities` of the batch"),
    },
)
publish(
    "units.set_aside",
    gettext_lazy("Units of a batch are set aside"),
    "batch",
    {
        "quantity": Member(COUNT, 3, "Units found nonconforming that do not ship"),
        "sorted_out": Member(COUNT, 0, "Units found nonconforming that stay on hold"),
    },
    for_suppliers=True,
)

"""Samples, drops and comparisons in words of the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import SAMPLE_ASPECTS, Aspect, Protocol, Sample, SampleStatus

Sentence = tuple[str, str, str]
ACCEPTED, STOPPED, WARNING, WAITING = "accepted", "stopped", "warning", "waiting"

SIDES = {
    "smallest": gettext_lazy("smallest face"),
    "smallest_opposite": gettext_lazy("the face opposite the smallest"),
    "medium": gettext_lazy("medium face"),
    "medium_opposite": gettext_lazy("the face opposite the medium one"),
    "largest": gettext_lazy("largest face"),
    "largest_opposite": gettext_lazy("the face opposite the largest"),
    "weakest": gettext_lazy("the face most easily damaged"),
}
EDGES = {
    "shortest": gettext_lazy("shortest edge from that corner"),
    "medium": gettext_lazy("next longer edge from that corner"),
    "longest": gettext_lazy("longest edge from that corner"),
}


def drop_side(orientation: str) -> str:
    """ "edge:3-4" as "edge 3-4", "face:3:hazard" as "face 3, onto the hazard block"."""
    kind, side, *more = orientation.split(":")
    if kind == "corner":
        text = _("corner %(side)s") % {"side": side}
    elif kind == "edge":
        text = str(EDGES[side]) if side in EDGES else _("edge %(side)s") % {"side": side}
    else:
        text = str(SIDES[side]) if side in SIDES else _("face %(side)s") % {"side": side}
    return _("%(side)s, onto the hazard block") % {"side": text} if "hazard" in more else text


def sample_title(sample: Sample) -> str:
    """What a page about it says first."""
    facts = {"code": sample.code, "version": sample.version, "name": sample.product.local_name}
    if sample.status == SampleStatus.APPROVED:
        return _("Golden sample %(version)s of %(name)s") % facts
    if sample.status == SampleStatus.REFUSED:
        return _("Sample %(code)s was refused") % facts
    if sample.status == SampleStatus.CHECKED:
        return _("Sample %(code)s waits for a decision") % facts
    return _("Sample %(code)s is being checked") % facts


def check_name(code: str) -> str:
    """The aspect's word; the code of a characteristic, or of a drop, as it is."""
    if code in SAMPLE_ASPECTS:
        return str(Aspect(code).label)
    if code.startswith("drop-"):
        return _("drop %(number)s") % {"number": code.removeprefix("drop-")}
    return code


def _check_recorded(data: Mapping[str, Any]) -> Sentence:
    name = check_name(data["check"]) if data["is_aspect"] else data["check"]
    readings = ", ".join(data["readings"])
    title = _("%(check)s conforms") if data["conforms"] else _("%(check)s does not conform")
    return (
        (title % {"check": name}).capitalize() if data["is_aspect"] else title % {"check": name},
        " · ".join(filter(None, [readings, data["note"]])),
        ACCEPTED if data["conforms"] else STOPPED,
    )


def _drop_recorded(data: Mapping[str, Any]) -> Sentence:
    title = _("Drop %(number)s done") % {"number": data["drop"]}
    if data["product_damaged"]:
        return title, data["note"] or _("product damaged"), STOPPED
    if data["package_damaged"]:
        return title, data["note"] or _("package damaged"), WARNING
    return title, _("no damage"), ACCEPTED


def _checked(data: Mapping[str, Any]) -> Sentence:
    title = _("Sample %(code)s checked") % {"code": data["code"]}
    if data["failing"]:
        text = _("does not conform in %(codes)s")
        return title, text % {"codes": ", ".join(check_name(code) for code in data["failing"])}, WARNING
    return title, _("Everything conforms; a second person decides."), WAITING


def _transport_begun(data: Mapping[str, Any]) -> Sentence:
    return (
        _("Transport test begun"),
        _("%(test)s, package of %(weight)s kg")
        % {"test": Protocol(data["protocol"]).label, "weight": data["package_weight_kg"]},
        WAITING,
    )


def _compared(data: Mapping[str, Any]) -> Sentence:
    facts = {"code": data["characteristic"], "version": data["version"]}
    colour = ""
    if data["colour_difference"] is not None:
        colour = "ΔE00 " + number_format(data["colour_difference"], decimal_pos=2)
    if data["same"]:
        return _("%(code)s is the same as golden sample %(version)s") % facts, colour, ACCEPTED
    title = _("%(code)s differs from golden sample %(version)s") % facts
    return title, " · ".join(filter(None, [data["difference"], colour])), WARNING


SAMPLE_SENTENCES: dict[str, Callable[[dict], Sentence]] = {
    "sample.received": lambda data: (
        _("Sample %(code)s received") % {"code": data["code"]},
        _("round %(round)s") % {"round": data["round"]},
        WAITING,
    ),
    "sample.changed": lambda data: (_("Sample's details corrected"), ", ".join(data["fields"]), WAITING),
    "sample.check_recorded": _check_recorded,
    "sample.transport_begun": _transport_begun,
    "sample.drop_recorded": _drop_recorded,
    "sample.checked": _checked,
    "sample.approved": lambda data: (
        _("Sample %(code)s approved: golden sample %(version)s") % {"code": data["code"], "version": data["version"]},
        data["reason"],
        ACCEPTED,
    ),
    "sample.refused": lambda data: (_("Sample %(code)s refused") % {"code": data["code"]}, data["reason"], STOPPED),
    "sample.moved": lambda data: (_("Sample %(code)s moved") % {"code": data["code"]}, "", WAITING),
    "reference.compared": _compared,
}

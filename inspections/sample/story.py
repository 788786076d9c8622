"""What happened to samples, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.models import Protocol
from inspections.sample.words import check_name


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


add_sentences(
    SAMPLE_SENTENCES,
    told_elsewhere=[
        "sample.changed",
        "sample.check_recorded",
        "sample.drop_recorded",
        "sample.moved",
        "sample.transport_begun",
    ],
)

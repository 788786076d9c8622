"""What happened to samples, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.models import PackageKind, Protocol, SampleDoubt
from inspections.sample.words import check_name, lack_words


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
    facts = {"test": Protocol(data["protocol"]).label, "weight": data["package_weight_kg"]}
    text = _("%(test)s, package of %(weight)s kg") % facts
    package = data.get("package")
    return _("Drop test begun"), " · ".join(filter(None, [text, package and str(PackageKind(package).label)])), WAITING


def _approved(data: Mapping[str, Any]) -> Sentence:
    doubts = "; ".join(str(SampleDoubt(doubt).label) for doubt in data.get("doubts", ()))
    return (
        _("Sample %(code)s approved: golden sample %(version)s") % {"code": data["code"], "version": data["version"]},
        " · ".join(filter(None, [data["reason"], data.get("damage_note"), doubts])),
        ACCEPTED,
    )


def _moved(data: Mapping[str, Any]) -> Sentence:
    said = []
    before, after = data.get("before", {}), data.get("after", {})
    if before.get("kept_at") != after.get("kept_at"):
        said.append(_("from %(before)s to %(after)s") % {n: v.get("kept_at") or "–" for n, v in _both(before, after)})
    if before.get("kept_until") != after.get("kept_until"):
        text = _("kept until %(after)s, before: %(before)s")
        said.append(text % {n: v.get("kept_until") or "–" for n, v in _both(before, after)})
    return _("Sample %(code)s moved or prolonged") % {"code": data["code"]}, " · ".join(said), WAITING


def _both(before: Mapping, after: Mapping) -> list[tuple[str, Mapping]]:
    return [("before", before), ("after", after)]


def _held_against(data: Mapping[str, Any]) -> Sentence:
    facts = {"version": data["version"], "required": data["specification"]}
    if not data["lacking"]:
        return _("Golden sample %(version)s has all that v%(required)s asks") % facts, "", ACCEPTED
    title = _("Golden sample %(version)s lacks what v%(required)s asks") % facts
    return title, "; ".join(lack_words(lack) for lack in data["lacking"]), WARNING


def _took_over(data: Mapping[str, Any]) -> Sentence:
    facts = {"code": data["code"], "required": data["specification"]}
    said = []
    if data["left_out"]:
        said.append(_("not comparable, to be checked again: %(codes)s") % {"codes": ", ".join(data["left_out"])})
    if data["reopened"]:
        said.append(_("its checks are open again"))
    return _("Sample %(code)s is checked by v%(required)s from now on") % facts, " · ".join(said), WAITING


def _checked_further(data: Mapping[str, Any]) -> Sentence:
    facts = {"code": data["check"], "sample": data["code"]}
    title = _("%(code)s checked on %(sample)s after its approval") % facts
    said = [_("conforms") if data["conforms"] else _("does not conform"), ", ".join(data["readings"]), data["note"]]
    return title, " · ".join(filter(None, said)), WAITING if data["conforms"] else STOPPED


def _keeping_ends(data: Mapping[str, Any]) -> Sentence:
    facts = {"code": data["code"], "day": data["kept_until"]}
    if data["days"] < 0:
        return _("Keeping of sample %(code)s is over since %(day)s") % facts, "", WARNING
    return _("Sample %(code)s is kept until %(day)s") % facts, "", WAITING


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
    "sample.approved": _approved,
    "sample.refused": lambda data: (_("Sample %(code)s refused") % {"code": data["code"]}, data["reason"], STOPPED),
    "sample.cancelled": lambda data: (_("Sample %(code)s cancelled") % {"code": data["code"]}, data["reason"], WARNING),
    "sample.withdrawn": lambda data: (
        _("Golden sample %(version)s withdrawn") % {"version": data["version"]},
        data["reason"],
        STOPPED,
    ),
    "sample.held_against": _held_against,
    "sample.took_over": _took_over,
    "sample.checked_further": _checked_further,
    "sample.further_signed": lambda data: (
        _("Further checks of golden sample %(version)s signed") % {"version": data["version"]},
        ", ".join(data["checks"]),
        ACCEPTED,
    ),
    "sample.keeping_ends": _keeping_ends,
    "sample.moved": _moved,
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

"""What happened to holds, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import Role
from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.calculator.words.sampling import _number, units
from inspections.hold.words import finding_sentence
from inspections.models import DispositionKind


def _hold_placed(data: dict) -> Sentence:
    found = finding_sentence(data["reason"], data["finding"], data.get("note", ""))
    return _("Hold placed on %(units)s") % {"units": units(data["quantity"])}, found, STOPPED


def _hold_confirmed(data: dict) -> Sentence:
    found = finding_sentence(data["reason"], data["finding"], data.get("note", ""))
    if data["quantity"]:
        return _("Hold extended to %(units)s more") % {"units": units(data["quantity"])}, found, STOPPED
    return _("Another reason for the hold"), found, STOPPED


def _hold_answered(data: dict) -> Sentence:
    parts = [data["root_cause"], data["corrective_action"]]
    if data["files"]:
        parts.append(ngettext("%(count)s file", "%(count)s files", data["files"]) % {"count": data["files"]})
    if data["wants_reinspection"]:
        parts.append(_("asks for re-inspection"))
    return _("The supplier answered"), " · ".join(parts), WAITING


def _hold_decided(data: dict) -> Sentence:
    kind = DispositionKind(data["disposition"])
    title = _("Decided: %(disposition)s, %(units)s") % {"disposition": kind.label, "units": units(data["quantity"])}
    detail = data["reason"]
    if kind.facts.frees == "good":
        counts = _("%(good)s good, %(bad)s bad") % {
            "good": _number(data["freed"]),
            "bad": _number(data["quantity"] - data["freed"]),
        }
        detail = f"{counts} · {detail}"
    return title, detail, kind.facts.tone


def _hold_ended(data: dict) -> Sentence:
    if "inspection" in data:
        return _("Hold ended"), _("The re-inspection was accepted."), ACCEPTED
    return _("Hold ended"), _("Everything that it covered is decided."), ACCEPTED


def _ordered(data: dict) -> Sentence:
    return _("Re-inspection ordered"), data["reason"], WAITING


def _stays(data: dict) -> Sentence:
    title = _("The hold stays after round %(round)s") % {"round": data["round"]}
    if data["why"] == "same_inspector":
        return title, _("Accepted by the same inspector: a quality manager countersigns."), WAITING
    return title, _("Accepted, but nobody had answered, reworked or ordered it before."), WARNING


def _countersigned(data: dict) -> Sentence:
    return _("Round %(round)s countersigned") % {"round": data["round"]}, data["note"], ACCEPTED


def _supplier_told(data: dict) -> Sentence:
    if not data["recipients"]:
        return _("Nobody was told"), _("No one at the supplier has an e-mail address."), WARNING
    text = ngettext("by mail, %(count)s address", "by mail, %(count)s addresses", data["recipients"])
    return _("Supplier told"), text % {"count": data["recipients"]}, WAITING


def _hold_told(data: dict) -> Sentence:
    is_quality = data["to"] == Role.MANAGER
    if not data["recipients"]:
        nobody = (
            _("No quality manager has an e-mail address.")
            if is_quality
            else _("The merchandiser has no e-mail address.")
        )
        return _("Nobody was told"), nobody, WARNING
    text = ngettext("by mail, %(count)s address", "by mail, %(count)s addresses", data["recipients"])
    title = _("Quality managers told") if is_quality else _("Merchandiser told")
    return title, text % {"count": data["recipients"]}, WAITING


add_sentences(
    {
        "hold.placed": _hold_placed,
        "hold.confirmed": _hold_confirmed,
        "hold.answered": _hold_answered,
        "hold.decided": _hold_decided,
        "hold.ended": _hold_ended,
        "hold.reinspection_ordered": _ordered,
        "hold.stays": _stays,
        "hold.countersigned": _countersigned,
        "supplier.told": _supplier_told,
        "hold.told": _hold_told,
    },
    for_suppliers=[
        "hold.placed",
        "hold.confirmed",
        "hold.answered",
        "hold.decided",
        "hold.ended",
        "hold.reinspection_ordered",
        "hold.stays",
        "supplier.told",
    ],
)

"""What happened to holds, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.roles import Role
from activity.published import COUNT, ID, TEXT, YES_OR_NO, Member, or_null, publish
from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.calculator.words.sampling import _number, units
from inspections.hold.words import finding_sentence
from inspections.models import DispositionKind, HoldReason


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

_HOLD = Member(ID, "0b0c4c52-5f0a-4f5e-9e36-3b0a0f5a7a10", "The hold")
_INSPECTION = Member(ID, "51f1f6a4-2a35-4b0f-8a5a-9a6c1d1b7e02", "The accepted re-inspection")
_STOP = {
    "hold": _HOLD,
    "reason": Member(TEXT | {"enum": HoldReason.values}, HoldReason.CRITICAL.value, "Why"),
    "quantity": Member(COUNT, 2000, "Units that it stops beside those that were stopped already"),
    "note": Member(or_null(TEXT), None, "What was written with it"),
    "characteristic": Member(or_null(TEXT), "LEAK", "Code of the check that found it", source="finding.characteristic"),
}
publish("hold.placed", gettext_lazy("A batch is stopped"), "batch", _STOP, for_suppliers=True)
publish(
    "hold.confirmed",
    gettext_lazy("There is another reason for a hold, or more to hold"),
    "batch",
    _STOP,
    for_suppliers=True,
)
publish(
    "hold.answered",
    gettext_lazy("A supplier answers a hold"),
    "batch",
    {
        "hold": _HOLD,
        "root_cause": Member(TEXT, "The seal was worn."),
        "corrective_action": Member(TEXT, "All seals were replaced."),
        "wants_reinspection": Member(YES_OR_NO, True, "Whether it asks to be inspected again"),
    },
    for_suppliers=True,
)
publish(
    "hold.decided",
    gettext_lazy("A disposition of a hold is signed"),
    "batch",
    {
        "hold": _HOLD,
        "disposition": Member(TEXT | {"enum": DispositionKind.values}, DispositionKind.values[0]),
        "quantity": Member(COUNT, 200, "Units that it is about"),
        "freed": Member(COUNT, 200, "Units of them that it frees"),
        "reason": Member(TEXT, "Sorted by hand."),
    },
    for_suppliers=True,
)
publish(
    "hold.ended",
    gettext_lazy("A hold ends"),
    "batch",
    {
        "hold": _HOLD,
        "inspection": Member(or_null(ID), _INSPECTION.example, "The re-inspection that ended it, if one did"),
    },
    for_suppliers=True,
)
publish(
    "hold.countersigned",
    gettext_lazy("The re-inspection of a hold is countersigned"),
    "batch",
    {
        "hold": _HOLD,
        "inspection": _INSPECTION,
        "round": Member(COUNT, 2),
    },
)

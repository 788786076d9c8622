"""What was found and what happened, in sentences of the reader's language."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.languages import local_name
from activity.models import Event
from inspections.market_words import SENTENCES as MARKET_SENTENCES
from inspections.models import (
    SIGNALS,
    DispositionKind,
    Hold,
    HoldReason,
    HoldStatus,
    Inspection,
    NonconformityClass,
    ReversalKind,
    SwitchingStepKind,
)
from inspections.pilot_story import SENTENCES as PILOT_SENTENCES
from inspections.sample_words import SAMPLE_SENTENCES
from inspections.sampling import Plan
from inspections.sampling.plans import NONCONFORMITIES
from inspections.variables_words import reasons, rejected_names

# The tones of the look: what a colour and a shape say beside the words.
ACCEPTED, STOPPED, WARNING, WAITING, WAIVED = "accepted", "stopped", "warning", "waiting", "waived"
Sentence = tuple[str, str, str]


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def class_reason(name: str, plan: Plan, *, nonconforming: int, nonconformities: int) -> str:
    """One class against its plan: "major: 4 nonconforming units of 80, at most 5 allowed"."""
    facts = {"class": NonconformityClass(name).label, "n": _number(plan.sample_size), "most": plan.rejection - 1}
    if plan.stages:
        return _stage_reason(plan, facts, nonconformities if plan.counts == NONCONFORMITIES else nonconforming)
    if plan.counts == "nonconformities":
        text = ngettext(
            "%(class)s: %(count)s nonconformity in %(n)s units, at most %(most)s allowed",
            "%(class)s: %(count)s nonconformities in %(n)s units, at most %(most)s allowed",
            nonconformities,
        )
        return text % {**facts, "count": nonconformities}
    text = ngettext(
        "%(class)s: %(count)s nonconforming unit of %(n)s, at most %(most)s allowed",
        "%(class)s: %(count)s nonconforming units of %(n)s, at most %(most)s allowed",
        nonconforming,
    )
    return text % {**facts, "count": nonconforming}


def _stage_reason(plan: Plan, facts: dict, count: int) -> str:
    """At a stage that another may follow: "major: 3 found in 50 units, accepted up to 2, rejected from 5"."""
    if plan.acceptance < 0:
        text = _("%(class)s: %(count)s found in %(n)s units, not accepted before the next sample, rejected from %(re)s")
    else:
        text = _("%(class)s: %(count)s found in %(n)s units, accepted up to %(ac)s, rejected from %(re)s")
    return text % {**facts, "count": count, "ac": plan.acceptance, "re": plan.rejection}


def verdict_reasons(inspection: Inspection) -> list[str]:
    """Why the verdict is what it is, a line per class and variables plan, those that rejected first.

    Empty until there is a verdict.
    """
    if inspection.tally is None:
        return []
    plans, tally = inspection.plans, inspection.tally
    names = [name for name in NonconformityClass.values if name in tally]
    lines = [
        class_reason(
            name,
            plans[name],
            nonconforming=tally[name]["nonconforming"],
            nonconformities=tally[name]["nonconformities"],
        )
        for name in names
    ]
    lines += reasons(inspection.by_variables, inspection.variables_tally)
    settled = [tally[name]["settled"] for name in names]
    settled += [told["settled"] for told in inspection.variables_tally.values()]
    in_order = sorted(zip(settled, lines, strict=True), key=lambda pair: pair[0] != "rejected")
    return [line for _settled, line in in_order]


def in_a_sentence(name: str) -> str:
    """ "Body height" inside a sentence is "body height"; "LED" and "USB-C plug" stay as they are."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _is_over(finding: Mapping[str, Any]) -> bool:
    return finding["upper"] is not None and float(finding["reading"]) > float(finding["upper"])


def _rejected_classes(finding: Mapping[str, Any]) -> str:
    tally = finding.get("tally", {})
    labels = [str(c.label) for c in NonconformityClass if tally.get(c.value, {}).get("settled") == "rejected"]
    return ", ".join(labels)


def _rejected_by_variables(finding: Mapping[str, Any]) -> str:
    return ", ".join(rejected_names(finding.get("variables", {})))


def _critical_cause(finding: Mapping[str, Any]) -> str:
    name = in_a_sentence(local_name(finding))
    if "reading" not in finding:
        return _("%(name)s not conforming") % {"name": name}
    text = _("%(name)s over the limit") if _is_over(finding) else _("%(name)s under the limit")
    return text % {"name": name}


def _rejected_cause(finding: Mapping[str, Any]) -> str:
    what = [text for text in (_rejected_classes(finding), _rejected_by_variables(finding)) if text]
    return _("round %(round)s rejected (%(classes)s)") % {"round": finding["round"], "classes": ", ".join(what)}


def hold_cause(reason: str, finding: Mapping[str, Any]) -> str:
    """Why a batch is stopped, in a few words: "body height over the limit"."""
    if reason in FOUND:
        return FOUND[reason][0](finding)
    return str(HoldReason(reason).facts.cause)


def hold_title(hold: Hold) -> str:
    """ "B-2611-042 is stopped: body height over the limit"; "was stopped" once the hold has ended."""
    text = _("%(batch)s is stopped: %(cause)s")
    if hold.status == HoldStatus.ENDED:
        text = _("%(batch)s was stopped: %(cause)s")
    return text % {"batch": hold.batch.number, "cause": hold_cause(hold.reason, hold.finding)}


def finding_sentence(reason: str, finding: Mapping[str, Any], note: str = "") -> str:
    """What was found: "Body height of unit 3 is 50.9 mm, upper limit 50.5 mm."

    For a hold that was placed by hand, the note of who placed it.
    """
    if reason in FOUND:
        return FOUND[reason][1](finding)
    return note or str(HoldReason(reason).facts.sentence)


def _rejected_sentence(finding: Mapping[str, Any]) -> str:
    classes, names = _rejected_classes(finding), _rejected_by_variables(finding)
    if not names:
        text = _("Round %(round)s was rejected: too many nonconformities of the class %(classes)s.")
    elif not classes:
        text = _("Round %(round)s was rejected: the readings of %(names)s lie too close to the limits or beyond them.")
    else:
        text = _(
            "Round %(round)s was rejected: too many nonconformities of the class %(classes)s, and the readings of "
            "%(names)s lie too close to the limits or beyond them."
        )
    return text % {"round": finding["round"], "classes": classes, "names": names}


def _critical_sentence(finding: Mapping[str, Any]) -> str:
    name, unit_number = local_name(finding), finding["unit_number"]
    if "reading" in finding:
        text, limit = _("%(name)s of unit %(number)s is %(reading)s, lower limit %(limit)s."), finding["lower"]
        if _is_over(finding):
            text, limit = _("%(name)s of unit %(number)s is %(reading)s, upper limit %(limit)s."), finding["upper"]
        reading, limit = (f"{value} {finding['unit']}".strip() for value in (finding["reading"], limit))
        return text % {"name": name, "number": unit_number, "reading": reading, "limit": limit}
    if unit_number is not None:
        return _("%(name)s: unit %(number)s does not conform.") % {"name": name, "number": unit_number}
    text = ngettext(
        "%(name)s: %(count)s unit does not conform.",
        "%(name)s: %(count)s units do not conform.",
        finding["nonconforming"],
    )
    return text % {"name": name, "count": finding["nonconforming"]}


# Reason of a hold -> its cause in a few words and its sentence, where both are made of what was found.
FOUND: dict[str, tuple[Callable[[Mapping[str, Any]], str], Callable[[Mapping[str, Any]], str]]] = {
    HoldReason.CRITICAL: (_critical_cause, _critical_sentence),
    HoldReason.REJECTED: (_rejected_cause, _rejected_sentence),
}


def hold_sentence(hold: Hold) -> str:
    """What was found, in one sentence; the note of a hold that was placed by hand."""
    return finding_sentence(hold.reason, hold.finding, hold.note)


def units(count: int) -> str:
    """ "1 unit", "1,000 units"."""
    return ngettext("%(count)s unit", "%(count)s units", count) % {"count": _number(count)}


def _found(data: dict) -> str:
    tally, measured = data["tally"], data.get("variables", {})
    counts = [f"{c.label} {tally[c.value]['nonconforming']}" for c in NonconformityClass if c.value in tally]
    said = [_("Nonconforming units: %(counts)s") % {"counts": ", ".join(counts)}] if counts else []
    for told in measured.values():
        text = (
            _("%(name)s rejected by variables")
            if told["settled"] == "rejected"
            else _("%(name)s accepted by variables")
        )
        said.append(text % {"name": local_name(told)})
    return " · ".join(said)


def _batch_registered(data: dict) -> Sentence:
    return _("Batch registered"), units(data["quantity"]), WAITING


def _inspection_planned(data: dict) -> Sentence:
    plans = data["classes"]
    samples = [
        _("%(class)s: %(n)s units, at most %(most)s")
        % {"class": c.label, "n": _number(plans[c.value]["sample_size"]), "most": plans[c.value]["acceptance"]}
        for c in NonconformityClass
        if c.value in plans
    ]
    samples += [
        _("%(code)s by variables: %(n)s units") % {"code": code, "n": _number(plan["sample_size"])}
        for code, plan in data.get("variables", {}).items()
    ]
    if "drift" in data:
        samples.append(_("tightened, since %(name)s drifts") % {"name": in_a_sentence(local_name(data["drift"]))})
    return _("Round %(round)s began") % {"round": data["round"]}, " · ".join(samples), WAITING


def _result_recorded(data: dict) -> Sentence:
    title = _("%(code)s recorded") % {"code": data["characteristic"]}
    if data["nonconforming"]:
        text = ngettext("%(count)s nonconforming unit", "%(count)s nonconforming units", data["nonconforming"])
        return title, text % {"count": data["nonconforming"]}, WARNING
    return title, _("nothing nonconforming") if data["complete"] else _("not all units yet"), WAITING


def _inspection_accepted(data: dict) -> Sentence:
    return _("Round %(round)s accepted") % {"round": data["round"]}, _found(data), ACCEPTED


def _inspection_rejected(data: dict) -> Sentence:
    return _("Round %(round)s rejected") % {"round": data["round"]}, _found(data), STOPPED


def _inspection_abandoned(data: dict) -> Sentence:
    return _("Round %(round)s abandoned") % {"round": data["round"]}, data["reason"], WARNING


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


def _supplier_told(data: dict) -> Sentence:
    if not data["recipients"]:
        return _("Nobody was told"), _("No one at the supplier has an e-mail address."), WARNING
    text = ngettext("by mail, %(count)s address", "by mail, %(count)s addresses", data["recipients"])
    return _("Supplier told"), text % {"count": data["recipients"]}, WAITING


def _batch_shipped(data: dict) -> Sentence:
    return _("%(units)s shipped") % {"units": units(data["quantity"])}, data["reference"], ACCEPTED


def place_words(place: str) -> str:
    """Where units are that were taken back."""
    return {
        "available": _("they may ship again"),
        "on_hold": _("they are on hold with the rest of the batch"),
        "awaiting": _("they wait for inspection"),
    }[place]


def _shipment_reversed(data: dict) -> Sentence:
    parts = [str(ReversalKind(data["what"]).label), data["reason"], data["reference"], place_words(data["place"])]
    tone = {"available": ACCEPTED, "on_hold": STOPPED}.get(data["place"], WAITING)
    title = _("%(units)s taken back") % {"units": units(data["quantity"])}
    return title, " · ".join(filter(None, parts)), tone


def _product_created(data: dict) -> Sentence:
    return _("Product created"), " · ".join([data["name"], *data["markets"]]), WAITING


def _changes(data: dict) -> str:
    return " · ".join(f"{before or '–'} → {after or '–'}" for before, after in data["changes"].values())


def _photo_added(data: dict) -> Sentence:
    detail = data["characteristic"] or ""
    if data["unit_number"]:
        detail = _("%(code)s, unit %(unit)s") % {"code": detail, "unit": data["unit_number"]}
    return _("Photo taken"), detail, WAITING


def _next_sample(data: dict) -> Sentence:
    classes = ", ".join(str(NonconformityClass(name).label) for name in data["counts"])
    return (
        _("Another sample is needed"),
        _("The counts of the first sample decide neither way (%(classes)s).") % {"classes": classes},
        WAITING,
    )


SEVERITIES = {
    "normal": gettext_lazy("normal"),
    "tightened": gettext_lazy("tightened"),
    "reduced": gettext_lazy("reduced"),
    "discontinued": gettext_lazy("discontinued"),
}


def _severity_switched(data: dict) -> Sentence:
    before, now = SEVERITIES[data["before"]], SEVERITIES[data["severity"]]
    tone = ACCEPTED if data["severity"] in ("normal", "reduced") else WARNING
    return _("Inspection is now %(severity)s") % {"severity": now}, _("It was %(before)s.") % {"before": before}, tone


def _switching_word(kind: str, data: dict) -> Sentence:
    label = str(SwitchingStepKind(kind).label)
    return label[:1].upper() + label[1:], data["note"], WAITING


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


_SENTENCES: dict[str, Callable[[dict], Sentence]] = {
    "batch.registered": _batch_registered,
    "batch.shipped": _batch_shipped,
    "shipment.reversed": _shipment_reversed,
    "inspection.planned": _inspection_planned,
    "result.recorded": _result_recorded,
    "inspection.accepted": _inspection_accepted,
    "inspection.rejected": _inspection_rejected,
    "inspection.abandoned": _inspection_abandoned,
    "inspection.next_sample": _next_sample,
    "severity.switched": _severity_switched,
    **{f"switching.{kind}": partial(_switching_word, kind) for kind in SIGNALS},
    "photo.added": _photo_added,
    "photo.refused": lambda data: (_("Photo refused"), data["refusal"], WARNING),
    "photo.reused": lambda data: (_("This picture was used before"), "", WARNING),
    "hold.placed": _hold_placed,
    "hold.confirmed": _hold_confirmed,
    "hold.answered": _hold_answered,
    "hold.decided": _hold_decided,
    "hold.ended": _hold_ended,
    "supplier.told": _supplier_told,
    "specification.drafted": lambda data: (
        _("Version %(version)s drafted") % {"version": data["version"]}, "", WAITING,
    ),
    "specification.activated": lambda data: (
        _("Version %(version)s activated") % {"version": data["version"]}, "", ACCEPTED,
    ),
    **MARKET_SENTENCES,
    **PILOT_SENTENCES,
    "product.created": _product_created,
    "product.changed": lambda data: (_("Product changed"), _changes(data), WAITING),
    "product.drifted": _drifted,
    "product.drift_ended": _drift_ended,
    "product.baseline_set": _baseline_set,
    "listing.added": lambda data: (_("Market added"), data["market"], WAITING),
    "supplier.changed": lambda data: (_("Supplier changed"), _changes(data), WAITING),
    "membership.added": lambda data: (_("Member added"), data["user"], WAITING),
    "membership.removed": lambda data: (_("Member removed"), data["user"], WARNING),
    "import.applied": lambda data: (
        _("Import of “%(name)s” applied") % {"name": data["name"]},
        ngettext("%(count)s row", "%(count)s rows", data["rows"]) % {"count": _number(data["rows"])},
        ACCEPTED,
    ),
    **SAMPLE_SENTENCES,
    "supplier.created": lambda data: (_("Supplier created"), data["name"], WAITING),
    "token.created": lambda data: (_("API token created"), data["name"], WAITING),
    "token.revoked": lambda data: (_("API token revoked"), data["name"], WARNING),
}  # fmt: skip


def add_sentences(sentences: Mapping[str, Callable[[dict], Sentence]]) -> None:
    """The words of an app above this one: kind of event -> its sentence from its data."""
    _SENTENCES.update(sentences)


def event_sentence(event: Event) -> Sentence:
    """(title, detail, tone) of an event for a timeline; a kind without words of its own shows its name."""
    sentence = _SENTENCES.get(event.kind)
    return sentence(event.data) if sentence else (event.kind, "", WAITING)

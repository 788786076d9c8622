"""What happened to inspections, in sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.languages import local_name
from activity.published import COUNT, ID, TEXT, Member, publish
from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from inspections.calculator.words.sampling import _number
from inspections.models import NonconformityClass
from inspections.specification.words import in_a_sentence


def _found(data: dict) -> str:
    tally, measured = data["tally"], data.get("variables", {})
    counts = [f"{c.label} {tally[c.value]['nonconforming']}" for c in NonconformityClass if c.value in tally]
    said = [_("Nonconforming units: %(counts)s") % {"counts": ", ".join(counts)}] if counts else []
    for told in data.get("own", {}).values():
        text = _("%(name)s rejected by itself") if told["settled"] == "rejected" else _("%(name)s accepted by itself")
        said.append(text % {"name": local_name(told)})
    for told in measured.values():
        text = (
            _("%(name)s rejected by variables")
            if told["settled"] == "rejected"
            else _("%(name)s accepted by variables")
        )
        said.append(text % {"name": local_name(told)})
    return " · ".join(said)


def _inspection_planned(data: dict) -> Sentence:
    plans = data["classes"]
    samples = [
        _("%(class)s: %(n)s units, at most %(most)s")
        % {"class": c.label, "n": _number(plans[c.value]["sample_size"]), "most": plans[c.value]["acceptance"]}
        for c in NonconformityClass
        if c.value in plans
    ]
    samples += [
        _("%(class)s: %(n)s units, at most %(most)s")
        % {"class": code, "n": _number(plan["sample_size"]), "most": plan["acceptance"]}
        for code, plan in data.get("own", {}).items()
    ]
    samples += [
        _("%(code)s by variables: %(n)s units") % {"code": code, "n": _number(plan["sample_size"])}
        for code, plan in data.get("variables", {}).items()
    ]
    if "carried" in data:
        codes = ", ".join(data["carried"])
        samples.append(_("asked again as an earlier round found it: %(codes)s") % {"codes": codes})
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
    if data.get("counts"):
        title = _("Round %(round)s abandoned, and counts as not accepted") % {"round": data["round"]}
        return title, data["reason"], STOPPED
    return _("Round %(round)s abandoned") % {"round": data["round"]}, data["reason"], WARNING


def _inspection_invalidated(data: dict) -> Sentence:
    title = _("Round %(round)s does not count: its sample was signed as invalid") % {"round": data["round"]}
    return title, data["reason"], WARNING


def _next_sample(data: dict) -> Sentence:
    classes = ", ".join(str(NonconformityClass(name).label) for name in data["counts"])
    return (
        _("Another sample is needed"),
        _("The counts of the first sample decide neither way (%(classes)s).") % {"classes": classes},
        WAITING,
    )


def _typing_error(data: dict, title: str) -> tuple[str, str]:
    named = {"code": data["characteristic"], "unit": data["unit"]}
    said = _("typed %(typed)s, read %(read)s") % {"typed": data["typed"], "read": data["read"]}
    return title % named, " · ".join(filter(None, [said, data.get("note") or data.get("reason")]))


def _typing_error_named(data: dict) -> Sentence:
    return *_typing_error(data, _("%(code)s of unit %(unit)s was named a typing error")), WAITING


def _typing_error_accepted(data: dict) -> Sentence:
    return *_typing_error(data, _("%(code)s of unit %(unit)s was signed as a typing error")), ACCEPTED


def _typing_error_refused(data: dict) -> Sentence:
    return *_typing_error(data, _("%(code)s of unit %(unit)s is no typing error: what was typed counts again")), STOPPED


add_sentences(
    {
        "typing_error.named": _typing_error_named,
        "typing_error.accepted": _typing_error_accepted,
        "typing_error.refused": _typing_error_refused,
        "inspection.planned": _inspection_planned,
        "result.recorded": _result_recorded,
        "inspection.accepted": _inspection_accepted,
        "inspection.rejected": _inspection_rejected,
        "inspection.abandoned": _inspection_abandoned,
        "inspection.invalidated": _inspection_invalidated,
        "inspection.next_sample": _next_sample,
    },
    for_suppliers=["inspection.accepted", "inspection.rejected"],
)

_OF_ROUND = {
    "inspection": Member(ID, "51f1f6a4-2a35-4b0f-8a5a-9a6c1d1b7e02", "The inspection"),
    "round": Member(COUNT, 1, "1 is the first submission of the batch, more are re-inspections"),
}
publish("inspection.planned", gettext_lazy("An inspection begins"), "batch", _OF_ROUND)
publish("inspection.accepted", gettext_lazy("An inspection accepts a batch"), "batch", _OF_ROUND, for_suppliers=True)
publish("inspection.rejected", gettext_lazy("An inspection rejects a batch"), "batch", _OF_ROUND, for_suppliers=True)
publish(
    "inspection.abandoned",
    gettext_lazy("An inspection is abandoned"),
    "batch",
    {
        **_OF_ROUND,
        "reason": Member(TEXT, "The light failed."),
    },
)
publish(
    "inspection.invalidated",
    gettext_lazy("The sample of an inspection is signed as invalid"),
    "batch",
    {
        **_OF_ROUND,
        "reason": Member(TEXT, "Of another batch."),
    },
)

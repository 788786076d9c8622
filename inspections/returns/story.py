"""What came back from the market, what it may cost, and what it proposes, in sentences."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.published import COUNT, ID, TEXT, Member, publish
from activity.story import Sentence, add_sentences
from inspections.calculator.words.sampling import share
from inspections.models import CodeKind, ProposalKind
from inspections.returns.words import changes_listed, number


def _margin_set(data: dict) -> Sentence:
    rate = share(Decimal(data["affordable_return_rate"]))
    if data.get("unanswered"):
        title = _("Margin set, version %(version)s") % {"version": data["version"]}
        return title, _("What a return costs is not answered yet, so it affords nothing."), "waiting"
    return (
        _("Margin set, version %(version)s") % {"version": data["version"]},
        _("It can afford %(rate)s of returns.") % {"rate": rate},
        "waiting",
    )


def _returns_recorded(data: dict) -> Sentence:
    title = ngettext("%(count)s unit back from the market", "%(count)s units back from the market", data["count"])
    detail = data["source"]
    if data["unknown_batch"]:
        unknown = ngettext("batch of %(count)s unknown", "batches of %(count)s unknown", data["unknown_batch"])
        detail = f"{detail} · {unknown % {'count': number(data['unknown_batch'])}}"
    return title % {"count": number(data["count"])}, detail, "warning"


def _batch_named(data: dict) -> Sentence:
    before = _("It was %(before)s.") % {"before": data["before"]} if data["before"] else ""
    return _("A returned unit came from %(batch)s") % {"batch": data["batch"]}, before, "waiting"


def _corrected(data: dict) -> Sentence:
    by_hand, by_source = _("%(reference)s was corrected"), _("%(reference)s was corrected by its source")
    title = (by_hand if data.get("by_hand") else by_source) % {"reference": data["reference"]}
    changes = {name: (before, data["after"][name]) for name, before in data["before"].items()}
    return title, changes_listed(changes), "waiting"


def _batch_coded(data: dict) -> Sentence:
    found = ngettext("led %(count)s return to its batch", "led %(count)s returns to their batch", data["found"])
    codes = ", ".join(data["codes"][:5]) + (" …" if data["count"] > 5 else "")
    title = f"{CodeKind(data['code_kind']).label}: {codes}"
    return title[:1].upper() + title[1:], found % {"count": number(data["found"])} if data["found"] else "", "waiting"


def _catches_set(data: dict) -> Sentence:
    changes = " · ".join(
        f"{complaint}: {before or '–'} → {after or '–'}" for complaint, before, after in data["changes"]
    )
    return _("What should catch complaints was set"), changes, "waiting"


def _proposal(title: Callable[[], str], tone: str) -> Callable[[dict], Sentence]:
    def sentence(data: dict) -> Sentence:
        what = f"{ProposalKind(data['proposal']).label}: {data['subject']}"
        return title(), " · ".join(filter(None, [what, data.get("reason", "")])), tone

    return sentence


SENTENCES: dict[str, Callable[[dict], Sentence]] = {
    "margin.set": _margin_set,
    "returns.recorded": _returns_recorded,
    "return.batch_named": _batch_named,
    "return.corrected": _corrected,
    "return.withdrawn": lambda data: (
        _("%(reference)s was withdrawn") % {"reference": data["reference"]},
        data["reason"],
        "waiting",
    ),
    "batch.coded": _batch_coded,
    "catches.set": _catches_set,
    "proposal.made": _proposal(lambda: _("Returns propose a change"), "warning"),
    "proposal.accepted": _proposal(lambda: _("Proposal accepted and drafted"), "accepted"),
    "proposal.done": _proposal(lambda: _("What was proposed is in force"), "accepted"),
    "proposal.reopened": _proposal(
        lambda: _("The draft with what was proposed was replaced by one without it: proposed again"), "warning"
    ),
    "proposal.dismissed": _proposal(lambda: _("Proposal dismissed"), "waiting"),
}


add_sentences(SENTENCES)

_ONE = {
    "return": Member(ID, "9e2d3a1c-4b5f-4c6d-8e7f-1a2b3c4d5e6f", "The return", source="market_return"),
    "reference": Member(TEXT, "RMA-7781", "As its source calls it"),
}
publish(
    "returns.recorded",
    gettext_lazy("Units come back from the market"),
    "product",
    {
        "count": Member(COUNT, 12, "Units"),
        "unknown_batch": Member(COUNT, 2, "Units of them whose batch is not known"),
        "source": Member(TEXT, "tiktok", "Where they were read from"),
    },
)
publish("return.corrected", gettext_lazy("A return is corrected"), "product", _ONE)
publish(
    "return.withdrawn",
    gettext_lazy("A return is withdrawn"),
    "product",
    {
        **_ONE,
        "reason": Member(TEXT, "Typed twice."),
    },
)

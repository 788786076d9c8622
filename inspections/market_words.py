"""Margins, returns and what they propose, in sentences of the reader's language."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inspections.escapes import Evidence
from inspections.models import CodeKind, NonconformityClass, Proposal, ProposalKind
from inspections.templatetags.money import share

Sentence = tuple[str, str, str]


def number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def chance_words(chance: float) -> str:
    """How often chance does the same: "p < 0.0001", "p = 0.021"."""
    if chance < 0.0001:
        return f"p < {number_format('0.0001', use_l10n=True)}"
    return f"p = {number_format(f'{chance:.2g}' if chance >= 0.001 else f'{chance:.4f}', use_l10n=True)}"


CHANGES: dict[str, Callable[[], str]] = {
    "none": lambda: _("no change"),
    "could_be": lambda: _("could be chance"),
    "doubtful": lambda: _("probably not chance"),
    "hardly": lambda: _("hardly chance"),
}


def proposal_title(proposal: Proposal, name: str) -> str:
    """ "Make “Lid finish” critical"; `name` is that of the characteristic or the complaint point."""
    if proposal.kind == ProposalKind.RAISE_CLASS:
        text = _("Raise “%(name)s” from %(before)s to %(after)s")
        before = NonconformityClass(proposal.class_from).label
        return text % {"name": name, "before": before, "after": NonconformityClass(proposal.class_to).label}
    text = _("Add a characteristic that catches “%(name)s”")
    return text % {"name": name}


def evidence_sentence(found: Evidence) -> str:
    """Counts, the share that is tolerated, and how often chance does the same."""
    units = ngettext("%(count)s unit came back", "%(count)s units came back", found.escapes)
    text = _(
        "%(units)s of %(shipped)s shipped since %(since)s (batches known: %(batches)s). If no more than %(tolerated)s (an "
        "assumption) were affected, chance alone would bring so many with %(chance)s."
    )
    return text % {
        "units": units % {"count": number(found.escapes)},
        "shipped": number(found.shipped),
        "since": found.since,
        "batches": number(found.batches),
        "tolerated": share(Decimal(str(found.tolerated))),
        "chance": chance_words(found.chance),
    }


def _margin_set(data: dict) -> Sentence:
    rate = share(Decimal(data["affordable_return_rate"]))
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
    "batch.coded": _batch_coded,
    "catches.set": _catches_set,
    "proposal.made": _proposal(lambda: _("Returns propose a change"), "warning"),
    "proposal.accepted": _proposal(lambda: _("Proposal accepted and drafted"), "accepted"),
    "proposal.dismissed": _proposal(lambda: _("Proposal dismissed"), "waiting"),
}

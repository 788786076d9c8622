"""What happened to papers, in sentences."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.languages import local_name
from activity.published import ID, TEXT, Member, publish
from activity.story import ACCEPTED, STOPPED, WAITING, WARNING, Sentence, add_sentences
from compliance.checklist.story import joined
from compliance.checklist.words import why_anew
from compliance.models import LookupResult


def _evidence(title: Callable[[], str], tone: str) -> Callable[[dict], Sentence]:
    def sentence(data: dict) -> Sentence:
        return title(), joined(local_name(data), data["number"], data.get("reason", "")), tone

    return sentence


def _looked_up(data: dict) -> Sentence:
    result = LookupResult(data["result"])
    tone = ACCEPTED if result == LookupResult.FOUND else WARNING
    return (
        _("Looked up in %(register)s") % {"register": data["register"]},
        joined(local_name(data), str(result.label)),
        tone,
    )


def _pack_made(data: dict) -> Sentence:
    count = len(data["files"])
    text = ngettext("%(count)s paper handed out", "%(count)s papers handed out", count) % {"count": count}
    return _("Pack made"), text, WAITING


def _examined(data: dict) -> Sentence:
    block, look = data["block"], data["review"]
    stops = ngettext("%(count)s finding stops it", "%(count)s findings stop it", block) % {"count": block}
    looks = ngettext("%(count)s to be looked at", "%(count)s to be looked at", look) % {"count": look}
    found = joined(stops if block else "", looks if look else "") or _("nothing stands in the way")
    return _("Paper read"), joined(local_name(data), found), WARNING if block else WAITING


def _reopened(data: dict) -> Sentence:
    return _("Accepted paper put up for a new look"), joined(local_name(data), why_anew(data["why"])), STOPPED


def _label_checked(data: dict) -> Sentence:
    seen, missing = data["seen"], data["missing"]
    there = ngettext("%(count)s element seen", "%(count)s elements seen", seen) % {"count": seen}
    lacks = ngettext("%(count)s missing", "%(count)s missing", missing) % {"count": missing}
    return (
        _("Label checked"),
        joined(local_name(data), there, lacks if missing else ""),
        WARNING if missing else WAITING,
    )


def _run_out(data: dict) -> Sentence:
    papers = data["papers"]
    text = ngettext("%(count)s paper runs out", "%(count)s papers run out", len(papers)) % {"count": len(papers)}
    first = min(papers, key=lambda paper: paper["valid_to"])
    on = _("the first on %(day)s: %(product)s %(market)s")
    where = {"day": first["valid_to"], "product": first["product"], "market": first["market"]}
    return text, on % where, WARNING


def _reminded(data: dict) -> Sentence:
    count = data["readers"]
    text = ngettext("%(count)s reader", "%(count)s readers", count) % {"count": count}
    return _("Reminders of papers that run out"), text, WAITING


add_sentences(
    {
        "document.uploaded": lambda data: (_("Document uploaded"), data["name"], WAITING),
        "document.refused": lambda data: (_("Document refused by the virus scanner"), data["name"], STOPPED),
        "evidence.examined": _examined,
        "finding.confirmed": _evidence(lambda: _("Finding confirmed"), WARNING),
        "finding.overruled": _evidence(lambda: _("Finding overruled"), WAITING),
        "label.checked": _label_checked,
        "evidence.submitted": _evidence(lambda: _("Paper submitted"), WAITING),
        "evidence.checked": _evidence(lambda: _("Paper checked"), WAITING),
        "evidence.accepted": _evidence(lambda: _("Paper accepted"), ACCEPTED),
        "evidence.refused": _evidence(lambda: _("Paper refused"), WARNING),
        "evidence.reopened": _reopened,
        "evidence.revoked": _evidence(lambda: _("Paper revoked"), STOPPED),
        "evidence.looked_up": _looked_up,
        "pack.made": _pack_made,
        "papers.run_out": _run_out,
        "papers.reminded": _reminded,
    }
)

_PAPER = {
    "evidence": Member(ID, "2f3f9f6e-0d7a-4c1b-8b0e-5c9d7e6f4a21", "The paper, as handed in for a requirement"),
    "requirement": Member(TEXT, "us-cpc", "Key of the requirement"),
    "number": Member(TEXT, "SHA-2611-7788", "Number of the paper"),
}
_REASON = {"reason": Member(TEXT, "It names another model.")}
publish("evidence.submitted", gettext_lazy("A paper is handed in"), "listing", _PAPER, for_suppliers=True)
publish("evidence.accepted", gettext_lazy("A paper is accepted"), "listing", _PAPER, for_suppliers=True)
publish(
    "evidence.refused",
    gettext_lazy("A paper is refused"),
    "listing",
    {
        **_PAPER,
        **_REASON,
    },
    for_suppliers=True,
)
publish(
    "evidence.revoked",
    gettext_lazy("An accepted paper is revoked"),
    "listing",
    {
        **_PAPER,
        **_REASON,
    },
    for_suppliers=True,
)
publish(
    "evidence.reopened",
    gettext_lazy("An accepted paper is put up for a new look"),
    "listing",
    _PAPER,
    for_suppliers=True,
)

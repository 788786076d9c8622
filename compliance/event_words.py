"""What happened to requirements, checklists, papers and waivers, in sentences."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.languages import local_name
from compliance.models import DeclarationKind, LookupResult
from compliance.paper_words import why_anew
from inspections.wording import ACCEPTED, STOPPED, WAITING, WAIVED, WARNING, Sentence


def _and(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _traits_answered(data: dict) -> Sentence:
    count = len(data["answers"])
    text = ngettext("%(count)s trait answered", "%(count)s traits answered", count) % {"count": count}
    return text, ", ".join(data["answers"]), WAITING


def _checklist_changed(data: dict) -> Sentence:
    count = len(data["items"])
    detail = ngettext("%(count)s requirement differs", "%(count)s requirements differ", count) % {"count": count}
    unanswered = data["unanswered"]
    waits = ngettext("%(count)s trait is not answered", "%(count)s traits are not answered", unanswered)
    return _("Checklist worked out"), _and(detail, waits % {"count": unanswered} if unanswered else ""), WAITING


def _requirement_changed(data: dict) -> Sentence:
    gained, lost = data["gained"], data["lost"]
    more = ngettext("%(count)s listing needs it now", "%(count)s listings need it now", gained) % {"count": gained}
    less = ngettext("%(count)s listing needs it no more", "%(count)s listings need it no more", lost) % {"count": lost}
    return _("Requirement changed"), _and(data["reason"], more if gained else "", less if lost else ""), WARNING


def _evidence(title: Callable[[], str], tone: str) -> Callable[[dict], Sentence]:
    def sentence(data: dict) -> Sentence:
        return title(), _and(local_name(data), data["number"], data.get("reason", "")), tone

    return sentence


def _looked_up(data: dict) -> Sentence:
    result = LookupResult(data["result"])
    tone = ACCEPTED if result == LookupResult.FOUND else WARNING
    return (
        _("Looked up in %(register)s") % {"register": data["register"]},
        _and(local_name(data), str(result.label)),
        tone,
    )


def _waiver(title: Callable[[], str], tone: str) -> Callable[[dict], Sentence]:
    def sentence(data: dict) -> Sentence:
        until = _("until %(day)s") % {"day": data["until"]} if "until" in data else ""
        return title(), _and(local_name(data), data.get("limit", ""), until, data.get("reason", "")), tone

    return sentence


def _pack_made(data: dict) -> Sentence:
    count = len(data["files"])
    text = ngettext("%(count)s paper handed out", "%(count)s papers handed out", count) % {"count": count}
    return _("Pack made"), text, WAITING


def _examined(data: dict) -> Sentence:
    block, look = data["block"], data["review"]
    stops = ngettext("%(count)s finding stops it", "%(count)s findings stop it", block) % {"count": block}
    looks = ngettext("%(count)s to be looked at", "%(count)s to be looked at", look) % {"count": look}
    found = _and(stops if block else "", looks if look else "") or _("nothing stands in the way")
    return _("Paper read"), _and(local_name(data), found), WARNING if block else WAITING


def _reopened(data: dict) -> Sentence:
    return _("Accepted paper put up for a new look"), _and(local_name(data), why_anew(data["why"])), STOPPED


def _label_checked(data: dict) -> Sentence:
    seen, missing = data["seen"], data["missing"]
    there = ngettext("%(count)s element seen", "%(count)s elements seen", seen) % {"count": seen}
    lacks = ngettext("%(count)s missing", "%(count)s missing", missing) % {"count": missing}
    return _("Label checked"), _and(local_name(data), there, lacks if missing else ""), WARNING if missing else WAITING


def _declared(data: dict) -> Sentence:
    kind = DeclarationKind(data["what"]).label
    lines = ngettext("%(count)s line", "%(count)s lines", data["lines"]) % {"count": data["lines"]}
    return _("Declaration %(number)s handed in") % {"number": data["number"]}, _and(str(kind), lines), WAITING


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


SENTENCES: dict[str, Callable[[dict], Sentence]] = {
    "traits.answered": _traits_answered,
    "checklist.changed": _checklist_changed,
    "requirement.changed": _requirement_changed,
    "requirement.confirmed": lambda data: (_("Requirement confirmed"), data["note"], ACCEPTED),
    "document.uploaded": lambda data: (_("Document uploaded"), data["name"], WAITING),
    "document.refused": lambda data: (_("Document refused by the virus scanner"), data["name"], STOPPED),
    "evidence.examined": _examined,
    "finding.confirmed": _evidence(lambda: _("Finding confirmed"), WARNING),
    "finding.overruled": _evidence(lambda: _("Finding overruled"), WAITING),
    "label.checked": _label_checked,
    "product.identified": lambda data: (_("Model numbers and type set"), ", ".join(data["models"]), WAITING),
    "declaration.made": _declared,
    "reference.changed": lambda data: (_("Reference entry changed"), _and(data["key"], data["reason"]), WARNING),
    "reference.confirmed": lambda data: (_("Reference entry confirmed"), _and(data["key"], data["reason"]), ACCEPTED),
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
    "waiver.requested": _waiver(lambda: _("Waiver asked for"), WAITING),
    "waiver.signed": _waiver(lambda: _("Waiver signed"), WAIVED),
    "waiver.ended": _waiver(lambda: _("Waiver ended"), WARNING),
}

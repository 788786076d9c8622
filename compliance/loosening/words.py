"""What was changed, and what it takes away, in the reader's language."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from activity.languages import local_name

SHOWN = 6


def both_languages(say: Callable[[], str]) -> dict[str, str]:
    """{"name", "name_zh"} of what `say` says in the language that is active."""
    names = {}
    for field, language in (("name", "en"), ("name_zh", "zh-hans")):
        with override(language):
            names[field] = say()
    return names


def value_words(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, Mapping):
        return local_name(value) if "name" in value else ", ".join(f"{key} {said}" for key, said in value.items())
    return str(value)


def said_words(said: Iterable[Mapping[str, Any]]) -> list[str]:
    """ "Plugs into the mains: yes → no", a line for each."""
    lines = []
    for each in said:
        name, before, after = local_name(each), value_words(each["before"]), value_words(each["after"])
        lines.append(_("%(name)s: %(before)s → %(after)s") % {"name": name, "before": before, "after": after})
    return lines


def papers_by_market(papers: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    """ "KT-17 · US" -> names of its papers."""
    found: dict[str, list[str]] = defaultdict(list)
    for paper in papers:
        found[f"{paper['product']} · {paper['market']}"].append(local_name(paper))
    return dict(found)


def papers_in_short(papers: Iterable[Mapping[str, str]]) -> str:
    """ "KT-17 · US: A, B"."""
    return " · ".join(f"{where}: {_few(names)}" for where, names in papers_by_market(papers).items())


def papers_words(papers: Iterable[Mapping[str, str]]) -> str:
    """What came, went or waits, for which market: "US: needed no more: A, B"."""
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    for paper in papers:
        told[paper["market"], paper["what"]].append(local_name(paper))
    words = {
        "came": _("needed now: %(names)s"),
        "went": _("needed no more: %(names)s"),
        "waits": _("needed until a second person signs: %(names)s"),
    }
    return " · ".join(f"{market}: {words[what] % {'names': _few(names)}}" for (market, what), names in told.items())


def _few(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (_(" and %(count)s more") % {"count": more} if more > 0 else "")

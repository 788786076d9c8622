"""The main menu: each app adds its entries, none knows the others'."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from activity.languages import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. `waits` gives what of its records waits for a user; `permission` says who sees the line."""

    label: Text
    url_name: str
    icon: str
    order: int
    permission: str | None = None
    waits: Callable[[User], Sequence[QuerySet]] | None = None


_entries: list[Entry] = []


def add(*entries: Entry) -> None:
    _entries.extend(entries)
    _entries.sort(key=lambda entry: entry.order)


def _counts(user: User, entries: Sequence[Entry]) -> dict[str, int]:
    """How many records wait for the user behind each entry that counts them, by its url name. One statement or none."""
    waiting = {entry.url_name: entry.waits(user) for entry in entries if entry.waits}
    counting = {
        f"{name}/{number}": Subquery(
            records.order_by().annotate(of_menu=Func(F("pk"), function="COUNT")).values("of_menu"),
            output_field=IntegerField(),
        )
        for name, parts in waiting.items()
        for number, records in enumerate(parts)
    }
    if not counting:
        return {}
    # Of one row, whatever it is: a statement wants one.
    found = User.objects.filter(pk=user.pk).values_list(*counting.values())[0]
    counts = dict.fromkeys(waiting, 0)
    for key, count in zip(counting, found, strict=True):
        counts[key.split("/")[0]] += count or 0
    return counts


def menu_for(user: User, path: str) -> list[dict[str, Any]]:
    """The lines that a user sees; the longest one that begins the current path is the current one."""
    entries = [entry for entry in _entries if entry.permission is None or user.has_perm(entry.permission)]
    counts = _counts(user, entries)
    lines: list[dict[str, Any]] = [
        {
            "label": entry.label,
            "url": reverse(entry.url_name),
            "icon": entry.icon,
            "count": counts.get(entry.url_name),
        }
        for entry in entries
    ]
    matching = [
        line["url"] for line in lines if path == line["url"] or (line["url"] != "/" and path.startswith(line["url"]))
    ]
    current = max(matching, key=len, default=None)
    return [line | {"current": line["url"] == current} for line in lines]

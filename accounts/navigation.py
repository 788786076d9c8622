"""The main menu: each app adds its entries, none knows the others'."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. `count` says how many of its records wait for somebody; `permission` who sees the line."""

    label: str | Promise
    url_name: str
    icon: str
    order: int
    permission: str | None = None
    count: Callable[[User], int] | None = None


_entries: list[Entry] = []


def add(*entries: Entry) -> None:
    _entries.extend(entries)
    _entries.sort(key=lambda entry: entry.order)


def menu_for(user: User, path: str) -> list[dict]:
    """The lines that a user sees; the longest one that begins the current path is the current one."""
    lines = [
        {
            "label": entry.label,
            "url": reverse(entry.url_name),
            "icon": entry.icon,
            "count": entry.count(user) if entry.count else None,
        }
        for entry in _entries
        if entry.permission is None or user.has_perm(entry.permission)
    ]
    matching = [
        line["url"] for line in lines if path == line["url"] or (line["url"] != "/" and path.startswith(line["url"]))
    ]
    current = max(matching, key=len, default=None)
    return [line | {"current": line["url"] == current} for line in lines]

"""This app's lines of the menu and tabs of a product."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import Entry, add


def add_entries() -> None:
    add(Entry(_("Go-live board"), "board", "gate", 46, permission="suppliers.see_all"))

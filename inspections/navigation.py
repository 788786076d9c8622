"""This app's lines of the menu."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import Entry, add


def add_entries() -> None:
    add(Entry(_("Sampling"), "sampling-plan", "sampling", 80))

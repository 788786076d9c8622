"""This app's lines of the menu and tabs of a product."""

from django.utils.translation import gettext_lazy as _

from accounts.navigation import Entry, add
from compliance.queries.papers import waiting_for
from suppliers import product_tabs


def add_entries() -> None:
    add(
        Entry(_("Go-live board"), "board", "gate", 46, permission="suppliers.see_all"),
        Entry(_("Papers"), "evidence-list", "paper", 48, waits=waiting_for),
        Entry(_("Requirements"), "requirement-list", "report", 90),
    )
    product_tabs.add(product_tabs.Tab(_("Compliance"), "product-compliance", 60))

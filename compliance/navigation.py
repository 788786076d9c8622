"""This app's lines of the menu and tabs of a product."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.navigation import Entry, add
from compliance.models import Gate, Standing
from compliance.paper.page.papers import waiting_for
from suppliers import product_tabs


def closed_gates(user: User) -> list[QuerySet]:
    """What something stands against; a gate that only waits for somebody counts where that somebody sees it."""
    return [Gate.objects.visible_to(user).filter(standing__in=[Standing.CLOSED, Standing.SUSPENDED])]


def add_entries() -> None:
    add(
        Entry(_("Go-live board"), "board", "gate", 46, permission="suppliers.see_all", waits=closed_gates),
        Entry(_("Papers"), "evidence-list", "paper", 48, waits=waiting_for),
        Entry(_("Requirements"), "requirement-list", "report", 90),
    )
    product_tabs.add(product_tabs.Tab(_("Compliance"), "product-compliance", 60))

"""This app's lines of the menu."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.navigation import Entry, add
from inspections.models import Batch, BatchState
from inspections.sample.page.lists import waiting_for_decision
from suppliers import product_tabs


def batches_on_hold(user: User) -> list[QuerySet]:
    """Each has exactly one open hold, so this counts those too."""
    return [Batch.objects.visible_to(user).filter(state=BatchState.ON_HOLD)]


def samples_to_decide(user: User) -> list[QuerySet]:
    return [waiting_for_decision(user)] if user.has_perm("inspections.decide_sample") else []


def add_entries() -> None:
    add(
        Entry(_("Today"), "home", "today", 0),
        Entry(_("Batches"), "batch-list", "batch", 10),
        Entry(_("Inspections"), "inspection-list", "inspection", 20),
        Entry(_("Holds"), "hold-list", "hold", 30, waits=batches_on_hold),
        Entry(_("Doubts"), "doubt-list", "warning", 35, permission="inspections.see_doubts"),
        Entry(_("Shipments"), "shipment-list", "shipment", 40, permission="suppliers.see_all"),
        Entry(_("Samples"), "sample-list", "sample", 42, waits=samples_to_decide),
        Entry(_("Returns"), "return-week", "report", 55, permission="suppliers.see_all"),
        Entry(_("Pilot runs"), "pilot-list", "pilot", 44),
        Entry(_("Sampling"), "sampling-plan", "sampling", 80),
    )
    product_tabs.add(
        product_tabs.Tab(_("Overview"), "product-detail", 0),
        product_tabs.Tab(_("Samples"), "product-samples", 10),
        product_tabs.Tab(_("Pilot runs"), "product-pilots", 20),
        product_tabs.Tab(_("Margin"), "product-margin", 40, permission="inspections.set_margin"),
        product_tabs.Tab(_("Returns"), "product-returns", 50),
    )
    product_tabs.add(product_tabs.Tab(_("Ladder"), "product-ladder", 30))
    product_tabs.add(product_tabs.Tab(_("Gauges"), "product-gauges", 35, permission="suppliers.see_all"))

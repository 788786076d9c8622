"""The pages of one product: each app adds its own, none knows the others'."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from activity.languages import Text
from suppliers.models import Product


@dataclass(frozen=True, slots=True)
class Tab:
    """A page about one product, found by its SKU; `permission` says who sees the tab."""

    label: Text
    url_name: str
    order: int
    permission: str | None = None


_tabs: list[Tab] = []


def add(*tabs: Tab) -> None:
    _tabs.extend(tabs)
    _tabs.sort(key=lambda tab: tab.order)


def tabs_of(product: Product, user: User, path: str) -> list[dict]:
    """For components/tabs.html."""
    lines = [
        {"label": tab.label, "url": reverse(tab.url_name, args=[product.sku])}
        for tab in _tabs
        if tab.permission is None or user.has_perm(tab.permission)
    ]
    return [line | {"current": line["url"] == path} for line in lines]

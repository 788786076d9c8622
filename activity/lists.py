"""Pages of a list, newest first, whose addresses keep what was asked for."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

PER_PAGE = 50
# The most that a field offers to choose from.
OFFERED = 200


@dataclass
class ListPage:
    """One page of `rows`; `total` is how many there are, where the caller counted them already."""

    request: HttpRequest
    rows: Any  # a QuerySet, or what can be cut as one
    total: int | None = None

    @cached_property
    def page(self) -> Page:
        paginator = Paginator(self.rows, PER_PAGE)
        if self.total is not None:
            paginator.count = self.total
        return paginator.get_page(self.request.GET.get("page"))

    @property
    def previous(self) -> str:
        return address(self.request, page=self.page.previous_page_number()) if self.page.has_previous() else ""

    @property
    def next(self) -> str:
        return address(self.request, page=self.page.next_page_number()) if self.page.has_next() else ""

    @property
    def note(self) -> str:
        page = self.page
        return _("%(first)s–%(last)s of %(total)s") % {
            "first": page.start_index(),
            "last": page.end_index(),
            "total": page.paginator.count,
        }


def address(request: HttpRequest, **changes: Any) -> str:
    """This list with some parameters changed (None: left out), from its first page on."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"

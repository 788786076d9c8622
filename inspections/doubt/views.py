"""Doubts about inspections: for the quality manager alone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.lists import ListPage, address
from inspections.doubt.forms import DoubtFilters
from inspections.doubt.page import doubts_for
from inspections.models import DoubtKind

# Short enough to stand beside each other.
CHIPS = {
    DoubtKind.NEAR_LIMIT: gettext_lazy("At a limit"),
    DoubtKind.RUN: gettext_lazy("Runs"),
    DoubtKind.BLOCK: gettext_lazy("Repeated values"),
    DoubtKind.DIGITS: gettext_lazy("Last digits"),
    DoubtKind.PACE: gettext_lazy("Pace"),
    DoubtKind.COPIED: pgettext_lazy("doubt", "Copied"),
    DoubtKind.DISAGREE: gettext_lazy("Disagreement"),
    DoubtKind.PHOTO: pgettext_lazy("doubt", "Photos"),
    DoubtKind.ABANDONED: gettext_lazy("Abandoned"),
}


@require_safe
def doubt_list(request: PageRequest) -> HttpResponse:
    require_page(request.user, "inspections.see_doubts")
    asked = DoubtFilters.of_page(request, doubts_for(request.user))
    chosen = asked.chosen
    chips = [(_("All"), ""), *((label, kind.value) for kind, label in CHIPS.items())]
    context = {
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "chips": [
            {"label": label, "url": address(request, kind=kind or None), "current": chosen["kind"] == kind}
            for label, kind in chips
        ],
        "list": ListPage(request, asked.qs),
        "without": {name: address(request, **{name: None}) for name in ("product", "inspector")},
    }
    return render(request, "inspections/doubt/list.html", context)

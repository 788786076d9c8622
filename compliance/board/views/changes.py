"""What changes in the next 12 months, and whom it touches."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from accounts.requests import PageRequest
from compliance.board.page.changes import Change, changes


@require_safe
def change_list(request: PageRequest) -> HttpResponse:
    found = changes(request.user, at=now())
    only = request.GET.get("only") == "mine"
    months: dict[str, list[Change]] = {}
    for one in found:
        if one.listings or not only:
            months.setdefault(one.day.strftime("%Y-%m"), []).append(one)
    context = {
        "months": months.items(),
        "total": len(found),
        "touching": sum(bool(one.listings) for one in found),
        "only": only,
    }
    return render(request, "compliance/board/changes.html", context)

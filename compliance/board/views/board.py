"""The go-live board: every listing against every check."""

from datetime import timedelta

from django.contrib import messages
from django.http import (
    FileResponse,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import RuleBroken
from activity.lists import ListPage, address
from compliance.board.forms import BoardForm, SaveViewForm
from compliance.board.page.board import Filters, Pages, board_rows, counts_by_standing, find_gates
from compliance.board.page.exports import as_csv, as_xlsx, table
from compliance.board.services import remove_view, save_view
from compliance.catalogue.reads import requirement_names
from compliance.gate.page import STANDING_TONES, cells, columns, standing_chip, what_next
from compliance.models import SavedView, Standing

# In the order of the board: what needs somebody stands first.
SHOWN = [Standing.SUSPENDED, Standing.CLOSED, Standing.WAITING, Standing.OPEN, Standing.LIVE]


@require_safe
def board(request: PageRequest) -> HttpResponse:
    """Asked by htmx, only the part that changes is answered: six statements with session and permissions."""
    require_page(request.user, "suppliers.see_all")
    form = BoardForm(request.GET, offers=not request.htmx)
    context = _found(request, form.chosen)
    if request.htmx:
        return render(request, "compliance/board/found.html", context)
    context |= {"form": form, "save": SaveViewForm()}
    return render(request, "compliance/board/board.html", context | {"views": _views(request)})


def _views(request: PageRequest) -> list[dict]:
    """What the reader gave a name, beside the two that everybody has."""
    named: list[tuple[str, QueryDict, int | None]] = [
        (_("Mine"), QueryDict(mutable=True), None),
        (_("Breaks in 30 days"), QueryDict(mutable=True), None),
    ]
    named[0][1]["merchandiser"] = request.user.username
    named[1][1]["ends_by"] = (localdate() + timedelta(days=30)).isoformat()
    named += [(view.name, QueryDict(view.query), view.pk) for view in request.user.board_views.order_by("name")]
    here = request.GET.dict()
    return [
        {"label": name, "url": f"?{query.urlencode()}", "pk": pk, "current": query.dict() == here}
        for name, query, pk in named
    ]


@require_safe
def board_export(request: PageRequest, form: str) -> HttpResponseBase:
    """All rows that the board's filters leave, as a file."""
    require_page(request.user, "suppliers.see_all")
    chosen = BoardForm(request.GET).chosen
    rows = table(board_rows(find_gates(request.user, chosen), chosen))
    name = f"go-live-board-{localdate():%Y-%m-%d}.{form}"
    if form == "xlsx":
        return FileResponse(as_xlsx(rows), as_attachment=True, filename=name)
    answer = StreamingHttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


@require_POST
def view_save(request: PageRequest) -> HttpResponse:
    require_page(request.user, "suppliers.see_all")
    form = SaveViewForm(request.POST)
    if form.is_valid():
        query = QueryDict(form.cleaned_data["query"], mutable=True)
        query.pop("page", None)
        try:
            save_view(user=request.user, name=form.cleaned_data["name"], query=query.urlencode(), at=now())
        except RuleBroken as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Saved as “%(name)s”.") % {"name": form.cleaned_data["name"]})
        return redirect(f"{reverse('board')}?{query.urlencode()}")
    messages.error(request, _("Give the view a name."))
    return redirect("board")


@require_POST
def view_remove(request: PageRequest, pk: int) -> HttpResponse:
    require_page(request.user, "suppliers.see_all")
    remove_view(view=get_object_or_404(SavedView, user=request.user, pk=pk))
    return redirect("board")


def _found(request: PageRequest, chosen: Filters) -> dict:
    found = find_gates(request.user, chosen)
    counts = counts_by_standing(found)
    total = sum(counts.values())
    chips = [
        {
            "label": _("All %(count)s") % {"count": f"{total:,}"},
            "url": address(request, standing=None),
            "current": not chosen.standing,
        }
    ]
    chips += [
        {
            "label": f"{counts[standing]:,} {standing.label}",
            "url": address(request, standing=standing.value),
            "state": STANDING_TONES[standing],
            "current": chosen.standing == standing,
        }
        for standing in SHOWN
        if counts[standing] or chosen.standing == standing
    ]
    page = ListPage(
        request, Pages(board_rows(found, chosen)), total=counts[chosen.standing] if chosen.standing else total
    )
    names, today, labels = requirement_names(), localdate(), columns()
    rows = [
        {
            "gate": gate,
            "listing": gate.listing,
            "cells": cells(gate, labels, names, today),
            "chip": standing_chip(gate),
            "next": what_next(gate, names),
        }
        for gate in page.page
    ]
    return {
        "chosen": chosen,
        "chips": chips,
        "list": page,
        "rows": rows,
        "columns": labels,
        "sorts": {name: address(request, sort=name) for name in ("planned", "due", "ends", "market")},
        "by_sku": address(request, sort=None if chosen.sort else "-sku"),
        "query": request.GET.urlencode(),
    }

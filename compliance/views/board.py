"""The go-live board: every listing against every check."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from compliance.forms.board import BoardForm
from compliance.models import Standing
from compliance.presented import COLUMNS, STANDING_TONES, cells, standing_chip, what_next
from compliance.queries.board import Filters, board_rows, counts_by_standing, find_gates
from compliance.queries.gates import requirement_names
from inspections.views.access import require_page
from inspections.views.lists import ListPage, address

# In the order of the board: what needs somebody stands first.
SHOWN = [Standing.SUSPENDED, Standing.CLOSED, Standing.WAITING, Standing.OPEN, Standing.LIVE]


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Asked by htmx, only the part that changes is answered: six statements with session and permissions."""
    require_page(request.user, "suppliers.see_all")
    form = BoardForm(request.GET)
    chosen = form.chosen
    context = _found(request, chosen)
    if request.htmx:
        return render(request, "compliance/board_found.html", context)
    form.offer()
    return render(request, "compliance/board.html", context | {"form": form})


def _found(request: HttpRequest, chosen: Filters) -> dict:
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
    page = ListPage(request, board_rows(found, chosen), total=counts[chosen.standing] if chosen.standing else total)
    names, today = requirement_names(), localdate()
    rows = [
        {
            "gate": gate,
            "listing": gate.listing,
            "cells": cells(gate, names, today),
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
        "columns": [label for label, _codes in COLUMNS],
        "sorts": {name: address(request, sort=name) for name in ("planned", "due", "ends", "market")},
        "by_sku": address(request, sort=None if chosen.sort else "-sku"),
        "query": request.GET.urlencode(),
    }

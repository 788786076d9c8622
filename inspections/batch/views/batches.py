"""."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import RuleBroken
from activity.forms import show_refusal
from activity.lists import ListPage, address
from inspections.batch.forms import BatchFilters, BatchForm
from inspections.batch.page import counts_by_state, plan_in_force, rows, shipments_of, with_what_was_abandoned
from inspections.batch.services.batches import register_batch
from inspections.batch.services.shipments import shippable
from inspections.finding.page import findings_on
from inspections.hold.page import find_holds, quantity_links, released_together
from inspections.models import Batch, BatchState, HoldStatus
from inspections.switching.page import strictness_of
from suppliers.story import story_for, told


def batch_list(request: PageRequest) -> HttpResponse:
    asked = BatchFilters.of_page(request, Batch.objects.visible_to(request.user))
    chosen, state = asked.chosen, asked.chosen["state"]
    counts = counts_by_state(asked.in_any_state)
    shown = asked.exact_first(rows(asked.qs))
    context = {
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "chips": _state_chips(request, counts, state),
        "list": ListPage(request, shown, total=counts[state] if state else sum(counts.values())),
        "without": {name: address(request, **{name: None}) for name in ("product", "supplier", "set_aside")},
    }
    return render(request, "inspections/batch/list.html", context)


TONE_OF_STATE = {BatchState.AWAITING: "waiting", BatchState.ON_HOLD: "stopped", BatchState.ACCEPTED: "accepted"}


def _state_chips(request: PageRequest, counts: dict[str, int], chosen: str) -> list[dict]:
    everything = {
        "label": _("All %(count)s") % {"count": sum(counts.values())},
        "url": address(request, state=None),
        "current": not chosen,
    }
    return [everything] + [
        {
            "label": f"{counts[state]} {state.label}",
            "url": address(request, state=state.value),
            "state": TONE_OF_STATE.get(state, ""),
            "current": chosen == state,
        }
        for state in (BatchState.ON_HOLD, BatchState.AWAITING, BatchState.ACCEPTED, BatchState.CLOSED)
    ]


def batch_create(request: PageRequest) -> HttpResponse:
    require_page(request.user, "inspections.register_batch")
    form = BatchForm(request.POST or None, user=request.user, initial={"product": request.GET.get("product", "")})
    if request.method == "POST" and form.is_valid():
        try:
            batch = register_batch(actor=request.user, at=now(), **form.cleaned_data)
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Batch %(number)s is registered and waits for inspection.") % {"number": batch})
            return redirect("batch-detail", batch.number)
    return render(request, "inspections/batch/create.html", {"form": form})


def batch_detail(request: PageRequest, number: str) -> HttpResponse:
    batches = Batch.objects.visible_to(request.user).select_related("product__merchandiser", "supplier", "created_by")
    batch = get_object_or_404(batches, number=number)
    at = now()
    rounds = list(batch.inspections.select_related("inspector", "hold").order_by("-id"))
    for inspection in rounds:
        inspection.batch = batch
    holds = list(find_holds(request.user, at=at).filter(batch=batch).prefetch_related("dispositions__decided_by"))
    hold = next((hold for hold in holds if hold.status == HoldStatus.OPEN), None)
    sees_all = request.user.has_perm("suppliers.see_all")
    context = {
        "batch": batch,
        "quantities": batch.quantities if sees_all else released_together(batch.quantities),
        "links": quantity_links(batch, hold) if sees_all else {},
        "rounds": with_what_was_abandoned(rounds),
        "holds": holds,
        "findings": findings_on(request.user, batch),
        "hold": hold,
        "plan": plan_in_force(batch, rounds, user=request.user, at=at),
        "strictness": strictness_of(batch.product),
        "shippable": shippable(batch, at=at) if sees_all else None,
        "shipments": shipments_of(batch) if sees_all else None,
        "story": told(request.user, story_for(request.user, batch.stream)),
    }
    return render(request, "inspections/batch/detail.html", context)

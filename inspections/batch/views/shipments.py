from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.errors import RuleBroken
from activity.forms import show_refusal
from activity.lists import ListPage
from activity.transactions import one_transaction
from inspections.batch.forms import BatchPicker, ShipForm, TakeBackForm
from inspections.batch.page import shipments_of
from inspections.batch.services.shipments import ship, shippable, take_back
from inspections.batch.words import place_words
from inspections.calculator.words.sampling import units
from inspections.models import Batch, BatchState, Shipment

OFFERED = 200


def shipment_list(request: PageRequest) -> HttpResponse:
    """The desk: name a batch to ship from it; beneath, what left."""
    require_page(request.user, "suppliers.see_all")
    form = BatchPicker(request.GET if "batch" in request.GET else None)
    batches = Batch.objects.visible_to(request.user)
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["batch"]
        if batches.filter(number=number).exists():
            return redirect("shipment-create", number)
        form.add_error("batch", _("There is no batch %(number)s.") % {"number": number})
    shipments = (
        Shipment.objects.visible_to(request.user)
        .with_taken_back()
        .select_related("batch__product", "batch__supplier", "shipped_by")
        .order_by("-id")
    )
    offered = (
        batches.filter(state=BatchState.ACCEPTED, available__gt=0).select_related("product").order_by("-id")[:OFFERED]
    )
    context = {"form": form, "offered": offered, "list": ListPage(request, shipments)}
    return render(request, "inspections/batch/shipment_list.html", context)


def shipment_create(request: PageRequest, number: str) -> HttpResponse:
    batches = Batch.objects.visible_to(request.user).select_related("product", "supplier")
    batch = get_object_or_404(batches, number=number)
    require_page(request.user, "inspections.ship")
    form = ShipForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with one_transaction():
                if form.claim(request.user):
                    ship(
                        batch=batch,
                        quantity=data["quantity"],
                        reference=data["reference"],
                        actor=request.user,
                        at=now(),
                    )
        except RuleBroken as broken:
            refusal = broken
            show_refusal(form, broken)
        else:
            messages.success(
                request, _("%(units)s of %(number)s shipped.") % {"units": units(data["quantity"]), "number": batch}
            )
            return redirect("shipment-create", number)
    context = {
        "batch": batch,
        "form": form,
        "refusal": refusal,
        "answer": shippable(batch, at=now()),
        "hold": batch.open_hold,
        "shipments": shipments_of(batch),
    }
    return render(request, "inspections/batch/shipment_create.html", context)


def shipment_reverse(request: PageRequest, number: str, uid: UUID) -> HttpResponse:
    """Say that units of a shipment did not leave, or came back unopened."""
    shipments = (
        Shipment.objects.visible_to(request.user).with_taken_back().select_related("batch__product", "shipped_by")
    )
    shipment = get_object_or_404(shipments, uid=uid, batch__number=number)
    require_page(request.user, "inspections.ship")
    form = TakeBackForm(request.POST or None, initial={"quantity": shipment.away})
    if carried_out(
        form,
        request.user,
        lambda: take_back(
            shipment=shipment,
            kind=form.cleaned_data["kind"],
            quantity=form.cleaned_data["quantity"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            at=now(),
        ),
    ):
        last = shipment.reversals.latest("id")
        text = _("%(units)s of %(number)s taken back: %(place)s.")
        facts = {"units": units(last.quantity), "number": number, "place": place_words(last.place)}
        messages.success(request, text % facts)
        return redirect("shipment-create", number)
    context = {
        "shipment": shipment,
        "batch": shipment.batch,
        "form": form,
        "reversals": [
            {"reversal": each, "place": place_words(each.place)}
            for each in shipment.reversals.select_related("reversed_by").order_by("id")
        ],
    }
    return render(request, "inspections/batch/shipment_reverse.html", context)

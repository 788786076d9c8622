"""What a product can afford."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.forms import field_label
from activity.lists import ListPage
from inspections.models import MarginInputs
from inspections.pilot.forms.margins import MarginForm, WhatIfForm
from inspections.pilot.reads import margin_history
from inspections.pilot.services.margins import set_margin
from inspections.rules.margins import prices_around, rates_around, what_if
from suppliers.models import Product


def whats_in(inputs: MarginInputs) -> list[tuple[str, str, Decimal]]:
    """The sum as it is written down: (sign, label, amount)."""
    costs = inputs.costs
    return [
        ("", _("Selling price"), costs.price),
        ("−", _("Goods"), costs.goods),
        ("−", _("Platform and channel commission"), costs.commission),
        ("−", _("Logistics and fulfilment"), costs.logistics),
        ("−", _("Packaging"), costs.packaging),
        ("−", _("Payment fee"), costs.payment),
        ("−", _("Returns and service"), costs.returns_and_service),
        ("−", _("Promotion"), costs.promotion),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def product_margin(request: PageRequest, sku: str) -> HttpResponse:
    """The sum, what follows from it, and a POST that writes the next version."""
    product = get_object_or_404(Product.objects.visible_to(request.user).select_related("supplier"), sku=sku)
    require_page(request.user, "inspections.set_margin")
    history = ListPage(request, margin_history(product))
    current = margin_history(product).first()
    form = MarginForm(request.POST or None, current=current)
    if carried_out(
        form,
        request.user,
        lambda: set_margin(
            product=product,
            currency=form.cleaned_data["currency"],
            values=form.values,
            note=form.cleaned_data["note"],
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("The margin of %(sku)s is set.") % {"sku": product.sku})
        return redirect("product-margin", product.sku)
    context = {"product": product, "form": form, "current": current, "history": history}
    if current:
        context |= {"lines": whats_in(current), "costs": current.costs} | _what_if(request, current)
    return render(request, "inspections/pilot/margin.html", context, status=400 if form.errors else 200)


def _what_if(request: PageRequest, current: MarginInputs) -> dict:
    """The table around today's price and rate, and around what was asked for."""
    costs = current.costs
    affordable = current.affordable_return_rate
    form = WhatIfForm(request.GET or None)
    price, rate = form.chosen if form.is_bound else (None, None)
    prices = sorted({*prices_around(costs.price), *([price] if price else [])})
    rates = rates_around(
        costs.return_rate, *([] if affordable is None else [affordable]), *([rate] if rate is not None else [])
    )
    return {
        "affordable": affordable,
        "unanswered": [field_label(MarginInputs, name) for name in current.unanswered],
        "what_if_form": form,
        "prices": [(each, each == costs.price, each == price) for each in prices],
        "rows": [
            (
                each,
                each == costs.return_rate,
                each == affordable,
                zip(row, (p == costs.price for p in prices), strict=True),
            )
            for each, row in zip(rates, what_if(costs, prices, rates), strict=True)
        ],
    }

"""What a run of a product may show at most: asked for, and signed where it is more than before."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require_page
from accounts.models import User
from accounts.requests import PageRequest
from accounts.signature import carried_out
from inspections.pilot.forms.runs import (
    CarryOverForm,
    LimitsForm,
)
from inspections.pilot.page import (
    limits_sentence,
)
from inspections.pilot.services.limits import (
    digest_of_limits,
    frozen_limits,
    limits_for,
    set_limits,
    sign_limits,
    waiting_limits,
)
from inspections.pilot.views.find import find_product
from suppliers.models import Product


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_limits(request: PageRequest, sku: str) -> HttpResponse:
    """The highest rates that a run of the product may show."""
    product = find_product(request.user, sku)
    may_set = request.user.has_perm("inspections.specify")
    require_page(request.user, "inspections.specify" if request.method == "POST" else "suppliers.see_all")
    current = limits_for(product)
    initial = {name: (getattr(current, name) * 100).normalize() for name in ("damage", "complaint", "return_rate")}
    form = LimitsForm(request.POST or None, initial={n: f"{value:f}" for n, value in initial.items()})

    def keep() -> None:
        source = form.cleaned_data["source"]
        set_limits(product=product, **form.limits, source=source, actor=request.user, at=now())

    if carried_out(form, request.user, keep):
        if waiting_limits(product):
            messages.warning(request, _("Asked for. They judge a run once a second person has signed them."))
        else:
            messages.success(request, _("Limits set; runs that are planned keep theirs."))
        return redirect("product-pilots", sku)
    context = {"product": product, "form": form, "may_set": may_set} | limits_now(product, request.user)
    return render(request, "inspections/pilot/limits.html", context)


def limits_now(product: Product, user: User) -> dict:
    """What judges a run planned now, and what waits for a signature."""
    waiting = waiting_limits(product)
    asked = {}
    if waiting:
        asked = {"damage": waiting.damage, "complaint": waiting.complaint, "return": waiting.return_rate}
    return {
        "limits": limits_sentence(*frozen_limits(product)),
        "waiting": waiting,
        "asked": limits_sentence(asked, "product") if waiting else "",
        "digest": digest_of_limits(waiting) if waiting else "",
        "may_sign": waiting is not None and user.has_perm("inspections.decide_hold") and waiting.asked_by_id != user.pk,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_limits_sign(request: PageRequest, sku: str) -> HttpResponse:
    """The second signature under limits that are looser than those in force."""
    product = find_product(request.user, sku)
    require_page(request.user, "inspections.decide_hold")
    form = CarryOverForm(request.POST or None)
    if carried_out(
        form,
        request.user,
        lambda: sign_limits(
            product=product,
            reason=form.cleaned_data["reason"],
            signature="password",
            digest=request.POST.get("digest", ""),
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Signed; runs that are planned from now on are judged by them."))
        return redirect("product-pilots", sku)
    context = {"product": product, "form": form} | limits_now(product, request.user)
    return render(request, "inspections/pilot/limits_sign.html", context)

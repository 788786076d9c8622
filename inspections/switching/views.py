"""How strictly a product is sampled: the state, its history, and the quality manager's word on it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.lists import ListPage
from inspections.models import SwitchingStepKind
from inspections.switching.forms import SwitchingSignalForm
from inspections.switching.page import (
    held_for_requalification,
    not_accepted_in,
    severities_after,
    since_when,
    step_words,
    steps_of,
    strictness_of,
)
from inspections.switching.services import signal
from suppliers.models import Product


@require_http_methods(["GET", "POST"])
def product_switching(request: PageRequest, sku: str) -> HttpResponse:
    """A POST is the quality manager's word, signed by the password."""
    product = get_object_or_404(Product.objects.visible_to(request.user).select_related("supplier"), sku=sku)
    if request.method == "POST":
        require_page(request.user, "inspections.decide_hold")
    strictness = strictness_of(product)
    form = SwitchingSignalForm(request.POST or None)
    held = held_for_requalification(product).count()
    if carried_out(
        form,
        request.user,
        lambda: signal(
            product=product,
            kind=form.cleaned_data["kind"],
            note=form.cleaned_data["note"],
            signature="password",
            actor=request.user,
            at=now(),
        ),
    ):
        kind = SwitchingStepKind(form.cleaned_data["kind"])
        said = _("Signed: %(decision)s.") % {"decision": kind.label}
        if kind == SwitchingStepKind.RESUMED and held:
            said += " " + _("Batches that go back to inspection: %(count)s.") % {"count": held}
        messages.success(request, said)
        return redirect("product-switching", sku)
    steps = ListPage(request, steps_of(strictness.specification)) if strictness else None
    context = {
        "product": product,
        "strictness": strictness,
        "since": since_when(strictness) if strictness else None,
        "steps": steps,
        "rows": [(step, severities_after(step), step_words(step), not_accepted_in(step)) for step in steps.page]
        if steps
        else [],
        "held": held_for_requalification(product).select_related("batch").order_by("batch_id"),
        "form": form,
        "choices": strictness.choices if strictness else [],
        "may_decide": request.user.has_perm("inspections.decide_hold"),
    }
    return render(request, "inspections/switching/product.html", context)

"""How strictly a product is sampled: the state, its history, and the quality manager's word on it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import require_signature
from activity.errors import RuleBroken
from activity.forms import show_refusal
from activity.lists import ListPage
from activity.transactions import one_transaction
from inspections.calculator.words.sampling import SEVERITIES
from inspections.models import SwitchingStepKind
from inspections.switching.forms import SwitchingSignalForm
from inspections.switching.page import held_for_requalification, since_when, step_words, steps_of, strictness_of
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
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        held = held_for_requalification(product).count()
        try:
            require_signature(actor=request.user, password=form.cleaned_data["password"])
            with one_transaction():
                if form.claim(request.user):
                    signal(
                        product=product,
                        kind=kind,
                        note=form.cleaned_data["note"],
                        signature="password",
                        actor=request.user,
                        at=now(),
                    )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            said = _("Signed: %(decision)s.") % {"decision": SwitchingStepKind(kind).label}
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
        "rows": [(step, SEVERITIES[step.severity], step_words(step)) for step in steps.page] if steps else [],
        "held": held_for_requalification(product).select_related("batch").order_by("batch_id"),
        "form": form,
        "choices": strictness.choices if strictness else [],
        "may_decide": request.user.has_perm("inspections.decide_hold"),
    }
    return render(request, "inspections/switching/product.html", context)

"""The units of a batch that are set aside: what they are, what was done with them, and the form to say so."""

from django.contrib import messages
from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from inspections.batch.forms import AsideForm
from inspections.batch.services.aside import has_inspected, settle_set_aside, steps_for
from inspections.batch.words import step_words
from inspections.models import Batch


def batch_set_aside(request: PageRequest, number: str) -> HttpResponse:
    user = request.user
    batches = Batch.objects.visible_to(user).select_related("product", "supplier")
    batch = get_object_or_404(batches, number=number)
    require_page(user, "suppliers.see_all")
    is_inspector = has_inspected(batch, user)
    kinds = steps_for(batch, user, is_inspector=is_inspector)
    if request.method == "POST":
        require_page(user, "inspections.inspect")
    form = AsideForm(request.POST or None, kinds=kinds, initial={"quantity": batch.set_aside})
    if carried_out(
        form,
        user,
        lambda: settle_set_aside(
            batch=batch,
            kind=form.cleaned_data["kind"],
            quantity=form.cleaned_data["quantity"],
            note=form.cleaned_data["note"],
            signature="password",
            actor=user,
            at=now(),
        ),
    ):
        data = form.cleaned_data
        messages.success(request, _("Recorded: %(what)s.") % {"what": step_words(data["kind"], data["quantity"])})
        return redirect("batch-set-aside", number)
    context = {
        "batch": batch,
        "form": form if kinds or form.is_bound else None,
        "is_inspector": is_inspector and user.has_perm("inspections.decide_hold"),
        "inspections": batch.inspections.annotate(aside=F("set_aside") + Coalesce("countersignature__set_aside", 0))
        .filter(aside__gt=0)
        .select_related("inspector")
        .order_by("-id"),
        "steps": batch.aside_steps.select_related("done_by").order_by("-id"),
    }
    return render(request, "inspections/batch/set_aside.html", context)

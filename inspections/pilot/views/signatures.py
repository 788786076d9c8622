"""What is signed of a pilot run."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from inspections.pilot.forms.runs import (
    CarryOverForm,
    FailureForm,
)
from inspections.pilot.reads import digest_of
from inspections.pilot.services.failures import sign_failure
from inspections.pilot.services.runs import (
    carry_over_pilot,
)
from inspections.pilot.views.find import find_run
from inspections.sample.reads import golden_sample


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_carry_over(request: PageRequest, uid: UUID) -> HttpResponse:
    """Sign that the golden sample in force needs no run of its own."""
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.decide_sample")
    form = CarryOverForm(request.POST or None)
    if carried_out(
        form,
        request.user,
        lambda: carry_over_pilot(
            run=run,
            reason=form.cleaned_data["reason"],
            signature="password",
            digest=request.POST.get("digest"),
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Signed: the run counts for the golden sample in force."))
        return redirect("pilot-detail", uid)
    context = {"run": run, "form": form, "golden": golden_sample(run.product), "digest": digest_of(run)}
    return render(request, "inspections/pilot/carry_over.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_failure(request: PageRequest, uid: UUID) -> HttpResponse:
    """A second person signs what becomes of a run that failed."""
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.decide_hold")
    form = FailureForm(request.POST or None)
    if carried_out(
        form,
        request.user,
        lambda: sign_failure(
            run=run,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
            signature="password",
            digest=request.POST.get("digest"),
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Signed."))
        return redirect("pilot-detail", uid)
    return render(request, "inspections/pilot/failure.html", {"run": run, "form": form, "digest": digest_of(run)})

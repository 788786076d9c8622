"""What became of the units of a pilot run, and what was measured on them."""

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
from inspections.models import (
    Characteristic,
    PilotRun,
    PilotStatus,
    SpecificationStatus,
)
from inspections.pilot.forms.runs import (
    MeasureForm,
    OutcomeForm,
)
from inspections.pilot.page import (
    units_of,
)
from inspections.pilot.reads import (
    judgement_of,
)
from inspections.pilot.services.late import record_late_outcomes
from inspections.pilot.services.outcomes import record_outcomes
from inspections.pilot.services.readings import record_pilot_readings
from inspections.pilot.views.find import find_run
from inspections.pilot.words import (
    judgement_sentence,
)


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_record(request: PageRequest, uid: UUID) -> HttpResponse:
    """What became of one unit or of several; on a phone beside the returned goods as at a desk."""
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.run_pilot")
    form = OutcomeForm(request.POST or None, initial={"units": request.GET.get("units", "")})

    def record() -> None:
        if run.status == PilotStatus.CONCLUDED:
            record_late_outcomes(run=run, outcomes=form.outcomes, actor=request.user, at=now())
        else:
            correct = form.cleaned_data["correct"]
            record_outcomes(run=run, outcomes=form.outcomes, correct=correct, actor=request.user, at=now())

    if carried_out(form, request.user, record):
        judgement = judgement_of(PilotRun.objects.get(pk=run.pk))
        messages.success(request, judgement_sentence(judgement))
        return redirect("pilot-detail" if judgement.may_conclude else "pilot-record", uid)
    units = list(run.units.all())
    context = {"run": run, "form": form, "judgement": judgement_of(run), "units": units_of(units)}
    return render(request, "inspections/pilot/record.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_measure(request: PageRequest, uid: UUID) -> HttpResponse:
    """Readings of the units, for the ladder."""
    run = find_run(request.user, uid)
    require_page(request.user, "inspections.run_pilot")
    characteristics = list(
        Characteristic.objects.filter(
            specification__product=run.product, specification__status=SpecificationStatus.ACTIVE, is_measured=True
        ).order_by("position")
    )
    form = MeasureForm(request.POST or None, characteristics=characteristics)
    if carried_out(
        form,
        request.user,
        lambda: record_pilot_readings(
            run=run,
            characteristic=form.cleaned_data["characteristic"],
            readings=form.values,
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Readings stored."))
        return redirect("pilot-detail", uid)
    context = {"run": run, "form": form, "characteristics": characteristics}
    return render(request, "inspections/pilot/measure.html", context)

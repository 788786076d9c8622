"""What becomes of a sample: cancelled, withdrawn, checked further after its approval. Each is an act on the page of the sample."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.errors import InvalidInput, RuleBroken
from inspections.sample.forms import (
    SampleDecisionForm,
    SampleReasonForm,
    SampleSignatureForm,
    WithdrawalForm,
    check_input,
)
from inspections.sample.page.sheets import lines_to_check
from inspections.sample.services.further import record_further_check, sign_further_checks
from inspections.sample.services.samples import cancel_sample, withdraw_sample
from inspections.sample.views.samples import asks_and_takes, find_sample, render_sample


@asks_and_takes
def sample_cancel(request: PageRequest, uid: UUID) -> HttpResponse:
    """Take out a sample that came by mistake. A GET, here and below, comes from signing in on the way."""
    sample = find_sample(request, uid)
    require_page(request.user, "inspections.check_sample")
    if request.method != "POST":
        return redirect("sample-detail", uid)
    form = SampleReasonForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: cancel_sample(sample=sample, reason=form.cleaned_data["reason"], actor=request.user, at=now()),
    ):
        messages.success(request, _("Cancelled. The next sample of the product can be received."))
        return redirect("sample-detail", uid)
    return render_sample(request, find_sample(request, uid), SampleDecisionForm(), forms={"cancel_form": form})


@asks_and_takes
def sample_withdraw(request: PageRequest, uid: UUID) -> HttpResponse:
    """Sign that a golden sample is no reference any more."""
    sample = find_sample(request, uid)
    require_page(request.user, "inspections.decide_sample")
    if request.method != "POST":
        return redirect("sample-detail", uid)
    form = WithdrawalForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: withdraw_sample(
            sample=sample,
            reason=form.cleaned_data["reason"],
            signature="password",
            digest=form.cleaned_data["digest"],
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Withdrawn. The gate waits for a new golden sample."))
        return redirect("sample-detail", uid)
    return render_sample(request, find_sample(request, uid), SampleDecisionForm(), forms={"withdraw_form": form})


@asks_and_takes
def sample_further(request: PageRequest, uid: UUID) -> HttpResponse:
    """Store what was found on the golden sample for what is required now; what cannot be stored is shown with why."""
    sample = find_sample(request, uid)
    require_page(request.user, "inspections.check_sample")
    if request.method != "POST":
        return redirect("sample-detail", uid)
    said: list[str] = []
    for line in lines_to_check(sample):
        sent = check_input(
            request.POST,
            key=line.key,
            code=line.code,
            is_aspect=False,
            is_measured=line.is_measured,
            unit=line.characteristic.unit if line.characteristic else "",
        )
        if sent.conforms is None and not sent.readings:
            continue
        try:
            record_further_check(sample=sample, sent=sent, actor=request.user, at=now())
        except InvalidInput as refusal:
            said += [f"{line.code}: {error.detail}" for error in refusal.errors]
        except RuleBroken as refusal:
            said.append(str(refusal))
    if said:
        shown = {"further_said": said, "typed": request.POST}
        return render_sample(request, find_sample(request, uid), SampleDecisionForm(), forms=shown, status=400)
    messages.success(request, _("Stored. What conforms counts once a second person has signed it."))
    return redirect("sample-detail", uid)


@asks_and_takes
def sample_further_sign(request: PageRequest, uid: UUID) -> HttpResponse:
    """A second person signs the further checks."""
    sample = find_sample(request, uid)
    require_page(request.user, "inspections.decide_sample")
    if request.method != "POST":
        return redirect("sample-detail", uid)
    form = SampleSignatureForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: sign_further_checks(
            sample=sample, signature="password", digest=form.cleaned_data["digest"], actor=request.user, at=now()
        ),
    ):
        messages.success(request, _("Signed. The further checks count from now on."))
        return redirect("sample-detail", uid)
    return render_sample(request, find_sample(request, uid), SampleDecisionForm(), forms={"further_sign_form": form})

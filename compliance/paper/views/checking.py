"""Checking papers one after the other: a page for each, and the next one after it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import RuleBroken
from activity.transactions import one_transaction
from compliance.checklist.words import why_anew
from compliance.models import Evidence
from compliance.paper.forms.checking import CheckingForm
from compliance.paper.page.checking import checking_of, may_decide, queue_of
from compliance.paper.page.papers import is_uuid, papers, to_check
from compliance.paper.services.checking import check_paper, pass_papers


@require_safe
def queue(request: PageRequest) -> HttpResponse:
    """The first paper that waits for who looks."""
    require_page(request.user, "compliance.check_evidence")
    first = to_check(request.user).prefetch_related(None).first()
    if first is None:
        messages.info(request, _("No paper waits for you"))
        return redirect("evidence-list")
    return redirect("checking-paper", first.uid)


def check(request: PageRequest, uid: UUID) -> HttpResponse:
    """One paper: its pages, what was asked, and what becomes of it."""
    user = request.user
    require_page(user, "compliance.check_evidence")
    evidence = get_object_or_404(papers(user), uid=uid)
    if request.method != "POST":
        return _show(request, evidence, CheckingForm())
    form, after = CheckingForm(request.POST), queue_of(user, evidence).after
    if not form.is_valid():
        return _show(request, evidence, form)
    try:
        with one_transaction():
            if form.claim(user):
                check_paper(evidence=evidence, **form.said, actor=user, at=now())
    except RuleBroken as refusal:
        return _show(request, get_object_or_404(papers(user), uid=uid), form, refusal)
    return _go_on(request, evidence, form.said["decision"], after)


def _show(
    request: PageRequest, evidence: Evidence, form: CheckingForm, refusal: RuleBroken | None = None
) -> HttpResponse:
    checking = checking_of(evidence, request.user)
    form.show(checking)
    context: dict[str, Any] = {
        "evidence": evidence,
        "checking": checking,
        "form": form,
        "refusal": refusal,
        "queue": queue_of(request.user, evidence),
        "may_decide": may_decide(evidence, request.user),
        "reopened_why": evidence.reopened_at and (why_anew(evidence.reopened_why) or "–"),
    }
    return render(request, "compliance/paper/checking.html", context, status=422 if refusal else 200)


def _go_on(request: PageRequest, evidence: Evidence, decision: str, after: Evidence | None) -> HttpResponse:
    if decision == "later":
        messages.success(request, _("Kept what you saw."))
        return redirect("checking-paper", evidence.uid)
    said = _("Refused. Its supplier sees why.") if decision == "refuse" else _("Done. Here is the next one.")
    if after is None:
        messages.success(request, _("That was the last paper that waits for you."))
        return redirect("evidence-list")
    messages.success(request, said)
    return redirect("checking-paper", after.uid)


@require_POST
def pass_many(request: PageRequest) -> HttpResponse:
    """Pass the papers that were ticked in the list, of those in which all that is asked was found or seen."""
    user = request.user
    require_page(user, "compliance.check_evidence")
    chosen = [uid for uid in request.POST.getlist("paper") if is_uuid(uid)][:200]
    done = pass_papers(papers=list(to_check(user).filter(uid__in=chosen)), actor=user, at=now())
    refused = [one for one in done if one.refusal]
    count = len(done) - len(refused)
    text = ngettext("%(count)s paper passed.", "%(count)s papers passed.", count) % {"count": count}
    messages.success(request, text) if count else None
    for one in refused:
        messages.error(request, f"{one.evidence.requirement.local_name}: {one.refusal}")
    return redirect("evidence-list")

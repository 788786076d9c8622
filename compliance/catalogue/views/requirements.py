"""The catalogue: for everybody to read, for administrators to change with a preview."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.errors import RuleBroken
from activity.forms import show_refusal
from activity.lists import ListPage
from activity.transactions import one_transaction
from compliance.catalogue.forms.requirements import (
    ConfirmForm,
    DecideForm,
    NewRequirementForm,
    RequirementFilters,
    RequirementForm,
)
from compliance.catalogue.forms.sure import IS_SURE
from compliance.catalogue.page import history_of, items_with, listings_by_id, states_of
from compliance.catalogue.services.reference import as_asked, said_of
from compliance.catalogue.services.requirements import (
    SAID,
    Affected,
    check_values,
    confirm_requirement,
    decide_proposal,
    edit_requirement,
    preview,
    preview_papers,
    snapshot,
)
from compliance.checklist.words import Names
from compliance.models import CatalogueVersion, ProposalStatus, ProposedChange, Requirement
from compliance.paper.services.recheck import preview_entry

SHOWN = 100
WAITS_FOR_ANOTHER = gettext_lazy(
    "It asks less than now, so nothing is changed yet: another person takes it over, or leaves it."
)


@require_safe
def requirement_list(request: PageRequest) -> HttpResponse:
    requirements = Requirement.objects.select_related("confirmed_by").order_by("key")
    asked = RequirementFilters.of_page(request, requirements)
    context = {
        "search": asked.form,
        "chosen": asked.chosen,
        "list": ListPage(request, asked.qs),
        "version": CatalogueVersion.objects.order_by("-id").first(),
        "to_confirm": Requirement.objects.exclude(IS_SURE).count(),
        "proposals": ProposedChange.objects.filter(status=ProposalStatus.OPEN).count(),
        "names": Names(),
    }
    return render(request, "compliance/catalogue/requirement_list.html", context)


def _find(key: str) -> Requirement:
    return get_object_or_404(Requirement.objects.select_related("confirmed_by"), key=key)


@require_safe
def requirement_detail(request: PageRequest, key: str) -> HttpResponse:
    requirement = _find(key)
    return _render_requirement(request, requirement, ConfirmForm(initial={"revision": requirement.revision}))


def _render_requirement(request: PageRequest, requirement: Requirement, form: ConfirmForm) -> HttpResponse:
    names, user = Names(), request.user
    context = {
        "requirement": requirement,
        "categories": [_("all of them") if code == "*" else names.category(code) for code in requirement.categories],
        "excluded": [names.category(code) for code in requirement.categories_exclude],
        "markets": [_("all of them") if code == "*" else names.market(code) for code in requirement.markets],
        "traits_all": [names.trait(key) for key in requirement.traits_all],
        "traits_any": [names.trait(key) for key in requirement.traits_any],
        "history": history_of(requirement),
        "states": states_of(user, requirement),
        "items": items_with(user, requirement)[:SHOWN],
        "form": form,
        "may_edit": user.has_perm("compliance.edit_catalogue"),
    }
    return render(request, "compliance/catalogue/requirement_detail.html", context)


@require_POST
def requirement_confirm(request: PageRequest, key: str) -> HttpResponse:
    requirement = _find(key)
    require_page(request.user, "compliance.edit_catalogue")
    form = ConfirmForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: confirm_requirement(
            key=key,
            note=form.cleaned_data["note"],
            revision=form.cleaned_data["revision"],
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Confirmed with your name."))
        return redirect("requirement-detail", key)
    return _render_requirement(request, requirement, form)


def requirement_edit(request: PageRequest, key: str) -> HttpResponse:
    requirement = _find(key)
    require_page(request.user, "compliance.edit_catalogue")
    form = RequirementForm(request.POST or None, requirement=requirement, said=snapshot(requirement))
    return _edit(request, form, requirement)


def requirement_create(request: PageRequest) -> HttpResponse:
    require_page(request.user, "compliance.edit_catalogue")
    return _edit(request, NewRequirementForm(request.POST or None), None)


def _edit(request: PageRequest, form: RequirementForm, requirement: Requirement | None) -> HttpResponse:
    """Nothing is changed before somebody has seen which listings a change affects, and said so once more."""
    affected = papers = None
    if request.method == "POST" and form.is_valid():
        data, values = form.cleaned_data, form.values
        key = requirement.key if requirement else data["code"]
        try:
            if "apply" in request.POST:
                made = None
                with one_transaction():
                    if form.claim(request.user):
                        made = edit_requirement(
                            key=key,
                            values=values,
                            reason=data["reason"],
                            revision=data["revision"],
                            actor=request.user,
                            at=now(),
                        )
                if isinstance(made, ProposedChange):
                    messages.warning(request, WAITS_FOR_ANOTHER)
                    return redirect("requirement-change-list")
                messages.success(request, _("Changed. The checklists that it concerns are worked out anew."))
                return redirect("requirement-detail", key)
            check_values(values)
            affected = _affected(request, preview(key, values, at=now()))
            papers = preview_papers(key, values, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
    context = {"form": form, "requirement": requirement, "affected": affected, "papers": papers}
    return render(request, "compliance/catalogue/requirement_edit.html", context)


def _affected(request: PageRequest, found: Affected) -> list[dict]:
    """What a change would mean, as lines: how many listings, and the first of them by name."""
    titles = {
        "gained": (_("Need it newly"), "warning"),
        "lost": (_("Need it no more"), "waiting"),
        "asked": (_("Get a trait to answer"), "warning"),
    }
    return [
        {
            "title": title,
            "tone": tone,
            "count": len(ids),
            "listings": listings_by_id(request.user, ids[:SHOWN]),
            "more": max(len(ids) - SHOWN, 0),
        }
        for name, (title, tone) in titles.items()
        for ids in [getattr(found, name)]
    ]


@require_safe
def proposal_list(request: PageRequest) -> HttpResponse:
    """What newer files say otherwise, each beside what the catalogue says now and which listings it would affect."""
    require_page(request.user, "compliance.edit_catalogue")
    proposals = (
        ProposedChange.objects.filter(status=ProposalStatus.OPEN)
        .select_related("version", "asked_by", "entry")
        .order_by("key")
    )
    page = ListPage(request, proposals)
    current = {r.key: r for r in Requirement.objects.filter(key__in=[proposal.key for proposal in page.page])}
    for proposal in page.page:
        if proposal.entry:
            proposal.lines = [
                (name.replace("_", " "), said_of(proposal.entry, name), said) for name, said in proposal.values.items()
            ]
            proposal.papers = preview_entry(proposal.entry, as_asked(proposal.entry, proposal), at=now())
            proposal.form = DecideForm(initial={"revision": proposal.entry.revision})
            continue
        requirement = current.get(proposal.key)
        said = snapshot(requirement) if requirement else {}
        proposal.requirement = requirement
        proposal.lines = [(name, said.get(name), proposal.values[name]) for name in SAID if name in proposal.values]
        proposal.affected = _affected(request, preview(proposal.key, proposal.values, at=now()))
        proposal.papers = preview_papers(proposal.key, proposal.values, at=now())
        proposal.form = DecideForm(initial={"revision": requirement.revision if requirement else 0})
    return render(request, "compliance/catalogue/proposal_list.html", {"list": page})


@require_POST
def proposal_decide(request: PageRequest, pk: int) -> HttpResponse:
    require_page(request.user, "compliance.edit_catalogue")
    proposal = get_object_or_404(ProposedChange, pk=pk)
    form = DecideForm(request.POST)
    if form.is_valid():
        try:
            with one_transaction():
                if form.claim(request.user):
                    proposal = decide_proposal(
                        proposal=proposal,
                        apply="apply" in request.POST,
                        revision=form.cleaned_data["revision"],
                        actor=request.user,
                        at=now(),
                    )
        except RuleBroken as refusal:
            messages.error(request, str(refusal))
        else:
            if proposal.status == ProposalStatus.OPEN and proposal.asked_by == request.user:
                messages.warning(request, WAITS_FOR_ANOTHER)
            else:
                messages.success(request, _("Taken over.") if "apply" in request.POST else _("Left as it is."))
    return redirect("requirement-change-list")

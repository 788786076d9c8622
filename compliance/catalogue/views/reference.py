"""The tables that papers are compared with: for everybody to read, for administrators to change."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_page
from accounts.requests import PageRequest
from accounts.signature import carried_out
from activity.errors import InvalidInput, RuleBroken
from activity.forms import show_refusal
from activity.lists import ListPage
from activity.transactions import one_transaction
from compliance.catalogue.forms.reference import EntryConfirmForm, EntryFilters, EntryForm
from compliance.catalogue.forms.sure import IS_SURE
from compliance.catalogue.services.reference import changed, confirm_entry, edit_entry
from compliance.models import ProposalStatus, ProposedChange, ReferenceEntry, ReferenceTable
from compliance.paper.services.recheck import preview_entry

EDIT = "compliance/catalogue/reference_edit.html"


@require_safe
def reference_list(request: PageRequest) -> HttpResponse:
    entries = ReferenceEntry.objects.select_related("confirmed_by").order_by("table", "key")
    asked = EntryFilters.of_page(request, entries)
    context = {
        "search": asked.form,
        "chosen": asked.chosen,
        "list": ListPage(request, asked.qs),
        "to_confirm": ReferenceEntry.objects.exclude(IS_SURE).count(),
    }
    return render(request, "compliance/catalogue/reference_list.html", context)


def _find(table: str, key: str) -> ReferenceEntry:
    return get_object_or_404(ReferenceEntry.objects.select_related("confirmed_by"), table=table, key=key)


@require_safe
def reference_detail(request: PageRequest, table: str, key: str) -> HttpResponse:
    entry = _find(table, key)
    return _render(request, entry, EntryConfirmForm(initial={"revision": entry.revision}))


def _render(request: PageRequest, entry: ReferenceEntry, form: EntryConfirmForm) -> HttpResponse:
    context = {
        "entry": entry,
        "facts": [(name.replace("_", " "), value) for name, value in entry.data.items() if value not in ("", [], None)],
        "history": entry.revisions.select_related("actor").order_by("-number"),
        "waiting": entry.proposals.filter(status=ProposalStatus.OPEN).count(),
        "form": form,
        "may_edit": request.user.has_perm("compliance.edit_catalogue"),
    }
    return render(request, "compliance/catalogue/reference_detail.html", context)


@require_POST
def reference_confirm(request: PageRequest, table: str, key: str) -> HttpResponse:
    entry = _find(table, key)
    require_page(request.user, "compliance.edit_catalogue")
    form = EntryConfirmForm(request.POST)
    if carried_out(
        form,
        request.user,
        lambda: confirm_entry(
            table=ReferenceTable(entry.table),
            key=key,
            note=form.cleaned_data["note"],
            revision=form.cleaned_data["revision"],
            actor=request.user,
            at=now(),
        ),
    ):
        messages.success(request, _("Confirmed with your name."))
        return redirect("reference-detail", table, key)
    return _render(request, entry, form)


def reference_edit(request: PageRequest, table: str, key: str) -> HttpResponse:
    """Nothing is changed before somebody has seen which papers it touches, and said so once more."""
    entry = _find(table, key)
    require_page(request.user, "compliance.edit_catalogue")
    form = EntryForm(request.POST or None, entry=entry)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            after = changed(entry, form.values, is_active=data["is_active"])
            if "apply" not in request.POST:
                papers = preview_entry(entry, after, at=now())
                return render(request, EDIT, {"entry": entry, "form": form, "papers": papers})
            made = None
            with one_transaction():
                if form.claim(request.user):
                    made = edit_entry(
                        table=ReferenceTable(entry.table),
                        key=key,
                        values=form.values,
                        is_active=data["is_active"],
                        reason=data["reason"],
                        revision=data["revision"],
                        actor=request.user,
                        at=now(),
                    )
        except InvalidInput as refusal:
            for error in refusal.errors:
                field = f"data-{error.field}" if f"data-{error.field}" in form.fields else None
                form.add_error(field or ("reason" if error.field == "reason" else None), str(error.detail))
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            if isinstance(made, ProposedChange):
                messages.warning(
                    request,
                    _(
                        "It would stop fewer papers than now, so nothing is changed yet: another person takes it over, or leaves it."
                    ),
                )
                return redirect("requirement-change-list")
            messages.success(request, _("Changed. The papers that it touches are compared anew."))
            return redirect("reference-detail", table, key)
    return render(request, EDIT, {"entry": entry, "form": form})

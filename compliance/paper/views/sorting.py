"""Many files at once: what each is for, confirmed in one table."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import ngettext

from accounts.access import require_page
from accounts.requests import PageRequest
from activity.errors import InvalidInput, RuleBroken
from compliance.models import Document, DocumentStatus, Evidence
from compliance.paper.forms.sorting import MOST_ROWS, RowForm, rows_of, rows_sent
from compliance.paper.page.papers import is_uuid
from compliance.paper.page.sorting import MOST, sort_out, unsorted, wants_of
from compliance.paper.reads import Tables
from compliance.paper.services.handing_in import submit_papers


def evidence_sort(request: PageRequest) -> HttpResponse:
    """Files that are shown for nothing yet, each with what it is likely to be for; one press hands in what is ticked."""
    user = request.user
    require_page(user, "compliance.upload_evidence")
    documents = _sent(request) if request.method == "POST" else list(unsorted(user)[:MOST])
    wants = {supplier.pk: wants_of(supplier) for supplier in {one.supplier for one in documents}}
    if request.method != "POST":
        return _table(request, rows_of(sort_out(documents), wants))
    there = Evidence.objects.filter(document__in=documents).values_list("document__uid", "requirement__key")
    sent_before = {(str(uid), key) for uid, key in there}
    rows = rows_sent(request.POST, {str(one.uid): one for one in documents}, wants, sent_before)
    valid = [row for row in rows if row.is_valid()]
    tables = Tables()
    bundles = [(row, bundle) for row in valid if (bundle := row.bundle(tables))]
    done = submit_papers(bundles=[bundle for _row, bundle in bundles], actor=user, at=now())
    refused = [row for row in rows if not row.is_valid()]
    for (row, _bundle), one in zip(bundles, done, strict=True):
        if one.refusal:
            _tell(row, one.refusal)
            refused.append(row)
    if count := sum(one.evidence is not None for one in done):
        text = ngettext("%(count)s paper was handed in.", "%(count)s papers were handed in.", count)
        messages.success(request, text % {"count": count})
    if refused:
        return _table(request, refused, status=422)
    return redirect("evidence-list" if count else "sorting-list")


def _sent(request: PageRequest) -> list[Document]:
    names = [name for name in request.POST if name.endswith("-document")][:MOST_ROWS]
    uids = [request.POST[name] for name in names if is_uuid(request.POST[name])]
    found = Document.objects.readable_by(request.user).filter(status=DocumentStatus.READY, uid__in=uids)
    return list(found.select_related("supplier", "reading"))


def _tell(row: RowForm, refusal: RuleBroken) -> None:
    """Beside the row what it lacks. What the table has no column for is said of the row."""
    for error in refusal.errors if isinstance(refusal, InvalidInput) else []:
        row.add_error(error.field if error.field in row.fields else None, str(error.detail))
    if not isinstance(refusal, InvalidInput):
        row.add_error(None, str(refusal))


def _table(request: PageRequest, rows: list[RowForm], *, status: int = 200) -> HttpResponse:
    context = {"rows": rows, "is_being_read": any(not row.is_read for row in rows)}
    return render(request, "compliance/paper/evidence_sort.html", context, status=status)

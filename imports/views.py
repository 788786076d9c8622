"""Importing files: send one, see what is wrong with it, have it stored."""

from typing import BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PageRequest
from activity.errors import InvalidInput, RuleBroken
from activity.forms import show_refusal
from imports import kinds
from imports.encodings import ENCODINGS
from imports.forms import ColumnsForm, ImportForm
from imports.models import Import, ImportStatus
from imports.reading import fits_for
from imports.services.questions import leave_out, name_columns
from imports.services.sending import apply_import, start_import
from imports.services.working import WAITING
from imports.tables import MOST_BYTES, MOST_ROWS, encodings_of, read_head, sheet_names
from imports.templates import FORMATS, WRITERS
from imports.words import shown

PAGE_SIZE = 50
ERRORS_SHOWN = 100
# What is wrong with a file until somebody answers a question about it.
ASKED = {"several_sheets", "unknown_sheet", "which_encoding", "ambiguous_date", "may_be_two", "either_answer"}

may_import = permission_required("imports.import_data", raise_exception=True)


@require_safe
@may_import
def import_list(request: PageRequest) -> HttpResponse:
    found = Import.objects.visible_to(request.user).select_related("created_by").defer("errors").order_by("-id")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "imports/import_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_create(request: PageRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        try:
            started = start_import(
                file=form.cleaned_data["file"], kind=form.cleaned_data["kind"], actor=request.user, at=now()
            )
        except InvalidInput as error:
            for each in error.errors:
                form.add_error("file", str(each.detail))
        else:
            return redirect(
                "import-columns" if started.status == ImportStatus.MAPPING else "import-detail", started.uid
            )
    context = {
        "form": form,
        "kinds": kinds.every(),
        "extensions": ["xlsx", "csv"],
        "most_rows": MOST_ROWS,
        "most_mb": MOST_BYTES // 2**20,
    }
    return render(request, "imports/import_create.html", context, status=400 if form.errors else 200)


@require_safe
@may_import
def import_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    """How far it is, then what is wrong with it or the button that stores it."""
    found = get_object_or_404(
        Import.objects.visible_to(request.user).select_related("created_by", "applied_by"), uid=uid
    )
    kind = kinds.find(found.kind)
    is_done = found.status == ImportStatus.DONE
    context = {
        "found": found,
        "is_waiting": found.status in WAITING,
        "has_named_columns": kind is not None and kind.naming is not None,
        "afterwards": kind.afterwards(found.options) if kind is not None and is_done else None,
        "has_words": any(error.get("value") for error in found.errors),
        "row_notes": [shown(note) for note in found.row_notes],
        "is_asked": any(error["code"] in ASKED for error in found.errors),
        "errors": Paginator(found.errors, ERRORS_SHOWN).get_page(request.GET.get("page")),
    }
    return render(request, "imports/import_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_columns(request: PageRequest, uid: UUID) -> HttpResponse:
    """What the columns of an export are; as it was named for the same header last time, else as their titles suggest. Of any
    file, what nothing in it tells.
    """
    found = get_object_or_404(Import.objects.visible_to(request.user), uid=uid)
    kind = kinds.find(found.kind)
    try:
        with found.file.open() as file:
            head = read_head(cast(BinaryIO, file), fits_for(kind, found.mapping), found.options)
            choices = _choices_of(cast(BinaryIO, file))
    except InvalidInput as error:
        messages.error(request, str(error))
        return redirect("import-create")
    likely = kinds.likely(head.header)
    chosen = kinds.find(request.POST.get("kind") or request.GET.get("kind", ""))
    if chosen is not None and chosen.naming is not None and chosen != kind:
        kind, found.mapping = chosen, dict(chosen.suggest(head.header).mapping)
    form = ColumnsForm(request.POST or None, found=found, kind=kind, header=head.header, choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            name_columns(
                found=found,
                mapping=form.mapping,
                options=form.options,
                kind=kind.value if kind else "",
                actor=request.user,
                at=now(),
            )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("import-detail", uid)
    context = {
        "found": found,
        "form": form,
        "head": head,
        "kind": kind,
        "likely": likely[0] if likely and kind and kind.naming and likely[0] != kind else None,
        "shop": likely[1] if likely else "",
    }
    return render(request, "imports/import_columns.html", context, status=400 if form.errors else 200)


def _choices_of(file: BinaryIO) -> dict[str, list[tuple[str, str]]]:
    """What a file offers where somebody has to choose: its sheets, and encodings with what it would say in them."""
    file.seek(0)
    sheets = sheet_names(file)
    file.seek(0)
    encodings = [(name, f"{ENCODINGS[name]}: {example}") for name, example in encodings_of(file)]
    return {"sheet": [(name, name) for name in sheets], "encoding": encodings}


@require_POST
@may_import
def import_leave_out(request: PageRequest, uid: UUID) -> HttpResponse:
    """Check the file again without the rows that are wrong."""
    found = get_object_or_404(Import.objects.visible_to(request.user), uid=uid)
    try:
        leave_out(found=found, actor=request.user, at=now())
    except RuleBroken as error:
        messages.error(request, str(error))
    return redirect("import-detail", uid)


@require_POST
@may_import
def import_apply(request: PageRequest, uid: UUID) -> HttpResponse:
    found = get_object_or_404(Import.objects.visible_to(request.user), uid=uid)
    try:
        apply_import(checked=found, actor=request.user, at=now())
    except RuleBroken as error:
        messages.error(request, str(error))
    return redirect("import-detail", uid)


@require_safe
@may_import
def import_template(request: PageRequest, kind: str, extension: str) -> HttpResponse:
    """An empty file with the right header."""
    found = kinds.find(kind)
    if found is None or extension not in FORMATS:
        raise Http404
    response = HttpResponse(WRITERS[extension](found), content_type=FORMATS[extension])
    response["Content-Disposition"] = f'attachment; filename="holdfast-{kind.replace("_", "-")}.{extension}"'
    return response

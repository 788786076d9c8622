"""Importing files: send one, see what is wrong with it, have it stored."""

from typing import BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity.errors import InvalidInput, RuleBroken
from activity.forms import show_refusal
from inspections.forms.imports import ColumnsForm, ImportForm
from inspections.imports.columns import COLUMNS
from inspections.imports.orders import MAPPED
from inspections.imports.tables import MOST_BYTES, MOST_ROWS, read_head
from inspections.imports.templates import FORMATS, WRITERS
from inspections.models import Import, ImportKind, ImportStatus
from inspections.services.imports import WAITING, apply_import, name_columns, start_import

PAGE_SIZE = 50
ERRORS_SHOWN = 100
MOST_WORDS = 100

may_import = permission_required("inspections.import_data", raise_exception=True)


@require_safe
@may_import
def import_list(request: HttpRequest) -> HttpResponse:
    found = Import.objects.visible_to(request.user).select_related("created_by").defer("errors").order_by("-id")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "inspections/import_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_create(request: HttpRequest) -> HttpResponse:
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
        "mapped": MAPPED,
        "kinds": [(kind, COLUMNS[kind]) for kind in ImportKind],
        "extensions": ["xlsx", "csv"],
        "most_rows": MOST_ROWS,
        "most_mb": MOST_BYTES // 2**20,
    }
    return render(request, "inspections/import_create.html", context, status=400 if form.errors else 200)


@require_safe
@may_import
def import_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How far it is, then what is wrong with it or the button that stores it."""
    found = get_object_or_404(
        Import.objects.visible_to(request.user).select_related("created_by", "applied_by"), uid=uid
    )
    context = {
        "found": found,
        "is_waiting": found.status in WAITING,
        "has_named_columns": found.kind in MAPPED,
        "has_words": any(error.get("value") for error in found.errors),
        "errors": Paginator(found.errors, ERRORS_SHOWN).get_page(request.GET.get("page")),
    }
    return render(request, "inspections/import_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_columns(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the columns of an export are; as it was named for the same header last time, else as their titles suggest."""
    found = get_object_or_404(Import.objects.visible_to(request.user), uid=uid, kind__in=MAPPED)
    try:
        with found.file.open() as file:
            head = read_head(cast(BinaryIO, file))
    except InvalidInput as error:
        messages.error(request, str(error))
        return redirect("import-create")
    unknown = dict.fromkeys(error["value"] for error in found.errors if error.get("value"))
    words = list(dict.fromkeys([*unknown, *found.options.get("reasons", {})]))[:MOST_WORDS]
    form = ColumnsForm(request.POST or None, found=found, header=head.header, words=words)
    if request.method == "POST" and form.is_valid():
        try:
            name_columns(found=found, mapping=form.mapping, options=form.options, actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("import-detail", uid)
    context = {"found": found, "form": form, "head": head}
    return render(request, "inspections/import_columns.html", context, status=400 if form.errors else 200)


@require_POST
@may_import
def import_apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = get_object_or_404(Import.objects.visible_to(request.user), uid=uid)
    try:
        apply_import(checked=found, actor=request.user, at=now())
    except RuleBroken as error:
        messages.error(request, str(error))
    return redirect("import-detail", uid)


@require_safe
@may_import
def import_template(request: HttpRequest, kind: str, extension: str) -> HttpResponse:
    """An empty file with the right header."""
    if kind not in ImportKind.values or extension not in FORMATS:
        raise Http404
    response = HttpResponse(WRITERS[extension](ImportKind(kind)), content_type=FORMATS[extension])
    response["Content-Disposition"] = f'attachment; filename="holdfast-{kind.replace("_", "-")}.{extension}"'
    return response

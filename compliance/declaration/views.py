"""Declarations: what a product is made of, for its supplier and for those who may read formulas."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import require_page
from accounts.models import User
from accounts.requests import PageRequest
from activity.errors import InvalidInput, NotAllowed, RuleBroken
from activity.forms import show_refusal
from activity.transactions import one_transaction
from compliance.declaration.forms import DeclarationForm, line_forms, shown_fields
from compliance.declaration.page import formulas_needed, row_of
from compliance.declaration.services import declare, papers_of
from compliance.models import Declaration, DeclarationKind
from compliance.paper.page.readings import open_findings, outcome_of
from compliance.reading.declared import Row
from suppliers.models import Product


def find_product(user: User, sku: str) -> Product:
    """A product whose formulas the user may read; of the team, not everybody may."""
    product = get_object_or_404(Product.objects.visible_to(user).select_related("category", "supplier"), sku=sku)
    if user.has_perm("suppliers.see_all") and not user.has_perm("compliance.read_formulas"):
        raise PermissionDenied(NotAllowed.detail)
    return product


@require_safe
def product_declarations(request: PageRequest, sku: str) -> HttpResponse:
    product = find_product(request.user, sku)
    declarations: list[Any] = list(
        Declaration.objects.visible_to(request.user)
        .filter(product=product)
        .select_related("declared_by", "document")
        .order_by("-id")
    )
    for declaration in declarations:
        declaration.open_findings = open_findings(declaration)
    context = {
        "product": product,
        "declarations": declarations,
        "kinds": [DeclarationKind(kind) for kind in formulas_needed(product)],
    }
    return render(request, "compliance/declaration/list.html", context)


def declaration_enter(request: PageRequest, sku: str, kind: str) -> HttpResponse:
    """Fill a table by hand, or bring lines into it that were pasted or imported; then declare what it says."""
    product = find_product(request.user, sku)
    require_page(request.user, "compliance.upload_evidence")
    if kind not in DeclarationKind.values:
        raise Http404
    form = DeclarationForm(request.POST or None, request.FILES or None)
    lines = line_forms(_last(product, kind) if request.method == "GET" else (), data=request.POST or None)
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        rows = [line.row for line in lines if not line.row.is_blank]
        try:
            brought = form.rows()
        except ValidationError as error:
            form.add_error(None, error) if "file" not in error.message_dict else form.add_error("file", error.messages)
        else:
            if brought or "declare" not in request.POST:
                lines = line_forms([*rows, *brought])
                form = DeclarationForm()
            elif declaration := _declared(form, product, kind, rows, request):
                return redirect("declaration-detail", declaration.uid)
    context = {
        "product": product,
        "kind": DeclarationKind(kind),
        "form": form,
        "lines": lines,
        "fields": shown_fields(kind),
    }
    return render(request, "compliance/declaration/enter.html", context)


def _last(product: Product, kind: str) -> list[Row]:
    """What was declared last, to be changed."""
    last = product.declarations.filter(kind=kind).order_by("-number").first()
    return [row_of(line) for line in last.lines.all()] if last else []


def _declared(
    form: DeclarationForm, product: Product, kind: str, rows: list[Row], request: PageRequest
) -> Declaration | None:
    try:
        with one_transaction():
            if not form.claim(request.user):
                return product.declarations.filter(kind=kind).order_by("-number").first()
            made = declare(product=product, kind=DeclarationKind(kind), rows=rows, actor=request.user, at=now())
    except InvalidInput as refusal:
        for error in refusal.errors:
            form.add_error(None, ValidationError(error.detail, code=error.code))
        return None
    except RuleBroken as refusal:
        show_refusal(form, refusal)
        return None
    messages.success(request, _("Declared. What was found stands beside the lines."))
    return made.declaration


@require_safe
def declaration_detail(request: PageRequest, uid: UUID) -> HttpResponse:
    declarations = Declaration.objects.visible_to(request.user)
    declaration = get_object_or_404(
        declarations.select_related("product__supplier", "declared_by", "document"), uid=uid
    )
    papers: list[Any] = papers_of(declaration)
    for paper in papers:
        paper.outcome = outcome_of(paper)
    context = {"declaration": declaration, "lines": declaration.lines.all(), "papers": papers}
    return render(request, "compliance/declaration/detail.html", context)

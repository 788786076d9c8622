"""Lists and forms of suppliers and products. The pages that show their batches belong to `inspections`."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import PageRequest
from activity.errors import NotAllowed, RuleBroken
from activity.forms import show_refusal
from suppliers import forms, queries, services
from suppliers.models import Market, Membership, Product, Supplier

PAGE_SIZE = 50
asks_and_takes = require_http_methods(["GET", "HEAD", "POST"])


def _require_manager(request: PageRequest) -> None:
    """Find the record first, so that what is not the user's stays a 404 (R5)."""
    if not request.user.has_perm("suppliers.manage"):
        raise PermissionDenied(NotAllowed.detail)


def _sent(request: PageRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _page(request: PageRequest, rows: QuerySet) -> dict:
    """One page of a list, and the addresses of the pages beside it."""
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "search": request.GET.get("q", "").strip(),
    }


@require_safe
def supplier_list(request: PageRequest) -> HttpResponse:
    asked = forms.SupplierFilters.of_page(request, queries.suppliers_for_list(request.user))
    return render(request, "suppliers/supplier_list.html", _page(request, asked.qs))


@asks_and_takes
def supplier_create(request: PageRequest) -> HttpResponse:
    _require_manager(request)
    form = forms.NewSupplierForm(_sent(request))
    if form.is_valid():
        try:
            supplier = services.create_supplier(**form.cleaned_data, actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("supplier-detail", supplier.code)
    return render(request, "suppliers/supplier_form.html", {"form": form})


@asks_and_takes
def supplier_edit(request: PageRequest, code: str) -> HttpResponse:
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user), code=code)
    _require_manager(request)
    initial = {"name": supplier.name, "name_zh": supplier.name_zh, "contact_email": supplier.contact_email}
    form = forms.SupplierForm(_sent(request), initial=initial)
    if form.is_valid():
        services.update_supplier(supplier=supplier, **form.cleaned_data, actor=request.user, at=now())
        return redirect("supplier-detail", supplier.code)
    return render(request, "suppliers/supplier_form.html", {"form": form, "supplier": supplier})


@asks_and_takes
def supplier_members(request: PageRequest, code: str) -> HttpResponse:
    """Who belongs to a supplier, and a form to add somebody."""
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user), code=code)
    _require_manager(request)
    form = forms.MemberForm(_sent(request))
    if form.is_valid():
        try:
            membership = services.add_member(
                supplier=supplier, sign_in=form.cleaned_data["user"], actor=request.user, at=now()
            )
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("%(user)s now sees what concerns %(supplier)s.")
                % {"user": membership.user.display_name, "supplier": supplier.local_name},
            )
            return redirect("supplier-members", supplier.code)
    members = supplier.memberships.select_related("user").order_by("user__username")
    return render(request, "suppliers/members.html", {"form": form, "supplier": supplier, "members": members})


@require_POST
def member_remove(request: PageRequest, code: str, username: str) -> HttpResponse:
    supplier = get_object_or_404(Supplier.objects.visible_to(request.user), code=code)
    _require_manager(request)
    membership = get_object_or_404(
        Membership.objects.select_related("supplier", "user"), supplier=supplier, user__username=username
    )
    services.remove_member(membership=membership, actor=request.user, at=now())
    return redirect("supplier-members", supplier.code)


@require_safe
def product_list(request: PageRequest) -> HttpResponse:
    asked = forms.ProductFilters.of_page(request, queries.products_for_list(request.user))
    context = {"filters": asked.selects, **_page(request, asked.qs)}
    return render(request, "suppliers/product_list.html", context)


def _codes(markets: Iterable[Market]) -> list[str]:
    return [market.code for market in markets]


@asks_and_takes
def product_create(request: PageRequest) -> HttpResponse:
    _require_manager(request)
    initial = {"supplier": request.GET.get("supplier")}
    form = forms.NewProductForm(_sent(request), initial=initial)
    if form.is_valid():
        values = form.cleaned_data | {"markets": _codes(form.cleaned_data["markets"])}
        try:
            product = services.create_product(**values, actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("product-detail", product.sku)
    return render(request, "suppliers/product_form.html", {"form": form})


@asks_and_takes
def product_edit(request: PageRequest, sku: str) -> HttpResponse:
    product = get_object_or_404(
        Product.objects.visible_to(request.user).select_related("supplier", "category", "merchandiser"), sku=sku
    )
    _require_manager(request)
    initial = {
        "name": product.name,
        "name_zh": product.name_zh,
        "category": product.category,
        "merchandiser": product.merchandiser,
        "model_code": product.model_code,
    }
    form = forms.ChangedProductForm(_sent(request), initial=initial, product=product)
    if form.is_valid():
        values = form.cleaned_data.copy()
        new_markets = _codes(values.pop("markets"))
        try:
            services.update_product(product=product, **values, new_markets=new_markets, actor=request.user, at=now())
        except RuleBroken as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("product-detail", product.sku)
    listings = product.listings.select_related("market").order_by("market__code")
    return render(request, "suppliers/product_form.html", {"form": form, "product": product, "listings": listings})

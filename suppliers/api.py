"""Suppliers and products over the API."""

from typing import Any, TypeVar

from django.db.models import Model, Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.requests import ApiRequest, GenericAPIView, ListAPIView, RetrieveAPIView
from activity.api import Input, idempotent
from activity.errors import InvalidInput
from activity.texts import one_line
from suppliers.forms import ProductFilters, SupplierFilters
from suppliers.models import Category, Listing, Membership, Product, Supplier, code_validator
from suppliers.queries import merchandisers
from suppliers.services import (
    add_member,
    create_product,
    create_supplier,
    remove_member,
    update_product,
    update_supplier,
)

Record = TypeVar("Record", bound=Model)


class SupplierRow(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    contact_email = serializers.CharField()
    created_at = serializers.DateTimeField()


class NewSupplier(Input):
    code = serializers.CharField(max_length=40, validators=[code_validator])
    name = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(required=False, allow_blank=True, max_length=120)
    contact_email = serializers.EmailField(required=False, allow_blank=True, max_length=254)


class SupplierList(ListAPIView):
    permissions = {"GET": None, "POST": "suppliers.manage"}
    serializer_class = SupplierRow
    filterset_class = SupplierFilters

    def get_queryset(self) -> QuerySet[Supplier]:
        return Supplier.objects.visible_to(self.request.user)

    @extend_schema(request=NewSupplier, responses={201: SupplierRow})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        supplier = create_supplier(**NewSupplier.of(request), actor=request.user, at=now())
        return Response(SupplierRow(supplier).data, status=201)


class ChangedSupplier(Input):
    """What is not named stays as it is."""

    name = serializers.CharField(required=False, max_length=120)
    name_zh = serializers.CharField(required=False, allow_blank=True, max_length=120)
    contact_email = serializers.EmailField(required=False, allow_blank=True, max_length=254)


class SupplierOne(RetrieveAPIView):
    permissions = {"GET": None, "PATCH": "suppliers.manage"}
    serializer_class = SupplierRow
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Supplier]:
        return Supplier.objects.visible_to(self.request.user)

    @extend_schema(request=ChangedSupplier, responses={200: SupplierRow})
    def patch(self, request: ApiRequest, code: str) -> Response:
        """Change what may change of a supplier. Its code stays."""
        supplier = self.get_object()
        said = {str(name): getattr(supplier, str(name)) for name in ChangedSupplier().fields}
        supplier = update_supplier(
            supplier=supplier, **said | ChangedSupplier.of(request), actor=request.user, at=now()
        )
        return Response(SupplierRow(supplier).data)


class MemberRow(serializers.Serializer):
    user = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.display_name")


class NewMember(Input):
    user = serializers.CharField(max_length=254, help_text="User name or e-mail of an account of the role supplier.")


class MemberView(GenericAPIView):
    serializer_class = MemberRow

    def get_supplier(self) -> Supplier:
        supplier = get_object_or_404(Supplier.objects.visible_to(self.request.user), code=self.kwargs["code"])
        self.check_object_permissions(self.request, supplier)
        return supplier

    def get_queryset(self) -> QuerySet[Membership]:
        if getattr(self, "swagger_fake_view", False):
            return Membership.objects.none()
        return self.get_supplier().memberships.select_related("supplier", "user")


class SupplierMembers(MemberView, ListAPIView):
    """Who sees the records of a supplier."""

    permissions = {"GET": "suppliers.manage", "POST": "suppliers.manage"}

    @extend_schema(request=NewMember, responses={201: MemberRow})
    @idempotent
    def post(self, request: ApiRequest, code: str) -> Response:
        """Let a person see a supplier's records and answer its holds."""
        supplier = self.get_supplier()
        sign_in = NewMember.of(request)["user"]
        membership = add_member(supplier=supplier, sign_in=sign_in, actor=request.user, at=now())
        return Response(MemberRow(membership).data, status=201)


class SupplierMember(MemberView):
    permissions = {"DELETE": "suppliers.manage"}

    @extend_schema(responses={204: None})
    def delete(self, request: ApiRequest, code: str, username: str) -> Response:
        """From now on the person sees nothing of the supplier."""
        membership = get_object_or_404(self.get_queryset(), user__username=username)
        remove_member(membership=membership, actor=request.user, at=now())
        return Response(status=204)


class ProductRow(serializers.Serializer):
    sku = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    supplier = serializers.CharField(source="supplier.code")
    category = serializers.CharField(source="category.code")
    model = serializers.SerializerMethodField(
        help_text="SKUs of one model are the same product by several suppliers. Not told to suppliers."
    )
    markets = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_model(self, product: Product) -> str:
        return product.model_code if self.context["request"].user.has_perm("suppliers.see_all") else ""

    def get_markets(self, product: Product) -> list[str]:
        return sorted(listing.market.code for listing in product.listings.all())


class NewProduct(Input):
    sku = serializers.CharField(max_length=60, validators=[code_validator])
    name = serializers.CharField(max_length=120)
    name_zh = serializers.CharField(required=False, allow_blank=True, max_length=120)
    supplier = serializers.CharField(help_text="Code")
    category = serializers.CharField(help_text="Code, such as electrical_appliance")
    model = serializers.CharField(required=False, allow_blank=True, max_length=60)
    markets = serializers.ListField(
        child=serializers.CharField(), default=[], max_length=100, help_text="Codes, such as US"
    )


def visible_products(user: User) -> QuerySet[Product]:
    listings = Listing.objects.select_related("market")
    return (
        Product.objects.visible_to(user)
        .select_related("supplier", "category")
        .prefetch_related(Prefetch("listings", listings))
    )


class ProductList(ListAPIView):
    permissions = {"GET": None, "POST": "suppliers.manage"}
    serializer_class = ProductRow
    filterset_class = ProductFilters

    def get_queryset(self) -> QuerySet[Product]:
        return visible_products(self.request.user)

    @extend_schema(request=NewProduct, responses={201: ProductRow})
    @idempotent
    def post(self, request: ApiRequest) -> Response:
        sent = NewProduct.of(request)
        sent["supplier"] = _by_code("supplier", Supplier.objects.visible_to(request.user), sent["supplier"])
        sent["category"] = _by_code("category", Category.objects.all(), sent["category"])
        sent["model_code"] = sent.pop("model", "")
        product = create_product(**sent, actor=request.user, at=now())
        return Response(ProductRow(product, context=self.get_serializer_context()).data, status=201)


def _by_code(field: str, queryset: QuerySet[Record], code: str) -> Record:
    """Raises InvalidInput naming the field when there is none that the reader may see."""
    found = queryset.filter(code=code).first()
    if found is None:
        raise InvalidInput.one(field, f"unknown_{field}", _("There is no %(code)s here.") % {"code": code})
    return found


class ChangedProduct(Input):
    """What is not named stays as it is."""

    name = serializers.CharField(required=False, max_length=120)
    name_zh = serializers.CharField(required=False, allow_blank=True, max_length=120)
    category = serializers.CharField(required=False, help_text="Code, such as electrical_appliance")
    merchandiser = serializers.CharField(
        required=False, allow_null=True, max_length=150, help_text="User name of a merchandiser; null: nobody yet."
    )
    model = serializers.CharField(required=False, allow_blank=True, max_length=60)
    markets = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        default=[],
        max_length=100,
        help_text="Codes of markets to list it in as well; those that it is listed in stay.",
    )


def merchandiser_named(username: str | None) -> User | None:
    """Raises InvalidInput unless it is an active account of the role merchandiser."""
    if username is None:
        return None
    found = merchandisers().filter(username=username).first()
    if found is None:
        detail = _("There is no merchandiser %(name)s.") % {"name": username}
        raise InvalidInput.one("merchandiser", "unknown_account", detail)
    return found


class ProductOne(RetrieveAPIView):
    permissions = {"GET": None, "PATCH": "suppliers.manage"}
    serializer_class = ProductRow
    lookup_field = "sku"

    def get_queryset(self) -> QuerySet[Product]:
        return visible_products(self.request.user)

    @extend_schema(request=ChangedProduct, responses={200: ProductRow})
    def patch(self, request: ApiRequest, sku: str) -> Response:
        """Change what may change of a product, and list it in more markets. Its SKU and its supplier stay."""
        product = self.get_object()
        sent = ChangedProduct.of(request)
        said = {name: getattr(product, name) for name in ("name", "name_zh", "category", "merchandiser", "model_code")}
        new: dict[str, Any] = {name: sent[name] for name in ("name", "name_zh") if name in sent}
        if "category" in sent:
            new["category"] = _by_code("category", Category.objects.all(), sent["category"])
        if "merchandiser" in sent:
            new["merchandiser"] = merchandiser_named(sent["merchandiser"])
        if "model" in sent:
            new["model_code"] = sent["model"]
        update_product(product=product, **said | new, new_markets=sent["markets"], actor=request.user, at=now())
        return Response(ProductRow(self.get_object(), context=self.get_serializer_context()).data)


urlpatterns = [
    path("suppliers/", SupplierList.as_view(), name="api-supplier-list"),
    path("suppliers/<text:code>/", SupplierOne.as_view(), name="api-supplier"),
    path("suppliers/<text:code>/members/", SupplierMembers.as_view(), name="api-supplier-members"),
    path("suppliers/<text:code>/members/<text:username>/", SupplierMember.as_view(), name="api-supplier-member"),
    path("products/", ProductList.as_view(), name="api-product-list"),
    path("products/<text:sku>/", ProductOne.as_view(), name="api-product"),
]


def product_by_sku(sku: str, reader: User) -> Product:
    """Raises InvalidInput when there is none that the reader may see."""
    product = Product.objects.visible_to(reader).filter(sku=one_line(sku)).first()
    if product is None:
        raise InvalidInput.one("product", "unknown_product", _("There is no product %(sku)s.") % {"sku": sku})
    return product
